//! Training: epochs of shuffled mini-batches, with everything that goes around them.
//!
//! [`Trainer`] puts together what can be used without it:
//!
//! | for | there is |
//! |---|---|
//! | a step | [`Batch`](crate::data::Batch), [`Network`], [`Loss`], [`Clip`], [`Optimizer`] |
//! | rates of parameters apart | [`Groups`](crate::optimizer::Groups), [`Network::freeze`] |
//! | rates that change | [`Schedule`], by time or by results |
//! | networks that generalise | weight decay, [`Dropout`](crate::layer::Dropout), [`Penalty`](crate::layer::Penalty) |
//! | stopping early | [`History`], [`metrics`] |
//! | deep stacks | [`layer_by_layer`] |
//! | seeing why it fails | [`Diagnostics`] |

mod checks;
mod diagnostics;
mod greedy;
mod steps;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use crate::clip::Clip;
use crate::data::{Dataset, shuffled};
use crate::error::{Error, Place, at_least_one};
use crate::layer::Noise;
use crate::loss::Loss;
use crate::metrics;
use crate::network::{BackThroughTime, Network, Snapshot};
use crate::optimizer::Optimizer;
use crate::schedule::{Constant, Schedule};
use crate::simd::{Level, Real};

pub use crate::history::{EpochReport, History, Next};
pub use diagnostics::Diagnostics;
pub use greedy::layer_by_layer;
pub(crate) use steps::Steps;

/// Trains networks.
///
/// ```
/// use ftm_runtime::data::Digits;
/// use ftm_runtime::loss::SoftmaxCrossEntropy;
/// use ftm_runtime::optimizer::Adam;
/// use ftm_runtime::train::Trainer;
/// # fn network() -> Result<ftm_runtime::network::Network<f32>, ftm_runtime::error::Error> {
/// #     Err(ftm_runtime::error::Error::NoForwardPass)
/// # }
///
/// # fn train() -> Result<(), ftm_runtime::error::Error> {
/// let digits = Digits::<f32>::load()?;
/// let mut network = network()?;
/// let history = Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3)?)
///     .epochs(20)
///     .batch(32)
///     .validation(&digits.validation)
///     .fit(&mut network, &digits.train)?;
/// println!("best epoch: {:?}", history.best);
/// # Ok(())
/// # }
/// ```
#[must_use = "training begins with `fit`"]
pub struct Trainer<'a, T: Real, L, O> {
    loss: L,
    optimizer: O,
    epochs: usize,
    batch: usize,
    seed: u64,
    shuffle: bool,
    clip: Option<Clip>,
    schedule: Box<dyn Schedule + 'a>,
    validation: Option<&'a Dataset<T>>,
    patience: Option<usize>,
    back: BackThroughTime,
    level: Level,
    progress: bool,
    after_epoch: Box<dyn FnMut(&EpochReport) -> Next + 'a>,
    /// Steps between two records.
    diagnostics: Option<(usize, Diagnostics<Box<dyn Write + 'a>>)>,
}

impl<'a, T: Real, L: Loss<T>, O: Optimizer<T>> Trainer<'a, T, L, O> {
    /// A trainer of 10 epochs of batches of 100, shuffled with seed 0.
    pub fn new(loss: L, optimizer: O) -> Self {
        Self {
            loss,
            optimizer,
            epochs: 10,
            batch: 100,
            seed: 0,
            shuffle: true,
            clip: None,
            schedule: Box::new(Constant),
            validation: None,
            patience: None,
            back: BackThroughTime::Full,
            level: Level::current(),
            progress: true,
            after_epoch: Box::new(|_| Next::Continue),
            diagnostics: None,
        }
    }

    /// Passes over the data.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Samples of a step; the last step of an epoch takes what is left.
    pub fn batch(mut self, samples: usize) -> Self {
        self.batch = samples;
        self
    }

