//! The table of functions: one row holds all there is to know of one.
//!
//! Rules at kinks and ties, which `docs/numerics.md` repeats for users: relu'(0) = abs'(0) = 0;
//! sign and step have derivative 0; max and min give a tie, with its derivative, to their first
//! argument; clamp passes the derivative to x within its closed interval.
//!
//! Costs count what `ftm-runtime/src/math` computes for a vector of ordinary numbers in single
//! precision, compiled for AVX-512, where a bound has shown that no argument leaves the function's
//! domain (`plan::reach`): 1 for an instruction that adds, multiplies, compares, selects,
//! shifts or combines bits, [`DIVISION`] for a division, [`SQUARE_ROOT`] for a root. Loads, moves,
//! constants and tests of masks are not counted. What several functions of a pass share
//! (`plan::program::Pair`) is counted once.

mod basis;

use std::hash::{Hash, Hasher};

/// A function of the table.
pub(crate) struct Primitive {
    /// Its name in the language, and that of the method of the runtime's vectors.
    pub name: &'static str,
    /// Names of its arguments, for messages.
    pub arguments: &'static [&'static str],
    /// The largest degree, of a function whose first argument is one: an integer that the
    /// compiler knows.
    pub degree: Option<i64>,
    /// How it and its derivatives are computed.
    pub form: Form,
    /// The value in double precision.
    pub evaluate: fn(&[f64]) -> f64,
    /// Behaviour under negation of a function of one number.
    pub parity: Parity,
}

/// How a function is computed.
pub(crate) enum Form {
    /// By a method of the runtime's vectors.
    Kernel {
        /// The partial derivative by each argument, from the arguments and the value.
        derivative: fn(&mut dyn Algebra, &[Term], Term) -> Vec<Term>,
        /// Operations, by the rule above.
        cost: f64,
    },
    /// By other functions.
    Definition(fn(&mut dyn Algebra, &[Term]) -> Term),
}

/// Operations that a division is worth: multiply-adds that fit into the time it occupies their
/// units for (16 lanes of single precision on Zen 5).
pub(crate) const DIVISION: f64 = 5.0;

/// The same of a square root.
const SQUARE_ROOT: f64 = 9.0;

/// f(-x) = -f(x), f(-x) = f(x), or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parity {
    Odd,
    Even,
    None,
}

/// A value of an [`Algebra`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Term(pub u32);

/// What a derivative is built with.
pub(crate) trait Algebra {
    fn number(&mut self, value: f64) -> Term;
    /// The value of a term that is a number.
    fn as_number(&self, a: Term) -> Option<f64>;
    fn neg(&mut self, a: Term) -> Term;
    fn add(&mut self, a: Term, b: Term) -> Term;
    fn sub(&mut self, a: Term, b: Term) -> Term;
    fn mul(&mut self, a: Term, b: Term) -> Term;
    fn div(&mut self, a: Term, b: Term) -> Term;
    fn call(&mut self, primitive: &'static Primitive, arguments: &[Term]) -> Term;
    /// `if_true` where `a >= b`, `if_false` elsewhere.
    fn where_at_least(&mut self, a: Term, b: Term, if_true: Term, if_false: Term) -> Term;
}

impl PartialEq for Primitive {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Primitive {}

impl Hash for Primitive {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl std::fmt::Debug for Primitive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The function called `name`.
pub(crate) fn lookup(name: &str) -> Option<&'static Primitive> {
    rows().find(|primitive| primitive.name == name)
}

/// The names of all functions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    rows().map(|primitive| primitive.name)
}

fn rows() -> impl Iterator<Item = &'static Primitive> {
    TABLE.iter().chain(basis::TABLE)
}

