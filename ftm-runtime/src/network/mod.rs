//! Networks: stacks of layers, built with all their shapes checked.
//!
//! A network holds parameters and nothing of a pass; a [`Workspace`] holds what a pass makes.
//! So one network serves many threads, a workspace each. A pass over single rows is a pass over
//! sequences of length 1: there is one mechanism for both.

mod builder;
mod formula;
mod layer_pass;
mod levels;
mod pass;
mod prune;
mod ranges;
mod stack;
mod state;
mod summary;
mod workspace;

use std::fmt;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use crate::error::{Error, check_length};
use crate::layer::Layer;
use crate::optimizer::{Optimizer, Update};
use crate::record::Exchange;
use crate::simd::Real;

pub use builder::NetworkBuilder;
pub use levels::{LayerLevels, Levels, Transmitted};
pub use pass::BackThroughTime;
pub use prune::{EdgeCount, Importance};
pub use state::State;
pub use summary::Memory;
pub use workspace::Workspace;

/// A stack of layers, each fed with the output of the one before.
pub struct Network<T: Real> {
    inputs: usize,
    layers: Vec<Box<dyn Layer<T>>>,
    /// Of each layer, whether it is left as it is.
    frozen: Vec<bool>,
}

/// The parameters of a network at one moment, to go back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot<T>(Vec<Vec<T>>);

impl<T: Real> Snapshot<T> {
    /// Takes the parameters of `network` as they are now, in the memory of those before.
    pub fn copy_from(&mut self, network: &Network<T>) {
        self.0.resize_with(network.layers.len(), Vec::new);
        for (saved, layer) in self.0.iter_mut().zip(&network.layers) {
            saved.clear();
            saved.extend_from_slice(layer.parameters());
        }
    }

    /// Writes the parameters to a record, or takes as many from one.
    pub(crate) fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error> {
        for (layer, values) in self.0.iter_mut().enumerate() {
            let count = values.len();
            exchange.values(&layer.to_string(), values)?;
            check_length("a layer's part of the snapshot", count, values.len())?;
        }
        Ok(())
    }
}

impl<T: Real> Network<T> {
    /// Begins a network that takes rows of `inputs` numbers.
    ///
    /// Every mistake on the way is reported by [`NetworkBuilder::build`].
    #[expect(
        clippy::new_ret_no_self,
        reason = "a network is checked as a whole when it is built"
    )]
    pub fn new(inputs: usize) -> NetworkBuilder<T> {
        NetworkBuilder::new(inputs)
    }

    /// Width of the input.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Width of the output.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(self.inputs, |l| l.outputs())
    }

    /// The layers, the first one first.
    #[must_use]
    pub fn layers(&self) -> &[Box<dyn Layer<T>>] {
        &self.layers
    }

    /// The layers, to change their parameters.
    pub fn layers_mut(&mut self) -> &mut [Box<dyn Layer<T>>] {
        &mut self.layers
    }

    /// Number of trained parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.layers.iter().map(|l| l.parameters().len()).sum()
    }

    /// Whether any layer carries a state from one time step to the next.
    #[must_use]
    pub fn is_stateful(&self) -> bool {
        self.layers.iter().any(|l| l.state_size() > 0)
    }

    /// Draws all parameters and constants afresh. Each layer has a stream of its own, so that
    /// its values do not depend on the sizes of the other layers.
    #[inline(never)]
    pub fn initialize(&mut self, seed: u64) {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(seed);
        for layer in &mut self.layers {
            layer.initialize(&mut stream.clone());
            stream.jump();
        }
    }

    /// Changes every parameter by one step of `optimizer` along the gradient in `workspace`,
    /// frozen layers apart.
    /// `factor` multiplies the optimiser's learning rate, for schedules; 1 leaves it.
    ///
    /// # Errors
    /// [`Error::NoForwardPass`] when `workspace` holds no gradient of this network;
    /// [`Error::Length`] when the optimiser has been used for another network;
    /// [`Error::Argument`] when `factor` is negative or not finite.
    #[inline(never)]
    pub fn update(
        &mut self,
        optimizer: &mut dyn Optimizer<T>,
        workspace: &Workspace<T>,
        factor: f64,
    ) -> Result<(), Error> {
        if !(factor >= 0.0 && factor.is_finite()) {
            return Err(Error::Argument {
                name: "the factor of the learning rate",
                given: factor.to_string(),
                allowed: "finite and at least 0",
            });
        }
        if !workspace.has_gradient_of(self) {
            return Err(Error::NoForwardPass);
        }
        optimizer.begin_step();
        for (slice, (layer, gradient)) in self
            .layers
            .iter_mut()
            .zip(workspace.gradients())
            .enumerate()
            .filter(|&(slice, _)| !self.frozen[slice])
        {
            optimizer.update(Update {
                level: workspace.level(),
                slice,
                factor,
                parameters: layer.parameters_mut(),
                gradient,
            })?;
        }
        Ok(())
    }

    /// A copy of all parameters.
    #[must_use]
    #[inline(never)]
    pub fn snapshot(&self) -> Snapshot<T> {
        Snapshot(
            self.layers
                .iter()
                .map(|l| l.parameters().to_vec())
                .collect(),
        )
    }

    /// Goes back to the parameters of `snapshot`.
    ///
    /// # Errors
    /// [`Error::Length`] when the snapshot is of another network; nothing is changed then.
    #[inline(never)]
    pub fn restore(&mut self, snapshot: &Snapshot<T>) -> Result<(), Error> {
        check_length("the snapshot", self.layers.len(), snapshot.0.len())?;
        for (layer, saved) in self.layers.iter().zip(&snapshot.0) {
            check_length(
                "a layer's part of the snapshot",
                layer.parameters().len(),
                saved.len(),
            )?;
        }
        for (layer, saved) in self.layers.iter_mut().zip(&snapshot.0) {
            layer.parameters_mut().copy_from_slice(saved);
        }
        Ok(())
    }
}

/// The error as one of a layer.
fn in_layer(index: usize, source: Error) -> Error {
    Error::InLayer {
        index,
        source: Box::new(source),
    }
}

impl<T: Real> fmt::Debug for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("inputs", &self.inputs)
            .field(
                "layers",
                &self.layers.iter().map(|l| l.name()).collect::<Vec<_>>(),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests;
