//! From a checked function to the graph of its value.

use super::{Graph, Node, NodeId};
use crate::check::function::{Binary, Condition, Expr, Function};

/// The graph of a function, and its value in it.
pub(crate) fn lower(function: &Function) -> (Graph, NodeId) {
    let mut lowering = Lowering {
        graph: Graph::default(),
        locals: Vec::with_capacity(function.locals.len()),
    };
    for local in &function.locals {
        let value = lowering.expression(local);
        lowering.locals.push(value);
    }
    let value = lowering.expression(&function.body);
    (lowering.graph, value)
}

struct Lowering {
    graph: Graph,
    locals: Vec<NodeId>,
}

impl Lowering {
    /// Recursion is as deep as the source is nested, which `syntax` limits.
    fn expression(&mut self, expression: &Expr) -> NodeId {
        let node = match expression {
            Expr::Number(value) => Node::Number((*value).into()),
            Expr::Symbol(symbol) => Node::Symbol(*symbol),
            Expr::Local(index) => {
                // `check` only refers to locals before this one.
                return self.locals.get(*index).copied().unwrap_or(NodeId(0));
            }
            Expr::Neg(a) => Node::Neg(self.expression(a)),
            Expr::Binary(operator, a, b) => {
                let (a, b) = (self.expression(a), self.expression(b));
                match operator {
                    Binary::Add => Node::Add(a, b),
                    Binary::Sub => Node::Sub(a, b),
                    Binary::Mul => Node::Mul(a, b),
                    Binary::Div => Node::Div(a, b),
                }
            }
            Expr::Sum(terms) => {
                let mut terms = terms.iter().map(|term| self.expression(term));
                let Some(first) = terms.next() else {
                    return self.graph.number(0.0);
                };
                let terms: Vec<NodeId> = terms.collect();
                return terms
                    .into_iter()
                    .fold(first, |sum, term| self.graph.add(sum, term));
            }
            Expr::Powi(a, exponent) => Node::Powi(self.expression(a), *exponent),
            Expr::Call(primitive, arguments) => {
                let arguments = arguments.iter().map(|a| self.expression(a)).collect();
                Node::Call(primitive, arguments)
            }
            Expr::If(condition, a, b) => {
                let condition = self.condition(condition);
                Node::Select(condition, self.expression(a), self.expression(b))
            }
            Expr::Detach(a) => Node::Detach(self.expression(a)),
            Expr::StraightThrough(value, surrogate) => {
                Node::StraightThrough(self.expression(value), self.expression(surrogate))
            }
        };
        self.graph.insert(node)
    }

    fn condition(&mut self, condition: &Condition) -> NodeId {
        let node = match condition {
            Condition::Literal(value) => Node::Boolean(*value),
            Condition::Compare(comparison, a, b) => {
                Node::Compare(*comparison, self.expression(a), self.expression(b))
            }
            Condition::And(a, b) => Node::And(self.condition(a), self.condition(b)),
            Condition::Or(a, b) => Node::Or(self.condition(a), self.condition(b)),
            Condition::Not(a) => Node::Not(self.condition(a)),
        };
        self.graph.insert(node)
    }
}
