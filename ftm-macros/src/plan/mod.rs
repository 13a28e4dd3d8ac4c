//! When each operation runs: the heart of the compiler.
//!
//! In: a function and its derivatives as one graph. Out: straight-line programs for the stages
//! of the contract, and what each hands to the next.
//!
//! - `binding`: constant, parameter-only, input-only or mixed;
//! - `regroup`: sums and products rearranged so that mixed work is least;
//! - `terms`: what the backward pass sums, with the factors that leave the sums;
//! - `schedule`: programs from graphs, sharing sin with cos and fusing products with sums;
//! - `program`: those programs.
//!
//! A rule for another kind of plan (separable functions as matrix products, zero inputs) reads
//! the same bindings and terms, and takes its place beside [`Plan`]'s mixed stages.

mod binding;
pub(crate) mod program;
mod regroup;
mod schedule;
mod terms;
#[cfg(test)]
mod tests;

use crate::graph::{Graph, NodeId};
use binding::Binding;
use program::{Argument, Program};
use regroup::Regroup;
use schedule::Scheduler;
use terms::Gradient;

pub(crate) use binding::binding;

/// The roots that a plan is made of.
pub(crate) struct Roots {
    /// f
    pub value: NodeId,
    /// ∂f/∂x
    pub by_input: NodeId,
    /// ∂f/∂θ, in the order of the parameters
    pub by_parameters: Vec<NodeId>,
    /// ∂f/∂state, for a function with a memory
    pub by_state: Option<NodeId>,
}

/// What each stage does. The stages are those of the runtime's `Connection`.
#[derive(Debug)]
pub(crate) struct Plan {
    /// x → input values; the first `forward_inputs` are for the forward stage.
    pub input: Program,
    /// How many input values the forward stage reads.
    pub forward_inputs: usize,
    /// parameters and constants → edge values.
    pub edge: Program,
    /// (input, edge, state, sum) → sum + f.
    pub forward: Program,
    /// (input, edge, state, error, sums) → new edge sums, new input sums, ∂L/∂state.
    pub backward: Program,
    /// What the sums over the samples add up: factors, apart from the error.
    pub edge_sums: Vec<Vec<NodeId>>,
    /// What the sums over the outputs add up.
    pub input_sums: Vec<Vec<NodeId>>,
    /// (edge, edge sums) → ∂L/∂θ.
    pub finish_edge: Program,
    /// (input, input sums) → ∂L/∂x.
    pub finish_input: Program,
    /// What the edge stage makes, as nodes of the graph.
    pub edge_values: Vec<NodeId>,
    /// What the input stage makes, as nodes of the graph.
    pub input_values: Vec<NodeId>,
}

