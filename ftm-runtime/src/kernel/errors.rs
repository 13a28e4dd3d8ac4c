//! The error that comes down to a layer, in vectors.

use crate::simd::{MAX_LANES, Operation, Real, Simd, Vector};

/// Copies the error to `[block of outputs][sample][lane]`, with zeros past the last output and
/// where it is negligible.
pub(super) struct PackErrors<'a, T> {
    pub dy: &'a [T],
    pub outputs: usize,
    pub rows: usize,
    pub target: &'a mut [T],
}

impl<T: Real> Operation<T> for PackErrors<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        for (block, g) in self
            .target
            .chunks_exact_mut(self.rows * lanes)
            .take(self.outputs.div_ceil(lanes))
            .enumerate()
        {
            let width = lanes.min(self.outputs - block * lanes);
            for (g, dy) in g
                .chunks_exact_mut(lanes)
                .zip(self.dy.chunks_exact(self.outputs))
            {
                load_zero_padded(simd, &dy[block * lanes..][..width])
                    .zero_below(T::NEGLIGIBLE)
                    .store(g);
            }
        }
    }
}

/// Copies the error, with zeros where it is negligible.
pub(super) struct CopyErrors<'a, T> {
    pub dy: &'a [T],
    pub target: &'a mut [T],
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
