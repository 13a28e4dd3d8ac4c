//! What happened in training.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::metrics::Metrics;

/// Whether training goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It does.
    Continue,
    /// It ends here.
    Stop,
}

/// One epoch. It prints itself, counted from 1:
///
/// ```
/// # use ftm_runtime::train::EpochReport;
/// let report = EpochReport {
///     epoch: 2,
///     training_loss: 0.40257,
///     validation: None,
///     seconds: 0.069,
/// };
/// assert_eq!(report.to_string(), "epoch  3: loss 0.4026, 0.07 s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

impl fmt::Display for EpochReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "epoch {:>2}: loss {:.4}, ",
            self.epoch + 1,
            self.training_loss
        )?;
        match self.validation {
            Some(Metrics {
                accuracy: Some(accuracy),
                ..
            }) => write!(f, "validation accuracy {:.2}%, ", 100.0 * accuracy)?,
            Some(Metrics { loss, .. }) => write!(f, "validation loss {loss:.4}, ")?,
            None => (),
        }
        write!(f, "{:.2} s", self.seconds)
    }
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

    /// How much better this epoch is than `before`: the difference of the validation accuracies
    /// where both have one, otherwise the part by which the loss fell (of validation where both
    /// have it, else of training).
    #[must_use]
    pub fn gain_over(&self, before: &Self) -> f64 {
        let (now, then) = match (self.validation, before.validation) {
            (
                Some(Metrics {
                    accuracy: Some(now),
                    ..
                }),
                Some(Metrics {
                    accuracy: Some(then),
                    ..
                }),
            ) => return now - then,
            (Some(now), Some(then)) => (now.loss, then.loss),
            _ => (self.training_loss, before.training_loss),
        };
        if now == then {
            0.0
        } else {
            (then - now) / then.abs()
        }
    }
}

/// A return to the last good epoch, with a smaller rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// Index of the epoch that diverged, from 0.
    pub epoch: usize,
    /// Index of the batch in it, from 0.
    pub batch: usize,
    /// Where in the network numbers ceased to be finite.
    pub place: String,
    /// What learning rates are multiplied by from then on.
    pub rate: f64,
}

/// All epochs of a training.
///
/// Early stopping without a [`Trainer`](crate::train::Trainer): push the report of each epoch,
/// keep the parameters when it was the best, and stop when
/// [`epochs_since_best`](Self::epochs_since_best) reaches a limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Events", into = "Events")]
pub struct History {
    /// The epochs in order.
    pub epochs: Vec<EpochReport>,
    /// Index of the best one: by validation accuracy, else validation loss, else training loss.
    pub best: Option<usize>,
    /// What was rolled back, in order.
    pub rollbacks: Vec<Rollback>,
}

/// What a file says of a history; the rest follows from it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    epochs: Vec<EpochReport>,
    rollbacks: Vec<Rollback>,
}

impl From<Events> for History {
    fn from(Events { epochs, rollbacks }: Events) -> Self {
        let mut history = Self {
            rollbacks,
            ..Self::default()
        };
        for report in epochs {
            history.push(report);
        }
        history
    }
}

impl From<History> for Events {
    fn from(history: History) -> Self {
        let History {
            epochs, rollbacks, ..
        } = history;
        Self { epochs, rollbacks }
    }
}

impl History {
    /// Adds an epoch; says whether it is the best so far.
    pub fn push(&mut self, report: EpochReport) -> bool {
        let best = self.best.and_then(|best| self.epochs.get(best));
        let better = best.is_none_or(|best| report.score() > best.score());
        self.epochs.push(report);
        if better {
            self.best = Some(self.epochs.len() - 1);
        }
        better
    }

    /// What learning rates are multiplied by, after all rollbacks.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rollbacks.last().map_or(1.0, |rollback| rollback.rate)
    }

    /// Epochs after the best one.
    #[must_use]
    pub fn epochs_since_best(&self) -> usize {
        self.best.map_or(0, |best| self.epochs.len() - 1 - best)
    }

    /// The report of the best epoch.
    #[must_use]
    pub fn best_epoch(&self) -> Option<&EpochReport> {
        self.best.and_then(|best| self.epochs.get(best))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(epoch: usize, training_loss: f64, validation: Option<Metrics>) -> EpochReport {
        EpochReport {
            epoch,
            training_loss,
            validation,
            seconds: 0.0,
        }
    }

    #[test]
    fn gains_are_of_accuracy_then_of_loss() {
        let metrics = |loss, accuracy| Some(Metrics { loss, accuracy });
        let gain = |now, then| report(1, 3.0, now).gain_over(&report(0, 4.0, then));
        assert_eq!(
            gain(metrics(2.0, Some(0.75)), metrics(1.0, Some(0.5))),
            0.25
        );
        assert_eq!(gain(metrics(3.0, None), metrics(2.0, Some(0.5))), -0.5);
        assert_eq!(gain(metrics(3.0, None), None), 0.25);
        assert_eq!(gain(metrics(0.0, None), metrics(0.0, None)), 0.0);
        assert_eq!(
            gain(metrics(1.0, None), metrics(0.0, None)),
            f64::NEG_INFINITY
        );
    }

    #[test]
    fn the_best_epoch_is_the_first_of_equals() {
        let mut history = History::default();
        assert_eq!(history.epochs_since_best(), 0);
        let better: Vec<bool> = [3.0, 2.0, 2.0, 2.5]
            .into_iter()
            .enumerate()
            .map(|(epoch, loss)| history.push(report(epoch, loss, None)))
            .collect();
        assert_eq!(better, [true, true, false, false]);
        assert_eq!((history.best, history.epochs_since_best()), (Some(1), 2));
    }
}
