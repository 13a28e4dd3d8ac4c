//! Functions chosen at run time: by an option of a program, or by a file.

use crate::connection::{Connection, Description};
use crate::error::Error;
use crate::layer::{ActivationLayer, EdgeFunction, Layer};
use crate::simd::Real;

/// A layer, or why there is none.
type Made<T> = Result<Box<dyn Layer<T>>, Error>;

/// A function chosen at run time, as by an option of a program, to be the edges of layers.
pub type FunctionalEntry<T> = Entry<EdgeFunction<T>>;

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

impl<T: Real> FunctionalEntry<T> {
    /// The entry of a function, under its name and those of `also`.
    #[must_use]
    pub fn functional_of<C: Connection>(also: &'static [&'static str]) -> Self {
        Self {
            description: C::description(),
            also,
            make: EdgeFunction::of::<C>(),
        }
    }

    /// The function, to be the edges of a block of a layer.
    #[must_use]
    pub fn function(&self) -> EdgeFunction<T> {
        self.make
    }

    /// A layer whose every edge is this function.
    ///
    /// # Errors
    /// As [`FunctionalLayer::of`](crate::layer::FunctionalLayer::of).
    pub fn layer(&self, inputs: usize, outputs: usize) -> Result<Box<dyn Layer<T>>, Error> {
        Ok(Box::new(self.make.layer(inputs, outputs)?))
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

    /// Whether `name` is one of this function's names, letter by letter.
    pub(crate) fn is_exactly(&self, name: &str) -> bool {
        self.description.name == name || self.also.contains(&name)
    }
}

/// The functions that networks in files may consist of.
///
/// A function that has got another name is found under the old one when that is among the other
/// names of its entry.
///
/// ```
/// # use ftm_runtime::connection::Connection;
/// use ftm_runtime::registry::{Entry, Functions};
///
/// # fn functions<Wave: Connection, Swish: Connection>() {
/// let mut functions = Functions::<f32>::default();
/// functions.functional.push(Entry::functional_of::<Wave>(&["Sinusoid"]));
/// functions.activations.push(Entry::activation_of::<Swish>(&[]));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Functions<T> {
    /// Those of edges.
    pub functional: Vec<FunctionalEntry<T>>,
    /// Those applied to each number.
    pub activations: Vec<ActivationEntry<T>>,
}

impl<T> Default for Functions<T> {
    fn default() -> Self {
        Self {
            functional: Vec::new(),
            activations: Vec::new(),
        }
    }
}
