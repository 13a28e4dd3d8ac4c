//! The diagonal layer of functions: `y[n,o] = f(x[n,o]; θ[o])`, an activation.

use std::fmt;
use std::marker::PhantomData;

use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Backward, Expectation, Forward, Functions, Kind, Layer, Mapping, Tensor};
use crate::connection::{Connection, Description, Initializer, Parameter};
use crate::error::Error;
use crate::init::{Distributions, Scaling, Signal};
use crate::kernel::{self, Edges};
use crate::simd::Real;

/// A layer that applies the function `C` to each number, with parameters of its own for each
/// when the function has any.
#[derive(Clone)]
pub struct ActivationLayer<C, T> {
    connection: PhantomData<C>,
    width: usize,
    parameters: Vec<T>,
    constants: Vec<T>,
    distributions: Distributions,
}

impl<C: Connection, T: Real> ActivationLayer<C, T> {
    /// A layer of `width` nodes, all parameters 0 until it is initialised.
    ///
    /// # Errors
    /// [`Error::EmptyLayer`] when the width is 0, [`Error::LayerTooLarge`] when the parameters
    /// do not fit in memory, [`Error::Distribution`] when a declared distribution does
    /// not exist.
    pub fn new(width: usize) -> Result<Self, Error> {
        let description = C::description();
        super::check_widths(description.name, width, width)?;
        let rows = |each: usize| super::zeros(description.name, &[each, width], 0);
        let mut distributions = Distributions::of::<C>()?;
        distributions.solve(1, &Signal::standard(), Scaling::Undeclared);
        Ok(Self {
            connection: PhantomData,
            width,
            parameters: rows(description.parameters.len())?,
            constants: rows(description.constants.len())?,
            distributions,
        })
    }

    /// The function of the nodes.
    #[must_use]
    pub fn description(&self) -> &'static Description {
        C::description()
    }

    /// A row of numbers for each of these, one after the other.
    fn rows(&self, of: &[Parameter]) -> Vec<Tensor> {
        Tensor::rows(of.iter().map(|parameter| parameter.name), self.width)
    }

    fn edges(&self) -> Edges<'_, T> {
        Edges {
            inputs: 1,
            outputs: self.width,
            parameters: &self.parameters,
            constants: &self.constants,
            kept: &[],
            coefficients: &[],
        }
    }
}

impl<C: Connection, T: Real> Layer<T> for ActivationLayer<C, T> {
    fn name(&self) -> String {
        format!("{} {}", C::description().name, self.width)
    }
    fn inputs(&self) -> usize {
        self.width
    }
    fn outputs(&self) -> usize {
        self.width
    }
    fn parameters(&self) -> &[T] {
        &self.parameters
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.parameters
    }
    fn constants(&self) -> &[T] {
        &self.constants
    }
    fn constants_mut(&mut self) -> &mut [T] {
        &mut self.constants
    }
    fn tensors(&self) -> Vec<Tensor> {
        self.rows(C::description().parameters)
    }
    fn constant_tensors(&self) -> Vec<Tensor> {
        self.rows(C::description().constants)
    }
    fn kind(&self) -> Kind {
        Kind::Activation(C::description())
    }
    fn mapping(&self) -> Result<Mapping, Error> {
        let (parameters, constants) = (&self.parameters, &self.constants);
        let shape = (1, self.width);
        Functions::new(
            || self.name(),
            C::description(),
            shape,
            parameters,
            constants,
        )
        .map(Mapping::Nodes)
    }
    fn initialize(&mut self, random: &mut Xoshiro256PlusPlus) {
        self.distributions.draw(
            self.width,
            random,
            &mut self.parameters,
            &mut self.constants,
        );
    }
    fn set_initializer(&mut self, name: &str, initializer: Initializer) -> Result<(), Error> {
        self.distributions.set(name, initializer)
    }
    fn adapt(&mut self, input: &Signal, _: Scaling) -> Result<(), Error> {
        // What an activation declares is its shape, not a scale to be chosen.
        (self.distributions).solve(1, input, Scaling::Undeclared);
        Ok(())
    }
    fn expect(&self, input: &Signal) -> Result<Expectation, Error> {
        Ok(Expectation {
            output: self.distributions.apply(input),
            spread: None,
            errors_add_up_to_zero: false,
        })
    }
    fn state_size(&self) -> usize {
        if C::STATEFUL { self.width } else { 0 }
    }
    fn forward(&self, pass: Forward<'_, T>) {
        kernel::diagonal_forward::<C, T>(self.edges(), pass);
    }
    fn backward(&self, pass: Backward<'_, T>) {
        kernel::diagonal_backward::<C, T>(self.edges(), pass);
    }
}

impl<C: Connection, T: Real> fmt::Debug for ActivationLayer<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActivationLayer({}, {})", self.name(), T::NAME)
    }
}