/// A row of the table. The derivative is an expression of the algebra `$m`, the arguments and
/// the value `$f`.
macro_rules! row {
    ($name:literal $parity:ident $cost:tt ($($argument:ident),+) $reference:expr,
     |$m:ident, $f:ident| [$($derivative:expr),+]) => {
        Primitive {
            name: $name,
            arguments: &[$(stringify!($argument)),+],
            degree: None,
            form: Form::Kernel { cost: $cost, derivative: {
                #[allow(unused_variables, reason = "not every derivative needs all of them")]
                fn derivative($m: &mut dyn Algebra, arguments: &[Term], $f: Term) -> Vec<Term> {
                    let mut arguments = arguments.iter().copied();
                    $(let $argument = arguments.next().unwrap_or($f);)+
                    vec![$($derivative),+]
                }
                derivative
            } },
            evaluate: {
                fn evaluate(arguments: &[f64]) -> f64 {
                    let mut arguments = arguments.iter().copied();
                    $(let $argument = arguments.next().unwrap_or(f64::NAN);)+
                    $reference
                }
                evaluate
            },
            parity: Parity::$parity,
        }
    };
}

/// Builds derivatives tersely: `call(m, "cos", x)`.
fn call(m: &mut dyn Algebra, name: &'static str, argument: Term) -> Term {
    match lookup(name) {
        Some(primitive) => m.call(primitive, &[argument]),
        None => argument,
    }
}

fn square(m: &mut dyn Algebra, a: Term) -> Term {
    m.mul(a, a)
}

/// 1 + s·a²
fn one_plus_square(m: &mut dyn Algebra, a: Term, minus: bool) -> Term {
    let (one, square) = (m.number(1.0), square(m, a));
    if minus {
        m.sub(one, square)
    } else {
        m.add(one, square)
    }
}

fn over(m: &mut dyn Algebra, numerator: f64, denominator: Term) -> Term {
    let numerator = m.number(numerator);
    m.div(numerator, denominator)
}

fn where_positive(m: &mut dyn Algebra, x: Term) -> Term {
    call(m, "step", x)
}

fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        x.exp() / (1.0 + x.exp())
    }
}

fn signum(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}

