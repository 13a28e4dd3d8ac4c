//! The arena that formulas are built in.
//!
//! Equal terms are one term, by construction; operands come before what is made of them, so
//! nothing here recurses. Sums and products are flat lists in the order of their terms, which is
//! what makes like terms meet: `algebra` says how each is made.

use std::collections::HashMap;
use std::fmt;

use super::node::{Comparison, Function, Node, Symbol};

/// A part of a formula, of the [`Graph`] that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(pub(super) u32);

/// A number by its bits, so that it can be compared and hashed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Number(u64);

impl Number {
    pub(crate) fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl From<f64> for Number {
    /// Both zeros are one number.
    fn from(value: f64) -> Self {
        Self((value + 0.0).to_bits())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}

/// What a term is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Number(Number),
    Symbol(Symbol),
    /// A number, and terms with their coefficients. Never a single term as it is.
    Sum(Number, Vec<(Number, Term)>),
    /// Terms with their exponents. Never a single term as it is.
    Product(Vec<(Term, Number)>),
    Call(Function, Vec<Term>),
    Select(Term, Term, Term),
    Boolean(bool),
    Compare(Comparison, Term, Term),
    And(Term, Term),
    Or(Term, Term),
    Not(Term),
}

impl Operation {
    /// What it is made of.
    pub(crate) fn operands(&self) -> Vec<Term> {
        match self {
            Self::Number(_) | Self::Symbol(_) | Self::Boolean(_) => Vec::new(),
            Self::Sum(_, terms) => terms.iter().map(|&(_, term)| term).collect(),
            Self::Product(factors) => factors.iter().map(|&(factor, _)| factor).collect(),
            Self::Call(_, arguments) => arguments.clone(),
            Self::Select(condition, a, b) => vec![*condition, *a, *b],
            Self::Compare(_, a, b) | Self::And(a, b) | Self::Or(a, b) => vec![*a, *b],
            Self::Not(a) => vec![*a],
        }
    }
}

/// An arena of terms.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    operations: Vec<Operation>,
    /// Where each operation is. Only ever looked up, never walked.
    places: HashMap<Operation, Term>,
}

impl Graph {
    /// The term, made unless it is there.
    pub(super) fn insert(&mut self, operation: Operation) -> Term {
        if let Some(&term) = self.places.get(&operation) {
            return term;
        }
        let term = Term(self.operations.len() as u32);
        self.operations.push(operation.clone());
        self.places.insert(operation, term);
        term
    }

    /// What a term is.
    pub(crate) fn operation(&self, term: Term) -> &Operation {
        // A term of another graph is nothing here; it must not be a panic.
        const NOTHING: &Operation = &Operation::Boolean(false);
        self.operations.get(term.0 as usize).unwrap_or(NOTHING)
    }

    /// The value of a term that is a number.
    #[must_use]
    pub fn as_number(&self, term: Term) -> Option<f64> {
        match self.operation(term) {
            Operation::Number(number) => Some(number.value()),
            _ => None,
        }
    }

    /// Everything that `roots` are made of, and themselves; operands first.
    pub(crate) fn reachable(&self, roots: &[Term]) -> Vec<Term> {
        let mut needed = vec![false; self.operations.len()];
        let mark = |needed: &mut Vec<bool>, term: Term| {
            if let Some(needed) = needed.get_mut(term.0 as usize) {
                *needed = true;
            }
        };
        for &root in roots {
            mark(&mut needed, root);
        }
        for place in (0..self.operations.len()).rev() {
            if needed[place] {
                for operand in self.operations[place].operands() {
                    mark(&mut needed, operand);
                }
            }
        }
        let terms = (0..self.operations.len() as u32).map(Term);
        terms.filter(|term| needed[term.0 as usize]).collect()
    }

    /// Makes what `roots` of another graph are made of here, simplified again, its symbols being
    /// what `symbol` says; gives those that `roots` became. `None` when a symbol is nothing.
    pub(crate) fn substitute(
        &mut self,
        from: &Self,
        roots: &[Term],
        symbol: impl Fn(&mut Self, Symbol) -> Option<Term>,
    ) -> Option<Vec<Term>> {
        self.copy(from, roots, symbol, |number| number)
    }