/// Plans the stages of a function.
pub(crate) fn plan(graph: &mut Graph, roots: &Roots) -> Plan {
    let mut regroup = Regroup::new(graph, &all(roots));
    let value = regroup.rebuild(graph, roots.value);
    let by_state = roots.by_state.map(|root| regroup.rebuild(graph, root));
    let edge_gradients: Vec<Gradient> = roots
        .by_parameters
        .iter()
        .map(|&root| Gradient::new(graph, &mut regroup, root, Binding::Parameter))
        .collect();
    let input_gradient = Gradient::new(graph, &mut regroup, roots.by_input, Binding::Input);

    // Sums that several gradients need are kept once.
    let mut edge_terms = Vec::new();
    for gradient in &edge_gradients {
        if let Some(term) = &gradient.term
            && !edge_terms.contains(term)
        {
            edge_terms.push(term.clone());
        }
    }
    let input_terms: Vec<_> = input_gradient.term.iter().cloned().collect();

    let mut frontier = Frontier::default();
    let forward = {
        let mut scheduler = Scheduler::new(graph, &mut frontier, &[value]);
        let sum = scheduler.argument(Argument::Sum);
        let result = scheduler.accumulate(value, sum);
        scheduler.finish(vec![result])
    };
    let forward_inputs = frontier.inputs.len();
    let backward = backward(graph, &mut frontier, &edge_terms, &input_terms, by_state);

    let finish_edge = {
        let outside: Vec<_> = edge_gradients
            .iter()
            .map(|gradient| gradient.outside)
            .collect();
        let mut scheduler = Scheduler::new(graph, &mut frontier, &outside);
        let results = edge_gradients
            .iter()
            .map(|gradient| {
                let place = gradient.place(&edge_terms).map(Argument::EdgeSum);
                scheduler.scale(place, gradient.outside)
            })
            .collect();
        scheduler.finish(results)
    };
    let finish_input = {
        let mut scheduler = Scheduler::new(graph, &mut frontier, &[input_gradient.outside]);
        let place = input_gradient.place(&input_terms).map(Argument::InputSum);
        let result = scheduler.scale(place, input_gradient.outside);
        scheduler.finish(vec![result])
    };

    Plan {
        input: schedule::stage(graph, &frontier.inputs),
        forward_inputs,
        edge: schedule::stage(graph, &frontier.edges),
        forward,
        backward,
        edge_sums: edge_terms.into_iter().map(|term| term.factors).collect(),
        input_sums: input_terms.into_iter().map(|term| term.factors).collect(),
        finish_edge,
        finish_input,
        edge_values: frontier.edges,
        input_values: frontier.inputs,
    }
}

/// The backward stage: adds each term times the error to its sum.
fn backward(
    graph: &Graph,
    frontier: &mut Frontier,
    edge_terms: &[terms::Term],
    input_terms: &[terms::Term],
    by_state: Option<NodeId>,
) -> Program {
    let mut roots: Vec<NodeId> = Vec::new();
    roots.extend(
        edge_terms
            .iter()
            .chain(input_terms)
            .flat_map(|term| term.factors.iter()),
    );
    roots.extend(by_state);
    let mut scheduler = Scheduler::new(graph, frontier, &roots);
    let all: Vec<_> = edge_terms.iter().chain(input_terms).collect();
    let order = terms::by_frequency(graph, &all, by_state);
    for term in &all {
        scheduler.share_error_product(&order.sorted(term));
    }
    let mut results = Vec::new();
    for (index, term) in edge_terms.iter().enumerate() {
        let sum = scheduler.argument(Argument::EdgeSum(index));
        results.push(scheduler.accumulate_error(&order.sorted(term), sum));
    }
    for (index, term) in input_terms.iter().enumerate() {
        let sum = scheduler.argument(Argument::InputSum(index));
        results.push(scheduler.accumulate_error(&order.sorted(term), sum));
    }
    results.push(match by_state {
        Some(root) => scheduler.error_times(root),
        None => scheduler.number(0.0),
    });
    scheduler.finish(results)
}

fn all(roots: &Roots) -> Vec<NodeId> {
    let mut all = vec![roots.value, roots.by_input];
    all.extend(&roots.by_parameters);
    all.extend(roots.by_state);
    all
}

/// Values that the input and edge stages make because mixed work reads them, in the order in
/// which it first does.
#[derive(Debug, Default)]
pub(crate) struct Frontier {
    inputs: Vec<NodeId>,
    edges: Vec<NodeId>,
}

impl Frontier {
    /// Where a stage finds the value of a node, if an earlier stage makes it.
    fn argument(&mut self, graph: &Graph, node: NodeId) -> Option<Argument> {
        // A truth value is no number that a stage could hand on; it is cheap to make again.
        if graph.node(node).is_condition() {
            return None;
        }
        let place = |values: &mut Vec<NodeId>| {
            values
                .iter()
                .position(|&value| value == node)
                .unwrap_or_else(|| {
                    values.push(node);
                    values.len() - 1
                })
        };
        match binding(graph, node) {
            Binding::Parameter => Some(Argument::Edge(place(&mut self.edges))),
            Binding::Input => Some(Argument::Input(place(&mut self.inputs))),
            Binding::Constant | Binding::Mixed => None,
        }
    }
}
