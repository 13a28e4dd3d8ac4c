//! Loss and gradient of a batch, in memory that every step uses again.

use ndarray::{ArrayView3, ArrayViewMut2};

use crate::data::{Batch, Dataset};
use crate::error::Error;
use crate::loss::Loss;
use crate::network::{BackThroughTime, Network, Workspace};
use crate::simd::{Level, Real};

/// The memory of training steps.
pub(crate) struct Steps<T> {
    batch: Batch<T>,
    pub(crate) workspace: Workspace<T>,
    /// For the passes over a validation set.
    pub(super) validation: Workspace<T>,
    /// ∂loss/∂outputs, steps × batch × outputs.
    dy: Vec<T>,
}

impl<T: Real> Steps<T> {
    pub(crate) fn new(level: Level) -> Self {
        Self {
            batch: Batch::new(),
            workspace: Workspace::on(level),
            validation: Workspace::on(level),
            dy: Vec::new(),
        }
    }

    /// The loss of some samples of the data.
    pub(crate) fn forward(
        &mut self,
        network: &Network<T>,
        loss: &dyn Loss<T>,
        data: &Dataset<T>,
        samples: &[usize],
    ) -> Result<f64, Error> {
        self.batch.gather(data, samples)?;
        network.forward_batch(&mut self.workspace, &mut self.batch)?;
        let outputs = self.workspace.last_outputs(data.target_steps());
        let (rows, width) = outputs.dim();
        // Steps without a target have no error of their own.
        let all = self.workspace.steps() * samples.len() * width;
        self.dy.clear();
        self.dy.resize(all, T::ZERO);
        let last = ArrayViewMut2::from_shape((rows, width), &mut self.dy[all - rows * width..]);
        loss.evaluate(outputs, self.batch.targets(), last.ok())
    }

    /// The gradient of the last [`Steps::forward`], into the workspace.
    pub(crate) fn backward(
        &mut self,
        network: &Network<T>,
        back: BackThroughTime,
    ) -> Result<(), Error> {
        let shape = (
            self.workspace.steps(),
            self.workspace.batch(),
            network.outputs(),
        );
        match ArrayView3::from_shape(shape, &self.dy) {
            Ok(dy) => network.backward_sequence(&mut self.workspace, dy, back),
            Err(_) => Err(Error::NoForwardPass),
        }
    }
}
