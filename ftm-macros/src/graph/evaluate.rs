//! The value of a graph at a point.

use std::collections::HashMap;

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

impl Graph {
    /// The values of `roots`, and of all below them, where symbols have the values of `at`.
    pub(crate) fn evaluate(
        &self,
        roots: &[NodeId],
        at: impl Fn(Symbol) -> f64,
    ) -> HashMap<NodeId, f64> {
        let mut values: HashMap<NodeId, f64> = HashMap::new();
        for id in self.reachable(roots) {
            let of = |operand: &NodeId| values.get(operand).copied().unwrap_or(f64::NAN);
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
            values.insert(id, value);
        }
        values
    }
}
