//! Initial values: drawn with the same bits on every platform.
//!
//! Only the integer stream of [`Xoshiro256PlusPlus`], arithmetic in `f64` and functions of
//! `libm` (which are the same code everywhere) go into a value; it is rounded to the layer's
//! scalar type last. So an `f32` network is the rounded `f64` network of the same seed.

mod distributions;
mod exponents;
mod function;
mod moments;
mod scales;
mod sets;
mod signal;
mod spread;
mod text;

pub use distributions::Distributions;
pub use scales::Scaling;
pub(crate) use scales::rounded;
pub use signal::{Point, Signal};
pub use spread::Spread;
pub(crate) use spread::{Share, expected_side_by_side, expected_sum};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng as _;

use crate::connection::Initializer;
use crate::simd::Real;

/// Draws one value, from one number of the generator; [`Initializer::Value`] takes none.
///
/// ```
/// use ftm_runtime::connection::Initializer;
/// use ftm_runtime::init::draw;
/// use rand_xoshiro::{Xoshiro256PlusPlus, rand_core::SeedableRng};
///
/// let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
/// let value: f32 = draw(Initializer::Uniform(-0.1, 0.1), &mut random);
/// assert!((-0.1..=0.1).contains(&value));
/// ```
pub fn draw<T: Real>(initializer: Initializer, random: &mut Xoshiro256PlusPlus) -> T {
    T::from_f64(match initializer {
        Initializer::Uniform(low, high) => low + (high - low) * unit(random),
        Initializer::Normal(mean, deviation) => mean + deviation * normal(random),
        Initializer::Sign if random.next_u64() >> 63 == 0 => 1.0,
        Initializer::Sign => -1.0,
        Initializer::Value(value) => value,
    })
}

impl Initializer {
    /// The distribution of `factor` times what is drawn from this one. A sign stays a sign.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        match self {
            Self::Uniform(low, high) => Self::Uniform(factor * low, factor * high),
            Self::Normal(mean, deviation) => Self::Normal(factor * mean, factor * deviation),
            Self::Value(value) => Self::Value(factor * value),
            Self::Sign => Self::Sign,
        }
    }
}

/// Draws a value for every element of `values`, in order.
pub fn fill<T: Real>(initializer: Initializer, random: &mut Xoshiro256PlusPlus, values: &mut [T]) {
    for value in values {
        *value = draw(initializer, random);
    }
}

/// A multiple of 2⁻⁵³ on [0, 1): the top 53 bits of the next number.
fn unit(random: &mut Xoshiro256PlusPlus) -> f64 {
    const SCALE: f64 = 1.0 / (1u64 << 53) as f64;
    (random.next_u64() >> 11) as f64 * SCALE
}

/// A standard normal number, from the middle of one of 2⁵² equally likely intervals.
fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    const SCALE: f64 = 1.0 / (1u64 << 52) as f64;
    normal_quantile(((random.next_u64() >> 12) as f64 + 0.5) * SCALE)
}

/// The number that a standard normal one stays below with the given probability, which must be
/// above 0 and below 1: Winitzki's approximation of the inverse error function, and two of
/// Halley's steps, which leave some units in the last place.
fn normal_quantile(probability: f64) -> f64 {
    use std::f64::consts::{FRAC_2_SQRT_PI, PI, SQRT_2};
    const A: f64 = 0.147;
    let tail = probability.min(1.0 - probability);
    let log = libm::log(4.0 * tail * (1.0 - tail));
    let middle = 2.0 / (PI * A) + 0.5 * log;
    let mut z = libm::sqrt(libm::sqrt(middle * middle - log / A) - middle);
    for _ in 0..2 {
        let step = (2.0 * tail - libm::erfc(z)) / (FRAC_2_SQRT_PI * libm::exp(-z * z));
        z -= step / (1.0 + z * step);
    }
    if probability < 0.5 {
        -SQRT_2 * z
    } else {
        SQRT_2 * z
    }
}

