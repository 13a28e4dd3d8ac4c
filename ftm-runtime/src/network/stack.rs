//! Changing the stack: frozen layers, and networks taken apart and put together.

use std::ops::Range;

use super::Network;
use crate::error::Error;
use crate::simd::Real;

impl<T: Real> Network<T> {
    /// Leaves these layers as they are from now on: their gradients are 0, and
    /// [`Network::update`] passes over them. Below the first layer that is trained, a backward
    /// pass ends.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are no such layers.
    pub fn freeze(&mut self, layers: Range<usize>) -> Result<(), Error> {
        let count = self.frozen.len();
        let Some(frozen) = self.frozen.get_mut(layers.clone()) else {
            return Err(Error::Argument {
                name: "the range of frozen layers",
                given: format!("{layers:?} of {count}"),
                allowed: "within the network",
            });
        };
        frozen.fill(true);
        Ok(())
    }

    /// Trains all layers again.
    pub fn thaw(&mut self) {
        self.frozen.fill(false);
    }

    /// Whether a layer is frozen.
    #[must_use]
    pub fn is_frozen(&self, layer: usize) -> bool {
        self.frozen.get(layer).is_some_and(|&frozen| frozen)
    }

    /// Takes the layers from `at` on off the stack, as a network of their own.
    ///
    /// # Errors
    /// [`Error::Argument`] when one of the two parts would have no layers.
    pub fn split_off(&mut self, at: usize) -> Result<Self, Error> {
        if at == 0 || at >= self.layers.len() {
            return Err(Error::Argument {
                name: "the layer to split a network at",
                given: at.to_string(),
                allowed: "at least 1 and below the number of layers",
            });
        }
        let layers = self.layers.split_off(at);
        Ok(Self {
            inputs: self.outputs(),
            frozen: self.frozen.split_off(at),
            layers,
        })
    }

    /// Puts the layers of `top` onto the stack.
    ///
    /// # Errors
    /// [`Error::LayerWidth`] when they do not fit on it.
    pub fn append(&mut self, mut top: Self) -> Result<(), Error> {
        let given = self.outputs();
        if top.inputs != given {
            return Err(Error::LayerWidth {
                index: self.layers.len(),
                layer: top.layers.first().map(|l| l.name()).unwrap_or_default(),
                expected: top.inputs,
                given,
            });
        }
        self.layers.append(&mut top.layers);
        self.frozen.append(&mut top.frozen);
        Ok(())
    }
}
