//! What inputs of 0 add to the sums of a tile of samples: f(0), which depends on the edge alone.
//!
//! The values of some inputs wait, to be added together: of all sums of such values, a table, from which each
//! sample takes the one of its own inputs of 0. It is read and written once for all of them.

use super::order::Order;
use crate::kernel::tuning::BACKWARD_ROWS;
use crate::simd::{MAX_LANES, Real, Simd, Vector};

/// Inputs whose values are added together.
const TOGETHER: usize = 4;

/// Sums of their values.
const SUMS: usize = 1 << TOGETHER;

/// The values that wait.
pub(super) struct AtZero<'a, T> {
    /// `[block of outputs][input][lane]`
    values: &'a mut [T],
    /// Of each sample, a bit for each input that is 0.
    zeros: [u8; BACKWARD_ROWS],
    inputs: usize,
}

/// Numbers that wait for so many outputs.
pub(super) fn size(outputs: usize) -> usize {
    outputs.next_multiple_of(MAX_LANES) * TOGETHER
}

impl<'a, T: Real> AtZero<'a, T> {
    /// Of no inputs, in memory of this [`size`].
    #[inline(always)]
    pub(super) fn new(values: &'a mut [T]) -> Self {
        Self {
            values,
            zeros: [0; BACKWARD_ROWS],
            inputs: 0,
        }
    }

    /// The values of the next input, for a block of outputs.
    #[inline(always)]
    pub(super) fn of_block(&mut self, block: usize, lanes: usize) -> &mut [T] {
        &mut self.values[(block * TOGETHER + self.inputs) * lanes..][..lanes]
    }

    /// Ends an input, whose values the samples taken apart are to get. Adds what waits if it is enough.
    #[inline(always)]
    pub(super) fn end_input<S: Simd<Scalar = T>>(
        &mut self,
        simd: S,
        order: &Order,
        sums: &mut [T],
        rows: usize,
    ) {
        let bit = 1 << self.inputs;
        for (zeros, &zero) in self.zeros.iter_mut().zip(order.is_zero()) {
            *zeros |= zero.wrapping_neg() & bit;
        }
        self.inputs += 1;
        if self.inputs == TOGETHER {
            self.add(simd, sums, rows);
        }
    }

    /// Adds what waits to the sums, `[block of outputs][sample][lane]`.
    #[inline(always)]
    pub(super) fn add<S: Simd<Scalar = T>>(&mut self, simd: S, sums: &mut [T], rows: usize) {
        let lanes = S::Vector::LANES;
        if self.inputs == 0 {
            return;
        }
        simd.apart(
            #[inline(always)]
            || {
                let values = self.values.chunks_exact(TOGETHER * lanes);
                for (values, sums) in values.zip(sums.chunks_exact_mut(rows * lanes)) {
                    let mut table = [simd.number(0.0); SUMS];
                    for (k, value) in values.chunks_exact(lanes).take(self.inputs).enumerate() {
                        let value = simd.load(value);
                        for j in 0..1 << k {
                            table[j + (1 << k)] = table[j] + value;
                        }
                    }
                    for (sum, &zeros) in sums.chunks_exact_mut(lanes).zip(&self.zeros) {
                        let sum_of = table[usize::from(zeros) % SUMS];
                        (simd.load(sum) + sum_of).store(sum);
                    }
                }
            },
        );
        self.zeros[..rows].fill(0);
        self.inputs = 0;
    }
}
