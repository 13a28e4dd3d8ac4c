//! Elementary functions on vectors of lanes: one file for a family, one source for both
//! precisions and all instruction sets.
//!
//! Domains and errors are stated in each file, measured in `docs/numerics.md`, and tested
//! against a correctly rounded library. Special values (±0, ±∞, NaN, subnormals) are those of
//! the standard library, but for `min` and `max`, which keep a NaN; vectors that are [`Vector::NEAR`] promise
//! that there are none of them beyond the domains in `near.rs`.

mod coefficients;
mod error_function;
mod exponential;
mod hyperbolic;
mod inverse_trigonometric;
mod logarithm;
mod near;
mod polynomial;
mod power;
mod selection;
mod standard;
mod trigonometric;

pub(crate) use near::is_near;

use crate::simd::{Simd, Vector};

/// Declares the methods of [`Elementary`], each a function of a file.
macro_rules! elementary {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $result:ty = $file:ident;)+) => {
        /// Elementary functions, lane by lane.
        pub trait Elementary: Vector {
            $($(#[$doc])*
            #[inline(always)]
            #[must_use]
            fn $name(self $(, $argument: $type)*) -> $result {
                $file::$name(self $(, $argument)*)
            })+

            /// 1/x
            #[inline(always)]
            #[must_use]
            fn recip(self) -> Self {
                self.simd().number(1.0) / self
            }
        }
    };
}

elementary! {
    /// eˣ
    exp() -> Self = exponential;
    /// eˣ - 1
    exp_m1() -> Self = exponential;
    /// Natural logarithm.
    ln() -> Self = logarithm;
    /// ln(1 + x)
    ln_1p() -> Self = logarithm;
    /// xⁿ
    powi(n: i32) -> Self = power;
    /// xʸ
    powf(y: Self) -> Self = power;
    /// Sine.
    sin() -> Self = trigonometric;
    /// Cosine.
    cos() -> Self = trigonometric;
    /// Sine and cosine.
    sin_cos() -> (Self, Self) = trigonometric;
    /// Tangent.
    tan() -> Self = trigonometric;
    /// Arc sine.
    asin() -> Self = inverse_trigonometric;
    /// Arc cosine.
    acos() -> Self = inverse_trigonometric;
    /// Arc tangent.
    atan() -> Self = inverse_trigonometric;
    /// Hyperbolic sine.
    sinh() -> Self = hyperbolic;
    /// Hyperbolic cosine.
    cosh() -> Self = hyperbolic;
    /// Hyperbolic sine and cosine.
    sinh_cosh() -> (Self, Self) = hyperbolic;
    /// Hyperbolic tangent.
    tanh() -> Self = hyperbolic;
    /// The logistic function 1/(1 + e⁻ˣ).
    sigmoid() -> Self = exponential;
    /// ln(1 + eˣ)
    softplus() -> Self = exponential;
    /// The error function.
    erf() -> Self = error_function;
    /// x where positive, 0 elsewhere.
    relu() -> Self = selection;
    /// x held between two bounds; NaN where x is.
    clamp(low: Self, high: Self) -> Self = selection;
    /// ±1 by the sign; ±0 of ±0.
    sign() -> Self = selection;
    /// 1 where positive, 0 elsewhere.
    step() -> Self = selection;
    /// The smaller; the first of a tie; NaN where either is.
    min(other: Self) -> Self = selection;
    /// The larger; the first of a tie; NaN where either is.
    max(other: Self) -> Self = selection;
}

impl<V: Vector> Elementary for V {}
