//! asin, acos and atan; 4 ulp on their whole domains.

use super::coefficients::{ASIN, ATAN};
use super::polynomial::pick;
use crate::simd::{Mask, Simd, Vector};

/// π/2 as a number and the rest.
#[inline(always)]
fn half_pi<V: Vector>(like: V) -> (V, V) {
    let high = pick(like, 1.570_796_370_506_286_6, std::f64::consts::FRAC_PI_2);
    let low = pick(like, -4.371_138_828_673_793e-8, 6.123_233_995_736_766e-17);
    (high, low)
}

/// Arc tangent: atan x = π/2 - atan(1/x) beyond 1.
#[inline(always)]
pub(super) fn atan<V: Vector>(x: V) -> V {
    let one = x.simd().number(1.0);
    let magnitude = x.abs();
    let beyond = magnitude.gt(one);
    let r = beyond.select(one / magnitude, magnitude);
    let square = r * r;
    let value = ATAN.odd(r, square);
    let (high, low) = half_pi(x);
    beyond.select(high - (value - low), value).copysign(x)
}

/// asin r for r = |x| up to ½, and of √((1-|x|)/2) beyond; and where it is beyond.
#[inline(always)]
fn core<V: Vector>(magnitude: V) -> (V, V::Mask) {
    let simd = magnitude.simd();
    let half = simd.number(0.5);
    let beyond = magnitude.gt(half);
    let rest = magnitude.neg_mul_add(half, half);
    let square = beyond.select(rest, magnitude * magnitude);
    let r = beyond.select(rest.sqrt(), magnitude);
    (ASIN.odd(r, square), beyond)
}

/// Arc sine: asin x = π/2 - 2 asin √((1-x)/2) beyond ½.
#[inline(always)]
pub(super) fn asin<V: Vector>(x: V) -> V {
    let (value, beyond) = core(x.abs());
    let (high, low) = half_pi(x);
    beyond
        .select(high - (value + value - low), value)
        .copysign(x)
}

/// Arc cosine.
#[inline(always)]
pub(super) fn acos<V: Vector>(x: V) -> V {
    let (value, beyond) = core(x.abs());
    let (high, low) = half_pi(x);
    let twice = value + value;
    let negative = x.lt(x.simd().number(0.0));
    let far = negative.select(high + high - (twice - (low + low)), twice);
    beyond.select(far, high - (value.copysign(x) - low))
}
