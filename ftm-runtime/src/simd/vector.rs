//! What a vector of lanes can do, whatever its width, scalar type and instruction set.

use std::ops::{Add, AddAssign, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Shl, Shr, Sub};

use super::Real;

/// No vector of an instruction set has more lanes than this.
pub(crate) const MAX_LANES: usize = 16;

/// Nor do two of them, side by side.
pub(crate) const PAIR_LANES: usize = 2 * MAX_LANES;

/// Proof of an instruction set together with a scalar type. Sealed: made by [`super::Level::run`].
pub trait Simd: Copy + Send + Sync + 'static {
    /// The scalar type of a lane.
    type Scalar: Real;
    /// The widest vector of the instruction set, or two of them side by side.
    type Vector: Vector<Simd = Self, Scalar = Self::Scalar>;

    /// A vector with `value` in every lane.
    fn splat(self, value: Self::Scalar) -> Self::Vector;
    /// A vector of the first lanes of `values`, which must hold at least [`Vector::LANES`].
    fn load(self, values: &[Self::Scalar]) -> Self::Vector;
    /// A mask with `value` in every lane.
    fn mask(self, value: bool) -> <Self::Vector as Vector>::Mask;
    /// An integer vector with the low bits of `value` in every lane.
    fn bits(self, value: i64) -> <Self::Vector as Vector>::Bits;

    /// Calls `work` as a function of its own, compiled for the instruction set: registers are then allotted
    /// for it alone. The vectors that it takes from outside go through memory.
    fn apart(self, work: impl FnOnce());

    /// A vector with `value`, rounded to the scalar type, in every lane.
    #[inline(always)]
    fn number(self, value: f64) -> Self::Vector {
        self.splat(Self::Scalar::from_f64(value))
    }

    /// True in the first `count` lanes.
    #[inline(always)]
    fn first(self, count: usize) -> <Self::Vector as Vector>::Mask {
        let mut places = [Self::Scalar::ZERO; PAIR_LANES];
        for (j, place) in places.iter_mut().enumerate() {
            *place = Self::Scalar::from_f64(j as f64);
        }
        self.load(&places).lt(self.number(count as f64))
    }

    /// As [`Simd::load_partial`] of the first `count` of `values`; quicker where at least as many
    /// values as lanes follow one another.
    #[inline(always)]
    fn load_first(self, values: &[Self::Scalar], count: usize) -> Self::Vector {
        if count >= Self::Vector::LANES || values.len() < Self::Vector::LANES {
            return self.load_partial(&values[..count.min(Self::Vector::LANES)]);
        }
        let (all, first) = (self.load(values), self.splat(values[0]));
        self.first(count).select(all, first)
    }

    /// A vector of all of `values`, of which there may be fewer than lanes; the other lanes
    /// repeat the first value (so that they are as well-behaved as a real one), or are 0 when
    /// there is none.
    #[inline(always)]
    fn load_partial(self, values: &[Self::Scalar]) -> Self::Vector {
        if values.len() >= Self::Vector::LANES {
            return self.load(values);
        }
        self.load(&padded(values))
    }
}

/// Some values, followed by the first again or by zeros. Not vector code: compiled once for a type.
#[inline(never)]
fn padded<T: Real>(values: &[T]) -> [T; PAIR_LANES] {
    let mut padded = [values.first().copied().unwrap_or(T::ZERO); PAIR_LANES];
    for (padded, &value) in padded.iter_mut().zip(values) {
        *padded = value;
    }
    padded
}

/// As many of the lanes as there is room for.
#[inline(never)]
fn store_lanes<T: Real>(lanes: &[T; PAIR_LANES], target: &mut [T]) {
    for (target, &lane) in target.iter_mut().zip(lanes) {
        *target = lane;
    }
}

