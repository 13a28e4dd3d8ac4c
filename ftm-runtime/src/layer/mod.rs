//! Layers: what a network is a stack of.

mod activation;
mod dropout;
mod edges;
mod functional;
mod importance;
mod kind;
mod mapping;
mod normalization;
mod penalty;
mod range;

pub use crate::pass::{Backward, Forward, Noise, PenaltyPass};
pub use activation::ActivationLayer;
pub use dropout::Dropout;
pub(crate) use edges::KEPT;
pub use edges::LayerEdges;
pub use functional::{Arrangement, Blocks, EdgeFunction, FunctionalLayer};
pub use kind::Kind;
pub(crate) use mapping::value;
pub use mapping::{EdgeBlock, Functions, Mapping};
pub use normalization::NormalizationLayer;
pub use penalty::Penalty;
pub use range::RangeLayer;

use std::ops::Range;

use ndarray::ArrayView2;

use crate::connection::Initializer;
use crate::error::Error;
use crate::init::{Scaling, Signal, Spread};
use crate::simd::Real;

/// A differentiable map of a batch of rows, with parameters of its own.
///
/// A layer keeps its parameters in one flat slice, so that optimisers, clipping and files need
/// to know nothing of its kind; [`Layer::tensors`] says what is where. It keeps nothing of a
/// pass: what a pass needs is handed to it, so one layer serves many threads.
pub trait Layer<T: Real>: Send + Sync {
    /// A name for messages and tables, such as `Sine 784 → 128`.
    fn name(&self) -> String;
    /// Width of the input.
    fn inputs(&self) -> usize;
    /// Width of the output.
    fn outputs(&self) -> usize;
    /// All trained parameters.
    fn parameters(&self) -> &[T];
    /// All trained parameters, to be changed.
    fn parameters_mut(&mut self) -> &mut [T];
    /// Numbers that belong to the layer but are not trained: constants drawn once per edge.
    fn constants(&self) -> &[T] {
        &[]
    }
    /// The same, to be changed.
    fn constants_mut(&mut self) -> &mut [T] {
        &mut []
    }
    /// Names, shapes and places of the tensors in [`Layer::parameters`].
    fn tensors(&self) -> Vec<Tensor>;
    /// The same of those in [`Layer::constants`].
    fn constant_tensors(&self) -> Vec<Tensor> {
        Vec::new()
    }
    /// The edge, input and output, that the first element of a tensor of parameters belongs to: the
    /// other elements follow as inputs and outputs do. `None` for a tensor that is not one of edges.
    fn first_edge(&self, tensor: &Tensor) -> Option<(usize, usize)> {
        (tensor.shape == [self.inputs(), self.outputs()]).then_some((0, 0))
    }
    /// What the layer is, for files.
    fn kind(&self) -> Kind {
        Kind::Other
    }
    /// The edges one by one, of a layer whose edges are functions without a state.
    fn edges(&self) -> Option<&dyn LayerEdges<T>> {
        None
    }
    /// The same, to prune them.
    fn edges_mut(&mut self) -> Option<&mut dyn LayerEdges<T>> {
        None
    }
    /// How the outputs follow from the inputs, for formulas and programs.
    ///
    /// # Errors
    /// [`Error::NoFormula`] when no formula says that.
    fn mapping(&self) -> Result<Mapping, Error> {
        Err(Error::NoFormula {
            layer: self.name(),
            reason: "it does not say how its outputs follow from its inputs",
        })
    }
    /// Draws initial parameters (and constants) afresh.
    fn initialize(&mut self, random: &mut rand_xoshiro::Xoshiro256PlusPlus);
    /// Draws the parameter or constant `name` from `initializer` from now on.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`] when the layer draws none of that name,
    /// [`Error::Distribution`] when the distribution does not exist.
    fn set_initializer(&mut self, name: &str, initializer: Initializer) -> Result<(), Error> {
        let _ = initializer;
        Err(Error::UnknownParameter {
            layer: self.name(),
            given: name.to_owned(),
            known: Vec::new(),
        })
    }
    /// Measures what the edges give from what they give at the mean of the inputs, from the next
    /// [`Layer::adapt`] on.
    ///
    /// # Errors
    /// [`Error::Argument`] when the layer has no edges or the function has a state.
    fn set_anchored(&mut self) -> Result<(), Error> {
        Err(Error::Argument {
            name: "the layer to be anchored",
            given: self.name(),
            allowed: "one of edges",
        })
    }
    /// Adds `penalty` to the loss from now on.
    ///
    /// # Errors
    /// [`Error::Argument`] when the layer has no edges, a factor is negative or not finite, or
    /// the penalty is on importances and the function has a state.
    fn set_penalty(&mut self, penalty: Penalty) -> Result<(), Error> {
        let _ = penalty;
        Err(Error::Argument {
            name: "the penalty",
            given: format!("on {}", self.name()),
            allowed: "on a layer of edges",
        })
    }
    /// The penalty of a batch, and its gradients.
    fn penalty(&self, pass: PenaltyPass<'_, T>) -> f64 {
        let _ = pass;
        0.0
    }
    /// Solves the scales of what [`Layer::initialize`] draws, for inputs from `input`; most
    /// layers have none.
    ///
    /// # Errors
    /// Those of a function that cannot be evaluated.
    fn adapt(&mut self, input: &Signal, scaling: Scaling) -> Result<(), Error> {
        let _ = (input, scaling);
        Ok(())
    }
    /// What the layer is expected to make of inputs from `input` before training. Unless a layer
    /// says otherwise, numbers of mean 0 and variance 1.
    ///
    /// # Errors
    /// Those of a function that cannot be evaluated.
    fn expect(&self, input: &Signal) -> Result<Expectation, Error> {
        let _ = input;
        Ok(Expectation {
            output: Signal::standard(),
            spread: None,
            errors_add_up_to_zero: false,
        })
    }
    /// Adapts what the layer keeps of its input to the range of a batch; most layers keep nothing.
    fn observe(&mut self, x: ArrayView2<'_, T>) {
        let _ = x;
    }
    /// Numbers of state that one sample carries from one time step to the next; 0 for most.
    fn state_size(&self) -> usize {
        0
    }
    /// Computes `pass.y` from `pass.x`.
    fn forward(&self, pass: Forward<'_, T>);
    /// Adds to `pass.gradient`, and computes `pass.dx` where it is wanted.
    fn backward(&self, pass: Backward<'_, T>);
}

/// What a layer is expected to make of its input before training.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The distribution of its outputs.
    pub output: Signal,
    /// Their spread and the error's, for layers that change them: not for activations.
    pub spread: Option<Spread>,
    /// Whether the errors of a sample that it sends back add up to 0.
    pub errors_add_up_to_zero: bool,
}

/// A tensor inside a layer's flat parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Name of the parameter.
    pub name: String,
    /// Place of its first element.
    pub offset: usize,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Elements between neighbours along each axis.
    pub strides: Vec<usize>,
}

