//! What changes while a training goes on, and its checkpoints.

use std::path::PathBuf;

use super::{Time, Trainer};
use crate::checkpoint::{Checkpoint, Checkpoints};
use crate::data::Dataset;
use crate::error::{Error, RecordProblem};
use crate::history::{History, Next};
use crate::loss::Loss;
use crate::model::Model;
use crate::network::{Network, Snapshot};
use crate::optimizer::Optimizer;
use crate::record::{Exchange, Record};
use crate::simd::Real;

/// Names in a checkpoint begin with this.
const PATH: &str = "training";

/// A training at one moment, but for the network, the optimiser and the schedule.
pub(super) struct Run<T> {
    pub(super) history: History,
    /// The parameters after the best epoch, with a validation set.
    pub(super) best: Option<Snapshot<T>>,
    /// The parameters after the last epoch.
    pub(super) good: Snapshot<T>,
    /// The step that comes next.
    pub(super) time: Time,
    /// Sum of the losses of the epoch's samples so far.
    pub(super) loss: f64,
    /// Seconds that the epoch took so far.
    pub(super) seconds: f64,
    /// Whether nothing comes after the last epoch, however many were asked for.
    pub(super) finished: bool,
}

impl<T: Real> Run<T> {
    pub(super) fn new(network: &Network<T>, batches: usize) -> Self {
        Self {
            history: History::default(),
            best: None,
            good: network.snapshot(),
            time: Time {
                epoch: 0,
                batch: 0,
                batches,
            },
            loss: 0.0,
            seconds: 0.0,
            finished: false,
        }
    }
}

impl<'a, T: Real, L: Loss<T>, O: Optimizer<T>> Trainer<'a, T, L, O> {
    /// The beginning of a training, or where the checkpoint to resume left it.
    pub(super) fn begin(
        &mut self,
        network: &mut Network<T>,
        data: &Dataset<T>,
    ) -> Result<Run<T>, Error> {
        let batches = data.len().div_ceil(self.batch);
        let mut run = Run::new(network, batches);
        let Some(Checkpoint { model, .. }) = self.resume.take() else {
            if let Some(checkpoints) = &self.checkpoints {
                checkpoints.check_empty()?;
            }
            return Ok(run);
        };
        run.history = model.history().cloned().unwrap_or_default();
        if self.validation.is_some() && run.history.best.is_some() {
            run.best = Some(network.snapshot());
        }
        let exchange = &mut Exchange::take(model.record(), PATH);
        self.exchange(&mut run, data, exchange)?;
        if run.time.epoch != run.history.epochs.len() || run.time.batch >= batches {
            return Err(model.record().error(RecordProblem::Value {
                name: format!("{PATH}.epoch"),
                reason: "the history is of another moment".to_owned(),
            }));
        }
        model.load_into(network)?;
        if run.time.batch == 0 {
            run.good.copy_from(network);
        }
        for report in &run.history.epochs {
            run.finished |= self.schedule.after_epoch(report) == Next::Stop;
        }
        Ok(run)
    }

    /// Saves a checkpoint, where there are any.
    pub(super) fn save(
        &mut self,
        network: &Network<T>,
        data: &Dataset<T>,
        run: &mut Run<T>,
    ) -> Result<Option<PathBuf>, Error> {
        let Some(checkpoints) = self.checkpoints.clone() else {
            return Ok(None);
        };
        let mut record: Record<T> = Model::of(network).with_history(&run.history).into_record();
        self.exchange(run, data, &mut Exchange::give(&mut record, PATH))?;
        checkpoints.save(run.time.step(), &record).map(Some)
    }

    /// Ends training when that was asked for.
    pub(super) fn check_interrupted(
        &mut self,
        network: &Network<T>,
        data: &Dataset<T>,
        run: &mut Run<T>,
    ) -> Result<(), Error> {
        let interrupted = (self.checkpoints.as_ref()).is_some_and(Checkpoints::are_interrupted);
        let saved = match interrupted {
            true => self.save(network, data, run)?,
            false => None,
        };
        match saved {
            Some(checkpoint) => Err(Error::Interrupted {
                epoch: run.time.epoch,
                batch: run.time.batch,
                checkpoint,
            }),
            None => Ok(()),
        }
    }

    /// All that is not in the model: what the bits of the training depend on must be the same,
    /// the rest is saved or restored.
    fn exchange(
        &mut self,
        run: &mut Run<T>,
        data: &Dataset<T>,
        exchange: &mut Exchange<'_, T>,
    ) -> Result<(), Error> {
        exchange.same("seed", self.seed)?;
        exchange.same("batch size", self.batch)?;
        exchange.same("shuffle", self.shuffle)?;
        exchange.same("clip", format!("{:?}", self.clip))?;
        exchange.same("back through time", format!("{:?}", self.back))?;
        exchange.same("samples", data.len())?;
        let validation = self.validation.map_or(0, Dataset::len);
        exchange.same("validation samples", validation)?;
        exchange.count("epoch", &mut run.time.epoch)?;
        exchange.count("batch", &mut run.time.batch)?;
        exchange.number("loss", &mut run.loss)?;
        exchange.number("seconds", &mut run.seconds)?;
        let mut finished = usize::from(run.finished);
        exchange.count("finished", &mut finished)?;
        run.finished = finished > 0;
        exchange.within("optimizer", |exchange| self.optimizer.exchange(exchange))?;
        if run.time.batch > 0 {
            exchange.within("good", |exchange| run.good.exchange(exchange))?;
        }
        match &mut run.best {
            Some(best) => exchange.within("best", |exchange| best.exchange(exchange)),
            None => Ok(()),
        }
    }
}
