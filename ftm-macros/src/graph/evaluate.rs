//! The value of a graph at a point.

use super::{Graph, Node, NodeId};
use crate::check::function::{Comparison, Symbol};

/// A number, or a truth value as 1 or 0.
fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// How two numbers compare, as 1 or 0.
pub(crate) fn compare(comparison: Comparison, a: f64, b: f64) -> f64 {
    truth(match comparison {
        Comparison::Lt => a < b,
        Comparison::Le => a <= b,
        Comparison::Gt => a > b,
        Comparison::Ge => a >= b,
        Comparison::Eq => a == b,
        Comparison::Ne => a != b,
    })
}

/// A number for each node of a graph; NaN where there is none.
pub(crate) struct Values(Vec<f64>);

impl Values {
    /// The number of a node.
    pub(crate) fn of(&self, node: NodeId) -> f64 {
        self.0.get(node.0 as usize).copied().unwrap_or(f64::NAN)
    }

    /// Sets the number of a node.
    pub(crate) fn set(&mut self, node: NodeId, number: f64) {
        if let Some(place) = self.0.get_mut(node.0 as usize) {
            *place = number;
        }
    }
}

impl Graph {
    /// Room for a number of each node.
    pub(crate) fn no_values(&self) -> Values {
        Values(vec![f64::NAN; self.nodes.len()])
    }

    /// The values of `nodes`, which are in the order of [`Graph::reachable`], where symbols have
    /// the values of `at`.
    pub(crate) fn evaluate(&self, nodes: &[NodeId], at: impl Fn(Symbol) -> f64) -> Values {
        let mut values = self.no_values();
        for &id in nodes {
            let of = |operand: &NodeId| values.of(*operand);
            let value = match self.node(id) {
                Node::Number(number) => number.value(),
                Node::Symbol(symbol) => at(*symbol),
                Node::Neg(a) => -of(a),
                Node::Add(a, b) => of(a) + of(b),
                Node::Sub(a, b) => of(a) - of(b),
                Node::Mul(a, b) => of(a) * of(b),
                Node::Div(a, b) => of(a) / of(b),
                Node::Powi(a, n) => of(a).powi(*n),
                Node::Call(row, arguments) => {
                    (row.evaluate)(&arguments.iter().map(of).collect::<Vec<_>>())
                }
                Node::Select(c, a, b) => {
                    if of(c) != 0.0 {
                        of(a)
                    } else {
                        of(b)
                    }
                }
                Node::Detach(a) | Node::StraightThrough(a, _) => of(a),
                Node::Boolean(value) => truth(*value),
                Node::Compare(comparison, a, b) => compare(*comparison, of(a), of(b)),
                Node::And(a, b) => truth(of(a) != 0.0 && of(b) != 0.0),
                Node::Or(a, b) => truth(of(a) != 0.0 || of(b) != 0.0),
                Node::Not(a) => truth(of(a) == 0.0),
            };
            values.set(id, value);
        }
        values
    }
}
