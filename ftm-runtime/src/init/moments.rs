//! Moments of a function and its derivative over its inputs and the distribution of its
//! parameters.

use std::marker::PhantomData;

use super::Signal;
use crate::connection::{Connection, Values};
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

/// What is summed over the sets.
struct Sums<'a, C> {
    connection: PhantomData<C>,
    signal: &'a Signal,
    sets: &'a Sets,
    anchor: Option<f64>,
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
    /// Of `C`, less what it gives at the anchor if there is one, for inputs from `signal` and
    /// parameters from `sets`. A state is taken as 0.
    pub(super) fn of<C: Connection>(signal: &Signal, sets: &Sets, anchor: Option<f64>) -> Self {
        Level::current().run(Sums::<C> {
            connection: PhantomData,
            signal,
            sets,
            anchor,
        })
    }
}

impl<C: Connection> Operation<f64> for Sums<'_, C> {
    type Output = Means;

    #[inline(always)]
    fn run<S: Simd<Scalar = f64>>(self, simd: S) -> Means {
        let Sets {
            count,
            parameters,
            constants,
        } = self.sets;
        let zero = simd.number(0.0);
        let mut points = vec![[zero; 4]; self.signal.points().len()];
        let (mut square_of_means, mut square_of_gradient) = (zero, zero);
        for first in (0..*count).step_by(S::Vector::LANES) {
            let edge = C::edge(
                simd,
                C::Parameters::from_fn(|k| simd.load(&parameters[k][first..])),
                C::Constants::from_fn(|k| simd.load(&constants[k][first..])),
            );
            let anchor = (self.anchor).map(|x| Slopes::<C, S>::at(simd, edge, x));
            let mut mean = zero;
            for (sums, point) in points.iter_mut().zip(self.signal.points()) {
                let here = Slopes::<C, S>::at(simd, edge, point.value);
                let (mut f, d) = (here.value, here.by_input);
                if let Some(anchor) = &anchor {
                    f = f - anchor.value;
                }
                let weight = simd.splat(point.weight);
                mean = f.mul_add(weight, mean);
                for (k, &by_parameter) in here.by_parameters.as_slice().iter().enumerate() {
                    let less = (anchor.as_ref()).map_or(zero, |a| a.by_parameters.as_slice()[k]);
                    let square = (by_parameter - less) * (by_parameter - less);
                    square_of_gradient = square.mul_add(weight, square_of_gradient);
                }
                sums[0] += f;
                sums[1] = f.mul_add(f, sums[1]);
                sums[2] += d;
                sums[3] = d.mul_add(d, sums[3]);
            }
            square_of_means = mean.mul_add(mean, square_of_means);
        }
        let count = *count as f64;
        let mut means = Means {
            points: Vec::with_capacity(points.len()),
            square_of_means: square_of_means.sum() / count,
            square_of_gradient: square_of_gradient.sum() / count,
        };
        for [a, b, c, d] in points {
            means
                .points
                .push([a.sum(), b.sum(), c.sum(), d.sum()].map(|sum| sum / count));
        }
        means
    }
}

/// The function of some edges and its derivatives at an input.
struct Slopes<C: Connection, S: Simd> {
    value: S::Vector,
    by_input: S::Vector,
    by_parameters: C::Parameters<S::Vector>,
}

impl<C: Connection, S: Simd<Scalar = f64>> Slopes<C, S> {
    #[inline(always)]
    fn at(simd: S, edge: C::Edge<S::Vector>, x: f64) -> Self {
        let (zero, one) = (simd.number(0.0), simd.number(1.0));
        let input = C::input(simd, simd.splat(x));
        let mut edge_sums = C::EdgeSums::from_fn(|_| zero);
        let mut input_sums = C::InputSums::from_fn(|_| zero);
        C::backward(
            simd,
            input,
            edge,
            zero,
            one,
            &mut edge_sums,
            &mut input_sums,
        );
        Self {
            value: C::forward(simd, input, edge, zero, zero),
            by_input: C::finish_input(simd, input, input_sums),
            by_parameters: C::finish_edge(simd, edge, edge_sums),
        }
    }
}

/// The least multiple of [`MAX_LANES`] that is not below `count`.
pub(super) fn whole_vectors(count: usize) -> usize {
    count.next_multiple_of(MAX_LANES)
}
