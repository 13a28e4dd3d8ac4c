//! Rules of the functions of the table, and of selections.

use super::Rule;
use crate::check::function::Comparison;
use crate::graph::{Graph, Node, NodeId};
use crate::primitives::{Form, Parity, Primitive};

pub(super) static RULES: &[Rule] = &[
    definitions,
    parity,
    inverses,
    idempotent,
    same_arguments,
    selections,
    truths,
    selected_factor,
    steps_of_rectifiers,
];

/// Functions that are defined by others: gaussian(t) → exp(-t·t)
fn definitions(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    match node {
        Node::Call(
            Primitive {
                form: Form::Definition(definition),
                ..
            },
            arguments,
        ) => Some(definition(graph, arguments)),
        _ => None,
    }
}

/// Odd and even functions: sin(-z) → -sin(z), cos(-z) → cos(z)
fn parity(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Call(primitive, arguments) = node else {
        return None;
    };
    let Node::Neg(inner) = *graph.node(*arguments.first()?) else {
        return None;
    };
    if primitive.parity == Parity::None {
        return None;
    }
    let value = graph.insert(Node::Call(primitive, vec![inner]));
    Some(if primitive.parity == Parity::Odd {
        graph.neg(value)
    } else {
        value
    })
}

/// ln(exp(z)) → z, which also cannot overflow
fn inverses(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Call(outer, arguments) = node else {
        return None;
    };
    let Node::Call(inner, inside) = graph.node(*arguments.first()?) else {
        return None;
    };
    match (outer.name, inner.name) {
        ("ln", "exp") | ("ln_1p", "exp_m1") => inside.first().copied(),
        _ => None,
    }
}

/// abs(abs(z)) → abs(z), relu(relu(z)) → relu(z), sign(sign(z)) → sign(z)
fn idempotent(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Call(outer, arguments) = node else {
        return None;
    };
    let argument = *arguments.first()?;
    let Node::Call(inner, _) = graph.node(argument) else {
        return None;
    };
    let same = outer == inner && matches!(outer.name, "abs" | "relu" | "sign" | "step");
    same.then_some(argument)
}

/// min(z, z), max(z, z) → z
fn same_arguments(_: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Call(primitive, arguments) = node else {
        return None;
    };
    match (primitive.name, arguments.as_slice()) {
        ("min" | "max", [a, b]) if a == b => Some(*a),
        _ => None,
    }
}

/// if true then a else b → a; if c then a else a → a; if not c then a else b → if c then b
/// else a
fn selections(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Select(condition, a, b) = *node else {
        return None;
    };
    if a == b {
        return Some(a);
    }
    match *graph.node(condition) {
        Node::Boolean(value) => Some(if value { a } else { b }),
        Node::Not(inner) => Some(graph.insert(Node::Select(inner, b, a))),
        _ => None,
    }
}

/// not not c → c; c and true → c; c and false → false; likewise for or; comparisons of numbers
fn truths(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let truth = |id: NodeId| match *graph.node(id) {
        Node::Boolean(value) => Some(value),
        _ => None,
    };
    match *node {
        Node::Not(a) => match *graph.node(a) {
            Node::Not(inner) => Some(inner),
            Node::Boolean(value) => Some(graph.insert(Node::Boolean(!value))),
            _ => None,
        },
        Node::And(a, b) => match (truth(a), truth(b)) {
            (Some(true), _) => Some(b),
            (_, Some(true)) => Some(a),
            (Some(false), _) | (_, Some(false)) => Some(graph.insert(Node::Boolean(false))),
            _ => (a == b).then_some(a),
        },
        Node::Or(a, b) => match (truth(a), truth(b)) {
            (Some(false), _) => Some(b),
            (_, Some(false)) => Some(a),
            (Some(true), _) | (_, Some(true)) => Some(graph.insert(Node::Boolean(true))),
            _ => (a == b).then_some(a),
        },
        Node::Compare(comparison, a, b) => {
            let (a, b) = (graph.as_number(a)?, graph.as_number(b)?);
            let value = match comparison {
                Comparison::Lt => a < b,
                Comparison::Le => a <= b,
                Comparison::Gt => a > b,
                Comparison::Ge => a >= b,
                Comparison::Eq => a == b,
                Comparison::Ne => a != b,
            };
            Some(graph.insert(Node::Boolean(value)))
        }
        _ => None,
    }
}

/// (if c then 1 else 0)·a → if c then a else 0: what the derivatives of max and min bring.
/// Assumes that a is finite.
fn selected_factor(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Mul(a, b) = *node else { return None };
    for (selection, factor) in [(a, b), (b, a)] {
        if let Node::Select(condition, yes, no) = *graph.node(selection) {
            match (graph.as_number(yes), graph.as_number(no)) {
                (Some(1.0), Some(0.0)) => {
                    return Some(graph.insert(Node::Select(condition, factor, no)));
                }
                (Some(0.0), Some(1.0)) => {
                    return Some(graph.insert(Node::Select(condition, yes, factor)));
                }
                _ => {}
            }
        }
    }
    None
}

/// relu(z)·step(z) → relu(z), also where they are factors of factors: what the derivatives of powers
/// of rectifiers bring.
fn steps_of_rectifiers(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Mul(a, b) = *node else { return None };
    for (left, right) in [(a, b), (b, a)] {
        let rectified = Factors::of(graph, left);
        let right = Factors::of(graph, right);
        let redundant = (0..right.0.len()).find(|&place| {
            let step = right.argument(graph, place, "step");
            let relu = |place| rectified.argument(graph, place, "relu");
            step.is_some() && (0..rectified.0.len()).any(|place| relu(place) == step)
        });
        if let Some(place) = redundant {
            let rest = right.without(graph, place);
            return Some(graph.mul(left, rest));
        }
    }
    None
}

/// A node, its factors if it is a product, their factors, and so on, each with the place of the
/// product it is in.
struct Factors(Vec<(NodeId, Option<usize>)>);

impl Factors {
    /// Products of more are looked at in part.
    const MOST: usize = 32;

    fn of(graph: &Graph, node: NodeId) -> Self {
        let mut factors = vec![(node, None)];
        let mut place = 0;
        while let Some(&(factor, _)) = factors.get(place) {
            if let Node::Mul(a, b) = *graph.node(factor)
                && factors.len() < Self::MOST
            {
                factors.extend([(a, Some(place)), (b, Some(place))]);
            }
            place += 1;
        }
        Self(factors)
    }

    /// The argument of a factor, if that is a call of a function.
    fn argument(&self, graph: &Graph, place: usize, function: &str) -> Option<NodeId> {
        match graph.node(self.0.get(place)?.0) {
            Node::Call(primitive, arguments) if primitive.name == function => {
                arguments.first().copied()
            }
            _ => None,
        }
    }

    /// The node with 1 for one of the factors.
    fn without(&self, graph: &mut Graph, place: usize) -> NodeId {
        let mut rest = graph.number(1.0);
        let mut place = Some(place);
        while let Some(&(node, product)) = place.and_then(|place| self.0.get(place)) {
            let Some(&(above, _)) = product.and_then(|product| self.0.get(product)) else {
                break;
            };
            if let Node::Mul(a, b) = *graph.node(above) {
                rest = graph.mul(rest, if a == node { b } else { a });
            }
            place = product;
        }
        rest
    }
}
