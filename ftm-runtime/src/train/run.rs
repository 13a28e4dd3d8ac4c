//! What changes while a training goes on, and its checkpoints.

use super::{Time, Trainer};
use crate::checkpoint::Checkpoint;
use crate::data::Dataset;
use crate::error::{Error, RecordProblem};
use crate::history::{History, Next, Rollback};
use crate::model::Model;
use crate::network::{Network, Snapshot};
use crate::record::{Exchange, Record};
use crate::simd::Real;

/// Names in a checkpoint begin with this.
const PATH: &str = "training";
const OPTIMIZER: &str = "optimizer";

/// A training at one moment, but for the network, the optimiser and the schedule.
pub(super) struct Run<T> {
    pub(super) history: History,
    /// The parameters after the best epoch, with a validation set.
    pub(super) best: Option<Snapshot<T>>,
    /// The parameters after the last epoch.
    pub(super) good: Snapshot<T>,
    /// What the optimiser remembered then, where that may be rolled back to.
    good_optimizer: Record<T>,
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
            good_optimizer: Record::new(),
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

impl<T: Real> Trainer<'_, T> {
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
            self.keep_good(network, &mut run)?;
            return Ok(run);
        };
        model.check(network)?;
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
            self.keep_good(network, &mut run)?;
        }
        for report in &run.history.epochs {
            run.finished |= self.schedule.after_epoch(report) == Next::Stop;
        }
        Ok(run)
    }

    /// Keeps what is to be gone back to when the epoch that begins now diverges.
    pub(super) fn keep_good(
        &mut self,
        network: &Network<T>,
        run: &mut Run<T>,
    ) -> Result<(), Error> {
        run.good.copy_from(network);
        if self.roll_back.is_some() {
            run.good_optimizer = Record::new();
            let mut exchange = Exchange::give(&mut run.good_optimizer, OPTIMIZER);
            self.optimizer.exchange(&mut exchange)?;
        }
        Ok(())
    }

    /// Goes back to the last good epoch after `error`; gives the error back when that is not
    /// what it is about, or was done often enough.
    pub(super) fn recover(
        &mut self,
        network: &mut Network<T>,
        run: &mut Run<T>,
        error: Error,
    ) -> Result<(), Error> {
        network.restore(&run.good)?;
        let (
            Some((factor, times)),
            Error::Diverged {
                epoch,
                batch,
                place,
            },
        ) = (self.roll_back, &error)
        else {
            return Err(error);
        };
        if run.history.rollbacks.len() >= times {
            return Err(error);
        }
        let mut exchange = Exchange::take(&run.good_optimizer, OPTIMIZER);
        self.optimizer.exchange(&mut exchange)?;
        run.history.rollbacks.push(Rollback {
            epoch: *epoch,
            batch: *batch,
            place: place.to_string(),
            rate: factor * run.history.rate(),
        });
        (run.time.batch, run.loss) = (0, 0.0);
        Ok(())
    }

    /// Saves a checkpoint, where there are any, and ends training when that was asked for and
    /// something is left to do.
    pub(super) fn save(
        &mut self,
        network: &Network<T>,
        data: &Dataset<T>,
        run: &mut Run<T>,
    ) -> Result<(), Error> {
        let Some(checkpoints) = self.checkpoints.clone() else {
            return Ok(());
        };
        let mut record: Record<T> = Model::of(network).with_history(&run.history).into_record();
        self.exchange(run, data, &mut Exchange::give(&mut record, PATH))?;
        let checkpoint = checkpoints.save(run.time.step(), &record)?;
        if checkpoints.are_interrupted() && !self.is_over(run) {
            return Err(Error::Interrupted {
                epoch: run.time.epoch,
                batch: run.time.batch,
                checkpoint,
            });
        }
        Ok(())
    }

    /// Whether there is no epoch left.
    pub(super) fn is_over(&self, run: &Run<T>) -> bool {
        run.finished || run.time.epoch >= self.epochs
    }

    /// All that is not in the model: what the bits of the training depend on must be the same,
    /// the rest is saved or restored.
    fn exchange(
        &mut self,
        run: &mut Run<T>,
        data: &Dataset<T>,
        exchange: &mut Exchange<'_, T>,
    ) -> Result<(), Error> {
        let validation = self.validation.map_or(0, Dataset::len);
        exchange.settings(&[
            ("seed", &self.seed),
            ("batch size", &self.batch),
            ("shuffle", &self.shuffle),
            ("clip", &format!("{:?}", self.clip)),
            ("back through time", &format!("{:?}", self.back)),
            ("roll back", &format!("{:?}", self.roll_back)),
            ("samples", &data.len()),
            ("validation samples", &validation),
        ])?;
        exchange.value("epoch", &mut run.time.epoch)?;
        exchange.value("batch", &mut run.time.batch)?;
        exchange.value("loss", &mut run.loss)?;
        exchange.value("seconds", &mut run.seconds)?;
        exchange.value("finished", &mut run.finished)?;
        exchange.within(OPTIMIZER, |exchange| self.optimizer.exchange(exchange))?;
        if run.time.batch > 0 {
            exchange.within("good", |exchange| run.good.exchange(exchange))?;
            if self.roll_back.is_some() {
                exchange.record("good", &mut run.good_optimizer);
            }
        }
        match &mut run.best {
            Some(best) => exchange.within("best", |exchange| best.exchange(exchange)),
            None => Ok(()),
        }
    }
}
