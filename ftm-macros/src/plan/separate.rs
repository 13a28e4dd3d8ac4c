//! f as a sum of products, Σ c(θ)·g(x), where that is possible.
//!
//! Sums and products of separated parts are separated; so are sine and cosine of a sum of a
//! part of x and a part of θ, absolute values of a single product, and selections whose
//! condition is of one kind. `exp(p + q)` is not taken apart: exp(p)·exp(q) overflows where it
//! does not. Terms that share a factor are one term.

use std::collections::BTreeMap;

use super::binding::{Binding, binding};
use crate::graph::{Graph, Node, NodeId};
use crate::simplify::simplify;

/// More terms than this are not looked for.
pub(super) const MOST_TERMS: usize = 64;

/// c(θ)·g(x)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// c, of parameters and per-edge constants.
    pub edge: NodeId,
    /// g, of the input.
    pub input: NodeId,
}

/// The terms that add up to a node, if it has such a form of few terms. 0 has no terms.
pub(super) fn separate(graph: &mut Graph, root: NodeId) -> Option<Vec<Term>> {
    let mut done: BTreeMap<NodeId, Option<Vec<Term>>> = BTreeMap::new();
    for node in graph.reachable(&[root]) {
        let terms = one(graph, node, &done).map(|terms| merge(graph, terms));
        let terms = terms.filter(|terms| terms.len() <= MOST_TERMS);
        done.insert(node, terms);
    }
    done.remove(&root)?
}

/// The terms of a node from those of its operands.
fn one(
    graph: &mut Graph,
    node: NodeId,
    done: &BTreeMap<NodeId, Option<Vec<Term>>>,
) -> Option<Vec<Term>> {
    let one = graph.number(1.0);
    match binding(graph, node) {
        Binding::Constant | Binding::Parameter => {
            let zero = graph.as_number(node) == Some(0.0);
            let term = Term {
                edge: node,
                input: one,
            };
            return Some(if zero { vec![] } else { vec![term] });
        }
        Binding::Input => {
            return Some(vec![Term {
                edge: one,
                input: node,
            }]);
        }
        Binding::Mixed => {}
    }
    let of = |node: NodeId| done.get(&node).cloned().flatten();
    match *graph.node(node) {
        Node::Neg(a) => Some(negate(graph, of(a)?)),
        Node::Add(a, b) => Some([of(a)?, of(b)?].concat()),
        Node::Sub(a, b) => {
            let b = negate(graph, of(b)?);
            Some([of(a)?, b].concat())
        }
        Node::Mul(a, b) => Some(products(graph, &of(a)?, &of(b)?)),
        Node::Div(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            let &[divisor] = &b[..] else { return None };
            Some(
                a.into_iter()
                    .map(|term| Term {
                        edge: divide(graph, term.edge, divisor.edge),
                        input: divide(graph, term.input, divisor.input),
                    })
                    .collect(),
            )
        }
        Node::Powi(a, exponent) => power(graph, &of(a)?, exponent),
        Node::Call(primitive, ref arguments) => match (primitive.name, &arguments[..]) {
            ("abs", &[a]) => {
                let &[term] = &of(a)?[..] else { return None };
                Some(vec![Term {
                    edge: graph.call("abs", term.edge),
                    input: graph.call("abs", term.input),
                }])
            }
            (name @ ("sin" | "cos"), &[a]) => {
                let name = name == "sin";
                let terms = of(a)?;
                wave(graph, name, &terms)
            }
            _ => None,
        },
        Node::Select(condition, a, b) => {
            let kind = binding(graph, condition);
            let (a, b) = (of(a)?, of(b)?);
            select(graph, condition, kind, a, b)
        }
        _ => None,
    }
}

fn negate(graph: &mut Graph, terms: Vec<Term>) -> Vec<Term> {
    let negative = |term: Term| Term {
        edge: graph.neg(term.edge),
        ..term
    };
    terms.into_iter().map(negative).collect()
}

/// Every term of one side times every term of the other.
fn products(graph: &mut Graph, a: &[Term], b: &[Term]) -> Vec<Term> {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    let product = |(a, b): (&Term, &Term)| Term {
        edge: times(graph, a.edge, b.edge),
        input: times(graph, a.input, b.input),
    };
    pairs.map(product).collect()
}

