//! The order in which the samples of a column of inputs are taken: those with an input of 0 all
//! at once.
//!
//! f and its derivatives at x = 0 depend on the parameters alone: one evaluation serves all such
//! samples of a tile. It is made like any other, of one more sample that stands for them and
//! comes first. The forward pass adds its f(0) to the sums of all samples, and f(x) - f(0) to
//! those of the others. The backward pass is linear in the error: the sums over samples take its
//! terms, for an error of 1, times the errors of those samples added up.

use crate::kernel::tuning::BACKWARD_ROWS;
use crate::simd::Real;

/// The samples of a tile, [`BACKWARD_ROWS`] at most.
pub(super) struct Order {
    /// The sample that stands for those with an input of 0, the others, and from the back those.
    samples: [u16; BACKWARD_ROWS + 1],
    /// Samples with another input than 0.
    others: usize,
    rows: usize,
    apart: bool,
}

impl Order {
    /// All samples of a tile in turn.
    #[inline(always)]
    pub(super) fn every(rows: usize) -> Self {
        let mut samples = [rows as u16; BACKWARD_ROWS + 1];
        for (n, sample) in samples[1..=rows].iter_mut().enumerate() {
            *sample = n as u16;
        }
        Self {
            samples,
            others: rows,
            rows,
            apart: false,
        }
    }

    /// Takes those of a column with an input of 0 apart, if there are enough to make up for it.
    #[inline(always)]
    pub(super) fn of<T: Real>(column: impl ExactSizeIterator<Item = T>) -> Self {
        let rows = column.len();
        let mut samples = [rows as u16; BACKWARD_ROWS + 1];
        let (mut others, mut zeros) = (0, rows + 1);
        for (sample, x) in column.enumerate() {
            if x == T::ZERO {
                zeros -= 1;
                samples[zeros] = sample as u16;
            } else {
                others += 1;
                samples[others] = sample as u16;
            }
        }
        if rows - others < 2 + rows / 8 {
            return Self::every(rows);
        }
        Self {
            samples,
            others,
            rows,
            apart: true,
        }
    }

    /// Whether there is a sample that stands for those with an input of 0.
    #[inline(always)]
    pub(super) fn takes_zeros_apart(&self) -> bool {
        self.apart
    }

    /// The samples to evaluate. The one that stands for those with an input of 0 has the index
    /// past the last.
    #[inline(always)]
    pub(super) fn evaluated(&self) -> &[u16] {
        &self.samples[usize::from(!self.apart)..=self.others]
    }

    /// The samples taken apart.
    #[inline(always)]
    pub(super) fn zeros(&self) -> &[u16] {
        &self.samples[self.others + 1..=self.rows]
    }
}
