//! Where arguments are so small that functions need not look at each of them.

use super::{exponential, hyperbolic, trigonometric};
use crate::simd::{Mask, Simd, Vector};

/// Whether vectors that are [`Vector::NEAR`] may have arguments of such magnitudes: the largest of
/// `[sines, exponentials, hyperbolic tangents]`, by the kinds of
/// [`Connection::reach`](crate::connection::Connection::reach).
#[inline(always)]
pub(crate) fn is_near<V: Vector>([sines, exponentials, tangents]: [V; 3]) -> bool {
    // A bound may have been rounded down.
    let share = sines.simd().number(0.99);
    let near = sines.le(trigonometric::domain(sines) * share)
        & exponentials.le(exponential::domain(exponentials) * share)
        & tangents.le(hyperbolic::domain(tangents) * share);
    !(!near).any()
}
