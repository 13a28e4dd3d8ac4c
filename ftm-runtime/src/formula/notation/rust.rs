//! Rust without the standard library: `a * libm::sin(w * x + p)`.
//!
//! What `libm` does not have is called by a name of [`HELPERS`].

use super::{Notation, Precedence, Written};
use crate::formula::node::{Comparison, Function};

/// Formulas as Rust.
pub(crate) struct Rust;

/// Functions that formulas may call, by name, with their source.
pub(crate) const HELPERS: &[(&str, &str)] = &[
    (
        "powi",
        "/// x to an integer power above 0.
fn powi(x: f64, mut n: u32) -> f64 {
    let (mut power, mut square) = (1.0, x);
    loop {
        if n & 1 == 1 {
            power *= square;
        }
        n >>= 1;
        if n == 0 {
            return power;
        }
        square *= square;
    }
}
",
    ),
    (
        "sigmoid",
        "/// 1 / (1 + e^-x)
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}
",
    ),
    (
        "softplus",
        "/// ln(1 + e^x)
fn softplus(x: f64) -> f64 {
    libm::fmax(x, 0.0) + libm::log1p(libm::exp(-libm::fabs(x)))
}
",
    ),
    (
        "relu",
        "/// The larger one of x and 0.
fn relu(x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { x }
}
",
    ),
    (
        "sign",
        "/// 1 above 0, -1 below, 0 at 0.
fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}
",
    ),
    (
        "step",
        "/// 1 above 0, 0 elsewhere.
fn step(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x <= 0.0 {
        0.0
    } else {
        x
    }
}
",
    ),
    (
        "min",
        "/// The smaller one.
fn min(a: f64, b: f64) -> f64 {
    if a <= b || a.is_nan() { a } else { b }
}
",
    ),
    (
        "max",
        "/// The larger one.
fn max(a: f64, b: f64) -> f64 {
    if a >= b || a.is_nan() { a } else { b }
}
",
    ),
    (
        "clamp",
        "/// x, but neither below `low` nor above `high`.
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    if x.is_nan() { x } else { libm::fmin(libm::fmax(x, low), high) }
}
",
    ),
];

impl Notation for Rust {
    fn shared(&self) -> usize {
        6
    }

    fn longest(&self) -> usize {
        72
    }

    fn number(&self, number: f64) -> (String, Option<String>) {
        (literal(number), None)
    }

    fn name(&self, name: &str) -> String {
        name.to_owned()
    }

    fn product(&self, factors: &[Written]) -> String {
        let factors = factors.iter().map(|f| self.within(f, Precedence::Product));
        factors.collect::<Vec<_>>().join(" * ")
    }

    fn quotient(&self, above: &[Written], below: &[Written]) -> Written {
        let above = match above {
            [] => "1.0".to_owned(),
            above => self.product(above),
        };
        let below = match below {
            [one] => self.within(one, Precedence::Power),
            below => self.parentheses(&self.product(below)),
        };
        Written::new(format!("{above} / {below}"), Precedence::Product)
    }

    fn power(&self, base: &Written, exponent: f64) -> Written {
        let base = &base.text;
        Written::atom(if exponent == 0.5 {
            format!("libm::sqrt({base})")
        } else if exponent == exponent.trunc() && exponent <= f64::from(i32::MAX) {
            format!("powi({base}, {exponent})")
        } else {
            format!("libm::pow({base}, {})", literal(exponent))
        })
    }

    fn call(&self, function: Function, arguments: &[Written]) -> Written {
        let name = match function {
            Function::ExpM1 => "libm::expm1",
            Function::Ln => "libm::log",
            Function::Ln1p => "libm::log1p",
            Function::Powf => "libm::pow",
            Function::Abs => "libm::fabs",
            Function::Exp => "libm::exp",
            Function::Sqrt => "libm::sqrt",
            Function::Sin => "libm::sin",
            Function::Cos => "libm::cos",
            Function::Tan => "libm::tan",
            Function::Asin => "libm::asin",
            Function::Acos => "libm::acos",
            Function::Atan => "libm::atan",
            Function::Sinh => "libm::sinh",
            Function::Cosh => "libm::cosh",
            Function::Tanh => "libm::tanh",
            Function::Erf => "libm::erf",
            Function::Sigmoid
            | Function::Softplus
            | Function::Relu
            | Function::Sign
            | Function::Step
            | Function::Min
            | Function::Max
            | Function::Clamp
            // A power, in a graph.
            | Function::Recip => function.name(),
        };
        let arguments: Vec<_> = arguments.iter().map(|a| &*a.text).collect();
        Written::atom(format!("{name}({})", arguments.join(", ")))
    }

    fn select(&self, condition: &str, a: &str, b: &str) -> Written {
        // Parentheses where they are not needed would be a warning.
        let choice = format!("if {condition} {{ {a} }} else {{ {b} }}");
        Written::new(choice, Precedence::Or)
    }

    fn comparison(&self, comparison: Comparison) -> &'static str {
        match comparison {
            Comparison::Lt => "<",
            Comparison::Le => "<=",
            Comparison::Gt => ">",
            Comparison::Ge => ">=",
            Comparison::Eq => "==",
            Comparison::Ne => "!=",
        }
    }

    fn logic(&self) -> [&'static str; 3] {
        [" && ", " || ", "!"]
    }
}

/// A number that Rust reads as this very one.
pub(crate) fn literal(number: f64) -> String {
    if number.is_nan() {
        "f64::NAN".to_owned()
    } else if number == f64::INFINITY {
        "f64::INFINITY".to_owned()
    } else if number == f64::NEG_INFINITY {
        "f64::NEG_INFINITY".to_owned()
    } else {
        format!("{number:?}")
    }
}
