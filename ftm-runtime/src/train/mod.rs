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
//! | going on after numbers have grown too large | [`Trainer::roll_back`] |
//! | going on after an interruption | [`Checkpoints`], to the same bits |
//! | stopping early | [`History`], [`metrics`] |
//! | deep stacks | [`layer_by_layer`] |
//! | seeing why it fails | [`Diagnostics`] |

mod checks;
mod diagnostics;
mod epoch;
mod greedy;
mod run;
mod steps;
#[cfg(test)]
mod tests;

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use crate::checkpoint::{Checkpoint, Checkpoints};
use crate::clip::Clip;
use crate::data::{Dataset, shuffle};
use crate::error::{Error, at_least_one, inner_fraction};
use crate::loss::Loss;
use crate::metrics;
use crate::network::{BackThroughTime, Network, Workspace};
use crate::optimizer::Optimizer;
use crate::schedule::{Constant, Schedule};
use crate::simd::{Level, Real};

pub use crate::history::{EpochReport, History, Next, Rollback};
pub use diagnostics::Diagnostics;
use epoch::{Course, Time};
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
pub struct Trainer<'a, T: Real> {
    loss: Box<dyn Loss<T> + 'a>,
    optimizer: Box<dyn Optimizer<T> + 'a>,
    /// Whether the optimiser keeps already what it will keep.
    has_state: bool,
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
    after_epoch: Box<dyn FnMut(&EpochReport) -> Next + Send + 'a>,
    /// Steps between two records.
    diagnostics: Option<(usize, Diagnostics<Box<dyn Write + Send + 'a>>)>,
    checkpoints: Option<Checkpoints>,
    resume: Option<Checkpoint<T>>,
    /// What rates are multiplied by, and how often.
    roll_back: Option<(f64, usize)>,
}

