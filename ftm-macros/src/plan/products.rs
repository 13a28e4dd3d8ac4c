//! The plan for separable functions: matrix products.
//!
//! f = Σ c(θ)·g(x), and so are its derivatives. A layer of it is a product of the matrices of
//! all g and all c; the sums of its gradients are two more. The stages make the factors, and
//! what is left of them only multiplies and adds.

use super::program::{Argument, Program, Value};
use super::schedule::{self, Scheduler};
use super::separate::{Term, separate};
use super::{Choice, Plan, Roots};
use crate::graph::{Graph, Node, NodeId};
use crate::simplify::simplify;

/// Which values of the stages are multiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Products {
    /// f adds up input value times edge value, by their indices.
    pub forward: Vec<(usize, usize)>,
    /// The input value that each sum over the samples adds up, times the error.
    pub edge_sums: Vec<usize>,
    /// The edge value that each sum over the outputs adds up, times the error.
    pub input_sums: Vec<usize>,
}

/// The function and its derivatives, separated.
pub(super) struct Separated {
    pub value: Vec<Term>,
    pub by_input: Vec<Term>,
    pub by_parameters: Vec<Vec<Term>>,
}

impl Separated {
    /// Separates all that a plan needs, if that is possible.
    pub(super) fn new(graph: &mut Graph, roots: &Roots) -> Option<Self> {
        if roots.by_state.is_some() {
            return None;
        }
        let value = separate(graph, roots.value)?;
        let by_input = separate(graph, roots.by_input)?;
        Some(Self {
            by_input: share_edges(graph, &value, by_input),
            value,
            by_parameters: roots
                .by_parameters
                .iter()
                .map(|&root| separate(graph, root))
                .collect::<Option<_>>()?,
        })
    }
}

/// Makes the terms of ∂f/∂x use the edge values of f where they differ by a number only, which
/// the input values take instead: c·g′ for (3·c)·(g′/3).
fn share_edges(graph: &mut Graph, value: &[Term], by_input: Vec<Term>) -> Vec<Term> {
    let mut shared = Vec::new();
    for term in by_input {
        let (number, rest) = split_number(graph, term.edge);
        let same = value.iter().find_map(|term| {
            let (other, same) = split_number(graph, term.edge);
            (same == rest && rest.is_some()).then_some((term.edge, number / other))
        });
        shared.push(match same {
            Some((edge, factor)) => {
                let factor = graph.number(factor);
                let input = graph.mul(factor, term.input);
                let input = simplify(graph, input);
                Term { edge, input }
            }
            None => term,
        });
    }
    shared
}

/// The number in a product, and the other factor; 1 and the node when there is none.
fn split_number(graph: &Graph, node: NodeId) -> (f64, Option<NodeId>) {
    match *graph.node(node) {
        Node::Neg(a) => {
            let (number, rest) = split_number_once(graph, a);
            (-number, rest)
        }
        _ => split_number_once(graph, node),
    }
}

fn split_number_once(graph: &Graph, node: NodeId) -> (f64, Option<NodeId>) {
    match *graph.node(node) {
        Node::Number(number) => (number.value(), None),
        Node::Mul(a, b) => match (graph.as_number(a), graph.as_number(b)) {
            (Some(number), _) => (number, Some(b)),
            (_, Some(number)) => (number, Some(a)),
            _ => (1.0, Some(node)),
        },
        _ => (1.0, Some(node)),
    }
}

/// Values in the order of their first use.
#[derive(Default)]
struct Values(Vec<NodeId>);

impl Values {
    fn place(&mut self, node: NodeId) -> usize {
        let place = self.0.iter().position(|&value| value == node);
        place.unwrap_or_else(|| {
            self.0.push(node);
            self.0.len() - 1
        })
    }
}

