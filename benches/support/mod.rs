//! What the benches share: the multiply-add peak of this machine, times, and tables of results.

#![allow(dead_code, reason = "not every bench needs all of it")]

pub(crate) mod layer;
pub(crate) mod measure;
pub(crate) mod step;
pub(crate) mod table;

use std::hint::black_box;
use std::time::{Duration, Instant};

use ftm::simd::{Level, Operation, Real, Simd, Vector};
pub(crate) use table::Table;

/// Multiply-adds of numbers, as many as a core can do at best: independent chains of fused
/// multiply-adds in registers, some tens of microseconds long. Gives how many they were.
pub(crate) fn multiply_adds<T: Real>(level: Level) -> usize {
    level.run(Chains::<T> {
        steps: 40_000,
        start: T::ONE,
    })
}

/// Nanoseconds that one multiply-add of one number takes at best on one core: the best of several
/// runs.
pub(crate) fn peak<T: Real>(level: Level) -> f64 {
    let run = || {
        let start = Instant::now();
        let operations = multiply_adds::<T>(level);
        start.elapsed().as_secs_f64() * 1e9 / operations as f64
    };
    (0..100).map(|_| run()).fold(f64::INFINITY, f64::min)
}

/// Independent chains of multiply-adds.
struct Chains<T> {
    steps: usize,
    start: T,
}

/// Chains enough to hide the latency of two units.
const CHAINS: usize = 12;

impl<T: Real> Operation<T> for Chains<T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) -> usize {
        let factor = simd.splat(black_box(T::from_f64(0.999)));
        let addend = simd.splat(black_box(T::from_f64(0.001)));
        let mut sums = [simd.splat(self.start); CHAINS];
        for _ in 0..self.steps {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, addend);
            }
        }
        let mut total = simd.number(0.0);
        for sum in sums {
            total += sum;
        }
        black_box(total.sum());
        self.steps * CHAINS * S::Vector::LANES
    }
}

/// The least time of many runs of `work`, in nanoseconds: three runs at least, and as many as
/// fit into a quarter of a second.
pub(crate) fn fastest(mut work: impl FnMut()) -> f64 {
    work();
    let begin = Instant::now();
    let (mut least, mut runs) = (f64::INFINITY, 0);
    while runs < 3 || begin.elapsed() < Duration::from_millis(250) {
        let start = Instant::now();
        work();
        least = least.min(start.elapsed().as_secs_f64() * 1e9);
        runs += 1;
    }
    least
}

/// Whether the command line asks for a row: all of its words are among those of the row, in any order.
pub(crate) fn is_asked_for(row: &str) -> bool {
    let words = std::env::args().skip(1);
    let mut words = words.filter(|word| !word.starts_with('-'));
    words.all(|word| row.split([' ', ',']).any(|of_row| of_row == word))
}

/// The median of some values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
