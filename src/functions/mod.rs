//! Functions declared once for everybody.

use ftm_runtime::connection::{Connection, Description};
use ftm_runtime::error::Error;
use ftm_runtime::layer::{ActivationLayer, FunctionalLayer, Layer};
use ftm_runtime::simd::Real;

pub mod activation;
pub mod kan;
pub mod paper;

/// A layer, or why there is none.
type Made<T> = Result<Box<dyn Layer<T>>, Error>;

/// A function chosen at run time, as by an option of a program, to be the edges of layers.
pub type FunctionalEntry<T> = Entry<fn(usize, usize) -> Made<T>>;

/// A function chosen at run time to be applied to each number.
pub type ActivationEntry<T> = Entry<fn(usize) -> Made<T>>;

/// A function chosen at run time, and what makes a layer of it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<M> {
    /// Name, formula and parameters.
    pub description: &'static Description,
    /// Other names, such as the paper's number, `F12`.
    pub also: &'static [&'static str],
    make: M,
}

/// The scalar types, each with the functions of this library: `f32` and `f64`.
///
/// Their kernels are compiled with this crate, once, and not again in each program that chooses
/// a function at run time.
pub trait Library: Real {
    /// Every function of [`paper`]: the linear one, F01 to F20 in order, the memory function.
    fn functional() -> Vec<FunctionalEntry<Self>>;
    /// Every function of [`kan`].
    fn kan() -> Vec<FunctionalEntry<Self>>;
    /// Every function of [`activation`].
    fn activations() -> Vec<ActivationEntry<Self>>;
}

macro_rules! library {
    ($($scalar:ident)+) => {
        $(impl Library for $scalar {
            fn functional() -> Vec<FunctionalEntry<Self>> {
                paper::entries()
            }
            fn kan() -> Vec<FunctionalEntry<Self>> {
                kan::entries()
            }
            fn activations() -> Vec<ActivationEntry<Self>> {
                activation::entries()
            }
        })+
    };
}
library!(f32 f64);

impl<T: Real> FunctionalEntry<T> {
    /// The entry of a function, under its name and those of `also`.
    #[must_use]
    pub fn functional_of<C: Connection>(also: &'static [&'static str]) -> Self {
        Self {
            description: C::description(),
            also,
            make: |inputs, outputs| Ok(Box::new(FunctionalLayer::<C, T>::new(inputs, outputs)?)),
        }
    }

    /// A layer whose every edge is this function.
    ///
    /// # Errors
    /// As [`FunctionalLayer::new`].
    pub fn layer(&self, inputs: usize, outputs: usize) -> Result<Box<dyn Layer<T>>, Error> {
        (self.make)(inputs, outputs)
    }
}

impl<T: Real> ActivationEntry<T> {
    /// The entry of a function, under its name and those of `also`.
    #[must_use]
    pub fn activation_of<C: Connection>(also: &'static [&'static str]) -> Self {
        Self {
            description: C::description(),
            also,
            make: |width| Ok(Box::new(ActivationLayer::<C, T>::new(width)?)),
        }
    }

    /// A layer that applies this function to each of `width` numbers.
    ///
    /// # Errors
    /// As [`ActivationLayer::new`].
    pub fn layer(&self, width: usize) -> Result<Box<dyn Layer<T>>, Error> {
        (self.make)(width)
    }
}

impl<M> Entry<M> {
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
