//! How formulas are written down: as text, as LaTeX, as Rust.
//!
//! The renderer says what is to be written, a [`Notation`] how.

mod latex;
mod rust;
mod text;

pub(crate) use latex::Latex;
pub(crate) use rust::{HELPERS, Rust, literal};
pub(crate) use text::Text;

use super::node::{Comparison, Function};

/// A written part, and how tightly it binds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Written {
    pub text: String,
    pub precedence: Precedence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precedence {
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Power,
    Atom,
}

impl Written {
    pub(crate) fn new(text: impl Into<String>, precedence: Precedence) -> Self {
        Self {
            text: text.into(),
            precedence,
        }
    }

    /// Something that needs no parentheses anywhere.
    pub(crate) fn atom(text: impl Into<String>) -> Self {
        Self::new(text, Precedence::Atom)
    }
}

/// A way to write formulas.
pub(crate) trait Notation {
    /// A part that is used more than once gets a name from this many characters on.
    fn shared(&self) -> usize;
    /// Any part gets a name from this many characters on.
    fn longest(&self) -> usize {
        usize::MAX
    }
    /// A number of at least 0, as a numerator and a denominator.
    fn number(&self, number: f64) -> (String, Option<String>);
    /// The name of a symbol or a part.
    fn name(&self, name: &str) -> String;
    /// A part in parentheses.
    fn parentheses(&self, inside: &str) -> String {
        format!("({inside})")
    }
    /// A product of factors, which bind as tightly as a product. There is at least one.
    fn product(&self, factors: &[Written]) -> String;
    /// A quotient of products.
    fn quotient(&self, above: &[Written], below: &[Written]) -> Written;
    /// A power, the exponent being neither 0 nor 1, and above 0.
    fn power(&self, base: &Written, exponent: f64) -> Written;
    /// A function of arguments.
    fn call(&self, function: Function, arguments: &[Written]) -> Written;
    /// A choice.
    fn select(&self, condition: &str, a: &str, b: &str) -> Written;
    /// True or false.
    fn boolean(&self, value: bool) -> String {
        value.to_string()
    }
    /// The sign between two numbers.
    fn comparison(&self, comparison: Comparison) -> &'static str;
    /// Both, at least one, the opposite.
    fn logic(&self) -> [&'static str; 3];

    /// A part, in parentheses where it binds less tightly than `least`.
    fn within(&self, part: &Written, least: Precedence) -> String {
        if part.precedence < least {
            self.parentheses(&part.text)
        } else {
            part.text.clone()
        }
    }
}

/// The shortest decimal number that is this one.
fn decimal(number: f64) -> String {
    if number != 0.0 && !(1e-4..1e6).contains(&number.abs()) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// Whether a decimal number is short enough to be read at once.
fn is_short(decimal: &str) -> bool {
    decimal.len() <= 5
}
