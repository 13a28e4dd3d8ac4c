//! What a network computes, as formulas.

use std::ops::Range;

use super::{Network, in_layer};
use crate::error::Error;
use crate::formula::{Formula, Graph, Term};
use crate::layer::Mapping;
use crate::simd::Real;

impl<T: Real> Network<T> {
    /// How the outputs of each layer follow from its inputs, outside of training.
    ///
    /// # Errors
    /// [`Error::NoFormula`] in the layer that no formula says that of: one whose function remembers
    /// its previous output, or is written by hand without nodes.
    #[inline(never)]
    pub fn mappings(&self) -> Result<Vec<Mapping>, Error> {
        let layers = self.layers.iter().enumerate();
        layers
            .map(|(index, layer)| layer.mapping().map_err(|source| in_layer(index, source)))
            .collect()
    }

    /// The formula of an output in the inputs x₀, x₁, …, parameters being the numbers that they are
    /// now.
    ///
    /// It grows with the number of edges: meant for networks small enough to be read. The program
    /// of [`source::rust`](crate::source::rust) does not.
    ///
    /// # Errors
    /// Those of [`Network::mappings`]; [`Error::Argument`] when there is no such output.
    #[inline(never)]
    pub fn formula(&self, output: usize) -> Result<Formula, Error> {
        if output >= self.outputs() {
            return Err(Error::Argument {
                name: "the output of the formula",
                given: output.to_string(),
                allowed: "below the number of outputs",
            });
        }
        let (graph, terms) = self.terms(output..output + 1)?;
        let terms = terms.into_iter();
        let mut formulas = terms.map(|term| Formula::new(&graph, term, self.inputs));
        formulas.next().ok_or(Error::Empty { what: "the output" })
    }

    /// The formulas of all outputs.
    ///
    /// # Errors
    /// Those of [`Network::mappings`].
    #[inline(never)]
    pub fn formulas(&self) -> Result<Vec<Formula>, Error> {
        let (graph, terms) = self.terms(0..self.outputs())?;
        let terms = terms.into_iter();
        Ok(terms
            .map(|term| Formula::new(&graph, term, self.inputs))
            .collect())
    }

    /// The outputs `wanted` as terms.
    fn terms(&self, wanted: Range<usize>) -> Result<(Graph, Vec<Term>), Error> {
        let mut graph = Graph::default();
        let mut x: Vec<Term> = (0..self.inputs).map(|index| graph.input(index)).collect();
        for (index, (mapping, layer)) in self.mappings()?.iter().zip(&self.layers).enumerate() {
            let last = index + 1 == self.layers.len();
            let outputs = if last {
                wanted.clone()
            } else {
                0..layer.outputs()
            };
            x = mapping.terms(&mut graph, &x, outputs).ok_or_else(|| {
                let layer = layer.name();
                let reason = "its mapping has other widths";
                in_layer(index, Error::NoFormula { layer, reason })
            })?;
        }
        Ok((graph, x))
    }
}
