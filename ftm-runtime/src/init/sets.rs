//! Sets of parameters that fill their distributions evenly.

use super::Initializer;
use super::distributions::Distributions;
use super::moments::{Sets, whole_vectors};

/// Sets of parameters that moments are taken over.
const SETS: usize = 2048;

impl Distributions {
    pub(super) fn sets(&self) -> Sets {
        self.sets_of(if self.parameters.is_empty() && self.constants.is_empty() {
            1
        } else {
            SETS
        })
    }

    /// `count` sets of numbers that fill the distributions evenly: multiples of irrational
    /// numbers, as many of these as there are numbers to draw (Roberts 2018, after Weyl).
    pub(super) fn sets_of(&self, count: usize) -> Sets {
        let count = whole_vectors(count);
        let distributions: Vec<Initializer> = (self.parameters.iter())
            .map(|parameter| parameter.initializer.scaled(parameter.scale))
            .chain(self.constants.iter().copied())
            .collect();
        let taken = |distribution: &Initializer| match distribution {
            Initializer::Value(_) => 0,
            Initializer::Uniform(..) | Initializer::Normal(..) | Initializer::Sign => 1,
        };
        let dimensions: usize = distributions.iter().map(taken).sum();
        let mut root = 2.0_f64;
        for _ in 0..64 {
            root = libm::pow(1.0 + root, 1.0 / (dimensions as f64 + 1.0));
        }
        let mut dimension = 0.0;
        let values = |distribution: &Initializer| -> Vec<f64> {
            let step = libm::pow(root, -(dimension + 1.0));
            let place = |set: usize| {
                let multiple = 0.5 + step * (set as f64 + 1.0);
                multiple - multiple.floor()
            };
            let draw = |set| match *distribution {
                Initializer::Uniform(low, high) => low + (high - low) * place(set),
                Initializer::Normal(mean, deviation) => {
                    mean + deviation * super::normal_quantile(place(set))
                }
                Initializer::Sign => (place(set) - 0.5).signum(),
                Initializer::Value(value) => value,
            };
            let values = (0..count).map(draw).collect();
            dimension += taken(distribution) as f64;
            values
        };
        let mut parameters: Vec<_> = distributions.iter().map(values).collect();
        let constants = parameters.split_off(self.parameters.len());
        Sets {
            count,
            parameters,
            constants,
        }
    }
}
