//! The order in which the samples of a column of inputs are taken: those with an input of 0 apart.
//!
//! f and its derivatives at x = 0 depend on the parameters alone: one evaluation serves all such
//! samples. The forward pass adds its f(0) to their sums (`at_zero.rs`), the backward pass takes its
//! derivatives times their errors (`errors_at_zero.rs`).

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

/// Whether so many samples with an input of 0, of so many, make up for taking them apart.
#[inline(always)]
pub(super) fn are_enough(zeros: usize, samples: usize) -> bool {
    zeros >= 2 + samples / 8
}

/// Of eight samples, the places of those whose bit is 0, and then anything.
static ZERO_BITS: [[u8; 8]; 256] = {
    let mut all = [[0; 8]; 256];
    let mut bits = 0;
    while bits < 256 {
        let (mut place, mut found) = (0, 0);
        while place < 8 {
            if bits & (1 << place) == 0 {
                all[bits][found] = place as u8;
                found += 1;
            }
            place += 1;
        }
        bits += 1;
    }
    all
};

/// Some of the samples of a tile.
struct List([u16; BACKWARD_ROWS]);

impl List {
    /// Those of so many samples with this flag. What comes after them is anything: the last eight samples may be
    /// past the end. Eight at a time, without a branch that nobody could foresee.
    #[inline(always)]
    fn fill(&mut self, flags: &[u8; BACKWARD_ROWS], rows: usize, wanted: u8) {
        let mut found = 0;
        let groups = flags.as_chunks::<8>().0.iter().take(rows.div_ceil(8));
        for (group, flags) in groups.enumerate() {
            // A bit from each byte, 0 for the wanted ones.
            let bits = u64::from_le_bytes(*flags).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            let bits = bits as u8 ^ wanted.wrapping_neg();
            let places = &ZERO_BITS[usize::from(bits)];
            for (sample, &place) in self.0[found..][..8].iter_mut().zip(places) {
                *sample = (8 * group) as u16 + u16::from(place);
            }
            found += bits.count_zeros() as usize;
        }
    }
}

/// The samples of a tile, [`BACKWARD_ROWS`] at most.
pub(super) struct Order {
    /// 1 for each sample whose input is 0, and 0 for the others.
    is_zero: [u8; BACKWARD_ROWS],
    /// Those with another input than 0, and the others.
    evaluated: List,
    set_apart: List,
    /// How many samples are evaluated, of how many.
    others: usize,
    rows: usize,
    apart: bool,
}

impl Order {
    /// Of no samples.
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self {
            is_zero: [0; BACKWARD_ROWS],
            evaluated: List([0; BACKWARD_ROWS]),
            set_apart: List([0; BACKWARD_ROWS]),
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

    /// Takes so many samples in turn.
    #[inline(always)]
    pub(super) fn keep(&mut self, samples: usize) {
        (self.rows, self.others, self.apart) = (samples, samples, false);
    }

    /// Finds out which samples of a column have an input of 0, and how many. They are not taken apart yet.
    #[inline(always)]
    pub(super) fn compare<T: Real>(&mut self, column: &[T]) -> usize {
        self.keep(column.len());
        // Vectors do this; what follows waits for no comparison.
        for (zero, &x) in self.is_zero.iter_mut().zip(column) {
            *zero = u8::from(x == T::ZERO);
        }
        self.is_zero().iter().map(|&zero| usize::from(zero)).sum()
    }

    /// Takes so many samples apart, all that have an input of 0.
    #[inline(always)]
    pub(super) fn take_apart(&mut self, zeros: usize) {
        (self.others, self.apart) = (self.rows - zeros, true);
        self.evaluated.fill(&self.is_zero, self.rows, 0);
    }

    /// Lists them.
    #[inline(always)]
    pub(super) fn list_apart(&mut self) {
        self.set_apart.fill(&self.is_zero, self.rows, 1);
    }

    /// The list.
    #[inline(always)]
    pub(super) fn set_apart(&self) -> &[u16] {
        &self.set_apart.0[..self.rows - self.others]
    }

    /// Of each sample, 1 where its input is 0 and 0 elsewhere.
    #[inline(always)]
    pub(super) fn is_zero(&self) -> &[u8] {
        &self.is_zero[..self.rows]
    }

    /// The samples to evaluate, some in pairs if they may be `abreast`.
    #[inline(always)]
    pub(super) fn evaluated(&self, abreast: bool) -> Evaluated<'_> {
        let alone = match abreast {
            true => self.others % 2,
            false => self.others,
        };
        if self.apart {
            let (alone, pairs) = self.evaluated.0[..self.others].split_at(alone);
            (alone, InPairs::These(pairs.as_chunks().0))
        } else {
            (&IN_TURN[..alone], InPairs::From(alone))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_listed_once() {
        let mut order = Order::new();
        for rows in [1, 7, 8, 9, 100, 255, 256] {
            for seed in 0..50_usize {
                let one_of = 1 + seed % 7;
                let is_zero = |n: usize| (n * n + 3 * n + seed).is_multiple_of(one_of);
                let column: Vec<f32> = (0..rows)
                    .map(|n| if is_zero(n) { -0.0 } else { n as f32 - 0.5 })
                    .collect();
                let expected = |zeros| {
                    (0..rows)
                        .filter(move |&n| is_zero(n) == zeros)
                        .map(|n| n as u16)
                };
                let zeros = order.compare(&column);
                assert_eq!(zeros, expected(true).count());
                assert!(!order.is_apart());
                order.take_apart(zeros);
                order.list_apart();
                assert!(order.set_apart().iter().copied().eq(expected(true)));
                for abreast in [false, true] {
                    let (alone, InPairs::These(pairs)) = order.evaluated(abreast) else {
                        panic!("not in turn");
                    };
                    assert_eq!(pairs.is_empty(), !abreast || expected(false).count() < 2);
                    let listed = alone.iter().chain(pairs.as_flattened()).copied();
                    assert!(listed.eq(expected(false)));
                }
            }
        }
    }
}
