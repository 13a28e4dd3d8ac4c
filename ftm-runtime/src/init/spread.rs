//! What a layer of edges is expected to make of its inputs, from the moments of its functions.

use super::moments::Profile;
use super::{Distributions, Signal};

/// What a layer is expected to make of its input before training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Mean of its outputs.
    pub mean: f64,
    /// Variance among a sample's outputs.
    pub own: f64,
    /// Variance over samples of what all outputs have in common, for independent inputs.
    pub common: f64,
    /// Mean square of the error at the output of the layer of edges (or the normalisation)
    /// before, divided by that at this layer's, when a sample's errors add up to 0: so it is
    /// below a normalisation.
    pub transmitted: f64,
    /// What is to be added when they do not, but are independent.
    pub transmitted_common: f64,
}

/// A block of edges of one function.
pub(crate) struct Share<'a> {
    pub(crate) distributions: &'a Distributions,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
}

impl Share<'_> {
    fn profile(&self, input: &Signal) -> Profile {
        self.distributions.profile(input)
    }

    /// What it makes of its inputs alone, its mean being taken away by the bias or not.
    fn spread(&self, profile: &Profile, is_centred: bool) -> Spread {
        let moments = profile.moments;
        let inputs = self.inputs as f64;
        let (mean, offset) = match is_centred {
            true => (0.0, 0.0),
            false => (moments.mean, moments.offset),
        };
        Spread {
            mean: inputs * mean,
            own: inputs * (moments.own + offset),
            common: inputs * moments.common,
            transmitted: self.outputs as f64 * moments.own_slope,
            transmitted_common: self.outputs as f64 * moments.common_slope,
        }
    }
}

/// The outputs of blocks that share out the inputs and are added up, and their spread: the variances
/// add up, and an error comes down to each input through one of the blocks.
pub(crate) fn expected_sum(blocks: &[Share<'_>], input: &Signal) -> (Signal, Spread) {
    let is_centred = (blocks.iter()).any(|block| block.distributions.centred().is_some());
    let inputs: usize = blocks.iter().map(|block| block.inputs).sum();
    let mut sum = Spread {
        mean: 0.0,
        own: 0.0,
        common: 0.0,
        transmitted: 0.0,
        transmitted_common: 0.0,
    };
    for block in blocks {
        let one = block.spread(&block.profile(input), is_centred);
        let share = block.inputs as f64 / inputs as f64;
        sum.mean += one.mean;
        sum.own += one.own;
        sum.common += one.common;
        sum.transmitted += share * one.transmitted;
        sum.transmitted_common += share * one.transmitted_common;
    }
    let output = Signal::normal(sum.mean, sum.own + sum.common);
    (output.with_own_variance(sum.own), sum)
}

/// The outputs of blocks that share them out, all of the same inputs, and their spread: a mixture,
/// and an error comes down to each input through all of the blocks.
///
/// What a function makes of all its outputs alike is not common to the outputs of the others, but
/// for what theirs has in common with it. So it is for errors.
pub(crate) fn expected_side_by_side(blocks: &[Share<'_>], input: &Signal) -> (Signal, Spread) {
    let outputs: usize = blocks.iter().map(|block| block.outputs).sum();
    let outputs = outputs as f64;
    let mut all = Spread {
        mean: 0.0,
        own: 0.0,
        common: 0.0,
        transmitted: 0.0,
        transmitted_common: 0.0,
    };
    let mut parts = Vec::with_capacity(blocks.len());
    // Means over all outputs of the means over parameters, by point.
    let mut means = vec![(0.0, 0.0); input.points().len()];
    let (mut inputs, mut mean_square) = (0.0, 0.0);
    for block in blocks {
        let profile = block.profile(input);
        let one = block.spread(&profile, block.distributions.centred().is_some());
        let share = block.outputs as f64 / outputs;
        for ((value, slope), (one_value, one_slope)) in means.iter_mut().zip(&profile.points) {
            *value += share * one_value;
            *slope += share * one_slope;
        }
        inputs = block.inputs as f64;
        all.mean += share * one.mean;
        mean_square += share * one.mean * one.mean;
        all.own += share * one.own;
        all.common += share * one.common;
        all.transmitted += one.transmitted;
        all.transmitted_common += one.transmitted_common;
        parts.push((share, Signal::normal(one.mean, one.own + one.common)));
    }
    let weighted = |of: &dyn Fn(&(f64, f64)) -> f64| -> f64 {
        let points = input.points().iter().zip(&means);
        points.map(|(point, mean)| point.weight * of(mean)).sum()
    };
    let mean = weighted(&|mean| mean.0);
    let common = inputs * weighted(&|at| (at.0 - mean) * (at.0 - mean));
    let transmitted_common = outputs * weighted(&|at| at.1 * at.1);
    all.own += (all.common - common).max(0.0) + (mean_square - all.mean * all.mean).max(0.0);
    all.transmitted += (all.transmitted_common - transmitted_common).max(0.0);
    (all.common, all.transmitted_common) = (common, transmitted_common);
    (Signal::mixture(&parts).with_own_variance(all.own), all)
}
