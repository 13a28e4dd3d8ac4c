//! sinh, cosh and tanh; 4 ulp everywhere.

use super::coefficients::{COSH, HALF_COSH, HALF_SINH, SINH};
use super::exponential::{all_normal, reduce, scale, unscale};
use super::polynomial::pick;
use super::standard::lane_by_lane;
use crate::simd::{Simd, Vector};

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

/// The largest argument up to which tanh is farther from 1 than its errors.
#[inline(always)]
pub(super) fn domain<V: Vector>(like: V) -> V {
    pick(like, 7.5, 17.0)
}

/// tanh x = 2 S C / (S² + C²), where S and C are sinh(x/2) and cosh(x/2), both times a number that
/// cancels and so lets them be short polynomials. Where tanh is close to 1, errors of S and C matter little.
#[inline(always)]
pub(super) fn tanh<V: Vector>(x: V) -> V {
    let one = x.simd().number(1.0);
    // From there on tanh rounds to 1. Of the numbers where it does, these are two for which the quotient does
    // so too, with fused multiply-add and without.
    let end = pick(x, 9.03125, 19.0625);
    let held = if V::NEAR {
        x
    } else {
        x.at_least(-end).at_most(end)
    };
    let square = held * held;
    let (s, c) = (HALF_SINH.at(square) * held, HALF_COSH.at(square));
    let quotient = (s + s) * c / s.mul_add(s, c * c);
    if V::NEAR {
        return quotient;
    }
    // Rounding may carry it past 1.
    quotient.at_least(-one).at_most(one)
}
