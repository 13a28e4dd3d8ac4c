//! Functions declared once for everybody.

use ftm_runtime::connection::{Connection, Description};
use ftm_runtime::error::Error;
use ftm_runtime::layer::{ActivationLayer, FunctionalLayer, Layer};
use ftm_runtime::simd::Real;

pub mod activation;
pub mod paper;

/// A layer, or why there is none.
type Made<T> = Result<Box<dyn Layer<T>>, Error>;

/// A function chosen at run time, as by an option of a program.
#[derive(Clone, Copy, Debug)]
pub struct Entry<T> {
    /// Name, formula and parameters.
    pub description: &'static Description,
    /// Other names, such as the paper's number, `F12`.
    pub also: &'static [&'static str],
    functional: fn(usize, usize) -> Made<T>,
    activation: fn(usize) -> Made<T>,
}

impl<T: Real> Entry<T> {
    /// The entry of a function, under its name and those of `also`.
    #[must_use]
    pub fn new<C: Connection>(also: &'static [&'static str]) -> Self {
        Self {
            description: C::description(),
            also,
            functional: |inputs, outputs| {
                Ok(Box::new(FunctionalLayer::<C, T>::new(inputs, outputs)?))
            },
            activation: |width| Ok(Box::new(ActivationLayer::<C, T>::new(width)?)),
        }
    }

    /// A layer whose every edge is this function.
    ///
    /// # Errors
    /// As [`FunctionalLayer::new`].
    pub fn functional(&self, inputs: usize, outputs: usize) -> Result<Box<dyn Layer<T>>, Error> {
        (self.functional)(inputs, outputs)
    }

    /// A layer that applies this function to each number.
    ///
    /// # Errors
    /// As [`ActivationLayer::new`].
    pub fn activation(&self, width: usize) -> Result<Box<dyn Layer<T>>, Error> {
        (self.activation)(width)
    }

    /// Whether `name` is one of this function's names, in any case, with or without hyphens and
    /// underscores.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let plain = |name: &str| name.replace(['-', '_'], "").to_lowercase();
        let own = [self.description.name];
        own.iter()
            .chain(self.also)
            .any(|own| plain(own) == plain(name))
    }
}