    /// Seed of the order of samples, and of the [`Noise`] of layers such as dropout.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Whether samples are taken in a new random order in each epoch. True unless changed.
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.shuffle = shuffle;
        self
    }

    /// Clips the gradients of every step.
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(clip);
        self
    }

    /// Changes the learning rate while training goes on; a schedule that goes by results may end
    /// it.
    pub fn schedule(mut self, schedule: impl Schedule + 'a) -> Self {
        self.schedule = Box::new(schedule);
        self
    }

    /// Measures the network on `data` after each epoch, and leaves it with the parameters of
    /// the epoch that did best there: by accuracy for classes (the earlier of equals), by loss
    /// for values.
    pub fn validation(mut self, data: &'a Dataset<T>) -> Self {
        self.validation = Some(data);
        self
    }

    /// Stops when the validation set has not seen a better epoch for `epochs` epochs.
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = Some(epochs);
        self
    }

    /// How far gradients flow back through time, for sequences.
    pub fn back_through_time(mut self, back: BackThroughTime) -> Self {
        self.back = back;
        self
    }

    /// Trains on this instruction set.
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Whether a progress bar is shown on standard error, when that is a terminal. True unless
    /// changed.
    pub fn progress(mut self, progress: bool) -> Self {
        self.progress = progress;
        self
    }

    /// Calls `work` after each epoch, which may end training.
    pub fn after_epoch(mut self, work: impl FnMut(&EpochReport) -> Next + 'a) -> Self {
        self.after_epoch = Box::new(work);
        self
    }

    /// Writes [`Diagnostics`] of the first step of every `every` steps to `writer`, before the
    /// gradients are clipped and the parameters changed.
    pub fn diagnostics(mut self, every: usize, writer: impl Write + 'a) -> Self {
        self.diagnostics = Some((every, Diagnostics::new(Box::new(writer))));
        self
    }

    /// Trains `network` on `data`.
    ///
    /// # Errors
    /// [`Error::Argument`] for no epochs, empty batches, diagnostics every 0 steps or an
    /// impossible clip; those of data that does not fit the network or the loss;
    /// [`Error::Write`] when diagnostics cannot be written. [`Error::Diverged`] when a loss, a gradient
    /// or a parameter is no longer finite: it says in which epoch, batch, layer and tensor, and
    /// the network has the parameters of the last good epoch again.
    pub fn fit(&mut self, network: &mut Network<T>, data: &Dataset<T>) -> Result<History, Error> {
        self.check(network, data)?;
        let mut history = History::default();
        let mut best: Option<Snapshot<T>> = None;
        let mut good = network.snapshot();
        let mut steps = Steps::new(self.level);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let bar = self.bar(data);
        for epoch in 0..self.epochs {
            let report = match self.epoch(network, data, epoch, &mut random, &mut steps, &bar) {
                Ok(report) => report,
                Err(error) => {
                    network.restore(&good)?;
                    return Err(error);
                }
            };
            good.copy_from(network);
            let better = history.push(report);
            if better && self.validation.is_some() {
                match &mut best {
                    Some(best) => best.copy_from(network),
                    None => best = Some(network.snapshot()),
                }
            }
            let ended = self.schedule.after_epoch(&report) == Next::Stop;
            let stop = (self.after_epoch)(&report) == Next::Stop;
            let tired = self
                .patience
                .is_some_and(|patience| history.epochs_since_best() >= patience);
            if ended || stop || tired {
                break;
            }
        }
        bar.finish_and_clear();
        if let Some(best) = best {
            network.restore(&best)?;
        }
        Ok(history)
    }

    fn check(&self, network: &Network<T>, data: &Dataset<T>) -> Result<(), Error> {
        at_least_one("the number of epochs", self.epochs)?;
        at_least_one("the batch size", self.batch)?;
        if let Some(clip) = self.clip {
            clip.check()?;
        }
        if let Some((every, _)) = self.diagnostics {
            at_least_one("the number of steps between diagnostics", every)?;
        }
        for data in std::iter::once(data).chain(self.validation) {
            data.check_widths(network.inputs(), network.outputs())?;
        }
        Ok(())
    }

    /// A bar over all steps; it draws nothing where standard error is no terminal.
    fn bar(&self, data: &Dataset<T>) -> ProgressBar {
        if !self.progress {
            return ProgressBar::hidden();
        }
        let steps = self.epochs * data.len().div_ceil(self.batch);
        let bar = ProgressBar::new(steps as u64);
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} steps, {eta} left, {msg}");
        match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }

    fn epoch(
        &mut self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        epoch: usize,
        random: &mut Xoshiro256PlusPlus,
        steps: &mut Steps<T>,
        bar: &ProgressBar,
    ) -> Result<EpochReport, Error> {
        let start = Instant::now();
        let order: Vec<usize> = if self.shuffle {
            shuffled(data.len(), random)
        } else {
            (0..data.len()).collect()
        };
        let batches = order.len().div_ceil(self.batch);
        let mut total = 0.0;
        for (index, samples) in order.chunks(self.batch).enumerate() {
            let time = Time {
                epoch,
                batch: index,
                batches,
            };
            let loss = self
                .step(network, data, samples, time, steps)?
                .map_err(|place| Error::Diverged {
                    epoch,
                    batch: index,
                    place,
                })?;
            total += loss * samples.len() as f64;
            bar.inc(1);
        }
        let training_loss = total / order.len() as f64;
        bar.set_message(format!("loss {training_loss:.4}"));
        let diverged = |place| Error::Diverged {
            epoch,
            batch: batches - 1,
            place,
        };
        checks::parameters(network).map_err(diverged)?;
        let validation = match self.validation {
            Some(data) => {
                let workspace = &mut steps.validation;
                Some(metrics::evaluate_in(workspace, network, &self.loss, data)?)
            }
            None => None,
        };
        if validation.is_some_and(|metrics| !metrics.loss.is_finite()) {
            return Err(diverged(Place::ValidationLoss));
        }
        Ok(EpochReport {
            epoch,
            training_loss,
            validation,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// One step: gives the loss before it, or where numbers ceased to be finite.
    fn step(
        &mut self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        samples: &[usize],
        time: Time,
        steps: &mut Steps<T>,
    ) -> Result<Result<f64, Place>, Error> {
        let step = time.step();
        let noise = Noise::new(self.seed, step as u64);
        steps.workspace.set_noise(Some(noise));
        let diagnostics = match &mut self.diagnostics {
            Some((every, diagnostics)) if step.is_multiple_of(*every) => Some(diagnostics),
            _ => None,
        };
        steps.workspace.keep_errors(diagnostics.is_some());
        let loss = steps.forward(network, &self.loss, data, samples)?;
        if !loss.is_finite() {
            return Ok(Err(checks::outputs(network, &steps.workspace)));
        }
        steps.backward(network, self.back)?;
        let workspace = &mut steps.workspace;
        if let Some(diagnostics) = diagnostics {
            diagnostics.record(time.epoch, step, network, workspace)?;
        }
        if let Err(place) = checks::gradients(network, workspace) {
            return Ok(Err(place));
        }
        if let Some(clip) = self.clip {
            clip.apply(workspace)?;
        }
        let factor = self.schedule.factor(time.epochs());
        network.update(&mut self.optimizer, workspace, factor)?;
        Ok(Ok(loss))
    }
}

/// When a step is.
#[derive(Clone, Copy)]
struct Time {
    epoch: usize,
    /// Index of the batch in its epoch.
    batch: usize,
    /// Batches of an epoch.
    batches: usize,
}

impl Time {
    /// Steps before this one.
    fn step(self) -> usize {
        self.epoch * self.batches + self.batch
    }

    /// Epochs before this step, with the part of this one.
    fn epochs(self) -> f64 {
        self.epoch as f64 + self.batch as f64 / self.batches as f64
    }
}
