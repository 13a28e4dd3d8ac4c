//! The vectors themselves: `fearless_simd`'s behind our own traits, so that no type of it is
//! part of the public interface.

use fearless_simd::{
    Bytes as _, Select as _, Simd as Token, SimdBase as _, SimdFloat as _, SimdFrom as _,
    SimdMask as _,
};
use std::ops::{Add, AddAssign, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Shl, Shr, Sub};

use super::{Bits, Mask, Simd, Vector};

/// Implements a binary operator of a wrapper lane by lane.
macro_rules! operator {
    ($wrapper:ident, $($trait:ident $method:ident $operator:tt),+) => {$(
        impl<S: Token> $trait for $wrapper<S> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $operator other.0)
            }
        }
    )+};
}

/// Defines capability, vector, mask and bits of one scalar type.
macro_rules! lanes {
    ($simd:ident, $vector:ident, $mask:ident, $bits:ident,
     $scalar:ident, $floats:ident, $masks:ident, $int:ident, $ints:ident) => {
        #[doc = concat!("Lanes of `", stringify!($scalar), "` on the instruction set `S`.")]
        #[derive(Clone, Copy)]
        pub(crate) struct $simd<S>(pub(super) S);

        #[doc = concat!("A vector of `", stringify!($scalar), "`.")]
        #[derive(Clone, Copy)]
        pub(crate) struct $vector<S: Token>(S::$floats);

        #[doc = concat!("A truth value for each lane of a vector of `", stringify!($scalar), "`.")]
        #[derive(Clone, Copy)]
        pub(crate) struct $mask<S: Token>(S::$masks);

        #[doc = concat!("A vector of `", stringify!($int), "`.")]
        #[derive(Clone, Copy)]
        pub(crate) struct $bits<S: Token>(S::$ints);

        impl<S: Token> Simd for $simd<S> {
            type Scalar = $scalar;
            type Vector = $vector<S>;

            #[inline(always)]
            fn splat(self, value: $scalar) -> $vector<S> {
                $vector(S::$floats::splat(self.0, value))
            }
            #[inline(always)]
            fn load(self, values: &[$scalar]) -> $vector<S> {
                $vector(S::$floats::from_slice(self.0, &values[..S::$floats::LEN]))
            }
            #[inline(always)]
            fn mask(self, value: bool) -> $mask<S> {
                $mask(S::$masks::splat(self.0, value))
            }
            #[inline(always)]
            fn bits(self, value: i64) -> $bits<S> {
                $bits(S::$ints::simd_from(self.0, value as $int))
            }
            #[inline(never)]
            fn apart(self, work: impl FnOnce()) {
                self.0.vectorize(work);
            }
        }

        impl<S: Token> Vector for $vector<S> {
            type Simd = $simd<S>;
            type Scalar = $scalar;
            type Mask = $mask<S>;
            type Bits = $bits<S>;

            const LANES: usize = S::$floats::LEN;
            const FUSED: bool = S::$floats::LEN * size_of::<$scalar>() > 16
                || cfg!(target_arch = "aarch64");
            const ABREAST: bool = Self::FUSED;

            #[inline(always)]
            fn simd(self) -> $simd<S> {
                $simd(fearless_simd::ExtractToken::token(&self.0))
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, addend: Self) -> Self {
                Self(self.0.mul_add(factor.0, addend.0))
            }
            #[inline(always)]
            fn mul_sub(self, factor: Self, subtrahend: Self) -> Self {
                Self(self.0.mul_sub(factor.0, subtrahend.0))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                Self(self.0.abs())
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(self.0.sqrt())
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                Self(self.0.copysign(sign.0))
            }
            #[inline(always)]
            fn fast_max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }
            #[inline(always)]
            fn fast_min(self, other: Self) -> Self {
                Self(self.0.min(other.0))
            }
            // x86-64 gives the second operand where either is NaN, and AArch64 gives NaN.
            #[inline(always)]
            fn at_least(self, low: Self) -> Self {
                if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
                    low.fast_max(self)
                } else {
                    self.lt(low).select(low, self)
                }
            }
            #[inline(always)]
            fn at_most(self, high: Self) -> Self {
                if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
                    high.fast_min(self)
                } else {
                    high.lt(self).select(high, self)
                }
            }
            #[inline(always)]
            fn lt(self, other: Self) -> $mask<S> {
                $mask(self.0.simd_lt(other.0))
            }
            #[inline(always)]
            fn le(self, other: Self) -> $mask<S> {
                $mask(self.0.simd_le(other.0))
            }
            #[inline(always)]
            fn eq(self, other: Self) -> $mask<S> {
                $mask(self.0.simd_eq(other.0))
            }
            #[inline(always)]
            fn to_bits(self) -> $bits<S> {
                $bits(self.0.bitcast())
            }
            #[inline(always)]
            fn store(self, target: &mut [$scalar]) {
                self.0.store_slice(&mut target[..S::$floats::LEN]);
            }
            #[inline(always)]
            fn interleave(self, other: Self) -> (Self, Self) {
                let (low, high) = self.0.interleave(other.0);
                (Self(low), Self(high))
            }
            #[inline(always)]
            fn sum(self) -> $scalar {
                self.0.reduce_sum()
            }
        }

        impl<S: Token> Mask<$vector<S>> for $mask<S> {
            #[inline(always)]
            fn select(self, if_true: $vector<S>, if_false: $vector<S>) -> $vector<S> {
                $vector(self.0.select(if_true.0, if_false.0))
            }
            #[inline(always)]
            fn any(self) -> bool {
                self.0.any_true()
            }
        }

        impl<S: Token> Bits<$vector<S>> for $bits<S> {
            #[inline(always)]
            fn to_vector(self) -> $vector<S> {
                $vector(self.0.bitcast())
            }
            #[inline(always)]
            fn is_negative(self) -> $mask<S> {
                let zero = S::$ints::simd_from(fearless_simd::ExtractToken::token(&self.0), 0);
                $mask(self.0.simd_lt(zero))
            }
        }

        operator!($vector, Add add +, Sub sub -, Mul mul *, Div div /);
        operator!($mask, BitAnd bitand &, BitOr bitor |, BitXor bitxor ^);
        operator!($bits, Add add +, Sub sub -, BitAnd bitand &, BitOr bitor |, BitXor bitxor ^);

        impl<S: Token> Neg for $vector<S> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl<S: Token> AddAssign for $vector<S> {
            #[inline(always)]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl<S: Token> Not for $mask<S> {
            type Output = Self;
            #[inline(always)]
            fn not(self) -> Self {
                Self(!self.0)
            }
        }

        impl<S: Token> Shl<u32> for $bits<S> {
            type Output = Self;
            #[inline(always)]
            fn shl(self, count: u32) -> Self {
                Self(self.0 << count)
            }
        }

        impl<S: Token> Shr<u32> for $bits<S> {
            type Output = Self;
            #[inline(always)]
            fn shr(self, count: u32) -> Self {
                Self(self.0 >> count)
            }
        }
    };
}

lanes!(
    F32, F32Vector, F32Mask, F32Bits, f32, f32s, mask32s, i32, i32s
);
lanes!(
    F64, F64Vector, F64Mask, F64Bits, f64, f64s, mask64s, i64, i64s
);
