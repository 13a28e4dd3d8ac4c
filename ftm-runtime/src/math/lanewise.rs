//! Lane by lane through double precision, for functions without a vector form.

use crate::simd::{MAX_LANES, Real, Simd, Vector};

#[inline(always)]
pub(super) fn map<V: Vector>(x: V, function: impl Fn(f64) -> f64) -> V {
    let mut lanes = [V::Scalar::ZERO; MAX_LANES];
    x.store(&mut lanes);
    for lane in &mut lanes[..V::LANES] {
        *lane = V::Scalar::from_f64(function(lane.to_f64()));
    }
    x.simd().load(&lanes)
}

#[inline(always)]
pub(super) fn map2<V: Vector>(x: V, y: V, function: impl Fn(f64, f64) -> f64) -> V {
    let (mut a, mut b) = ([V::Scalar::ZERO; MAX_LANES], [V::Scalar::ZERO; MAX_LANES]);
    x.store(&mut a);
    y.store(&mut b);
    for (a, b) in a.iter_mut().zip(&b).take(V::LANES) {
        *a = V::Scalar::from_f64(function(a.to_f64(), b.to_f64()));
    }
    x.simd().load(&a)
}