impl<'a, T: Real> Trainer<'a, T> {
    /// A trainer of 10 epochs of batches of 100, shuffled with seed 0.
    pub fn new(loss: impl Loss<T> + 'a, optimizer: impl Optimizer<T> + 'a) -> Self {
        Self {
            loss: Box::new(loss),
            optimizer: Box::new(optimizer),
            has_state: false,
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
            checkpoints: None,
            resume: None,
            roll_back: None,
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

    /// Seed of the order of samples, and of the [`Noise`](crate::layer::Noise) of layers such as
    /// dropout.
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

    /// Stops when no epoch has been better than the best for `epochs` epochs: on the validation set, or by the
    /// training loss where there is none.
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
    pub fn after_epoch(mut self, work: impl FnMut(&EpochReport) -> Next + Send + 'a) -> Self {
        self.after_epoch = Box::new(work);
        self
    }

    /// Writes [`Diagnostics`] of the first step of every `every` steps to `writer`, before the
    /// gradients are clipped and the parameters changed.
    pub fn diagnostics(mut self, every: usize, writer: impl Write + Send + 'a) -> Self {
        self.diagnostics = Some((every, Diagnostics::new(Box::new(writer))));
        self
    }

    /// Saves checkpoints, so that the training can go on when it was interrupted.
    pub fn checkpoints(mut self, checkpoints: Checkpoints) -> Self {
        self.checkpoints = Some(checkpoints);
        self
    }

    /// Goes on from a checkpoint, where there is one: the training ends with the bits that it
    /// would have ended with, given the same options, data and instruction set. The number of
    /// epochs may be another, where the schedule does not depend on it.
    pub fn resume(mut self, checkpoint: Option<Checkpoint<T>>) -> Self {
        self.resume = checkpoint;
        self
    }

    /// When training diverges, goes back to the last good epoch, and from there on with learning
    /// rates multiplied by `factor`; at most so many times in all. The history says when and why.
    pub fn roll_back(mut self, factor: f64, times: usize) -> Self {
        self.roll_back = Some((factor, times));
        self
    }

    /// Trains `network` on `data`.
    ///
    /// # Errors
    /// [`Error::Argument`] for no epochs, empty batches, diagnostics every 0 steps, an impossible
    /// clip or rollback; those of data that does not fit the network or the loss, within
    /// [`Error::InValidation`] where it is the validation set;
    /// [`Error::TrainingTooLarge`] when memory cannot hold the gradient, what the optimiser keeps,
    /// copies of the parameters and what layers keep of a batch;
    /// [`Error::Write`] when diagnostics cannot be written. [`Error::Diverged`] when a loss, a gradient
    /// or a parameter is no longer finite: it says in which epoch, batch, layer and tensor, and
    /// the network has the parameters of the last good epoch again. With checkpoints,
    /// [`Error::CheckpointsExist`] when there are some that are not resumed,
    /// [`Error::CheckpointsInUse`] when another training writes there, [`Error::Interrupted`] when it was, [`Error::Record`] when the one to resume does not belong to this training, and
    /// [`Error::WriteFile`].
    #[inline(never)]
    pub fn fit(&mut self, network: &mut Network<T>, data: &Dataset<T>) -> Result<History, Error> {
        self.check(network, data)?;
        let mut steps = Steps::new(self.level);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let mut order = Vec::new();
        if self.checkpoints.is_some() {
            // Targets that are nothing to the loss are told before anything is written.
            self.order(data, &mut random.clone(), &mut order);
            order.truncate(self.batch);
            steps.forward(network, &*self.loss, data, &order)?;
        }
        let _lock = self
            .checkpoints
            .as_ref()
            .map(Checkpoints::lock)
            .transpose()?;
        let mut run = self.begin(network, data)?;
        let bar = self.bar(data);
        bar.set_position(run.time.step() as u64);
        for _ in 0..run.time.epoch {
            self.order(data, &mut random, &mut order);
        }
        while !self.is_over(&run) {
            self.order(data, &mut random, &mut order);
            let report = loop {
                let mut course = Course {
                    data,
                    order: &order,
                    steps: &mut steps,
                    bar: &bar,
                };
                match self.epoch(network, &mut run, &mut course) {
                    Ok(report) => break report,
                    Err(error @ Error::Interrupted { .. }) => return Err(error),
                    Err(error) => self.recover(network, &mut run, error)?,
                }
                bar.set_position(run.time.step() as u64);
            };
            self.keep_good(network, &mut run)?;
            let better = run.history.push(report);
            if better && self.validation.is_some() {
                match &mut run.best {
                    Some(best) => best.copy_from(network),
                    None => run.best = Some(network.snapshot()),
                }
            }
            let ended = self.schedule.after_epoch(&report) == Next::Stop;
            let stop = (self.after_epoch)(&report) == Next::Stop;
            let tired = self
                .patience
                .is_some_and(|patience| run.history.epochs_since_best() >= patience);
            run.finished = ended || stop || tired;
            self.save(network, data, &mut run)?;
        }
        bar.finish_and_clear();
        if let Some(best) = run.best {
            network.restore(&best)?;
        }
        Ok(run.history)
    }

    /// The next order of samples.
    fn order(&self, data: &Dataset<T>, random: &mut Xoshiro256PlusPlus, order: &mut Vec<usize>) {
        order.clear();
        order.extend(0..data.len());
        if self.shuffle {
            shuffle(order, random);
        }
    }

    fn check(&self, network: &Network<T>, data: &Dataset<T>) -> Result<(), Error> {
        at_least_one("the number of epochs", self.epochs)?;
        at_least_one("the batch size", self.batch)?;
        self.schedule.check()?;
        if let Some(clip) = self.clip {
            clip.check()?;
        }
        if let Some((factor, times)) = self.roll_back {
            inner_fraction("the factor of a rollback", factor)?;
            at_least_one("the number of rollbacks", times)?;
        }
        if let Some((every, _)) = self.diagnostics {
            at_least_one("the number of steps between diagnostics", every)?;
        }
        let fits = |data: &Dataset<T>| data.check_widths(network.inputs(), network.outputs());
        fits(data)?;
        if let Some(data) = self.validation {
            fits(data).map_err(checks::in_validation)?;
        }
        let activations = self.activations(network, data);
        checks::memory::<T>(self.copies(), network.parameter_count(), activations)?;
        if let Some(data) = self.validation {
            // Targets that are nothing to the loss are told now, and not after the first epoch.
            let first: Vec<usize> = (0..metrics::SAMPLES.min(data.len())).collect();
            let mut workspace = Workspace::on(self.level);
            let first = data.select(&first)?;
            metrics::evaluate_in(&mut workspace, network, &*self.loss, &first)
                .map_err(checks::in_validation)?;
        }
        Ok(())
    }

    /// How many numbers layers keep of a batch, and of one of the validation set.
    fn activations(&self, network: &Network<T>, data: &Dataset<T>) -> usize {
        let of = |data: &Dataset<T>, samples: usize| {
            network.sequence_memory(samples.min(data.len()), data.steps())
        };
        let training = of(data, self.batch);
        let validation = self.validation.map_or(0, |data| {
            let validation = of(data, metrics::SAMPLES);
            validation.activations
        });
        let bytes = [training.transmitted, validation].into_iter();
        bytes.fold(training.activations, usize::saturating_add) / size_of::<T>()
    }

    /// How many numbers for each parameter there will be at one time, beside the network and what the
    /// optimiser keeps already.
    fn copies(&self) -> usize {
        let state = self.optimizer.state_per_parameter();
        // Of the last good epoch.
        let good = match self.roll_back {
            Some(_) => 1 + state,
            None => 1,
        };
        let best = usize::from(self.validation.is_some());
        let kept = good + best + state;
        let old = if self.has_state { state } else { 0 };
        // Beside the gradient. A checkpoint has all of it and the parameters, and is bytes then.
        match self.checkpoints {
            Some(_) => 1 + kept - old + 2 * (kept + 1),
            None => 1 + kept - old,
        }
    }

    /// A bar over all steps; it draws nothing where standard error is no terminal.
    fn bar(&self, data: &Dataset<T>) -> ProgressBar {
        if !self.progress {
            return ProgressBar::hidden();
        }
        let batches = data.len().div_ceil(self.batch);
        let steps = self.epochs.saturating_mul(batches);
        let bar = ProgressBar::new(steps as u64);
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} steps, {eta} left, {msg}");
        match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}