    /// The same, every number being what `number` makes of it.
    pub(super) fn copy(
        &mut self,
        from: &Self,
        roots: &[Term],
        symbol: impl Fn(&mut Self, Symbol) -> Option<Term>,
        number: impl Fn(f64) -> f64,
    ) -> Option<Vec<Term>> {
        let mut made: HashMap<Term, Term> = HashMap::new();
        for term in from.reachable(roots) {
            let of = |term: &Term| made.get(term).copied().unwrap_or(*term);
            let number = |of: &Number| number(of.value());
            let new = match from.operation(term) {
                Operation::Number(value) => self.number(number(value)),
                Operation::Symbol(which) => symbol(self, *which)?,
                Operation::Sum(constant, terms) => {
                    let terms = terms.iter().map(|(c, term)| (number(c), of(term)));
                    self.sum(number(constant), terms)
                }
                Operation::Product(factors) => {
                    self.product(factors.iter().map(|(factor, e)| (of(factor), number(e))))
                }
                Operation::Call(function, arguments) => {
                    let arguments: Vec<Term> = arguments.iter().map(of).collect();
                    self.call(*function, &arguments)
                }
                Operation::Select(c, a, b) => self.select(of(c), of(a), of(b)),
                Operation::Boolean(value) => self.boolean(*value),
                Operation::Compare(comparison, a, b) => self.compare(*comparison, of(a), of(b)),
                Operation::And(a, b) => self.and(of(a), of(b)),
                Operation::Or(a, b) => self.or(of(a), of(b)),
                Operation::Not(a) => self.not(of(a)),
            };
            made.insert(term, new);
        }
        roots.iter().map(|root| made.get(root).copied()).collect()
    }

    /// The terms of a declared function's nodes, its symbols being what `symbol` says; `None` when
    /// a node is made of one that does not come before it, or of too few arguments.
    pub(crate) fn declared(
        &mut self,
        nodes: &[Node],
        symbol: impl Fn(&mut Self, Symbol) -> Option<Term>,
    ) -> Option<Vec<Term>> {
        let mut terms: Vec<Term> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let of = |index: usize| terms.get(index).copied();
            let term = match *node {
                Node::Number(value) => self.number(value),
                Node::Symbol(which) => symbol(self, which)?,
                Node::Neg(a) => self.scale(-1.0, of(a)?),
                Node::Add(a, b) => self.add(of(a)?, of(b)?),
                Node::Sub(a, b) => self.sub(of(a)?, of(b)?),
                Node::Mul(a, b) => self.mul(of(a)?, of(b)?),
                Node::Div(a, b) => self.div(of(a)?, of(b)?),
                Node::Powi(a, exponent) => self.power(of(a)?, f64::from(exponent)),
                Node::Call(function, arguments) => {
                    let arguments: Option<Vec<Term>> = arguments.iter().map(|&a| of(a)).collect();
                    let arguments = arguments.filter(|a| a.len() == function.arity())?;
                    self.call(function, &arguments)
                }
                Node::Select(condition, a, b) => self.select(of(condition)?, of(a)?, of(b)?),
                Node::Boolean(value) => self.boolean(value),
                Node::Compare(comparison, a, b) => self.compare(comparison, of(a)?, of(b)?),
                Node::And(a, b) => self.and(of(a)?, of(b)?),
                Node::Or(a, b) => self.or(of(a)?, of(b)?),
                Node::Not(a) => self.not(of(a)?),
            };
            terms.push(term);
        }
        Some(terms)
    }

    /// The values of `roots`, the symbols having those that `symbol` says.
    pub(crate) fn values(&self, roots: &[Term], symbol: impl Fn(Symbol) -> f64) -> Vec<f64> {
        let mut values = vec![f64::NAN; self.operations.len()];
        let truth = |value: bool| f64::from(u8::from(value));
        for term in self.reachable(roots) {
            let of = |term: &Term| values.get(term.0 as usize).copied().unwrap_or(f64::NAN);
            let value = match self.operation(term) {
                Operation::Number(number) => number.value(),
                Operation::Symbol(which) => symbol(*which),
                Operation::Sum(constant, terms) => {
                    terms.iter().fold(constant.value(), |sum, (c, term)| {
                        sum + c.value() * of(term)
                    })
                }
                Operation::Product(factors) => factors
                    .iter()
                    .map(|(factor, e)| super::algebra::power(of(factor), e.value()))
                    .product(),
                Operation::Call(function, arguments) => {
                    function.of(&arguments.iter().map(of).collect::<Vec<_>>())
                }
                Operation::Select(condition, a, b) => of(if of(condition) != 0.0 { a } else { b }),
                Operation::Boolean(value) => truth(*value),
                Operation::Compare(comparison, a, b) => truth(comparison.of(of(a), of(b))),
                Operation::And(a, b) => truth(of(a) != 0.0 && of(b) != 0.0),
                Operation::Or(a, b) => truth(of(a) != 0.0 || of(b) != 0.0),
                Operation::Not(a) => truth(of(a) == 0.0),
            };
            values[term.0 as usize] = value;
        }
        let of = |root: &Term| values.get(root.0 as usize).copied().unwrap_or(f64::NAN);
        roots.iter().map(of).collect()
    }
}
