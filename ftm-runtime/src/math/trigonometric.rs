//! sin, cos and tan.
//!
//! x = q·π + r (sine and cosine alone, one polynomial on |r| ≤ π/2) or q·π/2 + r (both, two
//! shorter ones on |r| ≤ π/4). π is split into parts: with fused multiply-add each is a full
//! significand; without it each has so many trailing zeros that its product with q is exact.
//! Beyond the domain, and for infinity, a vector is computed lane by lane by the standard
//! library, in double precision.

use super::coefficients::{COS_QUARTER, SIN_HALF, SIN_QUARTER};
use super::exponential::width;
use super::polynomial::{is_single, magic, pick};
use super::standard::lane_by_lane;
use crate::simd::{Bits, Mask, Simd, Vector};

/// π in parts, each for the kind of arithmetic that it suits. None is negative, so that -0 stays -0.
const SINGLE_FUSED: [f64; 3] = [
    3.141_592_502_593_994,
    1.509_957_883_172_319_3e-7,
    1.078_060_505_991_553e-14,
];
const SINGLE: [f64; 4] = [
    3.140_625,
    9.670_257_568_359_375e-4,
    6.277_114_152_908_325e-7,
    1.215_420_125_655_342e-10,
];
const DOUBLE_FUSED: [f64; 3] = [
    std::f64::consts::PI,
    1.224_646_799_147_353e-16,
    2.165_713_347_843_827_8e-32,
];
const DOUBLE: [f64; 4] = [
    3.141_592_621_803_283_7,
    3.178_650_942_459_171_3e-8,
    1.224_646_786_410_718_9e-16,
    1.273_663_432_702_19e-24,
];

/// The largest argument that the parts of π reduce with full accuracy.
#[inline(always)]
pub(super) fn domain<V: Vector>(like: V) -> V {
    if V::FUSED {
        pick(like, 1e5, 1e9)
    } else {
        pick(like, 1e4, 1e6)
    }
}

/// Whether some lane has to be computed by the standard library.
#[inline(always)]
fn is_far<V: Vector>(x: V) -> bool {
    !V::NEAR && x.abs().gt(domain(x)).any()
}

/// x - q · π · scale, rounded once.
#[inline(always)]
fn subtract_multiple<V: Vector>(x: V, q: V, scale: f64) -> V {
    let simd = x.simd();
    if V::FUSED {
        let [high, middle, low] = if is_single::<V>() {
            SINGLE_FUSED
        } else {
            DOUBLE_FUSED
        };
        // The first difference is exact, and the last changes only what the second left small.
        let r = q.neg_mul_add(simd.number(high * scale), x);
        return q.neg_mul_add(
            simd.number(low * scale),
            q.neg_mul_add(simd.number(middle * scale), r),
        );
    }
    let [first, second, third, fourth] = if is_single::<V>() { SINGLE } else { DOUBLE };
    // Exact but for the third difference, whose rounding goes into the fourth.
    let r = x - q * simd.number(first * scale) - q * simd.number(second * scale);
    let third = q * simd.number(third * scale);
    let difference = r - third;
    let lost = (r - difference) - third;
    difference - (q * simd.number(fourth * scale) - lost)
}

/// r + r · s · P(s) with s = r², and -0 at -0, where the product alone would be 0.
#[inline(always)]
fn odd_with_sign<V: Vector>(polynomial: V, r: V, square: V) -> V {
    let zero = r.simd().number(0.0);
    polynomial.mul_add(square, zero).mul_add(r, r)
}

/// sin r on |r| ≤ π/2.
#[inline(always)]
fn sin_half<V: Vector>(r: V) -> V {
    let square = r * r;
    odd_with_sign(SIN_HALF.at(square), r, square)
}

/// Sine; 2 ulp.
#[inline(always)]
pub(super) fn sin<V: Vector>(x: V) -> V {
    if is_far(x) {
        return lane_by_lane(x, f64::sin);
    }
    let magic = magic(x);
    let shifted = x.mul_add(x.simd().number(std::f64::consts::FRAC_1_PI), magic);
    let r = subtract_multiple(x, shifted - magic, 1.0);
    // Another sign for odd multiples of π.
    let sign = shifted.to_bits() << (width::<V>() - 1);
    (sin_half(r).to_bits() ^ sign).to_vector()
}

/// Cosine; 2 ulp. cos((k + ½)π + r) = -(-1)ᵏ sin r
#[inline(always)]
pub(super) fn cos<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let magnitude = x.abs();
    if is_far(x) {
        return lane_by_lane(x, f64::cos);
    }
    let (magic, half) = (magic(x), simd.number(0.5));
    let shifted = magnitude.mul_sub(simd.number(std::f64::consts::FRAC_1_PI), half) + magic;
    let r = subtract_multiple(magnitude, shifted - magic + half, 1.0);
    let sign = (shifted.to_bits() + simd.bits(1)) << (width::<V>() - 1);
    (sin_half(r).to_bits() ^ sign).to_vector()
}

/// sin r and cos r on |r| ≤ π/4, and the quadrant.
#[inline(always)]
fn quadrant<V: Vector>(x: V) -> (V, V, V::Bits) {
    let simd = x.simd();
    let magic = magic(x);
    let shifted = x.mul_add(simd.number(std::f64::consts::FRAC_2_PI), magic);
    let r = subtract_multiple(x, shifted - magic, 0.5);
    let square = r * r;
    let fourth = square * square;
    let sin = odd_with_sign(SIN_QUARTER.in_halves(square, fourth), r, square);
    let cos = square.neg_mul_add(simd.number(0.5), simd.number(1.0));
    let cos = COS_QUARTER.in_halves(square, fourth).mul_add(fourth, cos);
    (sin, cos, shifted.to_bits())
}

/// True where the quadrant is odd.
#[inline(always)]
fn odd<V: Vector>(quadrant: V::Bits) -> V::Mask {
    (quadrant << (width::<V>() - 1)).is_negative()
}

/// The second lowest bit as a sign.
#[inline(always)]
fn second_bit_as_sign<V: Vector>(bits: V::Bits, simd: V::Simd) -> V::Bits {
    (bits << (width::<V>() - 2)) & simd.number(-0.0).to_bits()
}

/// Sine and cosine; 2 ulp.
#[inline(always)]
pub(super) fn sin_cos<V: Vector>(x: V) -> (V, V) {
    let simd = x.simd();
    if is_far(x) {
        return (lane_by_lane(x, f64::sin), lane_by_lane(x, f64::cos));
    }
    let (s, c, quadrant) = quadrant(x);
    let odd = odd::<V>(quadrant);
    let sin_sign = second_bit_as_sign::<V>(quadrant, simd);
    let cos_sign = second_bit_as_sign::<V>(quadrant + simd.bits(1), simd);
    let sin = odd.select(c, s).to_bits() ^ sin_sign;
    let cos = odd.select(s, c).to_bits() ^ cos_sign;
    (sin.to_vector(), cos.to_vector())
}

/// Tangent; 4 ulp.
#[inline(always)]
pub(super) fn tan<V: Vector>(x: V) -> V {
    if is_far(x) {
        return lane_by_lane(x, f64::tan);
    }
    let (s, c, quadrant) = quadrant(x);
    let odd = odd::<V>(quadrant);
    odd.select(-c, s) / odd.select(s, c)
}
