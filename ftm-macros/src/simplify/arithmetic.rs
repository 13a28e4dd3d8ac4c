//! Rules of `+ - * /`, signs and powers.

use super::Rule;
use crate::graph::{Graph, Node, NodeId};

pub(super) static RULES: &[Rule] = &[
    fold_constants,
    neutral_elements,
    annihilators,
    signs,
    signs_of_sums,
    numbers_together,
    exact_division,
    divisions_together,
    powers,
    common_factors,
];

/// Operations on numbers, where the result is finite: 2·3 → 6
fn fold_constants(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let number = |id: NodeId| graph.as_number(id);
    let value = match node {
        Node::Neg(a) => -number(*a)?,
        Node::Add(a, b) => number(*a)? + number(*b)?,
        Node::Sub(a, b) => number(*a)? - number(*b)?,
        Node::Mul(a, b) => number(*a)? * number(*b)?,
        Node::Div(a, b) => number(*a)? / number(*b)?,
        Node::Powi(a, exponent) => number(*a)?.powi(*exponent),
        Node::Call(primitive, arguments) => {
            let values: Option<Vec<f64>> = arguments.iter().map(|&a| number(a)).collect();
            (primitive.evaluate)(&values?)
        }
        _ => return None,
    };
    value.is_finite().then(|| graph.number(value))
}

/// a + 0, a - 0, a·1, a/1 → a. (-0 + 0 is 0; signs of zero are not kept.)
fn neutral_elements(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let is = |id: NodeId, value: f64| graph.as_number(id) == Some(value);
    match *node {
        Node::Add(a, b) if is(a, 0.0) => Some(b),
        Node::Add(a, b) | Node::Sub(a, b) if is(b, 0.0) => Some(a),
        Node::Mul(a, b) if is(a, 1.0) => Some(b),
        Node::Mul(a, b) | Node::Div(a, b) if is(b, 1.0) => Some(a),
        Node::Powi(a, 1) => Some(a),
        Node::Sub(a, b) if is(a, 0.0) => Some(graph.neg(b)),
        _ => None,
    }
}

/// a·0, 0/a, a - a → 0; a⁰ → 1. Assumes that a is finite (and not 0 where it divides).
fn annihilators(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let zero = |id: NodeId| graph.as_number(id) == Some(0.0);
    match *node {
        Node::Mul(a, b) if zero(a) || zero(b) => Some(graph.number(0.0)),
        Node::Div(a, _) if zero(a) => Some(graph.number(0.0)),
        Node::Sub(a, b) if a == b => Some(graph.number(0.0)),
        Node::Powi(_, 0) => Some(graph.number(1.0)),
        _ => None,
    }
}

/// Signs move out of products: (-a)·b → -(a·b), (-a)·(-b) → a·b, -(-a) → a, a·(-1) → -a,
/// (-2)·a → -(2·a)
fn signs(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    match *node {
        Node::Neg(a) => match *graph.node(a) {
            Node::Neg(inner) => Some(inner),
            Node::Sub(x, y) => Some(graph.sub(y, x)),
            _ => None,
        },
        Node::Mul(a, b) => {
            let (pa, pb) = (positive(graph, a), positive(graph, b));
            if pa.is_none() && pb.is_none() {
                return None;
            }
            let product = graph.mul(pa.unwrap_or(a), pb.unwrap_or(b));
            Some(if pa.is_some() == pb.is_some() {
                product
            } else {
                graph.neg(product)
            })
        }
        Node::Div(a, b) => {
            let (pa, pb) = (positive(graph, a), positive(graph, b));
            if pa.is_none() && pb.is_none() {
                return None;
            }
            let quotient = graph.div(pa.unwrap_or(a), pb.unwrap_or(b));
            Some(if pa.is_some() == pb.is_some() {
                quotient
            } else {
                graph.neg(quotient)
            })
        }
        _ => None,
    }
}

/// The value without its sign, when it shows one.
fn positive(graph: &mut Graph, id: NodeId) -> Option<NodeId> {
    match *graph.node(id) {
        Node::Neg(a) => Some(a),
        Node::Number(number) if number.value() < 0.0 => Some(graph.number(-number.value())),
        _ => None,
    }
}

