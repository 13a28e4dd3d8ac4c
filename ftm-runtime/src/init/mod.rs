//! Initial values: drawn with the same bits on every platform.
//!
//! Only the integer stream of [`Xoshiro256PlusPlus`], arithmetic in `f64` and functions of
//! `libm` (which are the same code everywhere) go into a value; it is rounded to the layer's
//! scalar type last. So an `f32` network is the rounded `f64` network of the same seed.

mod distributions;
mod exponents;
mod moments;
mod scales;
mod sets;
mod signal;
mod text;

pub use distributions::Distributions;
pub(crate) use scales::rounded;
pub use scales::{Scaling, Spread};
pub use signal::{Point, Signal};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng as _;

use crate::connection::Initializer;
use crate::simd::Real;

/// Draws one value. [`Initializer::Uniform`] and [`Initializer::Sign`] take one number of the
/// generator, [`Initializer::Normal`] two, [`Initializer::Value`] none.
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

/// A standard normal number: Box and Muller's first one. The radius is drawn from (0, 1], so
/// that its logarithm is finite.
fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    let radius = unit(random);
    normal_at(radius, unit(random))
}

/// The same from two numbers of [0, 1).
fn normal_at(radius: f64, angle: f64) -> f64 {
    let angle = std::f64::consts::TAU * angle;
    libm::sqrt(-2.0 * libm::log(1.0 - radius)) * libm::cos(angle)
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
        // Computed by another program from the definitions of the generator and the method.
        assert_eq!(bits(Initializer::Normal(0.0, 1.0)), 0xBFE89B975220657E);
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
