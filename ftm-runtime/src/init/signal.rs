//! The distribution of the numbers that a layer is fed with, in points with weights.

use crate::simd::Real;

/// A distribution of numbers, in points: expectations over it are sums over the points.
///
/// With each point goes the slope there of whatever was applied to the numbers since they came
/// out of a layer of edges: 1, or the derivative of the activations.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    points: Vec<Point>,
    own: f64,
}

/// One point of a [`Signal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The number.
    pub value: f64,
    /// Its derivative by the output of the layer of edges before.
    pub slope: f64,
    /// Its probability.
    pub weight: f64,
}

impl Signal {
    /// Points of a normal distribution.
    const NORMAL: usize = 96;
    /// Points of any other.
    const OTHERS: usize = 64;

    /// The normal distribution of mean 0 and variance 1, as of standardised data.
    #[must_use]
    pub fn standard() -> Self {
        Self::normal(0.0, 1.0)
    }

    /// A normal distribution.
    #[must_use]
    pub fn normal(mean: f64, variance: f64) -> Self {
        // The trapezoidal rule, which converges faster than any power of the step for a bell;
        // points lie on both sides of the mean, where many functions have a kink.
        const REACH: f64 = 6.0;
        let step = 2.0 * REACH / Self::NORMAL as f64;
        let deviation = variance.max(0.0).sqrt();
        let points = (0..Self::NORMAL).map(|k| {
            let z = (k as f64 + 0.5) * step - REACH;
            (mean + deviation * z, libm::exp(-0.5 * z * z))
        });
        Self::weighted(points.collect())
    }

    /// The uniform distribution from `low` to `high`.
    #[must_use]
    pub fn uniform(low: f64, high: f64) -> Self {
        let points = (0..Self::OTHERS).map(|k| {
            let part = (k as f64 + 0.5) / Self::OTHERS as f64;
            (low + (high - low) * part, 1.0)
        });
        Self::weighted(points.collect())
    }

    /// The distribution of `values`, such as all numbers of some samples; 0 alone when there
    /// are none that are finite.
    #[must_use]
    pub fn of<T: Real>(values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(T::to_f64);
        let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        // Means of as many parts of the sorted values.
        let part = values.len().div_ceil(Self::OTHERS).max(1);
        let points = values.chunks(part).map(|values| {
            let count = values.len() as f64;
            (values.iter().sum::<f64>() / count, count)
        });
        let points: Vec<_> = points.collect();
        Self::weighted(if points.is_empty() {
            vec![(0.0, 1.0)]
        } else {
            points
        })
    }

    /// Values with weights, which need not add up to 1.
    fn weighted(points: Vec<(f64, f64)>) -> Self {
        let total: f64 = points.iter().map(|(_, weight)| weight).sum();
        let point = |(value, weight)| Point {
            value,
            slope: 1.0,
            weight: weight / total,
        };
        let mut signal = Self {
            points: points.into_iter().map(point).collect(),
            own: 0.0,
        };
        signal.own = signal.variance();
        signal
    }

    /// Numbers of which so large shares come from these.
    pub(crate) fn mixture(parts: &[(f64, Self)]) -> Self {
        let points = parts.iter().flat_map(|(share, part)| {
            let points = part.points.iter();
            points.map(move |point| (point.value, share * point.weight))
        });
        Self::weighted(points.collect())
    }

    /// The same, where samples have something in common to all their numbers: of the variance,
    /// only `own` is among the numbers of a sample.
    #[must_use]
    pub fn with_own_variance(mut self, own: f64) -> Self {
        self.own = own;
        self
    }

    /// The signal after a function has been applied to each number; `apply` gives values with
    /// derivatives, all as likely: one, or some with different parameters.
    pub(crate) fn map(&self, mut apply: impl FnMut(f64) -> Vec<(f64, f64)>) -> Self {
        let mut points = Vec::new();
        for point in &self.points {
            let results = apply(point.value);
            let weight = point.weight / results.len() as f64;
            points.extend(results.into_iter().map(|(value, slope)| Point {
                value,
                slope: slope * point.slope,
                weight,
            }));
        }
        let mut signal = Self { points, own: 0.0 };
        signal.own = signal.variance();
        signal
    }

    /// The points.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.expectation(|point| point.value)
    }

    /// The mean square.
    #[must_use]
    pub fn mean_square(&self) -> f64 {
        self.expectation(|point| point.value * point.value)
    }

    /// The variance.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.expectation(|point| (point.value - mean) * (point.value - mean))
    }

    /// The mean square of the slopes.
    #[must_use]
    pub fn mean_square_slope(&self) -> f64 {
        self.expectation(|point| point.slope * point.slope)
    }

    /// The variance among the numbers of a sample: all of it, unless said otherwise.
    #[must_use]
    pub fn own_variance(&self) -> f64 {
        self.own
    }

    fn expectation(&self, of: impl Fn(&Point) -> f64) -> f64 {
        self.points.iter().map(|p| p.weight * of(p)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_distribution() {
        let near = |a: f64, b: f64, tolerance: f64| {
            assert!((a - b).abs() < tolerance, "{a} {b}");
        };
        let normal = Signal::normal(2.0, 9.0);
        near(normal.mean(), 2.0, 1e-12);
        near(normal.mean_square(), 13.0, 1e-6);
        let standard = Signal::standard();
        near(standard.expectation(|p| p.value.powi(6)), 15.0, 1e-3);
        // A rectifier keeps half of the mean square.
        let rectified = standard.map(|x| vec![(x.max(0.0), f64::from(x > 0.0))]);
        near(rectified.mean_square(), 0.5, 1e-6);
        near(rectified.expectation(|p| p.slope), 0.5, 1e-12);
        near(Signal::uniform(0.0, 3.0).mean_square(), 3.0, 1e-3);
        let values = (0..1000).map(|n| f64::from(n) / 1000.0);
        near(Signal::of(values).mean_square(), 1.0 / 3.0, 1e-3);
        assert_eq!(Signal::of([f32::NAN]).mean_square(), 0.0);
        assert_eq!(Signal::of([0.5_f32; 3]).points().len(), 3);
    }
}
