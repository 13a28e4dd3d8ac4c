//! An epoch, step by step.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::run::Run;
use super::{Steps, Trainer, checks};
use crate::checkpoint::Checkpoints;
use crate::data::Dataset;
use crate::error::{Error, Place};
use crate::history::EpochReport;
use crate::layer::Noise;
use crate::metrics;
use crate::network::Network;
use crate::parallel;
use crate::simd::Real;

/// Parameters times samples below which no layer is worth a second thread.
const WITH_PARTS: usize = 64 * 1024;

/// How long steps are taken one after the other before anything else on the pool gets its turn.
const TOGETHER: Duration = Duration::from_millis(10);

/// What an epoch goes through, and what it needs for that.
pub(super) struct Course<'c, T> {
    pub(super) data: &'c Dataset<T>,
    /// The samples in the order of this epoch.
    pub(super) order: &'c [usize],
    pub(super) steps: &'c mut Steps<T>,
    pub(super) bar: &'c ProgressBar,
}

impl<T: Real> Trainer<'_, T> {
    /// What is left of the epoch in hand. Afterwards `run` is at the beginning of the next.
    pub(super) fn epoch(
        &mut self,
        network: &mut Network<T>,
        run: &mut Run<T>,
        course: &mut Course<'_, T>,
    ) -> Result<EpochReport, Error> {
        let data = course.data;
        let Time { epoch, batches, .. } = run.time;
        let edges = network.parameter_count().saturating_mul(self.batch);
        let has_parts = edges.saturating_mul(data.steps()) >= WITH_PARTS;
        while run.time.batch < batches {
            let mut some = || self.some_steps(network, run, course);
            match has_parts {
                true => parallel::awake(some)?,
                false => some()?,
            }
            // What is no longer finite is found by the next step.
            let due = run.time.batch < batches && self.is_save_due(run);
            if due && checks::parameters(network).is_ok() {
                self.save(network, data, run)?;
            }
        }
        let start = Instant::now();
        let training_loss = run.loss / course.order.len() as f64;
        course.bar.set_message(format!("loss {training_loss:.4}"));
        let diverged = |place| Error::Diverged {
            epoch,
            batch: batches - 1,
            place,
        };
        checks::parameters(network).map_err(diverged)?;
        let validation = match self.validation {
            Some(data) => {
                let workspace = &mut course.steps.validation;
                let metrics = metrics::evaluate_in(workspace, network, &*self.loss, data);
                Some(metrics.map_err(checks::in_validation)?)
            }
            None => None,
        };
        if validation.is_some_and(|metrics| !metrics.loss.is_finite()) {
            return Err(diverged(Place::ValidationLoss));
        }
        let report = EpochReport {
            epoch,
            training_loss,
            validation,
            seconds: run.seconds + start.elapsed().as_secs_f64(),
        };
        (run.time.epoch, run.time.batch) = (epoch + 1, 0);
        (run.loss, run.seconds) = (0.0, 0.0);
        Ok(report)
    }

    /// Steps until something else is due, [`TOGETHER`] has passed or the epoch is over.
    fn some_steps(
        &mut self,
        network: &mut Network<T>,
        run: &mut Run<T>,
        course: &mut Course<'_, T>,
    ) -> Result<(), Error> {
        let start = Instant::now();
        let Time { epoch, batch, .. } = run.time;
        let batches = course.order.chunks(self.batch).enumerate();
        for (batch, samples) in batches.skip(batch) {
            let diverged = |place| Error::Diverged {
                epoch,
                batch,
                place,
            };
            let loss = self.step(network, course.data, samples, run, course.steps)?;
            run.loss += loss.map_err(diverged)? * samples.len() as f64;
            course.bar.inc(1);
            run.time.batch = batch + 1;
            if start.elapsed() > TOGETHER || self.is_save_due(run) {
                break;
            }
        }
        run.seconds += start.elapsed().as_secs_f64();
        Ok(())
    }

    /// Whether a checkpoint is to be saved now.
    fn is_save_due(&self, run: &Run<T>) -> bool {
        let due = |c: &Checkpoints| c.are_due_after(run.time.step()) || c.are_interrupted();
        self.checkpoints.as_ref().is_some_and(due)
    }

    /// One step: gives the loss before it, or where numbers ceased to be finite.
    fn step(
        &mut self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        samples: &[usize],
        run: &Run<T>,
        steps: &mut Steps<T>,
    ) -> Result<Result<f64, Place>, Error> {
        let time = run.time;
        let step = time.step();
        let noise = Noise::new(self.seed, step as u64);
        steps.workspace.set_noise(Some(noise));
        let diagnostics = match &mut self.diagnostics {
            Some((every, diagnostics)) if step.is_multiple_of(*every) => Some(diagnostics),
            _ => None,
        };
        steps.workspace.keep_errors(diagnostics.is_some());
        let loss = steps.forward(network, &*self.loss, data, samples)?;
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
        let factor = self.schedule.factor(time.epochs()) * run.history.rate();
        network.update(&mut *self.optimizer, workspace, factor)?;
        self.has_state = true;
        Ok(Ok(loss))
    }
}

/// When a step is.
#[derive(Clone, Copy)]
pub(super) struct Time {
    /// Index of the epoch.
    pub(super) epoch: usize,
    /// Index of the batch in its epoch.
    pub(super) batch: usize,
    /// Batches of an epoch.
    pub(super) batches: usize,
}

impl Time {
    /// Steps before this one.
    pub(super) fn step(self) -> usize {
        self.epoch * self.batches + self.batch
    }

    /// Epochs before this step, with the part of this one.
    fn epochs(self) -> f64 {
        self.epoch as f64 + self.batch as f64 / self.batches as f64
    }
}
