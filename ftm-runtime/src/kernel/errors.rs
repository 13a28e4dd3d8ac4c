//! The error that comes down to a layer, in vectors.

use std::ops::Range;

use crate::parallel::{self, Divide};
use crate::simd::{Level, MAX_LANES, Operation, Real, Simd, Vector};

/// Copies the error, `[sample][output]`, to `[block of outputs][sample][lane]`, with zeros past the last
/// output and where it is negligible. Compiled once for a type of numbers.
#[inline(never)]
pub(crate) fn pack_errors<T: Real>(
    level: Level,
    dy: &[T],
    [rows, outputs]: [usize; 2],
    target: &mut [T],
) {
    let columns = outputs.div_ceil(MAX_LANES);
    let all = PackErrors {
        dy,
        outputs,
        rows,
        columns: 0..columns,
        target,
    };
    parallel::in_parts(all, columns, rows * MAX_LANES, |part| level.run(part));
}

/// Copies the error, with zeros where it is negligible. Compiled once for a type of numbers.
#[inline(never)]
pub(crate) fn copy_errors<T: Real>(level: Level, dy: &[T], target: &mut [T]) {
    level.run(CopyErrors { dy, target });
}

/// Columns of the error, as many together as the widest vectors have lanes.
struct PackErrors<'a, T> {
    dy: &'a [T],
    outputs: usize,
    rows: usize,
    columns: Range<usize>,
    target: &'a mut [T],
}

impl<T: Real> Divide for PackErrors<'_, T> {
    fn cut(&mut self, length: usize) -> Self {
        Self {
            columns: self.columns.cut(length),
            target: self.target.cut(length * self.rows * MAX_LANES),
            ..*self
        }
    }
}

impl<T: Real> Operation<T> for PackErrors<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let blocks = self.target.chunks_exact_mut(self.rows * lanes);
        let outputs = self.columns.start * MAX_LANES..self.outputs;
        for (output, g) in outputs.step_by(lanes).zip(blocks) {
            let width = lanes.min(self.outputs - output);
            let samples = self.dy.chunks_exact(self.outputs);
            for (g, dy) in g.chunks_exact_mut(lanes).zip(samples) {
                load_zero_padded(simd, &dy[output..][..width])
                    .zero_below(T::NEGLIGIBLE)
                    .store(g);
            }
        }
    }
}

struct CopyErrors<'a, T> {
    dy: &'a [T],
    target: &'a mut [T],
}

impl<T: Real> Operation<T> for CopyErrors<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        for (target, dy) in self.target.chunks_mut(lanes).zip(self.dy.chunks(lanes)) {
            let dy = simd.load_partial(dy);
            dy.zero_below(T::NEGLIGIBLE).store_partial(target);
        }
    }
}

/// A vector of `values`, of which there may be fewer than lanes; the others are 0.
#[inline(always)]
pub(super) fn load_zero_padded<S: Simd>(simd: S, values: &[S::Scalar]) -> S::Vector {
    let mut padded = [S::Scalar::ZERO; MAX_LANES];
    padded[..values.len()].copy_from_slice(values);
    simd.load(&padded)
}
