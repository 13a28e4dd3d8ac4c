//! The edges of a layer one by one: what they give, how much they matter, which of them there are.

use ndarray::{Array2, ArrayView2};

use crate::error::Error;
use crate::simd::Real;

/// The edges of a layer, each of them a function f of one input.
///
/// A pruned edge gives exactly 0: its parameters stay as they are and get no gradient. (An
/// optimiser with weight decay still takes them to 0, which nothing depends on.)
pub trait LayerEdges<T: Real> {
    /// The mean of |f| over the rows of `x`, inputs × outputs; 0 for a pruned edge.
    ///
    /// # Errors
    /// [`Error::Width`] when `x` is not as wide as the layer's input, [`Error::Empty`] without rows.
    fn importances(&self, x: ArrayView2<'_, T>) -> Result<Array2<f64>, Error>;
    /// The values of f of one edge at all of `x`.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such edge.
    fn values(&self, input: usize, output: usize, x: &[T]) -> Result<Vec<T>, Error>;
    /// 0 for each edge that is pruned, inputs × outputs; `None` when none is.
    fn kept(&self) -> Option<ArrayView2<'_, T>>;
    /// Prunes all edges but these, inputs × outputs, from now on. An edge that was pruned before
    /// and is not any more has the parameters of before.
    ///
    /// # Errors
    /// [`Error::Shape`] when there are more or fewer edges.
    fn keep(&mut self, kept: ArrayView2<'_, bool>) -> Result<(), Error>;
}

/// Name of the tensor of [`LayerEdges::kept`]; no parameter or constant can be called so.
pub(crate) const KEPT: &str = "edge.kept";
