//! Scales of initial parameters, solved from the formula.
//!
//! A deep network trains when what tells samples and outputs apart neither dies nor explodes from
//! layer to layer, and the error on its way back neither. Two kinds of parameters decide that:
//!
//! - *Outer* ones multiply the function. If f(x; s^α θ) = s f(x; θ) for exponents α (1 for `a` in
//!   `a * sin(w * x)`, ½ for `w` in `w * w * x`), their scale sets the spread of a layer's outputs.
//!   Euler's theorem finds the exponents: Σ α_k θ_k ∂f/∂θ_k = f everywhere.
//! - *Inner* ones are all others, `w` in `a * sin(w * x)`. With a level output they set how much
//!   the mean square of an error grows on its way back, least where the function is nearly
//!   straight, and how much a step of a given length changes the output: many for one parameter
//!   where another one is large, least where they are in balance. Their scale is the one with the
//!   least change among those with little growth.
//!
//! What f makes of all samples alike is taken away by the bias, and counts for nothing here. All
//! moments are sums over points of the input's distribution and of the parameters'; they know
//! nothing of the function but its values and derivatives.

use std::ops::RangeInclusive;

use super::distributions::{Distributions, Origin};
use super::moments::{Means, Moments, Profile};
use super::{Initializer, Signal};

/// Which parameters get a scale solved from the formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scaling {
    /// Those declared without a distribution.
    #[default]
    Undeclared,
    /// All, but those whose distribution was set for the layer.
    All,
}

/// How much more than through straight functions an error may grow for the sake of balance.
const GROWTH: f64 = 1.5;

/// Binary logarithms of the scales that are tried, in steps of a half. Above the last, functions
/// may be too steep for the points of a [`Signal`].
const BALANCE: RangeInclusive<i32> = -8..=2;
const LEVEL: RangeInclusive<i32> = -10..=10;

impl Distributions {
    /// Solves the scales of the parameters that `scaling` names, for a layer whose inputs come
    /// from `input`: the variance of an output that is neither common to all outputs nor the same
    /// for all samples becomes 1. Inner parameters are in balance
    /// with the outer ones, unless an error would grow by more than 1.5 times as much as
    /// through straight functions.
    pub fn solve(&mut self, inputs: usize, input: &Signal, scaling: Scaling) {
        let free: Vec<bool> = self
            .parameters
            .iter()
            .map(|parameter| {
                let chosen = match parameter.origin {
                    Origin::Declared => scaling == Scaling::All,
                    Origin::Formula => true,
                    Origin::Set => false,
                };
                chosen && parameter.initializer != Initializer::Sign
            })
            .collect();
        self.centred = free.contains(&true).then(|| input.clone());
        if self.centred.is_none() {
            return;
        }
        for (parameter, &free) in self.parameters.iter_mut().zip(&free) {
            if free {
                parameter.scale = 1.0;
            }
        }
        let exponents = self.exponents(input, &free);
        let own = |moments: Moments| inputs as f64 * moments.own;
        if exponents.iter().all(|&exponent| exponent == 0.0) {
            let at = self.by_scale(input, &free, own);
            self.scale(&free, place_of_one(&at));
            return;
        }
        let inner: Vec<bool> = (free.iter().zip(&exponents))
            .map(|(&free, &exponent)| free && exponent == 0.0)
            .collect();
        if inner.contains(&true) {
            self.balance(inputs, input, &inner, &exponents);
        }
        self.level(inputs, input, &exponents);
    }

    /// The distribution of inputs for which the bias takes away the mean of every output, if it
    /// does.
    #[must_use]
    pub fn centred(&self) -> Option<&Signal> {
        self.centred.as_ref()
    }

    /// Moments of one edge for inputs from `input`.
    pub(super) fn profile(&self, input: &Signal) -> Profile {
        let anchor = self.anchored.then(|| rounded(input.mean()));
        Profile::of(
            input,
            Means::of(&self.function, input, &self.sets(), anchor),
        )
    }

    /// The signal after the function has been applied to each number.
    pub(crate) fn apply(&self, input: &Signal) -> Signal {
        let sets = self.sets_of(1);
        let count = if self.parameters.is_empty() {
            1
        } else {
            sets.count
        };
        let mut at = self.function.slopes();
        input.map(|x| {
            self.function.at(x, &sets, 0, &mut at);
            (at.value.into_iter().zip(at.by_input).take(count)).collect()
        })
    }

