//! The two scalar types.

use std::fmt::{Debug, Display, LowerExp};
use std::iter::Sum;
use std::ops::AddAssign;

use ndarray::{LinalgScalar, ScalarOperand};

use super::lanes::{F32, F64};
use super::{Level, Multiply, Operation};
use fearless_simd::Simd as _;

/// A scalar type: `f32` or `f64`. Sealed.
pub trait Real:
    sealed::Sealed
    + LinalgScalar
    + ScalarOperand
    + PartialOrd
    + AddAssign
    + Sum
    + Debug
    + Display
    + LowerExp
    + Default
    + Send
    + Sync
    + 'static
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The smallest normal number above 0. Inputs and parameters of layers below it count as 0.
    const MIN_POSITIVE: Self;
    /// 2²⁴ times the smallest normal number. What decays below it is set to 0, since many
    /// processors are a hundred times slower with subnormal numbers.
    const NEGLIGIBLE: Self;
    /// The square root of [`Real::NEGLIGIBLE`].
    const NEGLIGIBLE_ROOT: Self;
    /// Bits of the significand that are stored: 23 or 52.
    const SIGNIFICAND_BITS: u32;
    /// Offset of the exponent field: 127 or 1023.
    const EXPONENT_BIAS: i64;
    /// `f32` or `f64`.
    const NAME: &'static str;

    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;
    /// The same number in double precision.
    fn to_f64(self) -> f64;
    /// Whether this is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    #[doc(hidden)]
    fn dispatch<O: Operation<Self>>(level: Level, operation: O) -> O::Output;
}

mod sealed {
    use super::super::{Level, Multiply};

    #[allow(private_interfaces, reason = "nobody else can name this trait")]
    pub trait Sealed: Sized {
        /// Runs it; compiled here for either type.
        fn multiply(level: Level, work: Multiply<'_, Self>);
    }
}

macro_rules! real {
    ($scalar:ident, $lanes:ident, $significand:expr, $bias:expr, $negligible_root:expr) => {
        #[allow(private_interfaces, reason = "nobody else can name this trait")]
        impl sealed::Sealed for $scalar {
            #[inline(never)]
            fn multiply(level: Level, work: Multiply<'_, Self>) {
                level.run(work);
            }
        }

        impl Real for $scalar {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const EPSILON: Self = $scalar::EPSILON;
            const MIN_POSITIVE: Self = $scalar::MIN_POSITIVE;
            const NEGLIGIBLE: Self = $negligible_root * $negligible_root;
            const NEGLIGIBLE_ROOT: Self = $negligible_root;
            const SIGNIFICAND_BITS: u32 = $significand;
            const EXPONENT_BIAS: i64 = $bias;
            const NAME: &'static str = stringify!($scalar);

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $scalar
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                self.is_finite()
            }
            #[inline]
            fn dispatch<O: Operation<Self>>(level: Level, operation: O) -> O::Output {
                match level.0 {
                    #[cfg(target_arch = "x86_64")]
                    fearless_simd::Level::Avx512(token) => token.vectorize(
                        #[inline(always)]
                        || operation.run($lanes(token)),
                    ),
                    #[cfg(target_arch = "x86_64")]
                    fearless_simd::Level::Avx2(token) => token.vectorize(
                        #[inline(always)]
                        || operation.run($lanes(token)),
                    ),
                    #[cfg(target_arch = "aarch64")]
                    fearless_simd::Level::Neon(token) => token.vectorize(
                        #[inline(always)]
                        || operation.run($lanes(token)),
                    ),
                    #[cfg(target_arch = "x86_64")]
                    other => {
                        // Every x86-64 machine has SSE2, also one whose best is SSE4.2.
                        if let Some(token) = other.as_sse2() {
                            token.vectorize(
                                #[inline(always)]
                                || operation.run($lanes(token)),
                            )
                        } else {
                            unreachable!("x86-64 includes SSE2")
                        }
                    }
                    #[cfg(not(target_arch = "x86_64"))]
                    _ => fearless_simd::dispatch!(level.0, token => operation.run($lanes(token))),
                }
            }
        }
    };
}

// 2⁻⁵¹ and 2⁻⁴⁹⁹.
real!(f32, F32, 23, 127, f32::from_bits((127 - 51) << 23));
real!(f64, F64, 52, 1023, f64::from_bits((1023 - 499) << 52));
