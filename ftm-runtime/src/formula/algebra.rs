//! How terms are made: each constructor simplifies.
//!
//! | rule | holds |
//! |---|---|
//! | numbers are computed; 0 is not added, 1 does not multiply | always |
//! | like terms of a sum meet: 2x + x = 3x | up to rounding |
//! | equal factors of a product meet: x² · x = x³, x · x⁻¹ = 1 | where both sides are numbers |
//! | a number times a short sum is multiplied out | up to rounding |
//! | (xᵃ)ᵇ = xᵃᵇ for an integer b, or unless a is even | where both sides are numbers |
//! | exp(a·ln x + b) = eᵇ·xᵃ, ln(exp x) = x, ln(c·x) = ln c + ln x for c > 0 | where both sides are numbers |
//! | sin(-x) = -sin x, cos(-x) = cos x, and their like | always |
//!
//! Where a formula is written as something that is not a number, such as x/x at 0, the simplified
//! one may be a number.

use super::graph::{Graph, Number, Operation, Term};
use super::node::{Comparison, Function, Symbol};

/// A sum of at most this many terms becomes part of a sum that it is a term of; a longer one is
/// kept, since it may be a term of many.
const INLINE: usize = 8;

/// An exponential of a sum gives up its number as a factor when that is within this many powers of
/// e, so that no factor is huge where the whole is not.
const LARGEST_EXPONENT: f64 = 20.0;

/// xᵉ
pub(super) fn power(x: f64, exponent: f64) -> f64 {
    if exponent == exponent.trunc() && exponent.abs() <= f64::from(i32::MAX) {
        x.powi(exponent as i32)
    } else if exponent == 0.5 {
        x.sqrt()
    } else {
        x.powf(exponent)
    }
}

fn is_integer(number: f64) -> bool {
    number == number.trunc()
}

fn is_even(number: f64) -> bool {
    number % 2.0 == 0.0
}

impl Graph {
    /// A number.
    pub fn number(&mut self, value: f64) -> Term {
        self.insert(Operation::Number(value.into()))
    }

    /// A symbol.
    pub fn symbol(&mut self, symbol: Symbol) -> Term {
        self.insert(Operation::Symbol(symbol))
    }

    /// The input of an index.
    pub fn input(&mut self, index: usize) -> Term {
        self.symbol(Symbol::Input(index))
    }

    /// constant + Σ coefficient · term
    pub fn sum(&mut self, constant: f64, terms: impl IntoIterator<Item = (f64, Term)>) -> Term {
        let mut constant = constant;
        let mut parts: Vec<(Term, f64)> = Vec::new();
        for (coefficient, term) in terms {
            match self.operation(term) {
                Operation::Number(number) => constant += coefficient * number.value(),
                Operation::Sum(more, inner) if inner.len() <= INLINE => {
                    constant += coefficient * more.value();
                    let scaled = |&(c, term): &(Number, Term)| (term, coefficient * c.value());
                    parts.extend(inner.iter().map(scaled));
                }
                _ => parts.push((term, coefficient)),
            }
        }
        let parts = merged(parts);
        match &*parts {
            [] => self.number(constant),
            [(term, 1.0)] if constant == 0.0 => *term,
            _ => {
                let parts = parts.iter().map(|&(term, c)| (c.into(), term));
                self.insert(Operation::Sum(constant.into(), parts.collect()))
            }
        }
    }

    /// Π factor^exponent
    pub fn product(&mut self, factors: impl IntoIterator<Item = (Term, f64)>) -> Term {
        let mut product = Product::default();
        for (factor, exponent) in factors {
            product.multiply(self, factor, exponent);
        }
        if !product.exponents.is_empty() {
            let exponent = self.sum(0.0, product.exponents);
            let factor = match self.as_number(exponent) {
                Some(0.0) => self.number(1.0),
                _ => self.insert(Operation::Call(Function::Exp, vec![exponent])),
            };
            product.factors.push((factor, 1.0));
        }
        let factors: Vec<_> = merged(product.factors)
            .into_iter()
            .filter(|&(factor, _)| self.as_number(factor) != Some(1.0))
            .collect();
        let term = match &*factors {
            [] => self.number(1.0),
            [(factor, 1.0)] => *factor,
            _ => {
                let factors = factors.iter().map(|&(factor, e)| (factor, e.into()));
                self.insert(Operation::Product(factors.collect()))
            }
        };
        self.sum(0.0, [(product.coefficient, term)])
    }

