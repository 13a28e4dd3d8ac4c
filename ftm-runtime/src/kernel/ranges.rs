//! The tasks of a backward pass: each has a range of inputs, of which it owns the gradients of the
//! parameters and the columns of ∂x, and goes through all samples and outputs.

use std::ops::Range;

use ndarray::{ArrayViewMut2, ArrayViewMut3, Axis};

use super::scratch::{Scratch, cut_along};
use crate::parallel::{self, Divide};
use crate::simd::Real;

/// Inputs with what belongs to them.
pub(crate) struct OwnInputs<'a, T> {
    /// Which they are among those of the layer.
    pub range: Range<usize>,
    /// Parameters of all edges of an input.
    pub per_input: usize,
    /// `[input][parameter][output]`, of these inputs.
    pub gradient: &'a mut [T],
    /// `[sample][input]`, of these inputs.
    pub dx: Option<ArrayViewMut2<'a, T>>,
    /// `[sample][input][output]`, of these inputs.
    pub dstate: Option<ArrayViewMut3<'a, T>>,
}

impl<T: Real> Divide for OwnInputs<'_, T> {
    fn cut(&mut self, length: usize) -> Self {
        Self {
            range: self.range.cut(length),
            per_input: self.per_input,
            gradient: self.gradient.cut(length * self.per_input),
            dx: cut_along(Axis(1), &mut self.dx, length),
            dstate: cut_along(Axis(1), &mut self.dstate, length),
        }
    }
}

/// Runs `work` on ranges of `each` inputs, each with its thread's part of `memory`. Compiled once for a
/// type of numbers.
#[inline(never)]
pub(crate) fn in_ranges<T: Real>(
    inputs: OwnInputs<'_, T>,
    each: usize,
    memory: &mut [T],
    work: &(dyn Fn(OwnInputs<'_, T>, Scratch<'_, T>) + Sync),
) {
    let count = inputs.range.len();
    parallel::for_each_with(inputs, count, each, memory, |inputs, memory| {
        work(inputs, Scratch::over(memory));
    });
}
