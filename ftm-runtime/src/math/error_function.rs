//! The error function; 4 ulp everywhere.

use super::coefficients::{ERF_LARGE, ERF_SMALL};
use super::exponential::exp;
use super::polynomial::pick;
use crate::simd::{Mask, Simd, Vector};

/// x P(x²) up to 1; beyond, 1 - e^(-x²) Q((x - 2)/(x + 2)), until it rounds to 1.
#[inline(always)]
pub(super) fn erf<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (one, two) = (simd.number(1.0), simd.number(2.0));
    let magnitude = x.abs().fast_min(pick(x, 4.1, 6.0));
    let square = magnitude * magnitude;
    let small = x * ERF_SMALL.at(square);
    let t = (magnitude - two) / (magnitude + two);
    let large = exp(-square).neg_mul_add(ERF_LARGE.at(t), one).copysign(x);
    let value = magnitude.le(one).select(small, large);
    x.is_nan().select(x, value)
}