    /// a + b
    pub fn add(&mut self, a: Term, b: Term) -> Term {
        self.sum(0.0, [(1.0, a), (1.0, b)])
    }
    /// a - b
    pub fn sub(&mut self, a: Term, b: Term) -> Term {
        self.sum(0.0, [(1.0, a), (-1.0, b)])
    }
    /// factor · a
    pub fn scale(&mut self, factor: f64, a: Term) -> Term {
        self.sum(0.0, [(factor, a)])
    }
    /// a · b
    pub fn mul(&mut self, a: Term, b: Term) -> Term {
        self.product([(a, 1.0), (b, 1.0)])
    }
    /// a / b
    pub fn div(&mut self, a: Term, b: Term) -> Term {
        self.product([(a, 1.0), (b, -1.0)])
    }
    /// aᵉ
    pub fn power(&mut self, a: Term, exponent: f64) -> Term {
        self.product([(a, exponent)])
    }

    /// A function of these arguments.
    pub fn call(&mut self, function: Function, arguments: &[Term]) -> Term {
        let numbers: Option<Vec<f64>> = arguments.iter().map(|&a| self.as_number(a)).collect();
        if let Some(value) = numbers.map(|numbers| function.of(&numbers))
            && value.is_finite()
        {
            return self.number(value);
        }
        match (function, arguments) {
            (Function::Sqrt, &[a]) => self.power(a, 0.5),
            (Function::Recip, &[a]) => self.power(a, -1.0),
            (Function::Powf, &[a, b]) if self.as_number(b).is_some() => {
                let exponent = self.as_number(b).unwrap_or(1.0);
                self.power(a, exponent)
            }
            (Function::Exp, &[a]) => self.exponential(a),
            (Function::Ln, &[a]) => self.logarithm(a),
            (_, &[a]) if function.is_odd().is_some() && self.is_negative(a) => {
                let opposite = self.scale(-1.0, a);
                let value = self.insert(Operation::Call(function, vec![opposite]));
                match function.is_odd() {
                    Some(true) => self.scale(-1.0, value),
                    _ => value,
                }
            }
            _ => self.insert(Operation::Call(function, arguments.to_vec())),
        }
    }

    /// exp(b + a·ln x + r) = eᵇ · xᵃ · exp(r)
    fn exponential(&mut self, a: Term) -> Term {
        let plain = |graph: &mut Self| graph.insert(Operation::Call(Function::Exp, vec![a]));
        let (constant, terms) = match self.operation(a) {
            Operation::Sum(constant, terms) => (constant.value(), terms.clone()),
            Operation::Call(Function::Ln, arguments) => return arguments[0],
            _ => return plain(self),
        };
        let (factor, inside) = if constant.abs() <= LARGEST_EXPONENT {
            (constant.exp(), 0.0)
        } else {
            (1.0, constant)
        };
        let mut factors = Vec::new();
        let mut rest = Vec::new();
        for (coefficient, term) in terms {
            match self.operation(term) {
                Operation::Call(Function::Ln, x) => factors.push((x[0], coefficient.value())),
                _ => rest.push((coefficient.value(), term)),
            }
        }
        if constant == inside && factors.is_empty() {
            return plain(self);
        }
        if !rest.is_empty() || inside != 0.0 {
            let rest = self.sum(inside, rest);
            factors.push((self.insert(Operation::Call(Function::Exp, vec![rest])), 1.0));
        }
        let product = self.product(factors);
        self.scale(factor, product)
    }

    /// ln(exp x) = x, ln(c·x) = ln c + ln x, ln(xᵃ) = a·ln x
    fn logarithm(&mut self, a: Term) -> Term {
        match self.operation(a) {
            Operation::Call(Function::Exp, arguments) => arguments[0],
            Operation::Sum(constant, terms) if constant.value() == 0.0 => match **terms {
                [(coefficient, term)] if coefficient.value() > 0.0 => {
                    let rest = self.logarithm(term);
                    self.sum(coefficient.value().ln(), [(1.0, rest)])
                }
                _ => self.insert(Operation::Call(Function::Ln, vec![a])),
            },
            Operation::Product(factors) => match **factors {
                [(base, exponent)] if !is_even(exponent.value()) => {
                    let rest = self.logarithm(base);
                    self.scale(exponent.value(), rest)
                }
                _ => self.insert(Operation::Call(Function::Ln, vec![a])),
            },
            _ => self.insert(Operation::Call(Function::Ln, vec![a])),
        }
    }