/// A vector of lanes of one floating-point type.
pub trait Vector:
    Copy
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
{
    /// The capability this vector was made with.
    type Simd: Simd<Scalar = Self::Scalar, Vector = Self>;
    /// The scalar type of a lane.
    type Scalar: Real;
    /// A truth value per lane.
    type Mask: Mask<Self>;
    /// Signed integers of the scalar's width, a lane each.
    type Bits: Bits<Self>;

    /// Number of lanes.
    const LANES: usize;
    /// Whether [`Vector::mul_add`] rounds once. Where it is false, a product and a sum are
    /// rounded one after the other.
    const FUSED: bool;

    /// Whether loops that are worth it take two samples abreast, as one vector of twice the lanes. Where
    /// there are no fused multiply-adds they do not: machines without AVX2 are not worth what
    /// compiling such loops for them takes.
    const ABREAST: bool;
    /// Whether the arguments of functions that [`Connection::reach`] knows kinds for are known to be so small
    /// that these need not look at them.
    ///
    /// [`Connection::reach`]: crate::connection::Connection::reach
    const NEAR: bool = false;

    /// The capability, for making more vectors.
    fn simd(self) -> Self::Simd;
    /// `self * factor + addend`, rounded once where [`Vector::FUSED`].
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// `self * factor - subtrahend`, rounded once where [`Vector::FUSED`].
    fn mul_sub(self, factor: Self, subtrahend: Self) -> Self;
    /// Absolute value: clears the sign bit.
    fn abs(self) -> Self;
    /// Square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// The magnitude of `self` with the sign bit of `sign`.
    fn copysign(self, sign: Self) -> Self;
    /// The hardware's maximum: `if self > other { self } else { other }` where no lane is NaN.
    fn fast_max(self, other: Self) -> Self;
    /// The hardware's minimum: `if self < other { self } else { other }` where no lane is NaN.
    fn fast_min(self, other: Self) -> Self;
    /// The larger of `self` and `low`; NaN where `self` is.
    fn at_least(self, low: Self) -> Self;
    /// The smaller of `self` and `high`; NaN where `self` is.
    fn at_most(self, high: Self) -> Self;
    /// `self < other`, false where either is NaN.
    fn lt(self, other: Self) -> Self::Mask;
    /// `self <= other`, false where either is NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// `self == other`, false where either is NaN.
    fn eq(self, other: Self) -> Self::Mask;
    /// The bit pattern as integers.
    fn to_bits(self) -> Self::Bits;
    /// Writes the lanes to the first [`Vector::LANES`] places of `target`.
    fn store(self, target: &mut [Self::Scalar]);
    /// The sum of all lanes, in an order that depends on the number of lanes only.
    fn sum(self) -> Self::Scalar;

    /// `self > other`, false where either is NaN.
    #[inline(always)]
    fn gt(self, other: Self) -> Self::Mask {
        other.lt(self)
    }
    /// `self >= other`, false where either is NaN.
    #[inline(always)]
    fn ge(self, other: Self) -> Self::Mask {
        other.le(self)
    }
    /// `self != other`, true where either is NaN.
    #[inline(always)]
    fn ne(self, other: Self) -> Self::Mask {
        !self.eq(other)
    }
    /// True where the lane is NaN.
    #[inline(always)]
    fn is_nan(self) -> Self::Mask {
        self.ne(self)
    }
    /// `addend - self * factor`, rounded once where [`Vector::FUSED`].
    #[inline(always)]
    fn neg_mul_add(self, factor: Self, addend: Self) -> Self {
        (-self).mul_add(factor, addend)
    }
    /// 0 where the magnitude is below `limit`, and itself elsewhere.
    #[inline(always)]
    fn zero_below(self, limit: Self::Scalar) -> Self {
        let simd = self.simd();
        self.abs()
            .lt(simd.splat(limit))
            .select(simd.number(0.0), self)
    }
    /// The lanes of both in turn: of the lower halves, and of the upper halves.
    fn interleave(self, other: Self) -> (Self, Self);
    /// Adds the first `count` lanes to the first of `target`.
    #[inline(always)]
    fn add_first(self, target: &mut [Self::Scalar], count: usize) {
        let simd = self.simd();
        if count >= Self::LANES || target.len() < Self::LANES {
            let target = &mut target[..count.min(Self::LANES)];
            (simd.load_partial(target) + self).store_partial(target);
            return;
        }
        let sum = simd.load(target);
        simd.first(count).select(sum + self, sum).store(target);
    }

    /// Writes as many lanes as `target` has places.
    #[inline(always)]
    fn store_partial(self, target: &mut [Self::Scalar]) {
        if target.len() >= Self::LANES {
            self.store(target);
        } else {
            let mut lanes = [Self::Scalar::ZERO; PAIR_LANES];
            self.store(&mut lanes);
            store_lanes(&lanes, target);
        }
    }
}

/// A truth value per lane.
pub trait Mask<V>:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
    /// `if_true` where the lane is true, `if_false` elsewhere.
    fn select(self, if_true: V, if_false: V) -> V;
    /// Whether any lane is true.
    fn any(self) -> bool;
}

/// Signed integers of the scalar's width: what bit-level work on a [`Vector`] needs.
/// Addition and subtraction wrap; [`Shr`] keeps the sign.
pub trait Bits<V: Vector>:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
{
    /// The floating-point lanes with these bit patterns.
    fn to_vector(self) -> V;
    /// Whether the highest bit of a lane is set.
    fn is_negative(self) -> V::Mask;
}

/// Work that is generic over the instruction set; see [`super::Level::run`].
pub trait Operation<T: Real> {
    /// What the work yields.
    type Output;
    /// Does the work. Implementations mark this `#[inline(always)]`.
    fn run<S: Simd<Scalar = T>>(self, simd: S) -> Self::Output;
}
