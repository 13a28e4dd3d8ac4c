//! The plan for any function: one loop over edges and samples.

use super::binding::Binding;
use super::program::{Argument, Program};
use super::reach;
use super::regroup::Regroup;
use super::schedule::{self, Scheduler};
use super::terms::{self, Gradient};
use super::{Choice, Frontier, Plan, Roots};
use crate::graph::{Graph, NodeId};

/// Plans the stages of any function.
pub(super) fn plan(graph: &mut Graph, roots: &Roots) -> Plan {
    let mut regroup = Regroup::new(graph, &roots.all());
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
        reach: reach::reach([&forward, &backward]),
        choice: Choice::Mixed,
        products: None,
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
