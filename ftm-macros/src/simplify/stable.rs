//! Forms that lose digits or overflow, replaced by functions that do not.

use super::Rule;
use crate::graph::{Graph, Node, NodeId};

pub(super) static RULES: &[Rule] = &[cosh_less_one, exp_less_one, ln_of_one_plus, logistic];

/// The argument of a function of one number called `name`.
fn argument_of(graph: &Graph, id: NodeId, name: &str) -> Option<NodeId> {
    match graph.node(id) {
        Node::Call(primitive, arguments) if primitive.name == name => arguments.first().copied(),
        _ => None,
    }
}

fn is_one(graph: &Graph, id: NodeId) -> bool {
    graph.as_number(id) == Some(1.0)
}

/// cosh(z) - 1 → 2·sinh²(z/2), which keeps its digits where z is small.
fn cosh_less_one(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Sub(a, b) = *node else { return None };
    let argument = argument_of(graph, a, "cosh").filter(|_| is_one(graph, b))?;
    let half = graph.number(0.5);
    let argument = graph.mul(half, argument);
    let sinh = graph.call("sinh", argument);
    let square = graph.mul(sinh, sinh);
    let two = graph.number(2.0);
    Some(graph.mul(two, square))
}

/// exp(z) - 1 → exp_m1(z)
fn exp_less_one(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Sub(a, b) = *node else { return None };
    let argument = argument_of(graph, a, "exp").filter(|_| is_one(graph, b))?;
    Some(graph.call("exp_m1", argument))
}

/// ln(1 + exp(z)) → softplus(z); ln(1 + z) → ln_1p(z)
fn ln_of_one_plus(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Call(primitive, arguments) = node else {
        return None;
    };
    let rest = match primitive.name {
        "ln" => {
            let Node::Add(a, b) = *graph.node(*arguments.first()?) else {
                return None;
            };
            if is_one(graph, a) {
                b
            } else if is_one(graph, b) {
                a
            } else {
                return None;
            }
        }
        "ln_1p" => {
            // Softplus from its half-stable form.
            let argument = argument_of(graph, *arguments.first()?, "exp")?;
            return Some(graph.call("softplus", argument));
        }
        _ => return None,
    };
    match argument_of(graph, rest, "exp") {
        Some(argument) => Some(graph.call("softplus", argument)),
        None => Some(graph.call("ln_1p", rest)),
    }
}

/// 1/(1 + exp(-z)) → sigmoid(z); 1/(1 + exp(z)) → sigmoid(-z)
fn logistic(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let below = match node {
        Node::Div(a, b) if is_one(graph, *a) => *b,
        Node::Call(primitive, arguments) if primitive.name == "recip" => *arguments.first()?,
        _ => return None,
    };
    let Node::Add(a, b) = *graph.node(below) else {
        return None;
    };
    let exponential = if is_one(graph, a) {
        b
    } else if is_one(graph, b) {
        a
    } else {
        return None;
    };
    let argument = argument_of(graph, exponential, "exp")?;
    let argument = match *graph.node(argument) {
        Node::Neg(inner) => inner,
        _ => graph.neg(argument),
    };
    Some(graph.call("sigmoid", argument))
}
