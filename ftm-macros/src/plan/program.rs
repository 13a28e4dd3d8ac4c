//! Straight-line programs: what a plan is made of and what `emit` prints.

use crate::check::function::Comparison;
use crate::primitives::{DIVISION, Form, Primitive};

/// A straight-line program. Each instruction makes one value from values before it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Program {
    /// The instructions in order.
    pub instructions: Vec<Instruction>,
    /// The values that the program yields.
    pub results: Vec<Value>,
    /// Instructions that may be emitted as passes of loops.
    pub loops: Vec<Loop>,
}

/// Instructions that differ by their numbers only. No others read what they make, but the results.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Loop {
    /// The instructions of a pass. Their values are numbered after those of the program.
    pub body: Vec<Instruction>,
    /// For each of them, the value of the program that it makes in each pass.
    pub made: Vec<Vec<Value>>,
}

/// The value of an instruction, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Value(pub usize);

/// One operation on vectors.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Instruction {
    Number(f64),
    /// A constant of the enclosing scope, by index.
    Path(usize),
    Argument(Argument),
    Neg(Value),
    Add(Value, Value),
    Sub(Value, Value),
    Mul(Value, Value),
    Div(Value, Value),
    /// `a * b + c`
    MulAdd(Value, Value, Value),
    /// `a * b - c`
    MulSub(Value, Value, Value),
    /// `c - a * b`
    NegMulAdd(Value, Value, Value),
    Powi(Value, i32),
    Call(&'static Primitive, Vec<Value>),
    /// Two functions of the same argument that share most of their work.
    Both(Pair, Value),
    /// One half of [`Instruction::Both`].
    Half(Half, Value),
    Boolean(bool),
    Compare(Comparison, Value, Value),
    And(Value, Value),
    Or(Value, Value),
    Not(Value),
    Select(Value, Value, Value),
}

/// Functions that are cheaper together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pair {
    SinCos,
    SinhCosh,
}

/// A half of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    First,
    Second,
}

/// Where a program gets a value from that it does not make itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Argument {
    /// The input x.
    X,
    /// A trained parameter, by index.
    Parameter(usize),
    /// A per-edge constant, by index.
    Constant(usize),
    /// The previous output of the edge.
    State,
    /// ∂L/∂f.
    Error,
    /// The sum that the forward pass adds to.
    Sum,
    /// A value of the input stage.
    Input(usize),
    /// A value of the edge stage.
    Edge(usize),
    /// A sum over the samples.
    EdgeSum(usize),
    /// A sum over the outputs.
    InputSum(usize),
}

impl Loop {
    /// How often it runs.
    pub(crate) fn passes(&self) -> usize {
        self.made.first().map_or(0, Vec::len)
    }
}

impl Half {
    /// The other half.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

impl Pair {
    /// The pair and half that a function is, if it is one.
    pub(crate) fn of(primitive: &Primitive) -> Option<(Self, Half)> {
        [Self::SinCos, Self::SinhCosh]
            .into_iter()
            .flat_map(|pair| [(pair, Half::First), (pair, Half::Second)])
            .find(|(pair, half)| pair.name_of(*half) == primitive.name)
    }

    /// The function that a half is.
    pub(crate) fn name_of(self, half: Half) -> &'static str {
        match (self, half) {
            (Self::SinCos, Half::First) => "sin",
            (Self::SinCos, Half::Second) => "cos",
            (Self::SinhCosh, Half::First) => "sinh",
            (Self::SinhCosh, Half::Second) => "cosh",
        }
    }

    /// The method of the runtime that computes both.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::SinCos => "sin_cos",
            Self::SinhCosh => "sinh_cosh",
        }
    }

    /// Operations for both together, by the rule of `primitives`.
    fn cost(self) -> f64 {
        match self {
            Self::SinCos => 25.0,
            Self::SinhCosh => 24.0,
        }
    }
}

impl Program {
    /// Operations per vector, by the rule of `primitives`.
    pub(crate) fn operations(&self) -> f64 {
        self.instructions.iter().map(Instruction::operations).sum()
    }
}

impl Instruction {
    /// The same of other values.
    pub(crate) fn map(&self, mut of: impl FnMut(Value) -> Value) -> Self {
        match self.clone() {
            Self::Neg(a) => Self::Neg(of(a)),
            Self::Add(a, b) => Self::Add(of(a), of(b)),
            Self::Sub(a, b) => Self::Sub(of(a), of(b)),
            Self::Mul(a, b) => Self::Mul(of(a), of(b)),
            Self::Div(a, b) => Self::Div(of(a), of(b)),
            Self::MulAdd(a, b, c) => Self::MulAdd(of(a), of(b), of(c)),
            Self::MulSub(a, b, c) => Self::MulSub(of(a), of(b), of(c)),
            Self::NegMulAdd(a, b, c) => Self::NegMulAdd(of(a), of(b), of(c)),
            Self::Powi(a, exponent) => Self::Powi(of(a), exponent),
            Self::Call(primitive, arguments) => {
                Self::Call(primitive, arguments.into_iter().map(of).collect())
            }
            Self::Both(pair, a) => Self::Both(pair, of(a)),
            Self::Half(half, a) => Self::Half(half, of(a)),
            Self::Compare(comparison, a, b) => Self::Compare(comparison, of(a), of(b)),
            Self::And(a, b) => Self::And(of(a), of(b)),
            Self::Or(a, b) => Self::Or(of(a), of(b)),
            Self::Not(a) => Self::Not(of(a)),
            Self::Select(condition, a, b) => Self::Select(of(condition), of(a), of(b)),
            same @ (Self::Number(_) | Self::Path(_) | Self::Argument(_) | Self::Boolean(_)) => same,
        }
    }

    /// The values that it reads, in order.
    pub(crate) fn operands(&self) -> Vec<Value> {
        let mut operands = Vec::new();
        self.map(|value| {
            operands.push(value);
            value
        });
        operands
    }

    fn operations(&self) -> f64 {
        match self {
            Self::Number(_)
            | Self::Path(_)
            | Self::Argument(_)
            | Self::Half(..)
            | Self::Boolean(_) => 0.0,
            Self::Div(..) => DIVISION,
            Self::Powi(_, exponent) => powi_operations(*exponent),
            Self::Call(primitive, _) => match primitive.form {
                Form::Kernel { cost, .. } => cost,
                // Expanded before planning.
                Form::Definition(_) => 0.0,
            },
            Self::Both(pair, _) => pair.cost(),
            _ => 1.0,
        }
    }
}

/// Multiplications of the binary method, and a division for a negative exponent.
fn powi_operations(exponent: i32) -> f64 {
    let magnitude = exponent.unsigned_abs();
    let bits = 32 - magnitude.leading_zeros();
    let products = bits.saturating_sub(1) + magnitude.count_ones().saturating_sub(1);
    f64::from(products) + if exponent < 0 { DIVISION } else { 0.0 }
}
