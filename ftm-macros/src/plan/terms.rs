//! What the backward pass sums, and what leaves the sums.
//!
//! A gradient is a product. Factors that do not change along its sum (parameter-only ones along
//! the sum over samples, input-only ones along the sum over outputs) are applied after it:
//! `∂L/∂w = a · Σ_n g cos(w x + p) x`.

use std::collections::BTreeMap;

use super::binding::{Binding, binding};
use super::regroup::{Regroup, multiply};
use crate::graph::{Graph, Node, NodeId};

/// The factors, apart from the error, of what a sum adds up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub factors: Vec<NodeId>,
}

/// A gradient: a sum times what left it.
#[derive(Debug)]
pub(super) struct Gradient {
    /// What is summed; nothing when the gradient is 0 everywhere.
    pub term: Option<Term>,
    /// The factor after the sum.
    pub outside: NodeId,
}

impl Gradient {
    /// Splits a derivative for a sum along which nodes of `fixed` binding do not change.
    pub(super) fn new(
        graph: &mut Graph,
        regroup: &mut Regroup,
        derivative: NodeId,
        fixed: Binding,
    ) -> Self {
        if matches!(graph.node(derivative), Node::Number(number) if number.value() == 0.0) {
            return Self {
                term: None,
                outside: derivative,
            };
        }
        regroup.rebuild(graph, derivative);
        let factors = regroup.factors(graph, derivative, true);
        let (outside, inside) = match fixed {
            Binding::Input => {
                let (constant, parameter): (Vec<_>, Vec<_>) = factors
                    .parameter
                    .iter()
                    .partition(|&&factor| binding(graph, factor) == Binding::Constant);
                let outside: Vec<_> = constant.into_iter().chain(factors.input).collect();
                (outside, parameter)
            }
            _ => (factors.parameter, factors.input),
        };
        let outside = multiply(graph, &outside).unwrap_or_else(|| graph.number(1.0));
        let outside = match graph.as_number(outside) {
            Some(number) if factors.negative => graph.number(-number),
            None if factors.negative => graph.neg(outside),
            _ => outside,
        };
        // The unmixed factors that stay inside are one value of their stage.
        let mut inside: Vec<NodeId> = multiply(graph, &inside).into_iter().collect();
        inside.extend(factors.mixed);
        inside.sort();
        Self {
            term: Some(Term { factors: inside }),
            outside,
        }
    }

    /// The place of this gradient's sum.
    pub(super) fn place(&self, terms: &[Term]) -> Option<usize> {
        let term = self.term.as_ref()?;
        terms.iter().position(|other| other == term)
    }
}

/// An order of factors in which products with the error are shared most.
pub(super) struct Order(BTreeMap<NodeId, usize>);

/// Counts in how many terms each factor stands: the most frequent is multiplied with the error
/// first, so that this product is shared.
pub(super) fn by_frequency(graph: &Graph, terms: &[&Term], by_state: Option<NodeId>) -> Order {
    let mut counts = BTreeMap::new();
    for factor in terms.iter().flat_map(|term| &term.factors).chain(&by_state) {
        let weight = if binding(graph, *factor) == Binding::Mixed {
            2
        } else {
            1
        };
        *counts.entry(*factor).or_insert(0) += weight;
    }
    Order(counts)
}

impl Order {
    /// The factors of a term, the most frequent first.
    pub(super) fn sorted(&self, term: &Term) -> Vec<NodeId> {
        let mut factors = term.factors.clone();
        let count = |factor: &NodeId| self.0.get(factor).copied().unwrap_or(0);
        factors.sort_by_key(|factor| (std::cmp::Reverse(count(factor)), *factor));
        factors
    }
}
