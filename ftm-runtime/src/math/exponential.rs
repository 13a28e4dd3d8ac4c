//! exp, exp_m1, and what stands on them: sigmoid and softplus.
//!
//! x = n ln 2 + r with |r| ≤ ln 2 / 2; eˣ = 2ⁿ (1 + r + r² P(r)). ln 2 is split in two so that
//! n times the first part is exact (the split of Sun's fdlibm).

use super::coefficients::{EXP, EXP_M1};
use super::logarithm::ln_1p;
use super::polynomial::{is_single, magic, pick};
use super::selection::relu;
use super::standard::lane_by_lane;
use crate::simd::{Bits, Mask, Real, Simd, Vector};

/// 2ⁿ for n within the range of normal numbers.
#[inline(always)]
fn power_of_two<V: Vector>(n: V::Bits, simd: V::Simd) -> V {
    let bias = simd.bits(V::Scalar::EXPONENT_BIAS);
    ((n + bias) << V::Scalar::SIGNIFICAND_BITS).to_vector()
}

/// n added to the magic number, and r.
#[inline(always)]
pub(super) fn reduce<V: Vector>(x: V) -> (V, V) {
    let simd = x.simd();
    let magic = magic(x);
    let shifted = x.mul_add(simd.number(std::f64::consts::LOG2_E), magic);
    let n = shifted - magic;
    let (high, low) = if is_single::<V>() {
        (0.693_359_375, -2.121_944_400_546_905_8e-4)
    } else {
        (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10)
    };
    let r = n.neg_mul_add(simd.number(high), x);
    let r = n.neg_mul_add(simd.number(low), r);
    (shifted, r)
}

/// The integer that was added to the magic number.
#[inline(always)]
fn integer<V: Vector>(shifted: V) -> V::Bits {
    shifted.to_bits() - magic(shifted).to_bits()
}

/// eʳ - 1 for the reduced r.
#[inline(always)]
pub(super) fn small_exp_m1<V: Vector>(r: V) -> V {
    (EXP_M1.at(r) * r).mul_add(r, r)
}

/// 2ⁿ · value, where that is a normal number: n is added to the exponent.
#[inline(always)]
pub(super) fn scale<V: Vector>(value: V, shifted: V) -> V {
    (value.to_bits() + (shifted.to_bits() << V::Scalar::SIGNIFICAND_BITS)).to_vector()
}

/// 2⁻ⁿ · value, where that is a normal number, or 0 at the next exponent below.
#[inline(always)]
pub(super) fn unscale<V: Vector>(value: V, shifted: V) -> V {
    (value.to_bits() - (shifted.to_bits() << V::Scalar::SIGNIFICAND_BITS)).to_vector()
}

/// The largest argument up to which eˣ and e⁻ˣ are normal numbers.
#[inline(always)]
pub(super) fn domain<V: Vector>(like: V) -> V {
    pick(like, 87.0, 708.0)
}

/// Whether eˣ and e⁻ˣ are normal numbers in every lane; not where there is a NaN, unless that need not be
/// asked.
#[inline(always)]
pub(super) fn all_normal<V: Vector>(x: V) -> bool {
    V::NEAR || !(!x.abs().le(domain(x))).any()
}

/// e^(x + tail) for a tail far smaller than x. NaN stays.
#[inline(always)]
pub(super) fn exp_with_tail<V: Vector>(x: V, tail: V) -> V {
    let simd = x.simd();
    // Past these the result is infinite or rounds to 0 anyhow.
    let held = x
        .fast_max(pick(x, -104.0, -746.0))
        .fast_min(pick(x, 89.0, 710.0));
    let (shifted, r) = reduce(held);
    let n = integer(shifted);
    // Two factors, since 2ⁿ itself may be subnormal or too large.
    let half = n >> 1;
    let value = (small_exp_m1(r + tail) + simd.number(1.0))
        * power_of_two::<V>(half, simd)
        * power_of_two::<V>(n - half, simd);
    x.is_nan().select(x, value)
}

/// eˣ; 2 ulp everywhere, with gradual underflow.
#[inline(always)]
pub(super) fn exp<V: Vector>(x: V) -> V {
    let one = x.simd().number(1.0);
    if all_normal(x) {
        let (shifted, r) = reduce(x);
        return scale(EXP.at(r).mul_add(r, one).mul_add(r, one), shifted);
    }
    exp_with_tail(x, x.simd().number(0.0))
}

/// (eˣ - 1)/4, which does not overflow where sinh and exp_m1 are finite. The argument must be
/// at most 89.7 (single) or 710.6 (double).
#[inline(always)]
pub(super) fn quarter_exp_m1<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (shifted, r) = reduce(x.fast_max(pick(x, -30.0, -60.0)));
    let scale = power_of_two::<V>(integer(shifted) - simd.bits(2), simd);
    small_exp_m1(r).mul_add(scale, scale - simd.number(0.25))
}

/// Numbers so small that x and its function agree: also where a quarter would be subnormal.
#[inline(always)]
pub(super) fn tiny<V: Vector>(x: V) -> V::Mask {
    x.abs().lt(pick(x, 1e-20, 1e-150))
}

/// The argument from which sinh and exp_m1 are infinite, and a little more.
#[inline(always)]
pub(super) fn largest<V: Vector>(like: V) -> V {
    pick(like, 89.7, 710.6)
}

/// eˣ - 1; 4 ulp everywhere.
#[inline(always)]
pub(super) fn exp_m1<V: Vector>(x: V) -> V {
    let four = x.simd().number(4.0);
    let value = quarter_exp_m1(x.fast_min(largest(x))) * four;
    (tiny(x) | x.is_nan()).select(x, value)
}

/// 1/(1 + e⁻ˣ); 2 ulp everywhere. In 1 + 2ⁿ + 2ⁿ p the largest term is added last, so that the
/// denominator is rounded once and little more.
#[inline(always)]
pub(super) fn sigmoid<V: Vector>(x: V) -> V {
    let one = x.simd().number(1.0);
    let most = domain(x);
    if !V::NEAR && (!x.ge(-most)).any() {
        return lane_by_lane(x, sigmoid_of_one);
    }
    let held = if V::NEAR { x } else { x.fast_min(most) };
    let (shifted, r) = reduce(-held);
    let power = scale(one, shifted);
    let (small, large) = (power.fast_min(one), power.fast_max(one));
    one / (large + small_exp_m1(r).mul_add(power, small))
}

fn sigmoid_of_one(x: f64) -> f64 {
    let small = (-x.abs()).exp();
    if x < 0.0 {
        small / (1.0 + small)
    } else {
        1.0 / (1.0 + small)
    }
}

/// ln(1 + eˣ) = max(x, 0) + ln_1p(e^-|x|); 4 ulp everywhere.
#[inline(always)]
pub(super) fn softplus<V: Vector>(x: V) -> V {
    relu(x) + ln_1p(exp(-x.abs()))
}

/// Bits of a lane.
#[inline(always)]
pub(super) fn width<V: Vector>() -> u32 {
    if is_single::<V>() { 32 } else { 64 }
}
