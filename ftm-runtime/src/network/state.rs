//! What a network remembers from one time step to the next.

use ndarray::ArrayView2;

use super::{Network, Workspace};
use crate::simd::{Level, Real};

/// The states of all layers for a batch of sequences, 0 at first.
#[derive(Clone, Debug)]
pub struct State<T> {
    batch: usize,
    /// Of each layer, batch × state size numbers in its own order.
    pub(super) values: Vec<Vec<T>>,
    /// For [`Network::step`].
    workspace: Workspace<T>,
}

impl<T: Real> Network<T> {
    /// States of `batch` sequences before their first step.
    #[must_use]
    pub fn state(&self, batch: usize) -> State<T> {
        self.state_on(Level::current(), batch)
    }

    /// As [`Network::state`], for [`Network::step`] on the instruction set `level`.
    #[must_use]
    pub fn state_on(&self, level: Level, batch: usize) -> State<T> {
        State {
            batch,
            values: self
                .layers
                .iter()
                .map(|layer| vec![T::ZERO; batch * layer.state_size()])
                .collect(),
            workspace: Workspace::on(level),
        }
    }
}

impl<T: Real> State<T> {
    /// Number of sequences.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Goes back to before the first step.
    pub fn reset(&mut self) {
        for values in &mut self.values {
            values.fill(T::ZERO);
        }
    }

    /// Takes the states after the last step of the last forward pass in `workspace`, to go on
    /// from there with the next part of the same sequences.
    pub fn copy_last(&mut self, workspace: &Workspace<T>) {
        self.batch = workspace.batch;
        self.values.resize_with(workspace.layers.len(), Vec::new);
        for (values, layer) in self.values.iter_mut().zip(&workspace.layers) {
            let size = workspace.batch * layer.state_size;
            values.clear();
            values.extend_from_slice(&layer.states[workspace.steps * size..][..size]);
        }
    }

    pub(super) fn take_workspace(&mut self) -> Workspace<T> {
        let empty = Workspace::on(self.workspace.level);
        std::mem::replace(&mut self.workspace, empty)
    }

    pub(super) fn put_workspace(&mut self, workspace: Workspace<T>) {
        self.workspace = workspace;
    }

    pub(super) fn output(&self) -> ArrayView2<'_, T> {
        self.workspace.output_rows()
    }
}
