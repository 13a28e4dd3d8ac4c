//! sinh, cosh and tanh; 4 ulp everywhere.

use super::coefficients::{COSH, HALF_EXP_M1_TWICE, SINH};
use super::exponential::{all_normal, reduce, reduce_multiple, scale, unscale};
use super::polynomial::pick;
use super::standard::lane_by_lane;
use crate::simd::{Bits as _, Simd, Vector};

/// cosh and sinh of n ln 2, and cosh r - 1 and sinh r, for x = n ln 2 + r with |r| ≤ ln 2 / 2.
struct Parts<V> {
    cosh_n: V,
    sinh_n: V,
    cosh_m1: V,
    sinh: V,
}

impl<V: Vector> Parts<V> {
    /// Of numbers whose exponentials are normal.
    #[inline(always)]
    fn of(x: V) -> Self {
        let half = x.simd().number(0.5);
        let (shifted, r) = reduce(x);
        let square = r * r;
        let (up, down) = (scale(half, shifted), unscale(half, shifted));
        Self {
            cosh_n: up + down,
            sinh_n: up - down,
            cosh_m1: COSH.at(square) * square,
            sinh: SINH.odd(r, square),
        }
    }

    /// sinh (n ln 2 + r)
    #[inline(always)]
    fn sinh(&self) -> V {
        self.sinh_n + self.cosh_n.mul_add(self.sinh, self.sinh_n * self.cosh_m1)
    }

    /// cosh (n ln 2 + r)
    #[inline(always)]
    fn cosh(&self) -> V {
        self.cosh_n + self.sinh_n.mul_add(self.sinh, self.cosh_n * self.cosh_m1)
    }
}

/// Hyperbolic sine.
#[inline(always)]
pub(super) fn sinh<V: Vector>(x: V) -> V {
    if !all_normal(x) {
        return lane_by_lane(x, f64::sinh);
    }
    // For the sign of 0.
    Parts::of(x).sinh().copysign(x)
}

/// Hyperbolic cosine.
#[inline(always)]
pub(super) fn cosh<V: Vector>(x: V) -> V {
    if !all_normal(x) {
        return lane_by_lane(x, f64::cosh);
    }
    Parts::of(x).cosh()
}

/// Both.
#[inline(always)]
pub(super) fn sinh_cosh<V: Vector>(x: V) -> (V, V) {
    if !all_normal(x) {
        return (lane_by_lane(x, f64::sinh), lane_by_lane(x, f64::cosh));
    }
    let parts = Parts::of(x);
    (parts.sinh().copysign(x), parts.cosh())
}

/// tanh x = h/(h + 1) with h = (e^(2x) - 1)/2, which keeps its digits where x is small.
#[inline(always)]
pub(super) fn tanh<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (half, one) = (simd.number(0.5), simd.number(1.0));
    // From there on tanh rounds to 1.
    let held = x.abs().at_most(pick(x, 10.0, 20.0));
    let (shifted, r) = reduce_multiple(held, 2.0);
    let square = r * r;
    let small = HALF_EXP_M1_TWICE.in_halves(r, square).mul_add(square, r);
    let power = scale(one, shifted);
    let h = small.mul_add(power, power.mul_sub(half, half));
    // It has no sign yet: one operation.
    let sign = x.to_bits() & simd.number(-0.0).to_bits();
    ((h / (h + one)).to_bits() | sign).to_vector()
}
