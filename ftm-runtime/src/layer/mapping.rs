//! How a layer's outputs follow from its inputs, for formulas and programs.

use std::ops::Range;

use crate::connection::Description;
use crate::error::Error;
use crate::formula::{Graph, Symbol, Term};
use crate::simd::Real;

/// How a layer's outputs y follow from its inputs x, outside of training.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Mapping {
    /// `y[o] = bias[o] + Σ_i f(x[i]; θ[i,o])`
    Edges {
        /// f, and its θ for all edges: each edge is in one block.
        blocks: Vec<EdgeBlock>,
        /// The bias.
        bias: Vec<f64>,
    },
    /// `y[o] = f(x[o]; θ[o])`
    Nodes(Functions),
    /// Each output as a term of a graph, whose inputs are those of the layer.
    Written {
        /// The graph.
        graph: Graph,
        /// The outputs.
        outputs: Vec<Term>,
    },
}

/// Edges of one function, from some neighbouring inputs to some neighbouring outputs.
#[derive(Clone, Debug)]
pub struct EdgeBlock {
    /// The first of the inputs.
    pub input: usize,
    /// The first of the outputs.
    pub output: usize,
    /// The edges.
    pub functions: Functions,
}

impl EdgeBlock {
    /// The edges to an output that are not pruned.
    fn terms(&self, graph: &mut Graph, x: &[Term], output: usize) -> Option<Vec<(f64, Term)>> {
        let functions = &self.functions;
        let Some(output) = output.checked_sub(self.output) else {
            return Some(Vec::new());
        };
        let there = match output < functions.outputs {
            true => 0..functions.inputs,
            false => 0..0,
        };
        let there = there.filter(|&input| functions.is_kept(input, output));
        let edge = |input| {
            let x = x.get(self.input + input)?;
            Some((1.0, functions.term(graph, *x, input, output)?))
        };
        there.map(edge).collect()
    }
}

/// A function with parameters and constants for each of many places.
#[derive(Clone, Debug)]
pub struct Functions {
    /// The function. It has nodes.
    pub function: &'static Description,
    /// How many inputs there are, each with places of its own; 1 for the nodes of a layer.
    pub inputs: usize,
    /// Places of an input.
    pub outputs: usize,
    /// `[input][parameter][output]`
    parameters: Vec<f64>,
    /// `[input][constant][output]`
    constants: Vec<f64>,
    /// `[input][output]`: false for a pruned edge, which gives 0; empty when none is.
    kept: Vec<bool>,
}

impl Functions {
    /// The functions of a layer, its numbers laid out as those of its tensors.
    ///
    /// # Errors
    /// [`Error::NoFormula`] when the function has a state, or nothing says how it is computed.
    pub(super) fn new<T: Real>(
        layer: impl FnOnce() -> String,
        function: &'static Description,
        (inputs, outputs): (usize, usize),
        parameters: &[T],
        constants: &[T],
    ) -> Result<Self, Error> {
        let mut graph = Graph::default();
        let symbols = |graph: &mut Graph, symbol| Some(graph.symbol(symbol));
        let reason = if function.state.is_some() {
            "its function remembers its previous output"
        } else if function.nodes.is_empty() {
            "its function has no nodes in its description"
        } else if value(&mut graph, function, symbols).is_none() {
            "the nodes of its function do not make a formula"
        } else {
            let numbers = |values: &[T]| values.iter().map(|value| value.to_f64()).collect();
            return Ok(Self {
                function,
                inputs,
                outputs,
                parameters: numbers(parameters),
                constants: numbers(constants),
                kept: Vec::new(),
            });
        };
        let layer = layer();
        Err(Error::NoFormula { layer, reason })
    }

    /// Prunes the edges where this is 0; none when it is empty.
    pub(super) fn keep<T: Real>(mut self, kept: &[T]) -> Self {
        self.kept = kept.iter().map(|&kept| kept != T::ZERO).collect();
        self
    }

    /// Whether any edge is pruned.
    #[must_use]
    pub fn is_pruned(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Whether an edge is there; a pruned one gives 0.
    #[must_use]
    pub fn is_kept(&self, input: usize, output: usize) -> bool {
        let kept = self.kept.get(input * self.outputs + output);
        kept.copied().unwrap_or(true)
    }

    /// The parameters of a place and then its constants, in the order declared.
    pub fn numbers(&self, input: usize, output: usize) -> impl Iterator<Item = f64> + use<'_> {
        let all = [
            (&self.parameters, self.function.parameters.len()),
            (&self.constants, self.function.constants.len()),
        ];
        all.into_iter().flat_map(move |(values, count)| {
            let place = move |k| (input * count + k) * self.outputs + output;
            (0..count).filter_map(move |k| values.get(place(k)).copied())
        })
    }

    /// The value at a place.
    fn term(&self, graph: &mut Graph, x: Term, input: usize, output: usize) -> Option<Term> {
        let parameters = self.function.parameters.len();
        let numbers: Vec<f64> = self.numbers(input, output).collect();
        value(graph, self.function, |graph, symbol| {
            let index = match symbol {
                Symbol::Input(_) => return Some(x),
                Symbol::Parameter(index) => index,
                Symbol::Constant(index) => parameters + index,
                Symbol::State => return None,
            };
            let number = numbers.get(index).copied()?;
            Some(graph.number(number))
        })
    }
}

/// The value of a function whose symbols are what `symbol` says.
pub(crate) fn value(
    graph: &mut Graph,
    function: &Description,
    symbol: impl Fn(&mut Graph, Symbol) -> Option<Term>,
) -> Option<Term> {
    // Operands come first, so that what comes after the value is not part of it.
    let root = *function.roots.first()?;
    let nodes = function.nodes.get(..=root)?;
    graph.declared(nodes, symbol)?.pop()
}

impl Mapping {
    /// The layer that changes nothing.
    pub(super) fn identity(width: usize) -> Self {
        let mut graph = Graph::default();
        let outputs = (0..width).map(|index| graph.input(index)).collect();
        Self::Written { graph, outputs }
    }

    /// The outputs `wanted`, of the inputs `x`. `None` when there are not as many inputs or
    /// outputs.
    pub(crate) fn terms(
        &self,
        graph: &mut Graph,
        x: &[Term],
        wanted: Range<usize>,
    ) -> Option<Vec<Term>> {
        match self {
            Self::Edges { blocks, bias } => wanted
                .map(|output| {
                    let mut terms = Vec::new();
                    for block in blocks {
                        terms.extend(block.terms(graph, x, output)?);
                    }
                    Some(graph.sum(*bias.get(output)?, terms))
                })
                .collect(),
            Self::Nodes(functions) => wanted
                .map(|output| functions.term(graph, *x.get(output)?, 0, output))
                .collect(),
            Self::Written {
                graph: from,
                outputs,
            } => {
                let inputs = |_: &mut Graph, symbol| match symbol {
                    Symbol::Input(index) => x.get(index).copied(),
                    _ => None,
                };
                graph.substitute(from, outputs.get(wanted)?, inputs)
            }
        }
    }
}
