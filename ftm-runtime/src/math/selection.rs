//! Functions that only choose: relu, sign, step, min, max, clamp. All exact; NaN stays NaN.

use crate::simd::{Mask, Simd, Vector};

/// x where positive, 0 elsewhere.
#[inline(always)]
pub(super) fn relu<V: Vector>(x: V) -> V {
    let zero = x.simd().number(0.0);
    x.le(zero).select(zero, x)
}

/// ±1 by the sign; ±0 of ±0.
#[inline(always)]
pub(super) fn sign<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (zero, one) = (simd.number(0.0), simd.number(1.0));
    x.gt(zero).select(one, x.lt(zero).select(-one, x))
}

/// 1 where positive, 0 elsewhere.
#[inline(always)]
pub(super) fn step<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (zero, one) = (simd.number(0.0), simd.number(1.0));
    x.gt(zero).select(one, x.le(zero).select(zero, x))
}

/// The smaller; the first of a tie; NaN where either is.
#[inline(always)]
pub(super) fn min<V: Vector>(a: V, b: V) -> V {
    (a.le(b) | a.is_nan()).select(a, b)
}

/// The larger; the first of a tie; NaN where either is.
#[inline(always)]
pub(super) fn max<V: Vector>(a: V, b: V) -> V {
    (a.ge(b) | a.is_nan()).select(a, b)
}