/// The error function by its Taylor series (small x) or continued fraction (large x).
fn error_function(x: f64) -> f64 {
    let z = x.abs();
    if z.is_nan() {
        return x;
    }
    if z < 3.0 {
        let (mut term, mut sum) = (z, z);
        for n in 1..80 {
            term *= -z * z / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        return (std::f64::consts::FRAC_2_SQRT_PI * sum).copysign(x);
    }
    let mut fraction = 0.0;
    for n in (1..60).rev() {
        fraction = f64::from(n) / 2.0 / (z + fraction);
    }
    let tail = (-z * z).exp() / (z + fraction) / std::f64::consts::PI.sqrt();
    (1.0 - tail).copysign(x)
}

static TABLE: &[Primitive] = &[
    row!("exp" None 12.0 (x) x.exp(), |m, f| [f]),
    row!("ln" None 36.0 (x) x.ln(), |m, f| [over(m, 1.0, x)]),
    row!("sqrt" None SQUARE_ROOT (x) x.sqrt(), |m, f| [over(m, 0.5, f)]),
    row!("recip" Odd DIVISION (x) 1.0 / x, |m, f| [{ let s = square(m, f); m.neg(s) }]),
    row!("powf" None 149.0 (x, y) x.powf(y), |m, f| [
        {
            // y·x^(y-1); as y·f/x it would be 0/0 at 0.
            let one = m.number(1.0);
            let less = m.sub(y, one);
            let power = match lookup("powf") { Some(p) => m.call(p, &[x, less]), None => f };
            m.mul(y, power)
        },
        { let ln = call(m, "ln", x); m.mul(ln, f) }
    ]),
    row!("sin" Odd 14.0 (x) x.sin(), |m, f| [call(m, "cos", x)]),
    row!("cos" Even 18.0 (x) x.cos(), |m, f| [{ let s = call(m, "sin", x); m.neg(s) }]),
    row!("tan" Odd 26.0 (x) x.tan(), |m, f| [one_plus_square(m, f, false)]),
    row!("asin" Odd 27.0 (x) x.asin(), |m, f| [{
        let inside = one_plus_square(m, x, true);
        let root = call(m, "sqrt", inside);
        over(m, 1.0, root)
    }]),
    row!("acos" None 31.0 (x) x.acos(), |m, f| [{
        let inside = one_plus_square(m, x, true);
        let root = call(m, "sqrt", inside);
        over(m, -1.0, root)
    }]),
    row!("atan" Odd 23.0 (x) x.atan(), |m, f| [{
        let below = one_plus_square(m, x, false);
        over(m, 1.0, below)
    }]),
    row!("sinh" Odd 21.0 (x) x.sinh(), |m, f| [call(m, "cosh", x)]),
    row!("cosh" Even 20.0 (x) x.cosh(), |m, f| [call(m, "sinh", x)]),
    row!("tanh" Odd 16.0 (x) x.tanh(), |m, f| [one_plus_square(m, f, true)]),
    row!("sigmoid" None 22.0 (x) logistic(x), |m, f| [{
        let one = m.number(1.0);
        let rest = m.sub(one, f);
        m.mul(f, rest)
    }]),
    row!("softplus" None 70.0 (x) x.max(0.0) + (-x.abs()).exp().ln_1p(),
        |m, f| [call(m, "sigmoid", x)]),
    row!("relu" None 1.0 (x) if x > 0.0 { x } else { x * 0.0 }, |m, f| [where_positive(m, x)]),
    row!("abs" Even 1.0 (x) x.abs(), |m, f| [call(m, "sign", x)]),
    row!("sign" Odd 4.0 (x) signum(x), |m, f| [m.number(0.0)]),
    row!("step" None 4.0 (x) if x > 0.0 { 1.0 } else { x * 0.0 }, |m, f| [m.number(0.0)]),
    row!("min" None 3.0 (a, b) if a <= b || a.is_nan() { a } else { b }, |m, f| [
        { let (one, zero) = (m.number(1.0), m.number(0.0)); m.where_at_least(b, a, one, zero) },
        { let (one, zero) = (m.number(1.0), m.number(0.0)); m.where_at_least(b, a, zero, one) }
    ]),
    row!("max" None 3.0 (a, b) if a >= b || a.is_nan() { a } else { b }, |m, f| [
        { let (one, zero) = (m.number(1.0), m.number(0.0)); m.where_at_least(a, b, one, zero) },
        { let (one, zero) = (m.number(1.0), m.number(0.0)); m.where_at_least(a, b, zero, one) }
    ]),
    // min(max(x, low), high)
    row!("clamp" None 2.0 (x, low, high) x.max(low).min(high), |m, f| [
        {
            let (one, zero) = (m.number(1.0), m.number(0.0));
            let above = m.where_at_least(x, low, one, zero);
            m.where_at_least(high, x, above, zero)
        },
        {
            let (one, zero) = (m.number(1.0), m.number(0.0));
            let below = m.where_at_least(x, low, zero, one);
            m.where_at_least(high, low, below, zero)
        },
        {
            let (one, zero) = (m.number(1.0), m.number(0.0));
            let x_below = m.where_at_least(high, x, zero, one);
            m.where_at_least(high, low, x_below, one)
        }
    ]),
    row!("erf" Odd 44.0 (x) error_function(x), |m, f| [{
        let s = square(m, x);
        let negative = m.neg(s);
        let bell = call(m, "exp", negative);
        let scale = m.number(std::f64::consts::FRAC_2_SQRT_PI);
        m.mul(scale, bell)
    }]),
    row!("exp_m1" None 22.0 (x) x.exp_m1(), |m, f| [call(m, "exp", x)]),
    row!("ln_1p" None 55.0 (x) x.ln_1p(), |m, f| [{
        let one = m.number(1.0);
        let below = m.add(one, x);
        over(m, 1.0, below)
    }]),
];
