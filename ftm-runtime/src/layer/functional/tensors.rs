//! Names and places of the numbers of a layer.

use ndarray::{ArrayView2, ShapeBuilder};

use super::FunctionalLayer;
use super::blocks::Block;
use crate::connection::Parameter;
use crate::layer::{KEPT, LayerEdges as _, Tensor};
use crate::simd::Real;

impl<T: Real> FunctionalLayer<T> {
    /// The values of a parameter, by the name of its tensor, inputs × outputs of its block, or
    /// `None` when there is none of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<ArrayView2<'_, T>> {
        plane(&self.parameters, self.parameter_tensors(), name)
    }

    /// The values of a constant, by the name of its tensor, inputs × outputs of its block, or
    /// `None` when there is none of that name.
    #[must_use]
    pub fn constant(&self, name: &str) -> Option<ArrayView2<'_, T>> {
        plane(&self.constants, self.tensors_of_constants(), name)
    }

    pub(super) fn parameter_tensors(&self) -> Vec<Tensor> {
        let mut tensors = self.planes(|block| {
            let description = block.function.description();
            (description.parameters, block.parameters.start)
        });
        tensors.push(Tensor {
            name: "bias".to_owned(),
            offset: self.edge_parameters(),
            shape: vec![self.outputs],
            strides: vec![1],
        });
        tensors
    }

    pub(super) fn tensors_of_constants(&self) -> Vec<Tensor> {
        let mut tensors = self.planes(|block| {
            let description = block.function.description();
            (description.constants, block.constants.start)
        });
        if self.anchored.is_some() {
            tensors.push(Tensor {
                name: "anchor".to_owned(),
                offset: self.edge_constants(),
                shape: vec![self.inputs],
                strides: vec![1],
            });
        }
        if self.kept().is_some() {
            tensors.push(Tensor {
                name: KEPT.to_owned(),
                offset: self.first_kept(),
                shape: vec![self.inputs, self.outputs],
                strides: vec![self.outputs, 1],
            });
        }
        tensors
    }

    /// A plane of inputs × outputs of each block for each of the parameters that `of` gives, one
    /// after the other in each input.
    fn planes(&self, of: fn(&Block<T>) -> (&'static [Parameter], usize)) -> Vec<Tensor> {
        let mut tensors = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            let (parameters, start) = of(block);
            let (inputs, outputs) = (block.inputs.len(), block.outputs.len());
            for (place, parameter) in parameters.iter().enumerate() {
                tensors.push(Tensor {
                    name: self.in_block(index, parameter.name),
                    offset: start + place * outputs,
                    shape: vec![inputs, outputs],
                    strides: vec![parameters.len() * outputs, 1],
                });
            }
        }
        tensors
    }

    /// The name of a tensor of a block.
    fn in_block(&self, index: usize, name: &str) -> String {
        match self.blocks.len() {
            1 => name.to_owned(),
            _ => format!("{index}.{name}"),
        }
    }
}

/// The values of the tensor `name`, if it is a matrix.
fn plane<'a, T>(values: &'a [T], tensors: Vec<Tensor>, name: &str) -> Option<ArrayView2<'a, T>> {
    let tensor = tensors.into_iter().find(|tensor| tensor.name == name)?;
    let (&[inputs, outputs], &[down, along]) = (&tensor.shape[..], &tensor.strides[..]) else {
        return None;
    };
    let shape = (inputs, outputs).strides((down, along));
    ArrayView2::from_shape(shape, &values[tensor.offset..]).ok()
}
