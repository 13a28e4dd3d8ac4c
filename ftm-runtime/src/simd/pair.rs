//! Two vectors that go through the same operations side by side: a vector of twice the lanes to
//! whoever computes with it. The two chains of dependent operations overlap from instruction to
//! instruction, and a question about all lanes is asked once.

use std::ops::{Add, AddAssign, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Shl, Shr, Sub};

use super::{Bits, Mask, Simd, Vector};

/// Two of a kind: vectors, masks or bits. `NEAR` is that of [`Vector`].
#[derive(Clone, Copy)]
pub(crate) struct Pair<T, const NEAR: bool>(pub T, pub T);

/// The capability of pairs, from that of their vectors.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<S, const NEAR: bool>(pub S);

impl<S: Simd, const NEAR: bool> Simd for Pairs<S, NEAR> {
    type Scalar = S::Scalar;
    type Vector = Pair<S::Vector, NEAR>;

    #[inline(always)]
    fn splat(self, value: S::Scalar) -> Self::Vector {
        Pair(self.0.splat(value), self.0.splat(value))
    }
    #[inline(always)]
    fn load(self, values: &[S::Scalar]) -> Self::Vector {
        Pair(
            self.0.load(values),
            self.0.load(&values[S::Vector::LANES..]),
        )
    }
    #[inline(always)]
    fn mask(self, value: bool) -> Pair<<S::Vector as Vector>::Mask, NEAR> {
        Pair(self.0.mask(value), self.0.mask(value))
    }
    #[inline(always)]
    fn bits(self, value: i64) -> Pair<<S::Vector as Vector>::Bits, NEAR> {
        Pair(self.0.bits(value), self.0.bits(value))
    }
    #[inline(always)]
    fn apart(self, work: impl FnOnce()) {
        self.0.apart(work);
    }
}

/// Operators and methods of both vectors.
macro_rules! both {
    ($($trait:ident $method:ident)+) => {$(
        impl<T: $trait<Output = T>, const NEAR: bool> $trait for Pair<T, NEAR> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Pair(self.0.$method(other.0), self.1.$method(other.1))
            }
        }
    )+};
    (one $($trait:ident $method:ident)+) => {$(
        impl<T: $trait<Output = T>, const NEAR: bool> $trait for Pair<T, NEAR> {
            type Output = Self;
            #[inline(always)]
            fn $method(self) -> Self {
                Pair(self.0.$method(), self.1.$method())
            }
        }
    )+};
    (shift $($trait:ident $method:ident)+) => {$(
        impl<T: $trait<u32, Output = T>, const NEAR: bool> $trait<u32> for Pair<T, NEAR> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, count: u32) -> Self {
                Pair(self.0.$method(count), self.1.$method(count))
            }
        }
    )+};
    (methods $($method:ident($($argument:ident),*) -> $result:ty;)+) => {$(
        #[inline(always)]
        fn $method(self, $($argument: Self),*) -> $result {
            Pair(self.0.$method($($argument.0),*), self.1.$method($($argument.1),*))
        }
    )+};
}

both!(Add add Sub sub Mul mul Div div BitAnd bitand BitOr bitor BitXor bitxor);
both!(one Neg neg Not not);
both!(shift Shl shl Shr shr);

impl<T: AddAssign, const NEAR: bool> AddAssign for Pair<T, NEAR> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
        self.1 += other.1;
    }
}

impl<V: Vector, const NEAR: bool> Vector for Pair<V, NEAR> {
    type Simd = Pairs<V::Simd, NEAR>;
    type Scalar = V::Scalar;
    type Mask = Pair<V::Mask, NEAR>;
    type Bits = Pair<V::Bits, NEAR>;

    const LANES: usize = 2 * V::LANES;
    const FUSED: bool = V::FUSED;
    const ABREAST: bool = V::ABREAST;
    const NEAR: bool = NEAR;

    #[inline(always)]
    fn simd(self) -> Self::Simd {
        Pairs(self.0.simd())
    }
    both! { methods
        mul_add(factor, addend) -> Self;
        mul_sub(factor, subtrahend) -> Self;
        abs() -> Self;
        sqrt() -> Self;
        copysign(sign) -> Self;
        fast_max(other) -> Self;
        fast_min(other) -> Self;
        at_least(low) -> Self;
        at_most(high) -> Self;
        lt(other) -> Self::Mask;
        le(other) -> Self::Mask;
        eq(other) -> Self::Mask;
        to_bits() -> Self::Bits;
    }
    #[inline(always)]
    fn store(self, target: &mut [V::Scalar]) {
        self.0.store(target);
        self.1.store(&mut target[V::LANES..]);
    }
    #[inline(always)]
    fn sum(self) -> V::Scalar {
        (self.0 + self.1).sum()
    }
    #[inline(always)]
    fn interleave(self, other: Self) -> (Self, Self) {
        let (a, b) = self.0.interleave(other.0);
        let (c, d) = self.1.interleave(other.1);
        (Pair(a, b), Pair(c, d))
    }
}