impl Tensor {
    /// Rows of `width` numbers, one after the other.
    fn rows<'a>(names: impl IntoIterator<Item = &'a str>, width: usize) -> Vec<Self> {
        let row = |(index, name): (usize, &str)| Self {
            name: name.to_owned(),
            offset: index * width,
            shape: vec![width],
            strides: vec![1],
        };
        names.into_iter().enumerate().map(row).collect()
    }

    /// The edges of its elements, in order, given that of the first.
    pub(crate) fn edges(
        &self,
        (input, output): (usize, usize),
    ) -> impl Iterator<Item = (usize, usize)> + use<> {
        let [inputs, outputs] = [0, 1].map(|axis| self.shape.get(axis).copied().unwrap_or(1));
        let of_input = move |input| (output..output + outputs).map(move |output| (input, output));
        (input..input + inputs).flat_map(of_input)
    }

    /// The name of the tensor that has the number at `place`.
    pub(crate) fn name_at(tensors: &[Self], place: usize) -> Option<&str> {
        let has = |tensor: &&Self| tensor.runs().iter().any(|run| run.contains(&place));
        tensors.iter().find(has).map(|tensor| tensor.name.as_str())
    }

    /// Where its elements lie, in order, as runs of neighbours.
    #[must_use]
    pub fn runs(&self) -> Vec<Range<usize>> {
        let (mut shape, mut strides) = (&*self.shape, &*self.strides);
        let mut run = 1;
        if let (Some((&length, outer)), Some((&1, outer_strides))) =
            (shape.split_last(), strides.split_last())
        {
            (run, shape, strides) = (length, outer, outer_strides);
        }
        let mut first = vec![self.offset];
        for (&length, &stride) in shape.iter().zip(strides) {
            first = first
                .iter()
                .flat_map(|place| (0..length).map(move |k| place + k * stride))
                .collect();
        }
        first.into_iter().map(|place| place..place + run).collect()
    }
}

