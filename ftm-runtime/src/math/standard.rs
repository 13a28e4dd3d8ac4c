//! Lane by lane through the standard library, in double precision: right everywhere, and slow.

use crate::simd::{PAIR_LANES, Real, Simd, Vector};

/// The function of each lane.
#[inline(always)]
pub(super) fn lane_by_lane<V: Vector>(x: V, function: fn(f64) -> f64) -> V {
    let mut lanes = [V::Scalar::ZERO; PAIR_LANES];
    x.store(&mut lanes);
    let mut wide = lanes.map(Real::to_f64);
    apply(&mut wide[..V::LANES], function);
    x.simd().load(&wide.map(V::Scalar::from_f64))
}

#[cold]
#[inline(never)]
fn apply(lanes: &mut [f64], function: fn(f64) -> f64) {
    for lane in lanes {
        *lane = function(*lane);
    }
}
