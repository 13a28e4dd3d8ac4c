//! powi and powf.
//!
//! xʸ = e^(y ln x), with the logarithm and its product with y as a sum of two numbers (Dekker
//! 1971), since the exponential multiplies their absolute error by up to 709.

use super::coefficients::LN_TAIL;
use super::exponential::exp_with_tail;
use super::logarithm::{ln_2, split};
use super::polynomial::pick;
use crate::simd::{Mask, Simd, Vector};

/// xⁿ by squaring, with n known when compiling.
#[inline(always)]
pub(super) fn powi<V: Vector>(x: V, n: i32) -> V {
    let one = x.simd().number(1.0);
    let (mut power, mut base, mut rest) = (one, x, n.unsigned_abs());
    while rest > 0 {
        if rest & 1 == 1 {
            power = power * base;
        }
        rest >>= 1;
        if rest > 0 {
            base = base * base;
        }
    }
    if n < 0 { one / power } else { power }
}

/// x as a sum of two numbers of half as many digits (Veltkamp).
#[inline(always)]
fn halves<V: Vector>(x: V) -> (V, V) {
    let spread = x * pick(x, 4097.0, 134_217_729.0);
    let high = spread - (spread - x);
    (high, x - high)
}

/// a·b as its rounded value and the error of that.
#[inline(always)]
fn exact_product<V: Vector>(a: V, b: V) -> (V, V) {
    let product = a * b;
    if V::FUSED {
        return (product, a.mul_sub(b, product));
    }
    let ((ah, al), (bh, bl)) = (halves(a), halves(b));
    let error = al * bl - (product - ah * bh - al * bh - ah * bl);
    (product, error)
}

/// a + b as its rounded value and the error of that (Knuth).
#[inline(always)]
fn exact_sum<V: Vector>(a: V, b: V) -> (V, V) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// ln x as a sum of two numbers, for positive finite x.
#[inline(always)]
fn ln_in_two<V: Vector>(x: V) -> (V, V) {
    let simd = x.simd();
    let one = simd.number(1.0);
    let (k, m) = split(x);
    let f = m - one;
    // s = f/(m + 1)
    let (below, below_error) = exact_sum(m, one);
    let s = f / below;
    let (back, back_error) = exact_product(s, below);
    let s_low = (f - back - back_error - s * below_error) / below;
    // 1 + s²/3 + s⁴ P(s²)
    let (square, square_error) = exact_product(s, s);
    let square_error = square_error + (s + s) * s_low;
    let third = pick(x, 0.333_333_343_267_440_8, 0.333_333_333_333_333_3);
    let third_low = pick(x, -9.934_107_481_068_81e-9, 1.850_371_707_708_594e-17);
    let (w, w_error) = exact_product(square, third);
    let w_error = w_error + square * third_low + square_error * third;
    let tail = square * square * LN_TAIL.at(square);
    let (a, a_error) = exact_sum(one, w);
    let a_error = a_error + w_error + tail;
    // times 2 s
    let (twice, twice_low) = (s + s, s_low + s_low);
    let (high, low) = exact_product(twice, a);
    let low = low + twice * a_error + twice_low * a;
    // plus k ln 2
    let (ln_2, ln_2_low) = ln_2(x);
    let (sum, error) = exact_sum(k * ln_2, high);
    exact_sum(sum, error + low + k * ln_2_low)
}

/// xʸ; 4 ulp everywhere, special values as IEEE 754's pow.
#[inline(always)]
pub(super) fn powf<V: Vector>(x: V, y: V) -> V {
    let simd = x.simd();
    let (zero, one, half) = (simd.number(0.0), simd.number(1.0), simd.number(0.5));
    let (infinity, nan) = (simd.number(f64::INFINITY), simd.number(f64::NAN));
    let magnitude = x.abs();

    let (log, log_low) = ln_in_two(magnitude);
    // Past this exponent every base but 1 overflows or vanishes.
    let most = pick(x, 8.6e9, 3.7e19);
    let exponent = y.fast_min(most).fast_max(-most);
    let (product, product_low) = exact_product(log, exponent);
    let product_low = product_low + log_low * exponent;
    let ordinary = product.abs().lt(pick(x, 110.0, 750.0));
    let value = exp_with_tail(product, ordinary.select(product_low, zero));

    let vanishes = y.lt(zero);
    let value = magnitude
        .eq(zero)
        .select(vanishes.select(infinity, zero), value);
    let value = magnitude
        .eq(infinity)
        .select(vanishes.select(zero, infinity), value);

    // Whether y is an integer, and odd. From 2^p on every number is an integer, from 2^(p+1) even.
    let size = y.abs();
    let fraction_ends = pick(x, 8_388_608.0, 4_503_599_627_370_496.0);
    let integer = rounded(size, fraction_ends).eq(size);
    let odd = integer
        & rounded(size * half, fraction_ends).ne(size * half)
        & size.lt(fraction_ends + fraction_ends);
    let negative = one.copysign(x).lt(zero);
    let value = (negative & odd).select(-value, value);
    let undefined = x.lt(zero) & x.gt(-infinity) & !integer;
    let value = (undefined | x.is_nan() | y.is_nan()).select(nan, value);
    (x.eq(one) | y.eq(zero)).select(one, value)
}

/// The nearest integer to z ≥ 0; all numbers from `fraction_ends` on are integers.
#[inline(always)]
fn rounded<V: Vector>(z: V, fraction_ends: V) -> V {
    z.lt(fraction_ends)
        .select(z + fraction_ends - fraction_ends, z)
}
