//! Samples whose input is 0, which are taken all at once.
//!
//! f and its derivatives at x = 0 depend on the parameters alone: one evaluation serves all such
//! samples of a tile. The forward pass adds f(0) to the sums of all samples, and f(x) - f(0) to
//! those of the others. The backward pass is linear in the error: the sums over samples take the
//! terms at 0 times the errors added up.

use crate::connection::Connection;
use crate::kernel::tuning::{BACKWARD_ROWS, SKIPPED_OPERATIONS};
use crate::simd::Real;

/// The samples of a tile, those with an input of 0 apart.
pub(super) struct Split {
    /// Samples with another input from the front, those with 0 from the back.
    samples: [u16; BACKWARD_ROWS],
    others: usize,
    rows: usize,
}

impl Split {
    /// Splits the samples of a column of inputs, [`BACKWARD_ROWS`] at most, if there are enough
    /// zeros to make up for it.
    #[inline(always)]
    pub(super) fn of<C: Connection, T: Real>(
        column: impl ExactSizeIterator<Item = T>,
    ) -> Option<Self> {
        if C::STATEFUL || C::description().operations.forward < SKIPPED_OPERATIONS {
            return None;
        }
        let rows = column.len();
        let (mut samples, mut others, mut zeros) = ([0; BACKWARD_ROWS], 0, rows);
        for (sample, x) in column.enumerate() {
            if x == T::ZERO {
                zeros -= 1;
                samples[zeros] = sample as u16;
            } else {
                samples[others] = sample as u16;
                others += 1;
            }
        }
        let enough = rows - others >= 2 + rows / 8;
        enough.then_some(Self {
            samples,
            others,
            rows,
        })
    }

    /// The samples whose input is not 0.
    pub(super) fn others(&self) -> impl Iterator<Item = usize> {
        let samples = self.samples[..self.others].iter();
        samples.map(|&sample| usize::from(sample))
    }

    /// The samples whose input is 0.
    pub(super) fn zeros(&self) -> impl Iterator<Item = usize> {
        let samples = self.samples[self.others..self.rows].iter();
        samples.map(|&sample| usize::from(sample))
    }
}
