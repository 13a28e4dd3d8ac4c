//! sin, cos and tan.
//!
//! |x| = q·π + r (sine and cosine alone, one polynomial on |r| ≤ π/2) or q·π/2 + r (both, two
//! shorter ones on |r| ≤ π/4). π is split into parts: with fused multiply-add each is a full
//! significand; without it each has so many trailing zeros that its product with q is exact.
//! Beyond the domain, and for infinity, a vector is computed lane by lane by the standard
//! library, in double precision.

use super::coefficients::{COS_QUARTER, SIN_HALF, SIN_QUARTER};
use super::exponential::width;
use super::polynomial::{is_single, magic, pick};
use super::standard::lane_by_lane;
use crate::simd::{Bits, Mask, Simd, Vector};

/// π in parts, each for the kind of arithmetic that it suits.
const SINGLE_FUSED: [f64; 3] = [
    3.141_592_741_012_573_2,
    -8.742_277_657_347_586e-8,
    -3.430_223_612_731_826_6e-15,
];
const SINGLE: [f64; 4] = [
    3.140_625,
    9.670_257_568_359_375e-4,
    6.277_114_152_908_325e-7,
    1.215_420_125_655_342e-10,
];
const DOUBLE_FUSED: [f64; 3] = [
    std::f64::consts::PI,
    1.224_646_799_147_353_2e-16,
    -2.994_769_809_718_339_7e-33,
];
const DOUBLE: [f64; 4] = [
    3.141_592_621_803_283_7,
    3.178_650_942_459_171_3e-8,
    1.224_646_786_410_718_9e-16,
    1.273_663_432_702_19e-24,
];

/// The largest argument that the parts of π reduce with full accuracy.
#[inline(always)]
fn domain<V: Vector>(like: V) -> V {
    if V::FUSED {
        pick(like, 1e5, 1e9)
    } else {
        pick(like, 1e4, 1e6)
    }
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
    difference + (lost - q * simd.number(fourth * scale))
}

/// sin r on |r| ≤ π/2.
#[inline(always)]
fn sin_half<V: Vector>(r: V) -> V {
    let square = r * r;
    SIN_HALF.odd(r, square)
}

/// Sine; 2 ulp.
#[inline(always)]
pub(super) fn sin<V: Vector>(x: V) -> V {
    let magnitude = x.abs();
    if magnitude.gt(domain(x)).any() {
        return lane_by_lane(x, f64::sin);
    }
    let magic = magic(x);
    let shifted = magnitude.mul_add(x.simd().number(std::f64::consts::FRAC_1_PI), magic);
    let r = subtract_multiple(magnitude, shifted - magic, 1.0);
    // The sign of x, and another for odd multiples of π.
    let sign = x.to_bits() ^ magnitude.to_bits() ^ (shifted.to_bits() << (width::<V>() - 1));
    (sin_half(r).to_bits() ^ sign).to_vector()
}

/// Cosine; 2 ulp. cos((k + ½)π + r) = -(-1)ᵏ sin r
#[inline(always)]
pub(super) fn cos<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let magnitude = x.abs();
    if magnitude.gt(domain(x)).any() {
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
fn quadrant<V: Vector>(magnitude: V) -> (V, V, V::Bits) {
    let simd = magnitude.simd();
    let magic = magic(magnitude);
    let shifted = magnitude.mul_add(simd.number(std::f64::consts::FRAC_2_PI), magic);
    let r = subtract_multiple(magnitude, shifted - magic, 0.5);
    let square = r * r;
    let fourth = square * square;
    let sin = (SIN_QUARTER.in_halves(square, fourth) * square).mul_add(r, r);
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
    let magnitude = x.abs();
    if magnitude.gt(domain(x)).any() {
        return (lane_by_lane(x, f64::sin), lane_by_lane(x, f64::cos));
    }
    let (s, c, quadrant) = quadrant(magnitude);
    let odd = odd::<V>(quadrant);
    let sin_sign = second_bit_as_sign::<V>(quadrant, simd) ^ (x.to_bits() ^ magnitude.to_bits());
    let cos_sign = second_bit_as_sign::<V>(quadrant + simd.bits(1), simd);
    let sin = odd.select(c, s).to_bits() ^ sin_sign;
    let cos = odd.select(s, c).to_bits() ^ cos_sign;
    (sin.to_vector(), cos.to_vector())
}

/// Tangent; 4 ulp.
#[inline(always)]
pub(super) fn tan<V: Vector>(x: V) -> V {
    let magnitude = x.abs();
    if magnitude.gt(domain(x)).any() {
        return lane_by_lane(x, f64::tan);
    }
    let (s, c, quadrant) = quadrant(magnitude);
    let odd = odd::<V>(quadrant);
    let value = odd.select(-c, s) / odd.select(s, c);
    let sign = x.to_bits() ^ magnitude.to_bits();
    (value.to_bits() ^ sign).to_vector()
}