/// Refuses a layer without inputs or outputs.
fn check_widths(function: &'static str, inputs: usize, outputs: usize) -> Result<(), Error> {
    if inputs == 0 || outputs == 0 {
        return Err(Error::EmptyLayer {
            function,
            inputs,
            outputs,
        });
    }
    Ok(())
}

/// The product of the factors plus `more`, when memory could hold that many numbers.
fn checked_size(function: &'static str, factors: &[usize], more: usize) -> Result<usize, Error> {
    factors
        .iter()
        .try_fold(1_usize, |product, &factor| product.checked_mul(factor))
        .and_then(|product| product.checked_add(more))
        .filter(|&size| size <= isize::MAX as usize / size_of::<f64>())
        .ok_or_else(|| too_large(function, factors))
}

/// So many zeros as [`checked_size`] counts.
fn zeros<T: Real>(function: &'static str, factors: &[usize], more: usize) -> Result<Vec<T>, Error> {
    let size = checked_size(function, factors, more)?;
    let mut numbers = Vec::new();
    numbers
        .try_reserve_exact(size)
        .map_err(|_| too_large(function, factors))?;
    numbers.resize(size, T::ZERO);
    Ok(numbers)
}

fn too_large(function: &'static str, factors: &[usize]) -> Error {
    Error::LayerTooLarge {
        function,
        factors: factors.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_follow_shape_and_strides() {
        let runs = |offset, shape: &[usize], strides: &[usize]| {
            let (shape, strides) = (shape.to_vec(), strides.to_vec());
            let name = String::new();
            Tensor {
                name,
                offset,
                shape,
                strides,
            }
            .runs()
        };
        assert_eq!(runs(3, &[2, 4], &[12, 1]), [3..7, 15..19]);
        assert_eq!(runs(0, &[2, 2], &[1, 5]), [0..1, 5..6, 1..2, 6..7]);
        assert_eq!(runs(7, &[3], &[1]), vec![7..10]);
        assert_eq!(runs(7, &[], &[]), vec![7..8]);
    }

    #[test]
    fn places_have_the_name_of_their_tensor() {
        let tensor = |name: &str, offset, shape: &[usize], strides: &[usize]| Tensor {
            name: name.to_owned(),
            offset,
            shape: shape.to_vec(),
            strides: strides.to_vec(),
        };
        // Two parameters of 2 × 3 edges, row by row in turn, and a number of nobody between them and the bias.
        let tensors = [
            tensor("a", 0, &[2, 3], &[6, 1]),
            tensor("w", 3, &[2, 3], &[6, 1]),
            tensor("bias", 13, &[3], &[1]),
        ];
        let names: Vec<_> = (0..17)
            .map(|place| Tensor::name_at(&tensors, place).unwrap_or("-"))
            .collect();
        assert_eq!(
            names.join(" "),
            "a a a w w w a a a w w w - bias bias bias -"
        );
    }
}
