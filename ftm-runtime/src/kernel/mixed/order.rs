//! The order in which the samples of a column of inputs are taken: those with an input of 0 all
//! at once.
//!
//! f and its derivatives at x = 0 depend on the parameters alone: one evaluation serves all such
//! samples of a tile. It is made like any other, of one more sample that stands for them and
//! comes first. The forward pass adds its f(0) to their sums (`at_zero.rs`). The backward pass is linear in the
//! error: the sums over samples take its terms, for an error of 1, times the errors of those samples added up.

use crate::kernel::tuning::BACKWARD_ROWS;
use crate::simd::Real;

/// Samples in turn.
static IN_TURN: [u16; BACKWARD_ROWS] = {
    let mut samples = [0; BACKWARD_ROWS];
    let mut n = 0;
    while n < BACKWARD_ROWS {
        samples[n] = n as u16;
        n += 1;
    }
    samples
};

/// Samples to evaluate: one by one, and in pairs.
pub(super) type Evaluated<'a> = (&'a [u16], InPairs<'a>);

/// Samples taken in pairs.
pub(super) enum InPairs<'a> {
    /// All from one on, in turn: no indices are read.
    From(usize),
    /// These.
    These(&'a [[u16; 2]]),
}

impl InPairs<'_> {
    /// Whether there are any among so many samples.
    #[inline(always)]
    pub(super) fn any(&self, samples: usize) -> bool {
        match self {
            Self::From(first) => *first < samples,
            Self::These(pairs) => !pairs.is_empty(),
        }
    }
}

/// The samples of a tile, [`BACKWARD_ROWS`] at most.
pub(super) struct Order {
    /// The sample that stands for those with an input of 0, the others, and from the back those.
    samples: [u16; BACKWARD_ROWS + 1],
    /// 1 for each sample whose input is 0, and 0 for the others.
    zero: [u8; BACKWARD_ROWS],
    /// Samples with another input than 0.
    others: usize,
    rows: usize,
    apart: bool,
}

impl Order {
    /// Of no samples.
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self {
            samples: [0; BACKWARD_ROWS + 1],
            zero: [0; BACKWARD_ROWS],
            others: 0,
            rows: 0,
            apart: false,
        }
    }

    /// Whether samples with an input of 0 are taken apart.
    #[inline(always)]
    pub(super) fn is_apart(&self) -> bool {
        self.apart
    }

    /// Orders the samples of a column of inputs: takes those with an input of 0 apart, if there are
    /// enough to make up for it.
    #[inline(always)]
    pub(super) fn sort<T: Real>(&mut self, column: &[T]) {
        let rows = column.len();
        // Vectors do this; what follows takes samples one by one, and waits for no comparison.
        for (zero, &x) in self.zero.iter_mut().zip(column) {
            *zero = u8::from(x == T::ZERO);
        }
        let zeros = self.zero[..rows].iter().map(|&zero| usize::from(zero));
        let zeros = zeros.sum::<usize>();
        self.apart = zeros >= 2 + rows / 8;
        (self.rows, self.others) = (rows, rows);
        if !self.apart {
            return;
        }
        self.others = rows - zeros;
        self.samples[0] = rows as u16;
        // Every sample is written at both ends of what is free, and one of them moves on: no branch
        // that nobody could foresee.
        let (mut others, mut zeros) = (0, rows);
        for (sample, &zero) in self.zero[..rows].iter().enumerate() {
            self.samples[others + 1] = sample as u16;
            self.samples[zeros] = sample as u16;
            let zero = usize::from(zero);
            others += 1 - zero;
            zeros -= zero;
        }
    }

    /// The samples to evaluate, some in pairs if they may be `abreast`. The one that stands for those with
    /// an input of 0 comes first, with the index past the last.
    #[inline(always)]
    pub(super) fn evaluated(&self, abreast: bool) -> Evaluated<'_> {
        if !self.apart {
            return self.in_turn(abreast);
        }
        let samples = &self.samples[..=self.others];
        let (alone, pairs) = samples.split_at(alone(1, self.others, abreast));
        (alone, InPairs::These(pairs.as_chunks().0))
    }

    /// All samples in turn.
    #[inline(always)]
    fn in_turn(&self, abreast: bool) -> Evaluated<'_> {
        let alone = alone(0, self.rows, abreast);
        (&IN_TURN[..alone], InPairs::From(alone))
    }

    /// Of each sample, 1 where its input is 0 and 0 elsewhere.
    #[inline(always)]
    pub(super) fn is_zero(&self) -> &[u8] {
        &self.zero[..self.rows]
    }

    /// The samples taken apart.
    #[inline(always)]
    pub(super) fn zeros(&self) -> &[u16] {
        &self.samples[self.others + 1..=self.rows]
    }
}

/// How many samples are taken one by one: the first, and of the others one if need be, or all.
#[inline(always)]
fn alone(first: usize, others: usize, abreast: bool) -> usize {
    match abreast {
        true => first + others % 2,
        false => first + others,
    }
}
