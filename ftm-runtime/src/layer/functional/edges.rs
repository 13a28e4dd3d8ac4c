//! The edges one by one.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::FunctionalLayer;
use crate::error::Error;
use crate::kernel::Edges;
use crate::layer::{Forward, LayerEdges, importance};
use crate::simd::{Level, Real};

impl<T: Real> FunctionalLayer<T> {
    /// Which edges are kept, block by block; empty when none is pruned.
    pub(super) fn kept_of_blocks(&self) -> &[T] {
        self.kept.get_or_make(|| {
            let Some(kept) = self.kept() else {
                return Vec::new();
            };
            let edges = self.blocks.iter().flat_map(|block| {
                let inputs = block.inputs.clone();
                inputs.flat_map(|input| block.outputs.clone().map(move |output| (input, output)))
            });
            edges.map(|edge| kept[edge]).collect()
        })
    }
}

impl<T: Real> LayerEdges<T> for FunctionalLayer<T> {
    fn importances(&self, x: ArrayView2<'_, T>) -> Result<Array2<f64>, Error> {
        if x.ncols() != self.inputs {
            return Err(Error::Width {
                what: "the input of the layer",
                expected: self.inputs,
                given: x.ncols(),
            });
        }
        if x.nrows() == 0 {
            return Err(Error::Empty { what: "the batch" });
        }
        let mut all = Array2::zeros((self.inputs, self.outputs));
        for part in self.parts() {
            importance::importances(part, x, &mut all);
        }
        Ok(all)
    }

    fn values(&self, input: usize, output: usize, x: &[T]) -> Result<Vec<T>, Error> {
        let has_edge = |part: &super::Part<'_, T>| {
            part.inputs().contains(&input) && part.outputs().contains(&output)
        };
        let Some(part) = self.parts().find(has_edge) else {
            return Err(Error::Argument {
                name: "the edge",
                given: format!("{input} → {output}"),
                allowed: "from an input to an output of the layer",
            });
        };
        let edges = part.edges;
        let (input, output) = (input - part.input, output - part.output);
        let of_edge = |values: &[T]| -> Vec<T> {
            let each = values.len() / edges.inputs;
            let of_input = values[input * each..][..each].iter();
            of_input
                .skip(output)
                .step_by(edges.outputs)
                .copied()
                .collect()
        };
        let edge = Edges {
            inputs: 1,
            outputs: 1,
            parameters: &of_edge(edges.parameters),
            constants: &of_edge(edges.constants),
            kept: &of_edge(edges.kept),
            coefficients: &[],
        };
        let mut values = vec![T::ZERO; x.len()];
        let column = (x.len(), 1);
        if let (Ok(x), Ok(y)) = (
            ArrayView2::from_shape(column, x),
            ArrayViewMut2::from_shape(column, &mut values),
        ) {
            let pass = Forward {
                level: Level::current(),
                x,
                y,
                state: &[],
                next_state: &mut [],
                noise: None,
                values: &mut Vec::new(),
                scratch: &mut Vec::new(),
            };
            part.function.forward(edge, &[T::ZERO], pass);
        }
        Ok(values)
    }

    fn kept(&self) -> Option<ArrayView2<'_, T>> {
        let kept = &self.constants[self.first_kept()..];
        let shape = (self.inputs, self.outputs);
        ArrayView2::from_shape(shape, kept).ok()
    }

    fn keep(&mut self, kept: ArrayView2<'_, bool>) -> Result<(), Error> {
        if kept.dim() != (self.inputs, self.outputs) {
            return Err(Error::Shape {
                what: "the mask of edges to keep",
                expected: vec![self.inputs, self.outputs],
                given: kept.shape().to_vec(),
            });
        }
        self.all_changed();
        self.constants.truncate(self.first_kept());
        if kept.iter().any(|&kept| !kept) {
            let one = |&kept: &bool| if kept { T::ONE } else { T::ZERO };
            self.constants.extend(kept.iter().map(one));
        }
        Ok(())
    }
}