    fn moments(&self, input: &Signal) -> Moments {
        self.profile(input).moments
    }

    /// Solves the scales of outer parameters.
    fn level(&mut self, inputs: usize, input: &Signal, exponents: &[f64]) {
        let own = inputs as f64 * self.moments(input).own;
        if own > 0.0 && own.is_finite() {
            for (parameter, &exponent) in self.parameters.iter_mut().zip(exponents) {
                if exponent != 0.0 {
                    parameter.scale *= rounded(libm::pow(own, -0.5 * exponent));
                }
            }
        }
    }

    /// Solves the scale of inner parameters.
    fn balance(&mut self, inputs: usize, input: &Signal, inner: &[bool], exponents: &[f64]) {
        let start = self.clone();
        // Of w * x: no function has less, where the input is a normal number (Poincaré).
        let straight = input.mean_square_slope() / input.variance();
        let at = |logarithm: f64| {
            let mut scaled = start.clone();
            scaled.scale(inner, logarithm);
            scaled.level(inputs, input, exponents);
            let moments = scaled.moments(input);
            let growth = moments.own_slope / moments.own;
            (logarithm, libm::log(growth / straight), moments.gradient)
        };
        let all: Vec<_> = places(BALANCE)
            .map(at)
            .filter(|(_, growth, gradient)| growth.is_finite() && gradient.is_finite())
            .collect();
        let nearest = all.iter().map(|(_, growth, _)| growth.abs());
        let limit = nearest.fold(f64::INFINITY, f64::min).max(libm::log(GROWTH));
        let best = (all.iter())
            .filter(|(_, growth, _)| growth.abs() <= limit)
            .min_by(|a, b| a.2.total_cmp(&b.2));
        if let Some(&(logarithm, ..)) = best {
            self.scale(inner, logarithm);
        }
    }

    /// Multiplies the scales of some parameters.
    fn scale(&mut self, which: &[bool], logarithm: f64) {
        for (parameter, &which) in self.parameters.iter_mut().zip(which) {
            if which {
                parameter.scale *= rounded(libm::exp2(logarithm));
            }
        }
    }

    /// A measure by the binary logarithm of a factor of the scales of some parameters.
    fn by_scale(
        &self,
        input: &Signal,
        which: &[bool],
        measure: impl Fn(Moments) -> f64,
    ) -> Vec<(f64, f64)> {
        places(LEVEL)
            .map(|logarithm| {
                let mut scaled = self.clone();
                scaled.scale(which, logarithm);
                (logarithm, measure(scaled.moments(input)))
            })
            .collect()
    }
}

/// Binary logarithms in steps of a half.
fn places(range: RangeInclusive<i32>) -> impl Iterator<Item = f64> {
    (2 * range.start()..=2 * range.end()).map(|step| 0.5 * f64::from(step))
}

/// Where a measure by logarithms of a scale is 1: the place nearest to 0, between two of the given
/// by a straight line through their logarithms, or else the place where it comes nearest.
fn place_of_one(at: &[(f64, f64)]) -> f64 {
    let nearest = |a: &f64, b: &f64| a.abs().total_cmp(&b.abs());
    let at: Vec<(f64, f64)> = (at.iter())
        .map(|(place, value)| (*place, libm::log(*value)))
        .filter(|(_, value)| value.is_finite())
        .collect();
    let crossing = |pair: &[(f64, f64)]| {
        let [(low, below), (high, above)] = *pair else {
            return None;
        };
        let part = below / (below - above);
        (below * above <= 0.0 && below != above).then_some(low + part * (high - low))
    };
    let least = at.iter().min_by(|a, b| nearest(&a.1, &b.1));
    (at.windows(2).filter_map(crossing))
        .min_by(nearest)
        .or(least.map(|(place, _)| *place))
        .unwrap_or(0.0)
}

/// The scale with 12 bits: the rounding of sums, which depends on the instruction set, leaves
/// initial values as they are on every platform.
pub(crate) fn rounded(scale: f64) -> f64 {
    let unit = libm::exp2(libm::log2(scale.abs()).floor() - 12.0);
    if unit > 0.0 && unit.is_finite() {
        (scale / unit).round() * unit
    } else {
        scale
    }
}
