//! ln and ln_1p.
//!
//! x = 2ᵏ m with m from √½ to √2; with f = m - 1 and s = f/(2 + f), ln m = f - (f²/2 - s(f²/2 + R))
//! with R = s² P(s²) (the form of Sun's fdlibm). ln 2 is split so that k times its first part is
//! exact.

use super::coefficients::LN;
use super::polynomial::{magic, pick};
use crate::simd::{Bits, Mask, Real, Simd, Vector};

/// k as a number, and m. The argument must be positive and finite; subnormals are scaled.
#[inline(always)]
pub(super) fn split<V: Vector>(x: V) -> (V, V) {
    let simd = x.simd();
    let subnormal = x.lt(pick(
        x,
        1.175_494_350_822_287_5e-38,
        2.225_073_858_507_201_4e-308,
    ));
    let scaled = x * pick(x, 8_388_608.0, 4_503_599_627_370_496.0);
    let x = subnormal.select(scaled, x);
    let bits = x.to_bits();
    let k = (bits - pick(x, 0.707_106_769_084_930_4, std::f64::consts::FRAC_1_SQRT_2).to_bits())
        >> V::Scalar::SIGNIFICAND_BITS;
    let m: V = (bits - (k << V::Scalar::SIGNIFICAND_BITS)).to_vector();
    let magic = magic(x);
    let k: V = (k + magic.to_bits()).to_vector();
    let k = k - magic;
    let less = k - simd.number(f64::from(V::Scalar::SIGNIFICAND_BITS));
    (subnormal.select(less, k), m)
}

/// ln 2 in two parts.
#[inline(always)]
pub(super) fn ln_2<V: Vector>(like: V) -> (V, V) {
    let high = pick(like, 0.693_359_375, 6.931_471_803_691_238e-1);
    let low = pick(
        like,
        -2.121_944_400_546_905_8e-4,
        1.908_214_929_270_587_7e-10,
    );
    (high, low)
}

/// Natural logarithm; 2 ulp everywhere.
#[inline(always)]
pub(super) fn ln<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (k, m) = split(x);
    let f = m - simd.number(1.0);
    let s = f / (f + simd.number(2.0));
    let square = s * s;
    let tail = square * LN.at(square);
    let half = f * f * simd.number(0.5);
    let (high, low) = ln_2(x);
    let small = s.mul_add(half + tail, k * low);
    let value = k.mul_sub(high, half - small - f);
    special(x, value)
}

/// -∞ at 0, NaN below, ∞ at ∞, NaN of NaN.
#[inline(always)]
fn special<V: Vector>(x: V, value: V) -> V {
    let simd = x.simd();
    let (zero, infinity) = (simd.number(0.0), simd.number(f64::INFINITY));
    let value = x.lt(infinity).select(value, x);
    let value = x.eq(zero).select(-infinity, value);
    x.lt(zero).select(simd.number(f64::NAN), value)
}

/// ln(1 + x); 4 ulp everywhere. ln u + c/u, where u is 1 + x rounded and c what was lost.
#[inline(always)]
pub(super) fn ln_1p<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let one = simd.number(1.0);
    let u = x + one;
    let lost = x.ge(one).select(one - (u - x), x - (u - one));
    let whole = u.gt(simd.number(0.0)) & u.lt(simd.number(f64::INFINITY));
    let value = ln(u) + whole.select(lost / u, simd.number(0.0));
    // Where x is the result, also in its sign of zero.
    x.abs().lt(pick(x, 1e-9, 1e-18)).select(x, value)
}