/// A power: by multiplication, and of a single term also a negative one.
fn power(graph: &mut Graph, terms: &[Term], exponent: i32) -> Option<Vec<Term>> {
    if let &[term] = terms {
        return Some(vec![Term {
            edge: graph.insert(Node::Powi(term.edge, exponent)),
            input: graph.insert(Node::Powi(term.input, exponent)),
        }]);
    }
    if !(1..=MOST_TERMS as i32).contains(&exponent) {
        return None;
    }
    let mut power = terms.to_vec();
    for _ in 1..exponent {
        power = products(graph, &power, terms);
        power = merge(graph, power);
        if power.len() > MOST_TERMS {
            return None;
        }
    }
    Some(power)
}

/// sin(p + q) = sin p cos q + cos p sin q, cos(p + q) = cos p cos q - sin p sin q, for p of θ
/// and q of x.
fn wave(graph: &mut Graph, sine: bool, terms: &[Term]) -> Option<Vec<Term>> {
    let is_one = |graph: &Graph, node: NodeId| graph.as_number(node) == Some(1.0);
    let (mut edge, mut input) = (graph.number(0.0), graph.number(0.0));
    for term in terms {
        if is_one(graph, term.input) {
            edge = graph.add(edge, term.edge);
        } else if binding(graph, term.edge) == Binding::Constant {
            let part = times(graph, term.edge, term.input);
            input = graph.add(input, part);
        } else {
            return None;
        }
    }
    let (edge, input) = (simplify(graph, edge), simplify(graph, input));
    let [sin_edge, cos_edge] = ["sin", "cos"].map(|name| graph.call(name, edge));
    let [sin_input, cos_input] = ["sin", "cos"].map(|name| graph.call(name, input));
    let term = |edge, input| Term { edge, input };
    Some(if sine {
        vec![term(sin_edge, cos_input), term(cos_edge, sin_input)]
    } else {
        let negative = graph.neg(sin_edge);
        vec![term(cos_edge, cos_input), term(negative, sin_input)]
    })
}

/// A selection, as two that leave 0: on the side that the condition is of.
fn select(
    graph: &mut Graph,
    condition: NodeId,
    kind: Binding,
    yes: Vec<Term>,
    no: Vec<Term>,
) -> Option<Vec<Term>> {
    let zero = graph.number(0.0);
    let mut choose = |node: NodeId, on: bool| {
        let (a, b) = if on { (node, zero) } else { (zero, node) };
        graph.insert(Node::Select(condition, a, b))
    };
    let sides = yes.into_iter().map(|term| (term, true));
    let sides = sides.chain(no.into_iter().map(|term| (term, false)));
    match kind {
        Binding::Constant | Binding::Parameter => Some(
            sides
                .map(|(term, on)| Term {
                    edge: choose(term.edge, on),
                    ..term
                })
                .collect(),
        ),
        Binding::Input => Some(
            sides
                .map(|(term, on)| Term {
                    input: choose(term.input, on),
                    ..term
                })
                .collect(),
        ),
        Binding::Mixed => None,
    }
}

/// Terms that share a factor, put together, and terms of 0 left out.
fn merge(graph: &mut Graph, terms: Vec<Term>) -> Vec<Term> {
    let mut terms: Vec<Term> = terms
        .into_iter()
        .map(|term| Term {
            edge: simplify(graph, term.edge),
            input: simplify(graph, term.input),
        })
        .collect();
    terms = gather(
        graph,
        terms,
        |t| (t.input, t.edge),
        |input, edge| Term { edge, input },
    );
    terms = gather(
        graph,
        terms,
        |t| (t.edge, t.input),
        |edge, input| Term { edge, input },
    );
    let zero = |node: NodeId| graph.as_number(node) == Some(0.0);
    terms.retain(|term| !zero(term.edge) && !zero(term.input));
    terms
}

/// Adds up the second factors of terms with the same first factor.
fn gather(
    graph: &mut Graph,
    terms: Vec<Term>,
    split: impl Fn(Term) -> (NodeId, NodeId),
    join: impl Fn(NodeId, NodeId) -> Term,
) -> Vec<Term> {
    let mut sums: Vec<(NodeId, NodeId)> = Vec::new();
    for term in terms {
        let (shared, other) = split(term);
        match sums.iter_mut().find(|(factor, _)| *factor == shared) {
            Some((_, sum)) => {
                let added = graph.add(*sum, other);
                *sum = simplify(graph, added);
            }
            None => sums.push((shared, other)),
        }
    }
    sums.into_iter()
        .map(|(shared, sum)| join(shared, sum))
        .collect()
}

fn times(graph: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let product = graph.mul(a, b);
    simplify(graph, product)
}

fn divide(graph: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let quotient = graph.div(a, b);
    simplify(graph, quotient)
}

#[cfg(test)]
mod tests;
