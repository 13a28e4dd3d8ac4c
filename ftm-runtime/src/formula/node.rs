//! A declared function as a flat list of operations: what the macro tells of f and its derivatives.

/// One operation of a list; its operands are the indices of nodes before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// A number, or a constant of the scope that the function was declared in.
    Number(f64),
    /// A symbol of the function.
    Symbol(Symbol),
    /// -a
    Neg(usize),
    /// a + b
    Add(usize, usize),
    /// a - b
    Sub(usize, usize),
    /// a · b
    Mul(usize, usize),
    /// a / b
    Div(usize, usize),
    /// aⁿ
    Powi(usize, i32),
    /// A function of these arguments.
    Call(Function, &'static [usize]),
    /// The second where the first is true, the third elsewhere.
    Select(usize, usize, usize),
    /// True or false.
    Boolean(bool),
    /// Whether two numbers compare so.
    Compare(Comparison, usize, usize),
    /// Both.
    And(usize, usize),
    /// At least one.
    Or(usize, usize),
    /// The opposite.
    Not(usize),
}

/// What a formula is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// An input; a connection function has one, of index 0.
    Input(usize),
    /// A trained parameter of a function, in the order declared.
    Parameter(usize),
    /// A constant of an edge, in the order declared.
    Constant(usize),
    /// The previous output of the edge.
    State,
}

/// The functions of the language; `docs/language.md` says what each is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "their names are those of the language")]
pub enum Function {
    Exp,
    ExpM1,
    Ln,
    Ln1p,
    Sqrt,
    Recip,
    Powf,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Sigmoid,
    Softplus,
    Relu,
    Erf,
    Abs,
    Sign,
    Step,
    Min,
    Max,
    Clamp,
}

/// How two numbers compare. A comparison with NaN is false, except [`Comparison::Ne`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparison {
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
}

impl Comparison {
    /// Whether `a` and `b` compare so.
    #[must_use]
    pub fn of(self, a: f64, b: f64) -> bool {
        match self {
            Self::Lt => a < b,
            Self::Le => a <= b,
            Self::Gt => a > b,
            Self::Ge => a >= b,
            Self::Eq => a == b,
            Self::Ne => a != b,
        }
    }
}

impl Function {
    /// Its name in the language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exp => "exp",
            Self::ExpM1 => "exp_m1",
            Self::Ln => "ln",
            Self::Ln1p => "ln_1p",
            Self::Sqrt => "sqrt",
            Self::Recip => "recip",
            Self::Powf => "powf",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Asin => "asin",
            Self::Acos => "acos",
            Self::Atan => "atan",
            Self::Sinh => "sinh",
            Self::Cosh => "cosh",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Softplus => "softplus",
            Self::Relu => "relu",
            Self::Erf => "erf",
            Self::Abs => "abs",
            Self::Sign => "sign",
            Self::Step => "step",
            Self::Min => "min",
            Self::Max => "max",
            Self::Clamp => "clamp",
        }
    }

    /// How many arguments it takes.
    #[must_use]
    pub fn arity(self) -> usize {
        match self {
            Self::Powf | Self::Min | Self::Max => 2,
            Self::Clamp => 3,
            _ => 1,
        }
    }

    /// Its value; NaN when there are too few arguments.
    #[must_use]
    pub fn of(self, arguments: &[f64]) -> f64 {
        let at = |index: usize| arguments.get(index).copied().unwrap_or(f64::NAN);
        let x = at(0);
        match self {
            Self::Exp => x.exp(),
            Self::ExpM1 => x.exp_m1(),
            Self::Ln => x.ln(),
            Self::Ln1p => x.ln_1p(),
            Self::Sqrt => x.sqrt(),
            Self::Recip => x.recip(),
            Self::Powf => x.powf(at(1)),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Sigmoid if x >= 0.0 => 1.0 / (1.0 + (-x).exp()),
            Self::Sigmoid => x.exp() / (1.0 + x.exp()),
            Self::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            Self::Relu if x > 0.0 => x,
            Self::Step if x > 0.0 => 1.0,
            Self::Relu | Self::Step if x <= 0.0 => 0.0,
            Self::Relu | Self::Step => x,
            Self::Erf => libm::erf(x),
            Self::Abs => x.abs(),
            Self::Sign if x == 0.0 || x.is_nan() => x,
            Self::Sign => x.signum(),
            Self::Min if x <= at(1) || x.is_nan() => x,
            Self::Max if x >= at(1) || x.is_nan() => x,
            Self::Min | Self::Max => at(1),
            Self::Clamp if x.is_nan() => x,
            Self::Clamp => x.max(at(1)).min(at(2)),
        }
    }

    /// Whether f(-x) = -f(x), `Some(false)`: f(-x) = f(x).
    pub(super) fn is_odd(self) -> Option<bool> {
        match self {
            Self::Sin | Self::Tan | Self::Asin | Self::Atan => Some(true),
            Self::Sinh | Self::Tanh | Self::Erf | Self::Sign => Some(true),
            Self::Cos | Self::Cosh | Self::Abs => Some(false),
            _ => None,
        }
    }
}
