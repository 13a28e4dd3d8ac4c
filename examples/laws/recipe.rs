//! From samples to a formula, with one recipe for all laws: every structure is trained from some
//! starts, its exponents are rounded and the rest fitted again, its constants likewise; the formula
//! with the best validation loss, at a price for its length, is taken.

use std::collections::BTreeSet;

use ftm::clip::Clip;
use ftm::data::Dataset;
use ftm::error::Error;
use ftm::formula::Formula;
use ftm::loss::MeanSquaredError;
use ftm::metrics;
use ftm::network::Network;
use ftm::optimizer::{Adam, Optimizer, Update};
use ftm::record::Exchange;
use ftm::rounding::{Rounded, Rounding};
use ftm::schedule::Cosine;
use ftm::train::Trainer;

use crate::laws::Law;
use crate::structures::{STRUCTURES, Structure};

/// Samples to train on, and to choose by.
const SAMPLES: (usize, usize) = (128, 64);

/// Starts of a structure, unless one fits before.
const STARTS: u64 = 5;

/// Steps from a start; half as many to fit again.
const STEPS: usize = 1000;

const RATE: f64 = 0.03;

/// Losses are relative to the variance of the values. One above this is not worth going on from.
const HOPELESS: f64 = 0.03;

/// One below this is as good as 0.
const PERFECT: f64 = 1e-10;

/// How far exponents may be from multiples of one half, round by round.
const DISTANCES: [f64; 6] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.25];

/// The loss may be this much when constants are rounded, before the others are fitted again.
const ROUNDED: f64 = 1e-6;

/// What a number, a symbol or an operation of a formula costs, in powers of ten of the loss.
const PRICE: f64 = 0.1;

/// What was found in the samples of a law.
pub(crate) struct Found {
    pub structure: &'static str,
    pub formula: Formula,
    /// The loss on samples that were not trained on.
    pub loss: f64,
}

impl Found {
    fn score(&self) -> f64 {
        self.loss.max(PERFECT).log10() + PRICE * self.formula.size() as f64
    }
}

/// The best formula of any structure.
pub(crate) fn discover(law: &Law, seed: u64) -> Result<Option<Found>, Error> {
    let (train, validation) = law.samples(SAMPLES.0 + SAMPLES.1, seed)?.split(SAMPLES.0)?;
    let data = Data::new(&train, &validation);
    let mut best: Option<Found> = None;
    for structure in STRUCTURES {
        for start in 0..STARTS {
            let Some(network) = data.fit(structure, seed * STARTS + start)? else {
                continue;
            };
            let found = Found {
                structure: structure.name,
                formula: network.formula(0)?.named(law.names()),
                loss: data.loss(&network, &validation)?,
            };
            let perfect = found.loss <= PERFECT;
            if best
                .as_ref()
                .is_none_or(|best| found.score() < best.score())
            {
                best = Some(found);
            }
            if perfect {
                break;
            }
        }
    }
    Ok(best)
}

/// The samples of a law.
struct Data<'a> {
    train: &'a Dataset<f64>,
    mean: f64,
    variance: f64,
}

impl<'a> Data<'a> {
    fn new(train: &'a Dataset<f64>, validation: &Dataset<f64>) -> Self {
        let values = |data: &Dataset<f64>| match data.targets() {
            ftm::data::TargetsView::Values(values) => values.iter().copied().collect(),
            _ => Vec::new(),
        };
        let all = [values(train), values(validation)].concat();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let squares = all.iter().map(|y| (y - mean) * (y - mean));
        let variance = squares.sum::<f64>() / all.len() as f64;
        Self {
            train,
            mean,
            variance,
        }
    }

    /// The loss, relative to the variance.
    fn loss(&self, network: &Network<f64>, data: &Dataset<f64>) -> Result<f64, Error> {
        Ok(metrics::evaluate(network, &MeanSquaredError, data)?.loss / self.variance)
    }

