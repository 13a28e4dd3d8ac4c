//! When each operation runs: the heart of the compiler.
//!
//! In: a function and its derivatives as one graph. Out: straight-line programs for the stages
//! of the contract, and what each hands to the next.
//!
//! | file | |
//! |---|---|
//! | `binding` | constant, parameter-only, input-only or mixed |
//! | `regroup` | sums and products rearranged so that mixed work is least |
//! | `terms` | what the backward pass sums, with the factors that leave the sums |
//! | `mixed` | the plan for any function: one loop over edges and samples |
//! | `separate` | f as Σ c(θ)·g(x), where that is possible |
//! | `products` | the plan for such functions: matrix products |
//! | `choice` | which of the two, and why |
//! | `reach` | how large the arguments of sines and others can be |
//! | `rounding` | how far rounding moves each of them |
//! | `schedule` | programs from graphs, sharing sin with cos and fusing products with sums |
//! | `program` | those programs |
//! | `roll` | loops in them |

mod binding;
mod choice;
mod mixed;
mod products;
pub(crate) mod program;
mod reach;
mod regroup;
mod roll;
mod rounding;
mod schedule;
mod separate;
mod terms;
#[cfg(test)]
mod tests;

use crate::check::function::Function;
use crate::graph::{Graph, NodeId};
use binding::Binding;
use program::{Argument, Program};

pub(crate) use binding::binding;
pub(crate) use choice::Choice;
pub(crate) use products::Products;

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

impl Roots {
    /// All of them, in this order.
    pub(crate) fn all(&self) -> Vec<NodeId> {
        let mut all = vec![self.value, self.by_input];
        all.extend(&self.by_parameters);
        all.extend(self.by_state);
        all
    }
}

/// What each stage does. The stages are those of the runtime's `Connection`.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Which kind of plan this is, and why.
    pub choice: Choice,
    /// Which values are multiplied, when the stages are matrix products.
    pub products: Option<Products>,
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
    /// (largest magnitudes of the input, edge) → those of arguments of functions with a domain in the forward
    /// and the backward stage, by kinds of functions; where there are such functions, and bounds.
    pub reach: Option<Program>,
    /// (input, input sums) → ∂L/∂x.
    pub finish_input: Program,
    /// What the edge stage makes, as nodes of the graph.
    pub edge_values: Vec<NodeId>,
    /// What the input stage makes, as nodes of the graph.
    pub input_values: Vec<NodeId>,
}

impl Plan {
    /// Whether kernels take all samples with an input of 0 at once. Products do not tell them
    /// apart, and each edge-sample has a state of its own.
    pub(crate) fn zeros_apart(&self, function: &Function) -> bool {
        self.products.is_none()
            && function.state.is_none()
            && self.forward.operations() >= choice::ZEROS_APART_OPERATIONS
    }
}

/// Plans the stages of a function.
pub(crate) fn plan(graph: &mut Graph, roots: &Roots, function: &Function) -> Plan {
    let mixed = mixed::plan(graph, roots);
    let mut plan = choice::choose(graph, roots, function, mixed);
    plan.input = roll::roll(plan.input);
    plan
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
