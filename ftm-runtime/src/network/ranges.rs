//! Layers that bring numbers to an interval, fitted to data.

use ndarray::ArrayView2;

use super::{Network, Workspace};
use crate::data::check_finite;
use crate::error::Error;
use crate::layer::Kind;
use crate::simd::Real;

impl<T: Real> Network<T> {
    /// Fits every [`RangeLayer`](crate::layer::RangeLayer) to a batch of rows, the first one first.
    ///
    /// # Errors
    /// As [`Network::forward`]; [`Error::NonFiniteData`] when a number that comes to such a layer is
    /// not finite: that layer and those above it are as before.
    pub fn fit_ranges(&mut self, x: ArrayView2<'_, T>) -> Result<(), Error> {
        let mut workspace = Workspace::new();
        for index in 0..self.layers.len() {
            if matches!(self.layers[index].kind(), Kind::Range(..)) {
                self.forward(&mut workspace, x)?;
                let x = workspace.layer_input(self.inputs, index);
                check_finite("what comes to the range layer", x)?;
                self.layers[index].observe(x);
            }
        }
        Ok(())
    }
}
