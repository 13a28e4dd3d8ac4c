//! sinh, cosh and tanh, from q = (e^|x| - 1)/4, which keeps its digits where x is small and does
//! not overflow before they do. 4 ulp everywhere.

use super::exponential::{largest, quarter_exp_m1, tiny};
use super::polynomial::pick;
use crate::simd::{Mask, Simd, Vector};

/// q for |x|.
#[inline(always)]
fn quarter<V: Vector>(x: V) -> V {
    quarter_exp_m1(x.abs().fast_min(largest(x)))
}

/// sinh |x| = (m + m/(m+1))/2 with m = 4q.
#[inline(always)]
fn sinh_of<V: Vector>(x: V, q: V) -> V {
    let simd = x.simd();
    // The second term is ½ long before q overflows.
    let held = q.fast_min(pick(x, 1e18, 1e150));
    let second = (held + held) / held.mul_add(simd.number(4.0), simd.number(1.0));
    let value = q + q + second;
    (tiny(x) | x.is_nan()).select(x, value.copysign(x))
}

/// cosh x = h + 1/(4h) with h = e^|x|/2.
#[inline(always)]
fn cosh_of<V: Vector>(x: V, q: V) -> V {
    let simd = x.simd();
    let half = q + q + simd.number(0.5);
    let value = half + simd.number(0.25) / half;
    x.is_nan().select(x, value)
}

/// Hyperbolic sine.
#[inline(always)]
pub(super) fn sinh<V: Vector>(x: V) -> V {
    sinh_of(x, quarter(x))
}

/// Hyperbolic cosine.
#[inline(always)]
pub(super) fn cosh<V: Vector>(x: V) -> V {
    cosh_of(x, quarter(x))
}

/// Both.
#[inline(always)]
pub(super) fn sinh_cosh<V: Vector>(x: V) -> (V, V) {
    let q = quarter(x);
    (sinh_of(x, q), cosh_of(x, q))
}

/// tanh |x| = m/(m + 2) with m = e^(2|x|) - 1 = 4q.
#[inline(always)]
pub(super) fn tanh<V: Vector>(x: V) -> V {
    let simd = x.simd();
    // From here on tanh rounds to 1.
    let held = x.abs().fast_min(pick(x, 10.0, 20.0));
    let q = quarter_exp_m1(held + held);
    let twice = q + q;
    let value = twice / (twice + simd.number(1.0));
    (tiny(x) | x.is_nan()).select(x, value.copysign(x))
}
