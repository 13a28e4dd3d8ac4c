//! Layer normalisation: `y[n,o] = gain[o] · h[n,o] + offset[o]` with
//! `h[n,o] = (x[n,o] − mean[n]) / √(variance[n] + ε)`, mean and variance over a sample's numbers.
//!
//! The work is a hundredth of a dense layer's, so it runs on the calling thread.

use crate::pass;
use crate::simd::{MAX_LANES, Operation, Real, Simd, Vector};

/// ε. A row that spreads far less than its root is left near 0, not blown up.
pub(crate) const EPSILON: f64 = 1e-5;

/// Computes `pass.y`. `parameters` are all gains and then all offsets.
pub(crate) fn forward<T: Real>(parameters: &[T], pass: pass::Forward<'_, T>) {
    let level = pass.level;
    level.run(Forward { parameters, pass });
}

/// Adds to `pass.gradient`, and overwrites `pass.dx` where it is wanted.
pub(crate) fn backward<T: Real>(parameters: &[T], pass: pass::Backward<'_, T>) {
    let level = pass.level;
    level.run(Backward { parameters, pass });
}

struct Forward<'e, 'p, T> {
    parameters: &'e [T],
    pass: pass::Forward<'p, T>,
}

impl<T: Real> Operation<T> for Forward<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let mut pass = self.pass;
        let width = pass.x.ncols();
        let (gain, offset) = self.parameters.split_at(width);
        let x = pass.x.to_slice().unwrap_or_default();
        let y = pass.y.as_slice_mut().unwrap_or_default();
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let (mean, scale) = statistics(simd, x);
            let parameters = gain.chunks(lanes).zip(offset.chunks(lanes));
            for ((x, y), (gain, offset)) in x.chunks(lanes).zip(y.chunks_mut(lanes)).zip(parameters)
            {
                let h = (simd.load_partial(x) - mean) * scale;
                let offset = simd.load_partial(offset);
                h.mul_add(simd.load_partial(gain), offset).store_partial(y);
            }
        }
    }
}

struct Backward<'e, 'p, T> {
    parameters: &'e [T],
    pass: pass::Backward<'p, T>,
}

impl<T: Real> Operation<T> for Backward<'_, '_, T> {
    type Output = ();

    /// With e = gain · ∂L/∂y: ∂L/∂x = (e − mean of e − h · mean of e·h) / √(variance + ε).
    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let mut pass = self.pass;
        let width = pass.x.ncols();
        let gain = &self.parameters[..width];
        let (gain_sums, offset_sums) = pass.gradient.split_at_mut(width);
        let x = pass.x.to_slice().unwrap_or_default();
        let dy = pass.dy.to_slice().unwrap_or_default();
        let mut dx = pass.dx.as_mut().and_then(|dx| dx.as_slice_mut());
        let share = simd.number(1.0 / width as f64);
        for (row, (x, dy)) in x
            .chunks_exact(width)
            .zip(dy.chunks_exact(width))
            .enumerate()
        {
            let (mean, scale) = statistics(simd, x);
            let padding = first(mean);
            let (mut e_sum, mut eh_sum) = (simd.number(0.0), simd.number(0.0));
            let sums = gain_sums
                .chunks_mut(lanes)
                .zip(offset_sums.chunks_mut(lanes));
            let columns = x.chunks(lanes).zip(dy.chunks(lanes));
            for (((x, dy), gain), (gain_sum, offset_sum)) in
                columns.zip(gain.chunks(lanes)).zip(sums)
            {
                let h = (load_padded(simd, x, padding) - mean) * scale;
                let dy = load_padded(simd, dy, T::ZERO);
                let e = dy * simd.load_partial(gain);
                e_sum += e;
                eh_sum = e.mul_add(h, eh_sum);
                h.mul_add(dy, simd.load_partial(gain_sum))
                    .store_partial(gain_sum);
                (simd.load_partial(offset_sum) + dy).store_partial(offset_sum);
            }
            if let Some(dx) = &mut dx {
                let e_mean = simd.splat(e_sum.sum()) * share;
                let eh_mean = simd.splat(eh_sum.sum()) * share;
                let dx = dx[row * width..][..width].chunks_mut(lanes);
                let columns = x.chunks(lanes).zip(dy.chunks(lanes));
                for (((x, dy), gain), dx) in columns.zip(gain.chunks(lanes)).zip(dx) {
                    let h = (simd.load_partial(x) - mean) * scale;
                    let e = simd.load_partial(dy) * simd.load_partial(gain);
                    (h.neg_mul_add(eh_mean, e - e_mean) * scale).store_partial(dx);
                }
            }
        }
    }
}

/// Mean of a row and 1/√(variance + ε), in every lane.
#[inline(always)]
fn statistics<S: Simd>(simd: S, row: &[S::Scalar]) -> (S::Vector, S::Vector) {
    let share = simd.number(1.0 / row.len() as f64);
    let mut sum = simd.number(0.0);
    for values in row.chunks(S::Vector::LANES) {
        sum += load_padded(simd, values, S::Scalar::ZERO);
    }
    let mean = simd.splat(sum.sum()) * share;
    let padding = first(mean);
    let mut squares = simd.number(0.0);
    for values in row.chunks(S::Vector::LANES) {
        let difference = load_padded(simd, values, padding) - mean;
        squares = difference.mul_add(difference, squares);
    }
    let variance = simd.splat(squares.sum()) * share;
    let scale = simd.number(1.0) / (variance + simd.number(EPSILON)).sqrt();
    (mean, scale)
}

/// All of `values`, and `padding` in the other lanes.
#[inline(always)]
fn load_padded<S: Simd>(simd: S, values: &[S::Scalar], padding: S::Scalar) -> S::Vector {
    if values.len() >= S::Vector::LANES {
        return simd.load(values);
    }
    let mut padded = [padding; MAX_LANES];
    padded[..values.len()].copy_from_slice(values);
    simd.load(&padded)
}

/// The first lane.
#[inline(always)]
fn first<V: Vector>(vector: V) -> V::Scalar {
    let mut lane = [V::Scalar::ZERO];
    vector.store_partial(&mut lane);
    lane[0]
}