    /// Whether a term is a sum of nothing but negative parts.
    fn is_negative(&self, term: Term) -> bool {
        match self.operation(term) {
            Operation::Sum(constant, terms) => {
                constant.value() <= 0.0 && terms.iter().all(|(c, _)| c.value() < 0.0)
            }
            _ => false,
        }
    }

    /// True or false.
    pub fn boolean(&mut self, value: bool) -> Term {
        self.insert(Operation::Boolean(value))
    }

    /// Whether two numbers compare so.
    pub fn compare(&mut self, comparison: Comparison, a: Term, b: Term) -> Term {
        match (self.as_number(a), self.as_number(b)) {
            (Some(a), Some(b)) => self.boolean(comparison.of(a, b)),
            _ => self.insert(Operation::Compare(comparison, a, b)),
        }
    }

    /// Both.
    pub fn and(&mut self, a: Term, b: Term) -> Term {
        match (self.operation(a), self.operation(b)) {
            (Operation::Boolean(true), _) => b,
            (_, Operation::Boolean(true)) => a,
            (Operation::Boolean(false), _) | (_, Operation::Boolean(false)) => self.boolean(false),
            _ => self.insert(Operation::And(a, b)),
        }
    }

    /// At least one.
    pub fn or(&mut self, a: Term, b: Term) -> Term {
        match (self.operation(a), self.operation(b)) {
            (Operation::Boolean(false), _) => b,
            (_, Operation::Boolean(false)) => a,
            (Operation::Boolean(true), _) | (_, Operation::Boolean(true)) => self.boolean(true),
            _ => self.insert(Operation::Or(a, b)),
        }
    }

    /// The opposite.
    pub fn not(&mut self, a: Term) -> Term {
        match *self.operation(a) {
            Operation::Boolean(value) => self.boolean(!value),
            Operation::Not(a) => a,
            _ => self.insert(Operation::Not(a)),
        }
    }

    /// `a` where `condition` is true, `b` elsewhere.
    pub fn select(&mut self, condition: Term, a: Term, b: Term) -> Term {
        match *self.operation(condition) {
            Operation::Boolean(true) => a,
            Operation::Boolean(false) => b,
            _ if a == b => a,
            _ => self.insert(Operation::Select(condition, a, b)),
        }
    }
}

/// A product being collected.
struct Product {
    coefficient: f64,
    factors: Vec<(Term, f64)>,
    /// What the factors that are exponentials are powers of e of: e^(Σ coefficient · term).
    exponents: Vec<(f64, Term)>,
}

impl Default for Product {
    fn default() -> Self {
        Self {
            coefficient: 1.0,
            factors: Vec::new(),
            exponents: Vec::new(),
        }
    }
}

impl Product {
    fn multiply(&mut self, graph: &Graph, factor: Term, exponent: f64) {
        match graph.operation(factor) {
            Operation::Number(number) if number.value() == 0.0 && exponent > 0.0 => {
                self.coefficient *= 0.0;
            }
            // A power that underflows would take the whole product with it.
            Operation::Number(number) if power(number.value(), exponent).is_normal() => {
                self.coefficient *= power(number.value(), exponent);
            }
            Operation::Sum(constant, terms) if constant.value() == 0.0 && terms.len() == 1 => {
                let (coefficient, term) = terms[0];
                let scale = power(coefficient.value(), exponent);
                if scale.is_normal() {
                    self.coefficient *= scale;
                    // Its term is no such sum itself, so this ends here.
                    self.multiply(graph, term, exponent);
                } else {
                    self.factors.push((factor, exponent));
                }
            }
            Operation::Product(inner)
                if is_integer(exponent) || (inner.len() == 1 && !is_even(inner[0].1.value())) =>
            {
                for (base, inner) in inner {
                    self.multiply(graph, *base, inner.value() * exponent);
                }
            }
            Operation::Call(Function::Exp, arguments) => {
                self.exponents.push((exponent, arguments[0]));
            }
            _ => self.factors.push((factor, exponent)),
        }
    }
}

/// Numbers that belong to the same term, added; those of 0 left out. In the order of terms.
fn merged(mut parts: Vec<(Term, f64)>) -> Vec<(Term, f64)> {
    parts.sort_by_key(|&(term, _)| term);
    parts.dedup_by(|(next, more), (term, number)| {
        let same = next == term;
        if same {
            *number += *more;
        }
        same
    });
    parts.retain(|&(_, number)| number != 0.0);
    parts
}
