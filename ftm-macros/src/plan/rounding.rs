//! How far rounding moves a value: a running error analysis of first order.

use crate::graph::{Graph, Node, NodeId, Values};
use crate::primitives::Primitive;

/// Bounds of the errors of `nodes`, which are in the order of [`Graph::reachable`], where they
/// have the given values: in units of the precision, each operation adding one rounding of its
/// result to what its operands bring along. Symbols and numbers are exact.
pub(super) fn errors(graph: &Graph, nodes: &[NodeId], values: &Values) -> Values {
    let of = |node: NodeId| values.of(node);
    let mut errors = graph.no_values();
    for &node in nodes {
        let error = |operand: NodeId| errors.of(operand);
        let rounding = of(node).abs();
        let error = match *graph.node(node) {
            Node::Neg(a) | Node::Detach(a) | Node::StraightThrough(a, _) => error(a),
            Node::Add(a, b) | Node::Sub(a, b) => error(a) + error(b) + rounding,
            Node::Mul(a, b) => of(a).abs() * error(b) + of(b).abs() * error(a) + rounding,
            Node::Div(a, b) => (error(a) + rounding * error(b)) / of(b).abs() + rounding,
            Node::Powi(a, exponent) => {
                let slope = f64::from(exponent) * of(a).powi(exponent.saturating_sub(1));
                slope.abs() * error(a) + rounding
            }
            Node::Call(row, ref arguments) => {
                let at: Vec<f64> = arguments.iter().map(|&argument| of(argument)).collect();
                let carried = arguments.iter().enumerate().map(|(place, &argument)| {
                    let error = error(argument);
                    if error == 0.0 {
                        0.0
                    } else {
                        slope(row, &at, place).abs() * error
                    }
                });
                carried.sum::<f64>() + rounding
            }
            Node::Select(condition, a, b) => error(if of(condition) != 0.0 { a } else { b }),
            _ => 0.0,
        };
        errors.set(node, error);
    }
    errors
}

/// The slope of a function by one of its arguments.
fn slope(row: &Primitive, at: &[f64], place: usize) -> f64 {
    let step = at.get(place).map_or(0.0, |x| 1e-6 * x.abs().max(1.0));
    let moved = |step: f64| {
        let mut at = at.to_vec();
        if let Some(x) = at.get_mut(place) {
            *x += step;
        }
        (row.evaluate)(&at)
    };
    (moved(step) - moved(-step)) / (2.0 * step)
}

#[cfg(test)]
mod tests;
