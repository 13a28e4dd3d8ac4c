//! Optimisers: they change parameters along their gradients.
//!
//! An optimiser sees one flat slice of parameters per layer and knows nothing of layers. What
//! it remembers of a slice (a momentum, say) it keeps itself, by the slice's index. A step is
//! one pass over memory: all vectors of a slice are read, changed and written together.
//! [`Groups`] is the one that knows tensors, and hands each to an optimiser of its own.

mod adam;
mod groups;
mod rmsprop;
mod sgd;
mod sweep;

use crate::error::Error;
use crate::record::Exchange;
use crate::simd::{Level, Real};

pub use adam::Adam;
pub use groups::{Frozen, Groups};
pub use rmsprop::RmsProp;
pub use sgd::Sgd;

/// A rule that changes parameters along their gradients.
///
/// By hand, for parameters of any origin:
///
/// ```
/// use ftm_runtime::optimizer::{Optimizer, Sgd, Update};
/// use ftm_runtime::simd::Level;
///
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let mut optimizer = Sgd::new(0.5)?;
/// let mut parameters = [1.0_f32, -2.0];
/// optimizer.begin_step();
/// optimizer.update(Update {
///     level: Level::current(),
///     slice: 0,
///     factor: 1.0,
///     gradient: &[2.0, -2.0],
///     parameters: &mut parameters,
/// })?;
/// assert_eq!(parameters, [0.0, -1.0]);
/// # Ok(())
/// # }
/// ```
pub trait Optimizer<T: Real>: Send {
    /// The learning rate, before any schedule.
    fn learning_rate(&self) -> f64;
    /// How many numbers it keeps for each parameter, such as a momentum; the most where it keeps
    /// more for some than for others. Only [`Error::TrainingTooLarge`] goes by it, which counts none
    /// unless this says so.
    fn state_per_parameter(&self) -> usize {
        0
    }
    /// Begins a step; called once before the slices are updated.
    fn begin_step(&mut self);
    /// Changes one slice of parameters.
    ///
    /// # Errors
    /// [`Error::Length`] when parameters and gradient differ in length, or the slice has another
    /// length than in steps before; nothing is changed then.
    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error>;
    /// Writes its settings and what it remembers to a record, or takes what it remembers from one.
    ///
    /// # Errors
    /// [`Error::Record`] when the settings in the record are others, or a part is not there.
    fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error>;
}

impl<T: Real, O: Optimizer<T> + ?Sized> Optimizer<T> for Box<O> {
    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }
    fn state_per_parameter(&self) -> usize {
        (**self).state_per_parameter()
    }
    fn begin_step(&mut self) {
        (**self).begin_step();
    }
    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error> {
        (**self).update(update)
    }
    fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error> {
        (**self).exchange(exchange)
    }
}

/// One slice of parameters with its gradient.
#[derive(Debug)]
pub struct Update<'a, T> {
    /// Instruction set to run on.
    pub level: Level,
    /// Index of the slice; the same one in every step.
    pub slice: usize,
    /// Factor of the learning rate, from a schedule; 1 otherwise.
    pub factor: f64,
    /// The parameters.
    pub parameters: &'a mut [T],
    /// ∂L/∂parameters.
    pub gradient: &'a [T],
}

#[cfg(test)]
mod tests;