/// a + (-b) → a - b, a - (-b) → a + b, (-a) + b → b - a
fn signs_of_sums(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    match *node {
        Node::Add(a, b) => {
            if let Some(b) = positive(graph, b) {
                return Some(graph.sub(a, b));
            }
            let a = positive(graph, a)?;
            Some(graph.sub(b, a))
        }
        Node::Sub(a, b) => {
            if let Some(b) = positive(graph, b) {
                return Some(graph.add(a, b));
            }
            match *graph.node(a) {
                // (-a) - b → -(a + b)
                Node::Neg(a) => {
                    let sum = graph.add(a, b);
                    Some(graph.neg(sum))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Numbers of a product together: 2·(3·a) → 6·a; (2·a)·(3·b) → 6·(a·b); (2·a)·b → 2·(a·b)
fn numbers_together(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Mul(a, b) = *node else { return None };
    let split = |id: NodeId| -> Option<(f64, NodeId)> {
        let Node::Mul(x, y) = *graph.node(id) else {
            return None;
        };
        match (graph.as_number(x), graph.as_number(y)) {
            (Some(number), _) => Some((number, y)),
            (_, Some(number)) => Some((number, x)),
            _ => None,
        }
    };
    let (number, rest) = match (graph.as_number(a), graph.as_number(b), split(a), split(b)) {
        (Some(n), _, _, Some((m, rest))) | (_, Some(n), Some((m, rest)), _) => (n * m, rest),
        (None, None, Some((n, x)), Some((m, y))) => (n * m, graph.mul(x, y)),
        (None, None, Some((n, x)), None) => (n, graph.mul(x, b)),
        (None, None, None, Some((n, y))) => (n, graph.mul(a, y)),
        _ => return None,
    };
    if !number.is_finite() {
        return None;
    }
    let number = graph.number(number);
    Some(graph.mul(number, rest))
}

/// a/2 → a·0.5, where the reciprocal is exact: for powers of two. And 1/a as part of a
/// product: (1/a)·b → b/a
fn exact_division(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    match *node {
        Node::Div(a, b) => {
            let divisor = graph.as_number(b)?;
            let reciprocal = 1.0 / divisor;
            let exact = divisor.is_normal()
                && reciprocal.is_normal()
                && divisor.to_bits().trailing_zeros() >= 52;
            if !exact {
                return None;
            }
            let reciprocal = graph.number(reciprocal);
            Some(graph.mul(a, reciprocal))
        }
        Node::Mul(a, b) => {
            for (quotient, factor) in [(a, b), (b, a)] {
                if let Node::Div(one, below) = *graph.node(quotient)
                    && graph.as_number(one) == Some(1.0)
                {
                    return Some(graph.div(factor, below));
                }
            }
            None
        }
        _ => None,
    }
}

/// One division instead of two: (a/b)/c → a/(b·c). Assumes that b·c does not overflow.
fn divisions_together(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Div(a, c) = *node else { return None };
    let Node::Div(a, b) = *graph.node(a) else {
        return None;
    };
    let below = graph.mul(b, c);
    Some(graph.div(a, below))
}

/// a² → a·a, a³ → a·(a·a), a⁴ → (a²)²; higher powers by the runtime's powi.
fn powers(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let Node::Powi(a, exponent) = *node else {
        return None;
    };
    match exponent {
        2 => Some(graph.mul(a, a)),
        3 => {
            let square = graph.mul(a, a);
            Some(graph.mul(a, square))
        }
        4 => {
            let square = graph.mul(a, a);
            Some(graph.mul(square, square))
        }
        _ => None,
    }
}

/// a + a → 2·a; a·b + a·c → a·(b + c); n·a + a → (n+1)·a
fn common_factors(graph: &mut Graph, node: &Node) -> Option<NodeId> {
    let (a, b, minus) = match *node {
        Node::Add(a, b) => (a, b, false),
        Node::Sub(a, b) => (a, b, true),
        _ => return None,
    };
    if a == b && !minus {
        let two = graph.number(2.0);
        return Some(graph.mul(two, a));
    }
    let factors = |id: NodeId| match *graph.node(id) {
        Node::Mul(x, y) => Some((x, y)),
        _ => None,
    };
    let combine = |graph: &mut Graph, x: NodeId, y: NodeId| {
        if minus {
            graph.sub(x, y)
        } else {
            graph.add(x, y)
        }
    };
    let number = |id: NodeId| graph.as_number(id).is_some();
    match (factors(a), factors(b)) {
        (Some((p, q)), Some((r, s))) => {
            // A common number is left: it is cheaper inside each term's constant.
            let pairs = [(p, q, r, s), (p, q, s, r), (q, p, r, s), (q, p, s, r)];
            let &(common, x, _, y) = pairs.iter().find(|(x, _, y, _)| x == y && !number(*x))?;
            let rest = combine(graph, x, y);
            Some(graph.mul(common, rest))
        }
        (Some((p, q)), None) if (p == b && number(q)) || (q == b && number(p)) => {
            let n = if p == b { q } else { p };
            let one = graph.number(1.0);
            let rest = combine(graph, n, one);
            Some(graph.mul(rest, b))
        }
        (None, Some((p, q))) if (p == a && number(q)) || (q == a && number(p)) => {
            let n = if p == a { q } else { p };
            let one = graph.number(1.0);
            let rest = combine(graph, one, n);
            Some(graph.mul(rest, a))
        }
        _ => None,
    }
}
