//! Initial values of a layer, and what they make of its inputs.

use ndarray::Array2;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Arrangement, FunctionalLayer};
use crate::connection::Initializer;
use crate::error::Error;
use crate::init::{Scaling, Share, Signal, expected_side_by_side, expected_sum, rounded};
use crate::layer::{Expectation, Forward, Layer as _};
use crate::simd::{Level, Real};

/// Inputs or outputs that one pass over the points of a signal takes at most.
const MOST_NUMBERS: usize = 1 << 20;

impl<T: Real> FunctionalLayer<T> {
    /// Draws all parameters and constants, block by block. Where scales were solved for any block,
    /// the bias takes away the mean.
    pub(super) fn draw(&mut self, random: &mut Xoshiro256PlusPlus) {
        self.changed();
        for block in &self.blocks {
            block.distributions.draw(
                block.outputs.len(),
                random,
                &mut self.parameters[block.parameters.clone()],
                &mut self.constants[block.constants.clone()],
            );
        }
        let edges = self.edge_parameters();
        self.parameters[edges..].fill(T::ZERO);
        let mut blocks = self.blocks.iter();
        let signal = blocks.find_map(|block| block.distributions.centred());
        if let Some(signal) = signal.cloned() {
            let means = self.means(&signal);
            let bias = &mut self.parameters[edges..];
            let blocks = self.blocks.iter();
            for block in blocks.filter(|block| block.distributions.centred().is_some()) {
                for output in block.outputs.clone() {
                    bias[output] = T::from_f64(-rounded(means[output]));
                }
            }
            self.changed();
        }
    }

    /// Draws the parameter or constant `name` of every block that has it, or of one block as
    /// `1.name`, from `initializer` from now on.
    pub(super) fn set_distribution(
        &mut self,
        name: &str,
        initializer: Initializer,
    ) -> Result<(), Error> {
        let several = self.blocks.len() > 1;
        let (mut found, mut missing) = (false, Vec::new());
        for (index, block) in self.blocks.iter_mut().enumerate() {
            let start = format!("{index}.");
            let own = name.strip_prefix(&start).filter(|_| several);
            match (block.distributions).set(own.unwrap_or(name), initializer) {
                Ok(()) => found = true,
                Err(Error::UnknownParameter { known, .. }) if several => missing.extend(known),
                Err(error) => return Err(error),
            }
        }
        if found {
            return Ok(());
        }
        missing.sort_unstable();
        missing.dedup();
        Err(Error::UnknownParameter {
            layer: self.name(),
            given: name.to_owned(),
            known: missing,
        })
    }

    /// Solves scales: each edge is to give an equal share of the variance of its output.
    pub(super) fn solve(&mut self, input: &Signal, scaling: Scaling) {
        if self.anchored.is_some() {
            let anchor = self.edge_constants()..self.first_kept();
            self.changed();
            self.constants[anchor].fill(T::from_f64(rounded(input.mean())));
        }
        let inputs = self.inputs;
        for block in &mut self.blocks {
            block.distributions.solve(inputs, input, scaling);
        }
    }

    /// What the layer is expected to make of inputs.
    pub(super) fn expected(&self, input: &Signal) -> Expectation {
        let shares = self.blocks.iter().map(|block| Share {
            distributions: &block.distributions,
            inputs: block.inputs.len(),
            outputs: block.outputs.len(),
        });
        let shares: Vec<_> = shares.collect();
        let (output, spread) = match (&shares[..], self.arrangement) {
            ([_, _, ..], Arrangement::Outputs) => expected_side_by_side(&shares, input),
            _ => expected_sum(&shares, input),
        };
        Expectation {
            output,
            spread: Some(spread),
            errors_add_up_to_zero: false,
        }
    }

    /// The mean of each output, all inputs drawn from `signal`.
    fn means(&self, signal: &Signal) -> Vec<f64> {
        let mut means = vec![0.0; self.outputs];
        // Of a wide layer not for all points at once: that would be more memory than its parameters.
        let widest = self.inputs.max(self.outputs).max(self.state_size());
        for points in signal.points().chunks((MOST_NUMBERS / widest).max(1)) {
            let x = Array2::from_shape_fn((points.len(), self.inputs), |(k, _)| {
                T::from_f64(points[k].value)
            });
            let mut y = Array2::from_elem((points.len(), self.outputs), T::ZERO);
            let states = self.state_size() * points.len();
            self.forward(Forward {
                level: Level::current(),
                x: x.view(),
                y: y.view_mut(),
                state: &vec![T::ZERO; states],
                next_state: &mut vec![T::ZERO; states],
                noise: None,
                values: &mut Vec::new(),
                scratch: &mut Vec::new(),
            });
            for (y, point) in y.rows().into_iter().zip(points) {
                let weighted = y.iter().map(|y| y.to_f64() * point.weight);
                (means.iter_mut().zip(weighted)).for_each(|(mean, y)| *mean += y);
            }
        }
        means
    }
}