impl<V: Vector, M: Mask<V>, const NEAR: bool> Mask<Pair<V, NEAR>> for Pair<M, NEAR> {
    #[inline(always)]
    fn select(self, if_true: Pair<V, NEAR>, if_false: Pair<V, NEAR>) -> Pair<V, NEAR> {
        Pair(
            self.0.select(if_true.0, if_false.0),
            self.1.select(if_true.1, if_false.1),
        )
    }
    #[inline(always)]
    fn any(self) -> bool {
        (self.0 | self.1).any()
    }
}

impl<V: Vector, B: Bits<V>, const NEAR: bool> Bits<Pair<V, NEAR>> for Pair<B, NEAR> {
    #[inline(always)]
    fn to_vector(self) -> Pair<V, NEAR> {
        Pair(self.0.to_vector(), self.1.to_vector())
    }
    #[inline(always)]
    fn is_negative(self) -> Pair<V::Mask, NEAR> {
        Pair(self.0.is_negative(), self.1.is_negative())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Elementary;
    use crate::simd::{Level, Operation, PAIR_LANES, Real};

    /// Compares a pair with its vectors.
    struct Check;

    impl<T: Real> Operation<T> for Check {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd<Scalar = T>>(self, simd: S) {
            let lanes = S::Vector::LANES;
            let mut values = [T::ZERO; PAIR_LANES];
            for (k, value) in values.iter_mut().enumerate() {
                *value = T::from_f64(k as f64 * 0.37 - 3.0);
            }
            let both = Pairs::<S, false>(simd);
            let pair = both.load(&values);
            let (one, other) = (simd.load(&values), simd.load(&values[lanes..]));
            let same =
                |what: &str, pair: Pair<S::Vector, false>, one: S::Vector, other: S::Vector| {
                    let (mut a, mut b) = ([T::ZERO; PAIR_LANES], [T::ZERO; PAIR_LANES]);
                    pair.store(&mut a);
                    one.store(&mut b);
                    other.store(&mut b[lanes..]);
                    assert_eq!(a, b, "{what}");
                };
            same("sin", pair.sin(), one.sin(), other.sin());
            same("tanh", pair.tanh(), one.tanh(), other.tanh());
            same("exp", pair.exp(), one.exp(), other.exp());
            same("abs", (-pair).abs(), (-one).abs(), (-other).abs());
            let (mut sum, mut of_one, mut of_other) = (pair, one, other);
            sum += -pair.abs();
            of_one += -one.abs();
            of_other += -other.abs();
            same("+=", sum, of_one, of_other);
            // What is known to be near is computed the same.
            let near = Pairs::<S, true>(simd).load(&values);
            let same_near =
                |what: &str, near: Pair<S::Vector, true>, far: Pair<S::Vector, false>| {
                    same(what, Pair(near.0, near.1), far.0, far.1);
                };
            same_near("sin", near.sin(), pair.sin());
            same_near("tan", near.tan(), pair.tan());
            same_near("exp", near.exp(), pair.exp());
            same_near("tanh", near.tanh(), pair.tanh());
            same_near("sinh", near.sinh(), pair.sinh());
            same_near("cosh", near.cosh(), pair.cosh());
            same_near("sigmoid", near.sigmoid(), pair.sigmoid());
            same_near("softplus", near.softplus(), pair.softplus());
            same_near("erf", near.erf(), pair.erf());
            // Where one vector is computed lane by lane, both are.
            let far = Pair::<_, false>(one, simd.number(1e12)).sin();
            let mut lane_by_lane = [T::ZERO; PAIR_LANES];
            far.store(&mut lane_by_lane);
            for (x, sin) in values[..lanes].iter().zip(lane_by_lane) {
                assert_eq!(sin, T::from_f64(x.to_f64().sin()));
            }
            let first = both.first(lanes + 1).select(pair, both.number(0.0));
            let mut kept = [T::ZERO; PAIR_LANES];
            first.store(&mut kept);
            assert_eq!(kept[..=lanes], values[..=lanes]);
            assert_eq!(kept[lanes + 1], T::ZERO);
            // All lanes but the last.
            let most = 2 * lanes - 1;
            let mut stored = [T::ZERO; PAIR_LANES];
            let part = both.load_partial(&values[..most]);
            part.store_partial(&mut stored[..most]);
            assert_eq!(stored[..most], values[..most]);
            assert_eq!(pair.sum(), (one + other).sum());
            let (low, high) = pair.interleave(both.number(0.0));
            let mut lanes_in_turn = [T::ZERO; 2 * PAIR_LANES];
            low.store(&mut lanes_in_turn);
            high.store(&mut lanes_in_turn[2 * lanes..]);
            assert!(
                lanes_in_turn[..4 * lanes]
                    .iter()
                    .step_by(2)
                    .eq(&values[..2 * lanes])
            );
            assert!(pair.lt(both.splat(values[1])).any());
            assert!(pair.lt(both.number(1e6)).any());
            assert!(!pair.gt(both.number(1e6)).any());
        }
    }

    #[test]
    fn both_vectors_go_their_own_ways() {
        for level in Level::available() {
            level.run::<f32, _>(Check);
            level.run::<f64, _>(Check);
        }
    }
}
