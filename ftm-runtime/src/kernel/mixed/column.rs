//! The inputs of some samples that come from one place, and their ∂x.

use ndarray::ArrayViewMut2;

use crate::connection::{Connection, Values};
use crate::kernel::edges::{InputSumsOf, count, input_stage, stride, sum_each};
use crate::kernel::tuning::BACKWARD_ROWS;
use crate::simd::{MAX_LANES, Real, Simd, Vector};

/// A column of inputs, side by side: of [`BACKWARD_ROWS`] samples at most, and then zeros up to whole
/// vectors.
///
/// Its alignment is that of the stack frame that it lies in. In a frame of less, vectors that do not fit
/// into registers straddle cache lines, and pages here and there, at a hundred times the cost.
#[repr(align(64))]
pub(super) struct Column<T>([T; vectors(BACKWARD_ROWS)]);

/// Numbers of a column of so many samples: whole vectors.
pub(super) const fn vectors(rows: usize) -> usize {
    rows.next_multiple_of(MAX_LANES)
}

impl<T: Real> Column<T> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self([T::ZERO; vectors(BACKWARD_ROWS)])
    }

    /// Takes the first number of each row of `x`.
    #[inline(always)]
    pub(super) fn gather(&mut self, x: &[T], width: usize, rows: usize) {
        let (values, rest) = self.0.split_at_mut(rows);
        (values.iter_mut().zip(x.iter().step_by(width))).for_each(|(value, &x)| *value = x);
        rest[..vectors(rows) - rows].fill(T::ZERO);
    }

    /// The numbers of the samples.
    #[inline(always)]
    pub(super) fn samples(&self, rows: usize) -> &[T] {
        &self.0[..rows]
    }

    /// The same and zeros, whole vectors.
    #[inline(always)]
    pub(super) fn vectors(&self, rows: usize) -> &[T] {
        &self.0[..vectors(rows)]
    }
}

/// Writes a matrix row by row, from its columns, which lie one after the other. Not vector code: compiled once for a type.
#[inline(never)]
pub(crate) fn assign_columns<T: Real>(matrix: &mut ArrayViewMut2<'_, T>, columns: &[T]) {
    let (rows, count) = matrix.dim();
    debug_assert!(columns.len() >= count * rows);
    for (n, mut row) in matrix.outer_iter_mut().enumerate() {
        let values = columns.chunks_exact(rows).map(|column| column[n]);
        (row.iter_mut().zip(values)).for_each(|(place, value)| *place = value);
    }
}

/// ∂x of a column, from the vectors of sums over the outputs.
#[inline(always)]
pub(super) fn finish_inputs<C: Connection, S: Simd>(
    simd: S,
    column: &[S::Scalar],
    sums: &[S::Scalar],
    dx: &mut [S::Scalar],
) {
    let lanes = S::Vector::LANES;
    let per_sample = stride(count::<C::InputSums<f32>>()) * lanes;
    for (chunk, (dx, x)) in dx.chunks_mut(lanes).zip(column.chunks(lanes)).enumerate() {
        let totals = InputSumsOf::<C, S>::from_fn(
            #[inline(always)]
            |k| {
                let samples = sums[chunk * lanes * per_sample..].chunks_exact(per_sample);
                sum_each(simd, samples.take(dx.len()), k * lanes)
            },
        );
        let input = input_stage::<C, S>(simd, simd.load_partial(x));
        C::finish_input(simd, input, totals).store_partial(dx);
    }
}
