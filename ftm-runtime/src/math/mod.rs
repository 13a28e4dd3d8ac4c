//! Elementary functions on vectors of lanes.

mod lanewise;

use crate::simd::{Mask, Simd, Vector};
use lanewise::{map, map2};

/// Elementary functions, lane by lane. Special values are those of the standard library;
/// `docs/numerics.md` has domains and errors.
pub trait Elementary: Vector {
    /// eˣ
    #[inline(always)]
    fn exp(self) -> Self {
        map(self, f64::exp)
    }
    /// eˣ - 1
    #[inline(always)]
    fn exp_m1(self) -> Self {
        map(self, f64::exp_m1)
    }
    /// Natural logarithm.
    #[inline(always)]
    fn ln(self) -> Self {
        map(self, f64::ln)
    }
    /// ln(1 + x)
    #[inline(always)]
    fn ln_1p(self) -> Self {
        map(self, f64::ln_1p)
    }
    /// 1/x
    #[inline(always)]
    fn recip(self) -> Self {
        self.simd().number(1.0) / self
    }
    /// xⁿ
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        let mut power = self.simd().number(1.0);
        let (mut base, mut rest) = (self, n.unsigned_abs());
        while rest > 0 {
            if rest & 1 == 1 {
                power = power * base;
            }
            rest >>= 1;
            if rest > 0 {
                base = base * base;
            }
        }
        if n < 0 { power.recip() } else { power }
    }
    /// xʸ
    #[inline(always)]
    fn powf(self, y: Self) -> Self {
        map2(self, y, f64::powf)
    }
    /// Sine.
    #[inline(always)]
    fn sin(self) -> Self {
        map(self, f64::sin)
    }
    /// Cosine.
    #[inline(always)]
    fn cos(self) -> Self {
        map(self, f64::cos)
    }
    /// Sine and cosine.
    #[inline(always)]
    fn sin_cos(self) -> (Self, Self) {
        (self.sin(), self.cos())
    }
    /// Tangent.
    #[inline(always)]
    fn tan(self) -> Self {
        map(self, f64::tan)
    }
    /// Arc sine.
    #[inline(always)]
    fn asin(self) -> Self {
        map(self, f64::asin)
    }
    /// Arc cosine.
    #[inline(always)]
    fn acos(self) -> Self {
        map(self, f64::acos)
    }
    /// Arc tangent.
    #[inline(always)]
    fn atan(self) -> Self {
        map(self, f64::atan)
    }
    /// Hyperbolic sine.
    #[inline(always)]
    fn sinh(self) -> Self {
        map(self, f64::sinh)
    }
    /// Hyperbolic cosine.
    #[inline(always)]
    fn cosh(self) -> Self {
        map(self, f64::cosh)
    }
    /// Hyperbolic sine and cosine.
    #[inline(always)]
    fn sinh_cosh(self) -> (Self, Self) {
        (self.sinh(), self.cosh())
    }
    /// Hyperbolic tangent.
    #[inline(always)]
    fn tanh(self) -> Self {
        map(self, f64::tanh)
    }
    /// 1/(1 + e⁻ˣ)
    #[inline(always)]
    fn sigmoid(self) -> Self {
        map(self, |x| {
            if x >= 0.0 {
                1.0 / (1.0 + (-x).exp())
            } else {
                x.exp() / (1.0 + x.exp())
            }
        })
    }
    /// ln(1 + eˣ)
    #[inline(always)]
    fn softplus(self) -> Self {
        map(self, |x| {
            if x > 0.0 {
                x + (-x).exp().ln_1p()
            } else {
                x.exp().ln_1p()
            }
        })
    }
    /// The error function.
    #[inline(always)]
    fn erf(self) -> Self {
        map(self, libm::erf)
    }
    /// x where positive, 0 elsewhere; NaN stays.
    #[inline(always)]
    fn relu(self) -> Self {
        self.le(self.simd().number(0.0))
            .select(self.simd().number(0.0), self)
    }
    /// ±1 by the sign, ±0 of zero; NaN stays.
    #[inline(always)]
    fn sign(self) -> Self {
        let (zero, one) = (self.simd().number(0.0), self.simd().number(1.0));
        self.gt(zero).select(one, self.lt(zero).select(-one, self))
    }
    /// 1 where positive, 0 elsewhere; NaN stays.
    #[inline(always)]
    fn step(self) -> Self {
        let (zero, one) = (self.simd().number(0.0), self.simd().number(1.0));
        self.gt(zero).select(one, self.le(zero).select(zero, self))
    }
    /// The smaller; the first of a tie; NaN where either is.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        (self.le(other) | self.is_nan()).select(self, other)
    }
    /// The larger; the first of a tie; NaN where either is.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        (self.ge(other) | self.is_nan()).select(self, other)
    }
    /// min(max(x, low), high)
    #[inline(always)]
    fn clamp(self, low: Self, high: Self) -> Self {
        Elementary::min(Elementary::max(self, low), high)
    }
}

impl<V: Vector> Elementary for V {}
