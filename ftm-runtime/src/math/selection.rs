//! Functions that only choose: relu, sign, step, min, max, clamp. All exact; NaN stays NaN.

use crate::simd::{Mask, Simd, Vector};

/// x where positive, 0 elsewhere.
#[inline(always)]
pub(super) fn relu<V: Vector>(x: V) -> V {
    x.at_least(x.simd().number(0.0))
}

/// x held between two bounds; a bound that is NaN bounds nothing.
#[inline(always)]
pub(super) fn clamp<V: Vector>(x: V, low: V, high: V) -> V {
    x.at_least(low).at_most(high)
}

/// ±1 by the sign; ±0 of ±0.
#[inline(always)]
pub(super) fn sign<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (zero, one) = (simd.number(0.0), simd.number(1.0));
    x.gt(zero).select(one, x.lt(zero).select(-one, x))
}

/// 1 where positive, 0 elsewhere.
#[inline(always)]
pub(super) fn step<V: Vector>(x: V) -> V {
    let simd = x.simd();
    let (zero, one) = (simd.number(0.0), simd.number(1.0));
    x.gt(zero).select(one, x.le(zero).select(zero, x))
}

/// The smaller; the first of a tie; NaN where either is.
#[inline(always)]
pub(super) fn min<V: Vector>(a: V, b: V) -> V {
    (a.le(b) | a.is_nan()).select(a, b)
}

/// The larger; the first of a tie; NaN where either is.
#[inline(always)]
pub(super) fn max<V: Vector>(a: V, b: V) -> V {
    (a.ge(b) | a.is_nan()).select(a, b)
}

#[cfg(test)]
mod tests {
    use crate::math::Elementary;
    use crate::simd::{Level, Operation, Real, Simd, Vector};

    /// relu and clamp to ±2 of a number.
    struct Held<T>(T);

    impl<T: Real> Operation<T> for Held<T> {
        type Output = (T, T);
        #[inline(always)]
        fn run<S: Simd<Scalar = T>>(self, simd: S) -> (T, T) {
            let x = simd.splat(self.0);
            let (mut relu, mut clamp) = ([T::ONE; 16], [T::ONE; 16]);
            x.relu().store(&mut relu);
            x.clamp(simd.number(-2.0), simd.number(2.0))
                .store(&mut clamp);
            (relu[0], clamp[0])
        }
    }

    #[test]
    fn numbers_are_held_and_nan_stays() {
        for level in Level::available() {
            assert_eq!(level.run(Held(3.0_f32)), (3.0, 2.0));
            assert_eq!(level.run(Held(-3.0_f32)), (0.0, -2.0));
            assert_eq!(level.run(Held(0.5_f64)), (0.5, 0.5));
            assert_eq!(level.run(Held(f64::NEG_INFINITY)), (0.0, -2.0));
            let (relu, clamp) = level.run(Held(f32::NAN));
            assert!(relu.is_nan() && clamp.is_nan(), "{level}");
            let (relu, clamp) = level.run(Held(f64::NAN));
            assert!(relu.is_nan() && clamp.is_nan(), "{level}");
        }
    }
}
