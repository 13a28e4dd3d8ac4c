//! The derivative of a graph by a symbol, from the table of functions.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::check::function::Symbol;
use crate::graph::{Graph, Node, NodeId};
use crate::primitives::Form;

/// The derivative of `root` by `symbol`, not simplified: 0 is left out, all else is as the
/// rules give it.
pub(crate) fn differentiate(graph: &mut Graph, root: NodeId, symbol: Symbol) -> NodeId {
    // Operands come first, so each derivative finds those it is made of. What is not in the
    // map has derivative 0.
    let mut derivatives: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    let nodes = graph.reachable(&[root]).into_iter();
    let nodes: Vec<_> = nodes
        .filter(|&node| graph.symbols(node).any_like(symbol))
        .collect();
    for node in nodes {
        if let Some(derivative) = derivative(graph, &derivatives, node, symbol) {
            derivatives.insert(node, derivative);
        }
    }
    match derivatives.get(&root) {
        Some(&derivative) => derivative,
        None => graph.number(0.0),
    }
}

/// The derivative of a node from those of its operands; nothing where it is 0.
fn derivative(
    graph: &mut Graph,
    derivatives: &BTreeMap<NodeId, NodeId>,
    node: NodeId,
    symbol: Symbol,
) -> Option<NodeId> {
    let of = |operand: NodeId| derivatives.get(&operand).copied();
    match graph.node(node).clone() {
        Node::Symbol(other) => (other == symbol).then(|| graph.number(1.0)),
        Node::Neg(a) => of(a).map(|da| graph.neg(da)),
        Node::Add(a, b) => sum(graph, of(a), of(b)),
        Node::Sub(a, b) => {
            let negative = of(b).map(|db| graph.neg(db));
            match (of(a), of(b)) {
                (Some(da), Some(db)) => Some(graph.sub(da, db)),
                (da, _) => da.or(negative),
            }
        }
        Node::Mul(a, b) => {
            if let Some((base, square)) = cube(graph, a, b) {
                // One term for the three of the product rule.
                return of(base).map(|da| {
                    let three = graph.number(3.0);
                    let change = graph.mul(square, da);
                    graph.mul(three, change)
                });
            }
            let left = of(a).map(|da| graph.mul(da, b));
            let right = of(b).map(|db| graph.mul(a, db));
            sum(graph, left, right)
        }
        Node::Div(a, b) => {
            // (a/b)' = (a' - (a/b) b') / b
            let inner = match (of(a), of(b)) {
                (None, None) => return None,
                (Some(da), None) => da,
                (da, Some(db)) => {
                    let change = graph.mul(node, db);
                    match da {
                        Some(da) => graph.sub(da, change),
                        None => graph.neg(change),
                    }
                }
            };
            Some(graph.div(inner, b))
        }
        Node::Powi(_, 0) => None,
        Node::Powi(a, exponent) => of(a).map(|da| {
            let factor = graph.number(f64::from(exponent));
            let power = graph.insert(Node::Powi(a, exponent.wrapping_sub(1)));
            let outer = graph.mul(factor, power);
            graph.mul(outer, da)
        }),
        Node::Call(primitive, arguments) => {
            if arguments.iter().all(|&argument| of(argument).is_none()) {
                return None;
            }
            let partials = match primitive.form {
                Form::Kernel { derivative, .. } => derivative(graph, &arguments, node),
                Form::Definition(definition) => {
                    let value = definition(graph, &arguments);
                    return Some(differentiate(graph, value, symbol));
                }
            };
            let mut total = None;
            for (&argument, partial) in arguments.iter().zip(partials) {
                let term = of(argument).map(|inner| graph.mul(partial, inner));
                total = sum(graph, total, term);
            }
            total
        }
        Node::Select(condition, a, b) => {
            if of(a).is_none() && of(b).is_none() {
                return None;
            }
            let zero = graph.number(0.0);
            let (da, db) = (of(a).unwrap_or(zero), of(b).unwrap_or(zero));
            Some(graph.insert(Node::Select(condition, da, db)))
        }
        Node::StraightThrough(_, surrogate) => of(surrogate),
        Node::Number(_)
        | Node::Detach(_)
        | Node::Boolean(_)
        | Node::Compare(..)
        | Node::And(..)
        | Node::Or(..)
        | Node::Not(_) => None,
    }
}

/// The base and its square, when the product of two nodes is a cube.
fn cube(graph: &Graph, a: NodeId, b: NodeId) -> Option<(NodeId, NodeId)> {
    let mut pairs = [(a, b), (b, a)].into_iter();
    pairs.find(|&(base, square)| *graph.node(square) == Node::Mul(base, base))
}

fn sum(graph: &mut Graph, a: Option<NodeId>, b: Option<NodeId>) -> Option<NodeId> {
    match (a, b) {
        (Some(a), Some(b)) => Some(graph.add(a, b)),
        (a, b) => a.or(b),
    }
}
