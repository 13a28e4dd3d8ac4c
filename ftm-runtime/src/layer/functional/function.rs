//! A connection function as layers of edges know it.

use crate::connection::{Connection, Description};
use crate::error::Error;
use crate::init::Distributions;
use crate::kernel::{self, Edges};
use crate::pass::{Backward, Forward};
use crate::simd::{Level, Real};

type ForwardKernel<T> = fn(Edges<'_, T>, &[T], Forward<'_, T>);
type Coefficients<T> = fn(Edges<'_, T>, Level) -> Vec<T>;
type BackwardKernel<T> = fn(Edges<'_, T>, &mut [T], &mut [T], Backward<'_, T>);

/// A connection function chosen at run time, to be the edges of a layer.
///
/// What layers do is compiled once, and not for every function: it calls kernels by pointers, once
/// for each pass.
#[derive(Clone, Copy, Debug)]
pub struct EdgeFunction<T> {
    description: &'static Description,
    pub(in crate::layer) is_stateful: bool,
    pub(super) distributions: fn() -> Result<Distributions, Error>,
    forward: ForwardKernel<T>,
    coefficients: Coefficients<T>,
    backward: BackwardKernel<T>,
}

impl<T: Real> EdgeFunction<T> {
    /// The function `C`.
    #[must_use]
    pub fn of<C: Connection>() -> Self {
        Self {
            description: C::description(),
            is_stateful: C::STATEFUL,
            distributions: Distributions::of::<C>,
            forward: kernel::forward::<C, T>,
            coefficients: kernel::coefficients::<C, T>,
            backward: kernel::backward::<C, T>,
        }
    }

    /// Name, formula and parameters.
    #[must_use]
    pub fn description(&self) -> &'static Description {
        self.description
    }

    /// As [`kernel::forward`].
    pub(in crate::layer) fn forward(&self, edges: Edges<'_, T>, bias: &[T], pass: Forward<'_, T>) {
        (self.forward)(edges, bias, pass);
    }

    /// As [`kernel::coefficients`].
    pub(super) fn coefficients(&self, edges: Edges<'_, T>, level: Level) -> Vec<T> {
        (self.coefficients)(edges, level)
    }

    /// As [`kernel::backward`].
    pub(in crate::layer) fn backward(
        &self,
        edges: Edges<'_, T>,
        gradient: &mut [T],
        bias_gradient: &mut [T],
        pass: Backward<'_, T>,
    ) {
        (self.backward)(edges, gradient, bias_gradient, pass);
    }
}
