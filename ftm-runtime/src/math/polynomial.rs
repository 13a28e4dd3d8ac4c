//! Polynomials and constants with a set of numbers for each precision.

use crate::simd::{Real, Simd, Vector};

/// Coefficients, lowest power first.
pub(super) struct Polynomial {
    pub single: &'static [f64],
    pub double: &'static [f64],
}

/// Whether the lanes are single precision; known when compiling.
#[inline(always)]
pub(super) fn is_single<V: Vector>() -> bool {
    V::Scalar::SIGNIFICAND_BITS == 23
}

/// A constant that differs between the precisions.
#[inline(always)]
pub(super) fn pick<V: Vector>(like: V, single: f64, double: f64) -> V {
    like.simd()
        .number(if is_single::<V>() { single } else { double })
}

/// 1.5 · 2^(bits of the significand): adding it rounds a small number to an integer, which then
/// stands in the low bits.
#[inline(always)]
pub(super) fn magic<V: Vector>(like: V) -> V {
    pick(like, 12_582_912.0, 6_755_399_441_055_744.0)
}

impl Polynomial {
    /// The value at x, by Horner's rule.
    #[inline(always)]
    pub(super) fn at<V: Vector>(&self, x: V) -> V {
        self.horner(x, 0, 1)
    }

    /// The value at x, its even and its odd powers each by Horner's rule: for the same operations,
    /// where x² is at hand, half of the latency.
    #[inline(always)]
    pub(super) fn in_halves<V: Vector>(&self, x: V, square: V) -> V {
        let (even, odd) = (self.horner(square, 0, 2), self.horner(square, 1, 2));
        odd.mul_add(x, even)
    }

    /// Σ c[first + k · step] · xᵏ
    #[inline(always)]
    fn horner<V: Vector>(&self, x: V, first: usize, step: usize) -> V {
        let coefficients = if is_single::<V>() {
            self.single
        } else {
            self.double
        };
        let simd = x.simd();
        let mut place = first + (coefficients.len() - 1 - first) / step * step;
        let mut sum = simd.number(coefficients[place]);
        while place > first {
            place -= step;
            sum = sum.mul_add(x, simd.number(coefficients[place]));
        }
        sum
    }

    /// r + r · s · P(s) with s = r²: the value at r of an odd function. r³ is never formed:
    /// it may be subnormal where r is not, which many processors are slow at.
    #[inline(always)]
    pub(super) fn odd<V: Vector>(&self, r: V, square: V) -> V {
        (self.at(square) * square).mul_add(r, r)
    }
}
