//! What `check` makes: a function with every name resolved, every arity right and nothing
//! left that could be wrong.

use std::cell::Cell;

use proc_macro2::{Ident, Span};

use crate::primitives::Primitive;

/// One checked connection function.
pub(crate) struct Function {
    /// Attributes of the declaration, doc comments first to last.
    pub attributes: Vec<syn::Attribute>,
    /// Visibility of the struct to emit.
    pub visibility: syn::Visibility,
    /// Name of the struct to emit.
    pub name: Ident,
    /// Name of the input, `x` by custom.
    pub input: Ident,
    /// What a call gives after the input, in the order declared.
    pub signature: Vec<Slot>,
    /// Trained parameters in the order declared.
    pub parameters: Vec<Parameter>,
    /// Constants, drawn once per edge, in the order declared.
    pub constants: Vec<Parameter>,
    /// The edge's own previous output, when the function has a memory.
    pub state: Option<Ident>,
    /// Constants of the enclosing scope that the body names, each once.
    pub paths: Vec<syn::Path>,
    /// The values of `let`, in order; [`Expr::Local`] indexes them, and a local only
    /// refers to locals before it.
    pub locals: Vec<Expr>,
    /// The value of the function.
    pub body: Expr,
    /// Operations of the body, sums and calls written out.
    pub operations: usize,
    /// Whether a function below calls it: it is of use even where its type is not.
    pub called: Cell<bool>,
}

/// A parameter or constant as it was declared, an array as one.
pub(crate) struct Slot {
    /// Its name.
    pub name: String,
    /// Whether it is a constant.
    pub is_constant: bool,
    /// The number of elements of an array.
    pub size: Option<usize>,
}

/// A parameter or a constant of a function.
#[derive(Clone)]
pub(crate) struct Parameter {
    /// Its name; that of an element of an array is `c[0]`.
    pub name: String,
    /// How it is drawn; without one the formula itself decides.
    pub initializer: Option<Initializer>,
}

/// A distribution to draw from.
#[derive(Clone)]
pub(crate) enum Initializer {
    /// `uniform(low, high)`
    Uniform(Constant, Constant),
    /// `normal(mean, standard_deviation)`
    Normal(Constant, Constant),
    /// `sign()`: +1 or -1 with equal chance
    Sign,
    /// `value(v)`: always v
    Value(Constant),
}

/// An argument of a distribution.
#[derive(Clone)]
pub(crate) struct Constant {
    pub arithmetic: Arithmetic,
    /// Its value, unless it depends on a path.
    pub value: Option<f64>,
}

/// Arithmetic in `f64`, whatever the types of its literals and paths are in Rust.
#[derive(Clone)]
pub(crate) enum Arithmetic {
    /// A number, with the place of its literal.
    Number(f64, Span),
    /// `PI`, or a constant of the user.
    Path(syn::ExprPath),
    /// `-a`
    Neg(Box<Arithmetic>),
    /// `a + b`, `a - b`, `a * b` or `a / b`
    Binary(Box<Arithmetic>, syn::BinOp, Box<Arithmetic>),
}

/// A symbol of the body.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Symbol {
    /// The input x.
    Input,
    /// Trained parameter, by index.
    Parameter(usize),
    /// Per-edge constant, by index.
    Constant(usize),
    /// The previous output of the edge.
    State,
    /// Constant of the enclosing scope, by index in [`Function::paths`].
    Path(usize),
}

/// A real-valued expression.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Number(f64),
    Symbol(Symbol),
    Local(usize),
    Neg(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// The terms of a sum over an index.
    Sum(Vec<Expr>),
    /// `powi(e, n)` with a literal exponent.
    Powi(Box<Expr>, i32),
    /// A call of a function of the table; as many arguments as its arity.
    Call(&'static Primitive, Vec<Expr>),
    If(Box<Condition>, Box<Expr>, Box<Expr>),
    /// Its value; derivative 0.
    Detach(Box<Expr>),
    /// Value of the first, derivative of the second.
    StraightThrough(Box<Expr>, Box<Expr>),
}

/// An arithmetic operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
}

impl Binary {
    /// The operation on numbers.
    pub(crate) fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::Mul => a * b,
            Self::Div => a / b,
        }
    }
}

/// A truth value; it only ever selects between numbers.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Literal(bool),
    Compare(Comparison, Expr, Expr),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

/// A comparison operator. A comparison with NaN is false, except `!=`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Comparison {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}