/// Plans the stages of a separated function.
pub(super) fn plan(graph: &Graph, separated: &Separated) -> Plan {
    let (mut inputs, mut edges) = (Values::default(), Values::default());
    let mut edge_sums = Values::default();
    let mut input_sums = Values::default();
    let forward: Vec<_> = separated
        .value
        .iter()
        .map(|term| (inputs.place(term.input), edges.place(term.edge)))
        .collect();
    let forward_inputs = inputs.0.len();
    // ∂L/∂θ = Σ c·(Σ over samples of g times the error), ∂L/∂x = Σ g·(Σ over outputs of c ...).
    let parameters: Vec<Vec<(usize, NodeId)>> = separated
        .by_parameters
        .iter()
        .map(|terms| {
            let terms = terms.iter();
            let terms = terms.map(|term| (edge_sums.place(term.input), term.edge));
            terms.collect()
        })
        .collect();
    let input: Vec<(usize, NodeId)> = separated
        .by_input
        .iter()
        .map(|term| (input_sums.place(term.edge), term.input))
        .collect();
    let products = Products {
        forward,
        edge_sums: edge_sums.0.iter().map(|&g| inputs.place(g)).collect(),
        input_sums: input_sums.0.iter().map(|&c| edges.place(c)).collect(),
    };

    let finish_edge = {
        let mut scheduler = Scheduler::bare(graph);
        let results = parameters
            .iter()
            .map(|terms| {
                weigh(graph, &mut scheduler, terms, Argument::EdgeSum, |node| {
                    Argument::Edge(edges.place(node))
                })
            })
            .collect();
        scheduler.finish(results)
    };
    let finish_input = {
        let mut scheduler = Scheduler::bare(graph);
        let result = weigh(graph, &mut scheduler, &input, Argument::InputSum, |node| {
            Argument::Input(inputs.place(node))
        });
        scheduler.finish(vec![result])
    };
    Plan {
        choice: Choice::Products,
        input: schedule::stage(graph, &inputs.0),
        forward_inputs,
        edge: schedule::stage(graph, &edges.0),
        forward: forward_stage(graph, &products),
        backward: backward_stage(graph, &products),
        edge_sums: edge_sums.0.into_iter().map(|g| vec![g]).collect(),
        input_sums: input_sums.0.into_iter().map(|c| vec![c]).collect(),
        reach: None,
        finish_edge,
        finish_input,
        edge_values: edges.0,
        input_values: inputs.0,
        products: Some(products),
    }
}

/// `sum + Σ input · edge`
fn forward_stage(graph: &Graph, products: &Products) -> Program {
    let mut scheduler = Scheduler::bare(graph);
    let mut sum = scheduler.argument(Argument::Sum);
    for &(input, edge) in &products.forward {
        let input = scheduler.argument(Argument::Input(input));
        let edge = scheduler.argument(Argument::Edge(edge));
        sum = scheduler.multiply_add(input, edge, sum);
    }
    scheduler.finish(vec![sum])
}

/// Adds each factor times the error to its sum.
fn backward_stage(graph: &Graph, products: &Products) -> Program {
    let mut scheduler = Scheduler::bare(graph);
    let error = scheduler.argument(Argument::Error);
    let mut add = |factor: Argument, sum: Argument| {
        let (factor, sum) = (scheduler.argument(factor), scheduler.argument(sum));
        scheduler.multiply_add(error, factor, sum)
    };
    let edges = products.edge_sums.iter().enumerate();
    let mut results: Vec<Value> = edges
        .map(|(k, &input)| add(Argument::Input(input), Argument::EdgeSum(k)))
        .collect();
    let inputs = products.input_sums.iter().enumerate();
    results.extend(inputs.map(|(k, &edge)| add(Argument::Edge(edge), Argument::InputSum(k))));
    results.push(scheduler.number(0.0));
    scheduler.finish(results)
}

/// Σ sum · weight
fn weigh(
    graph: &Graph,
    scheduler: &mut Scheduler<'_>,
    terms: &[(usize, NodeId)],
    sum: fn(usize) -> Argument,
    mut weight: impl FnMut(NodeId) -> Argument,
) -> Value {
    let mut total: Option<Value> = None;
    for &(place, node) in terms {
        let sum = scheduler.argument(sum(place));
        let one = graph.as_number(node) == Some(1.0);
        total = Some(match (total, one) {
            (None, true) => sum,
            (Some(total), true) => scheduler.add(total, sum),
            (None, false) => {
                let weight = scheduler.argument(weight(node));
                scheduler.multiply(sum, weight)
            }
            (Some(total), false) => {
                let weight = scheduler.argument(weight(node));
                scheduler.multiply_add(sum, weight, total)
            }
        });
    }
    total.unwrap_or_else(|| scheduler.number(0.0))
}
