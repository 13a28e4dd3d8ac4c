//! Laws of physics, with samples of them.

use std::f64::consts::PI;

use ftm::data::Dataset;
use ftm::error::Error;
use ftm::ndarray::Array2;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};

/// A law y = f(x₀, x₁, …).
pub(crate) struct Law {
    pub name: &'static str,
    /// As it is printed.
    pub formula: &'static str,
    /// The quantities, with the range that samples are from.
    pub inputs: &'static [(&'static str, f64, f64)],
    pub value: fn(&[f64]) -> f64,
}

pub(crate) const LAWS: &[Law] = &[
    Law {
        name: "Coulomb's force",
        formula: "q·Q/(4·π·e·r²)",
        inputs: &[
            ("q", 1.0, 3.0),
            ("Q", 1.0, 3.0),
            ("e", 1.0, 3.0),
            ("r", 1.0, 3.0),
        ],
        value: |x| x[0] * x[1] / (4.0 * PI * x[2] * x[3] * x[3]),
    },
    Law {
        name: "period of a pendulum",
        formula: "2·π·sqrt(l/g)",
        inputs: &[("l", 1.0, 5.0), ("g", 1.0, 10.0)],
        value: |x| 2.0 * PI * (x[0] / x[1]).sqrt(),
    },
    Law {
        name: "energy of a falling body",
        formula: "0.5·m·v² + m·g·h",
        inputs: &[
            ("m", 1.0, 3.0),
            ("v", 1.0, 4.0),
            ("g", 1.0, 3.0),
            ("h", 1.0, 3.0),
        ],
        value: |x| 0.5 * x[0] * x[1] * x[1] + x[0] * x[2] * x[3],
    },
    Law {
        name: "parallel resistors",
        formula: "1/(1/R + 1/S)",
        inputs: &[("R", 1.0, 5.0), ("S", 1.0, 5.0)],
        value: |x| 1.0 / (1.0 / x[0] + 1.0 / x[1]),
    },
    Law {
        name: "focal length of a lens",
        formula: "1/(1/d + n/D)",
        inputs: &[("d", 1.0, 5.0), ("D", 1.0, 5.0), ("n", 1.0, 5.0)],
        value: |x| 1.0 / (1.0 / x[0] + x[2] / x[1]),
    },
    Law {
        name: "barometric density",
        formula: "N·exp(-m·g·h/(k·T))",
        inputs: &[
            ("N", 1.0, 3.0),
            ("m", 0.5, 1.5),
            ("g", 0.5, 1.5),
            ("h", 0.5, 1.5),
            ("k", 1.0, 2.0),
            ("T", 1.0, 2.0),
        ],
        value: |x| x[0] * (-x[1] * x[2] * x[3] / (x[4] * x[5])).exp(),
    },
    Law {
        name: "an oscillation",
        formula: "2·sin(w·t + π/6)",
        inputs: &[("w", 0.5, 2.0), ("t", 0.3, 3.0)],
        value: |x| 2.0 * (x[0] * x[1] + PI / 6.0).sin(),
    },
];

impl Law {
    /// Points drawn uniformly from the ranges of the inputs, widened by a factor.
    pub(crate) fn points(&self, count: usize, wider: f64, seed: u64) -> Array2<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        Array2::from_shape_fn((count, self.inputs.len()), |(_, input)| {
            let (_, low, high) = self.inputs[input];
            let unit = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            low / wider + unit * (high * wider - low / wider)
        })
    }

    /// The values at points.
    pub(crate) fn values(&self, points: &Array2<f64>) -> Array2<f64> {
        Array2::from_shape_fn((points.nrows(), 1), |(row, _)| {
            (self.value)(&points.row(row).to_vec())
        })
    }

    /// Samples without noise.
    pub(crate) fn samples(&self, count: usize, seed: u64) -> Result<Dataset<f64>, Error> {
        let points = self.points(count, 1.0, seed);
        let values = self.values(&points);
        Dataset::regression(points, values)
    }

    /// The names of the inputs.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.inputs.iter().map(|&(name, ..)| name)
    }
}
