//! Moments of a function and its derivative over its inputs and the distribution of its
//! parameters.

use super::Signal;
use super::function::Function;
use crate::simd::{Level, MAX_LANES, Operation, Simd, Vector};

/// Sets of parameters and constants, as likely as one another: `[parameter][set]`. Their number
/// is a multiple of [`MAX_LANES`].
pub(super) struct Sets {
    pub(super) count: usize,
    pub(super) parameters: Vec<Vec<f64>>,
    pub(super) constants: Vec<Vec<f64>>,
}

/// Expectations over the inputs and the parameters of one edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Moments {
    /// E f
    pub(super) mean: f64,
    /// What varies with x and θ together: the variance of f over both, less the two below.
    pub(super) own: f64,
    /// Variance over θ of the expectation of f over x, which a bias can take away.
    pub(super) offset: f64,
    /// Variance over x of the expectation of f over θ, which is the same for all outputs.
    pub(super) common: f64,
    /// E over x of slope² times the variance of ∂f/∂x over θ.
    pub(super) own_slope: f64,
    /// E over x of slope² times the square of the expectation of ∂f/∂x over θ.
    pub(super) common_slope: f64,
    /// E of the square of the gradient by θ.
    pub(super) gradient: f64,
}

/// Expectations over the parameters of one edge, at each input and over all of them.
pub(super) struct Profile {
    pub(super) moments: Moments,
    /// At each point: E f, and the slope there times E ∂f/∂x.
    pub(super) points: Vec<(f64, f64)>,
}

impl Profile {
    /// From means over the sets at each point of `signal`.
    pub(super) fn of(signal: &Signal, means: Means) -> Self {
        let mut moments = Moments {
            gradient: means.square_of_gradient,
            ..Moments::default()
        };
        let mut points = Vec::with_capacity(means.points.len());
        let (mut square, mut common_square) = (0.0, 0.0);
        for (point, [f, f_square, d, d_square]) in signal.points().iter().zip(means.points) {
            let slope_square = point.slope * point.slope;
            points.push((f, point.slope * d));
            moments.mean += point.weight * f;
            square += point.weight * f_square;
            common_square += point.weight * f * f;
            moments.own_slope += point.weight * slope_square * (d_square - d * d).max(0.0);
            moments.common_slope += point.weight * slope_square * d * d;
        }
        let mean_square = moments.mean * moments.mean;
        moments.common = (common_square - mean_square).max(0.0);
        moments.offset = (means.square_of_means - mean_square).max(0.0);
        moments.own = (square - common_square - moments.offset).max(0.0);
        Self { moments, points }
    }
}

/// Means over the sets.
pub(super) struct Means {
    /// Of f, f², ∂f/∂x and (∂f/∂x)² at each point.
    points: Vec<[f64; 4]>,
    /// Of the square of the expectation of f over x.
    square_of_means: f64,
    /// Of the square of the gradient by the parameters, expected over x.
    square_of_gradient: f64,
}

impl Means {
    /// Of a function, less what it gives at the anchor if there is one, for inputs from `signal`
    /// and parameters from `sets`.
    pub(super) fn of(
        function: &Function,
        signal: &Signal,
        sets: &Sets,
        anchor: Option<f64>,
    ) -> Self {
        Level::current().run(Sums {
            function,
            signal,
            sets,
            anchor,
        })
    }
}

/// What is summed over the sets.
struct Sums<'a> {
    function: &'a Function,
    signal: &'a Signal,
    sets: &'a Sets,
    anchor: Option<f64>,
}

impl Operation<f64> for Sums<'_> {
    type Output = Means;

    #[inline(always)]
    fn run<S: Simd<Scalar = f64>>(self, simd: S) -> Means {
        let zero = simd.number(0.0);
        let mut points = vec![[zero; 4]; self.signal.points().len()];
        let (mut square_of_means, mut square_of_gradient) = (zero, zero);
        let (mut here, mut less) = (self.function.slopes(), self.function.slopes());
        for first in (0..self.sets.count).step_by(MAX_LANES) {
            if let Some(anchor) = self.anchor {
                self.function.at(anchor, self.sets, first, &mut less);
            }
            let mut mean = [zero; MAX_LANES];
            for (sums, point) in points.iter_mut().zip(self.signal.points()) {
                self.function.at(point.value, self.sets, first, &mut here);
                let weight = simd.splat(point.weight);
                for (mean, lane) in mean
                    .iter_mut()
                    .zip((0..MAX_LANES).step_by(S::Vector::LANES))
                {
                    let f = simd.load(&here.value[lane..]) - simd.load(&less.value[lane..]);
                    let d = simd.load(&here.by_input[lane..]);
                    *mean = f.mul_add(weight, *mean);
                    sums[0] += f;
                    sums[1] = f.mul_add(f, sums[1]);
                    sums[2] += d;
                    sums[3] = d.mul_add(d, sums[3]);
                    for (here, less) in here.by_parameters.iter().zip(&less.by_parameters) {
                        let change = simd.load(&here[lane..]) - simd.load(&less[lane..]);
                        square_of_gradient = (change * change).mul_add(weight, square_of_gradient);
                    }
                }
            }
            for mean in mean {
                square_of_means = mean.mul_add(mean, square_of_means);
            }
        }
        let count = self.sets.count as f64;
        let means = |sums: [S::Vector; 4]| sums.map(|sum| sum.sum() / count);
        Means {
            points: points.into_iter().map(means).collect(),
            square_of_means: square_of_means.sum() / count,
            square_of_gradient: square_of_gradient.sum() / count,
        }
    }
}

/// The least multiple of [`MAX_LANES`] that is not below `count`.
pub(super) fn whole_vectors(count: usize) -> usize {
    count.next_multiple_of(MAX_LANES)
}