    /// Trains a network of a structure and rounds its parameters; `None` when it does not fit.
    fn fit(&self, structure: &Structure, seed: u64) -> Result<Option<Network<f64>>, Error> {
        let inputs = self.train.features();
        let mut network = structure.network(inputs, self.mean, true, seed)?;
        let mut fixed = Fixed::new(&network, structure.unused)?;
        if !self.train(&mut network, &mut fixed, STEPS, RATE)? {
            return Ok(None);
        }
        let is = |of: &[(usize, &str)], layer, tensor: &str| of.contains(&(layer, tensor));
        for distance in DISTANCES {
            if self.loss(&network, self.train)? > HOPELESS {
                return Ok(None);
            }
            let rounding = Rounding::new(distance, f64::MAX)?.ratios(2);
            let exponents = |layer, tensor: &str| is(structure.exponents, layer, tensor);
            let rounded = rounding.of(exponents);
            let rounded = rounded.apply(&mut network, &MeanSquaredError, self.train)?;
            fixed.add(&rounded);
            if !self.train(&mut network, &mut fixed, STEPS / 2, 0.3 * RATE)? {
                return Ok(None);
            }
            if rounded.left == 0 {
                break;
            }
        }
        let rounding = Rounding::new(0.005, ROUNDED * self.variance)?.of(|layer, tensor| {
            !is(structure.exponents, layer, tensor) && !is(structure.unused, layer, tensor)
        });
        let rounded = rounding.apply(&mut network, &MeanSquaredError, self.train)?;
        fixed.add(&rounded);
        if !self.train(&mut network, &mut fixed, STEPS / 2, 0.1 * RATE)? {
            return Ok(None);
        }
        let mut plain = structure.network(inputs, self.mean, false, seed)?;
        plain.restore(&network.snapshot())?;
        Ok(Some(plain))
    }

    /// Trains all parameters that are not fixed; `false` when that diverges.
    fn train(
        &self,
        network: &mut Network<f64>,
        fixed: &mut Fixed,
        steps: usize,
        rate: f64,
    ) -> Result<bool, Error> {
        fixed.adam = Adam::new(rate)?.betas(0.9, 0.99)?.epsilon(1e-12)?;
        let fit = Trainer::new(MeanSquaredError, &mut *fixed)
            .epochs(steps)
            .batch(self.train.len())
            .clip(Clip::GlobalNorm(self.variance))
            .schedule(Cosine {
                epochs: steps as f64,
                floor: 0.0,
            })
            .progress(false)
            .fit(network, self.train);
        match fit {
            Ok(_) => Ok(true),
            Err(Error::Diverged { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

/// Adam, which leaves some parameters as they are.
struct Fixed {
    adam: Adam<f64>,
    /// Of each layer, the places of these.
    places: Vec<BTreeSet<usize>>,
}

impl Fixed {
    fn new(network: &Network<f64>, tensors: &[(usize, &str)]) -> Result<Self, Error> {
        let layers = network.layers().iter().enumerate();
        let places = layers.map(|(index, layer)| {
            let all = layer.tensors().into_iter();
            let fixed = all.filter(|tensor| tensors.contains(&(index, &*tensor.name)));
            fixed.flat_map(|tensor| tensor.runs()).flatten().collect()
        });
        Ok(Self {
            adam: Adam::new(RATE)?,
            places: places.collect(),
        })
    }

    fn add(&mut self, rounded: &Rounded) {
        for parameter in &rounded.parameters {
            self.places[parameter.layer].insert(parameter.place);
        }
    }
}

impl Optimizer<f64> for &mut Fixed {
    fn learning_rate(&self) -> f64 {
        self.adam.learning_rate()
    }
    fn state_per_parameter(&self) -> usize {
        Optimizer::<f64>::state_per_parameter(&self.adam)
    }
    fn begin_step(&mut self) {
        self.adam.begin_step();
    }
    fn update(&mut self, update: Update<'_, f64>) -> Result<(), Error> {
        let places = &self.places[update.slice];
        let before: Vec<(usize, f64)> = places.iter().map(|&k| (k, update.parameters[k])).collect();
        let parameters = &mut *update.parameters;
        self.adam.update(Update {
            level: update.level,
            slice: update.slice,
            factor: update.factor,
            parameters,
            gradient: update.gradient,
        })?;
        for (place, value) in before {
            parameters[place] = value;
        }
        Ok(())
    }
    fn exchange(&mut self, exchange: &mut Exchange<'_, f64>) -> Result<(), Error> {
        self.adam.exchange(exchange)
    }
}