/// An index below `bound`, all equally likely: Lemire's multiplication with rejection.
/// (2019, Fast random integer generation in an interval.) `bound` must not be 0.
pub(crate) fn index_below(bound: usize, random: &mut Xoshiro256PlusPlus) -> usize {
    let bound = bound as u64;
    loop {
        let product = u128::from(random.next_u64()) * u128::from(bound);
        let (high, low) = ((product >> 64) as u64, product as u64);
        // 2⁶⁴ mod bound of the low parts belong to an incomplete group.
        if low >= bound || low >= bound.wrapping_neg() % bound {
            return high as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::rand_core::SeedableRng as _;

    fn random() -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(42)
    }

    fn moments(initializer: Initializer) -> (f64, f64) {
        let mut values = vec![0.0_f64; 100_000];
        fill(initializer, &mut random(), &mut values);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        (mean, variance)
    }

    #[test]
    fn moments_are_those_of_the_distribution() {
        // Five standard errors of the mean and of the variance of 100,000 draws.
        let (mean, variance) = moments(Initializer::Uniform(-1.0, 3.0));
        assert!((mean - 1.0).abs() < 0.02 && (variance - 16.0 / 12.0).abs() < 0.02);
        let (mean, variance) = moments(Initializer::Normal(2.0, 0.5));
        assert!((mean - 2.0).abs() < 0.008 && (variance - 0.25).abs() < 0.006);
        let (mean, variance) = moments(Initializer::Sign);
        assert!(mean.abs() < 0.016 && (variance - 1.0).abs() < 0.001);
        assert_eq!(moments(Initializer::Value(0.25)), (0.25, 0.0));
    }

    /// The stream is part of the interface: the same seed must give the same network forever.
    #[test]
    fn the_stream_does_not_change() {
        let bits = |initializer| draw::<f64>(initializer, &mut random()).to_bits();
        let first = random().next_u64();
        let unit = (first >> 11) as f64 / 9_007_199_254_740_992.0;
        assert_eq!(bits(Initializer::Uniform(0.0, 1.0)), unit.to_bits());
        assert_eq!(first, 0xD076_4D4F_4476_689F);
        // Computed by another program, with 40 digits, from the definition of the quantile.
        let normal: f64 = draw(Initializer::Normal(0.0, 1.0), &mut random());
        assert!((normal / 0.893_873_253_485_736_6 - 1.0).abs() < 1e-15);
        assert_eq!(normal.to_bits(), 0x3FEC_9A9C_14CF_B102);
    }

    #[test]
    fn quantiles_of_the_normal_distribution() {
        // Abramowitz and Stegun, tables 26.1 and 26.2; the last by 40 digits.
        for (probability, expected) in [
            (0.841_344_746_068_542_9, 1.0),
            (0.977_249_868_051_820_8, 2.0),
            (0.975, 1.959_963_984_540_054),
            (1e-10, -6.361_340_902_404_056),
        ] {
            let value = normal_quantile(probability);
            assert!((value / expected - 1.0).abs() < 1e-14, "{value} {expected}");
        }
        assert!(normal_quantile(0.5).abs() < 1e-15);
    }

    #[test]
    fn single_precision_is_the_rounded_double() {
        let (mut a, mut b) = (random(), random());
        for _ in 0..1000 {
            let initializer = Initializer::Normal(0.0, 3.0);
            let double: f64 = draw(initializer, &mut a);
            assert_eq!(draw::<f32>(initializer, &mut b), double as f32);
        }
    }

    #[test]
    fn indices_are_below_the_bound_and_cover_it() {
        let mut seen = [0; 7];
        let mut random = random();
        for _ in 0..7000 {
            seen[index_below(7, &mut random)] += 1;
        }
        // Five standard deviations of a binomial count: 5 √(7000 · 1/7 · 6/7) = 146.
        assert!(seen.iter().all(|&count: &i32| (count - 1000).abs() < 146));
    }
}
