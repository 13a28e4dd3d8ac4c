//! What happened in training.

use crate::metrics::Metrics;

/// Whether training goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It does.
    Continue,
    /// It ends here.
    Stop,
}

/// One epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochReport {
    /// Index of the epoch, from 0.
    pub epoch: usize,
    /// Mean loss over the training set, each batch before its step.
    pub training_loss: f64,
    /// Loss and accuracy on the validation set after the epoch.
    pub validation: Option<Metrics>,
    /// Wall-clock seconds of the epoch, validation included.
    pub seconds: f64,
}

impl EpochReport {
    /// What epochs are compared by, more being better.
    fn score(&self) -> f64 {
        match self.validation {
            Some(Metrics {
                accuracy: Some(accuracy),
                ..
            }) => accuracy,
            Some(Metrics { loss, .. }) => -loss,
            None => -self.training_loss,
        }
    }
}

/// All epochs of a training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The epochs in order.
    pub epochs: Vec<EpochReport>,
    /// Index of the best one: by validation accuracy, else validation loss, else training loss.
    pub best: Option<usize>,
}

impl History {
    /// Adds an epoch; says whether it is the best so far.
    pub(super) fn push(&mut self, report: EpochReport) -> bool {
        let best = self.best.and_then(|best| self.epochs.get(best));
        let better = best.is_none_or(|best| report.score() > best.score());
        self.epochs.push(report);
        if better {
            self.best = Some(self.epochs.len() - 1);
        }
        better
    }

    /// Epochs after the best one.
    pub(super) fn epochs_since_best(&self) -> usize {
        self.best.map_or(0, |best| self.epochs.len() - 1 - best)
    }

    /// The report of the best epoch.
    #[must_use]
    pub fn best_epoch(&self) -> Option<&EpochReport> {
        self.best.and_then(|best| self.epochs.get(best))
    }
}
