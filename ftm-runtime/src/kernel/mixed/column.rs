//! A column of ∂x.

use crate::connection::{Connection, Values};
use crate::kernel::edges::{InputSumsOf, count, input_stage, sum_each};
use crate::simd::{MAX_LANES, Real, Simd, Vector};

/// ∂x of a column, from the vectors of sums over the outputs.
#[inline(always)]
pub(super) fn finish_inputs<C: Connection, S: Simd>(
    simd: S,
    mut column: impl ExactSizeIterator<Item = S::Scalar>,
    sums: &[S::Scalar],
    dx: &mut [S::Scalar],
) {
    let lanes = S::Vector::LANES;
    let per_sample = count::<C::InputSums<f32>>() * lanes;
    for (chunk, dx) in dx.chunks_mut(lanes).enumerate() {
        let mut x = [S::Scalar::ZERO; MAX_LANES];
        for x in &mut x[..dx.len()] {
            *x = column.next().unwrap_or(S::Scalar::ZERO);
        }
        let totals = InputSumsOf::<C, S>::from_fn(
            #[inline(always)]
            |k| {
                let samples = sums[chunk * lanes * per_sample..].chunks_exact(per_sample);
                sum_each(simd, samples.take(dx.len()), k * lanes)
            },
        );
        let input = input_stage::<C, S>(simd, simd.load_partial(&x[..dx.len()]));
        C::finish_input(simd, input, totals).store_partial(dx);
    }
}
