//! Schedules that go by how the epochs went.

use super::Schedule;
use crate::error::{Error, at_least_one, inner_fraction, not_negative};
use crate::history::{EpochReport, Next};

/// Multiplied by a factor whenever some epochs in a row were no better than the best before them.
///
/// Epochs are compared by [`EpochReport::gain_over`].
///
/// ```
/// use ftm_runtime::schedule::ReduceOnPlateau;
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let schedule = ReduceOnPlateau::new(0.1, 10)?.threshold(1e-3)?.floor(1e-4)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceOnPlateau {
    factor: f64,
    patience: usize,
    threshold: f64,
    floor: f64,
    now: f64,
    waited: usize,
    best: Option<EpochReport>,
}

impl ReduceOnPlateau {
    /// Multiplies by `factor` after `patience` epochs without a gain of more than 1e-4, with no
    /// floor.
    ///
    /// # Errors
    /// [`Error::Argument`] unless the factor is above 0 and below 1, and the patience at least 1.
    pub fn new(factor: f64, patience: usize) -> Result<Self, Error> {
        Ok(Self {
            factor: inner_fraction("the factor at a plateau", factor)?,
            patience: at_least_one("the patience with a plateau", patience)?,
            threshold: 1e-4,
            floor: 0.0,
            now: 1.0,
            waited: 0,
            best: None,
        })
    }

    /// With another gain that an epoch must exceed to be better.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is finite and at least 0.
    pub fn threshold(mut self, gain: f64) -> Result<Self, Error> {
        self.threshold = not_negative("the least gain", gain)?;
        Ok(self)
    }

    /// Never goes below `factor`.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is finite and at least 0.
    pub fn floor(mut self, factor: f64) -> Result<Self, Error> {
        self.floor = not_negative("the floor of the schedule", factor)?;
        Ok(self)
    }
}

impl Schedule for ReduceOnPlateau {
    fn factor(&self, _: f64) -> f64 {
        self.now
    }

    fn after_epoch(&mut self, report: &EpochReport) -> Next {
        let better = self
            .best
            .is_none_or(|best| report.gain_over(&best) > self.threshold);
        if better {
            self.best = Some(*report);
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        if self.waited == self.patience {
            self.now = (self.now * self.factor).max(self.floor.min(self.now));
            self.waited = 0;
        }
        Next::Continue
    }
}

/// The "NewBob" rule, known from speech recognition: 1 until an epoch gains less than
/// a threshold over the best before it, then halved after every epoch; training ends when an epoch
/// after a halving gains less than a second threshold.
///
/// Gains are those of [`EpochReport::gain_over`]: 0.005 is half a percent of accuracy, or of the
/// loss where there are no classes.
///
/// ```
/// use ftm_runtime::schedule::NewBob;
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let schedule = NewBob::new(0.005, 0.001)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewBob {
    halve_below: f64,
    stop_below: f64,
    halvings: u32,
    best: Option<EpochReport>,
}

impl NewBob {
    /// Begins to halve at the first gain below `halve_below`, and stops at the first one below
    /// `stop_below` after that.
    ///
    /// # Errors
    /// [`Error::Argument`] unless both are finite and at least 0.
    pub fn new(halve_below: f64, stop_below: f64) -> Result<Self, Error> {
        Ok(Self {
            halve_below: not_negative("the gain to halve below", halve_below)?,
            stop_below: not_negative("the gain to stop below", stop_below)?,
            halvings: 0,
            best: None,
        })
    }
}

impl Schedule for NewBob {
    fn factor(&self, _: f64) -> f64 {
        libm::exp2(-f64::from(self.halvings))
    }

    fn after_epoch(&mut self, report: &EpochReport) -> Next {
        let Some(best) = self.best else {
            self.best = Some(*report);
            return Next::Continue;
        };
        let gain = report.gain_over(&best);
        if gain > 0.0 {
            self.best = Some(*report);
        }
        let halving = self.halvings > 0;
        if halving && gain < self.stop_below {
            return Next::Stop;
        }
        if halving || gain < self.halve_below {
            self.halvings += 1;
        }
        Next::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;
    use crate::schedule::WarmUp;

    /// The factors after epochs of these losses, and the epoch after which it ended.
    fn run(
        mut schedule: impl Schedule,
        losses: &[f64],
        accuracy: impl Fn(f64) -> Option<f64>,
    ) -> (Vec<f64>, Option<usize>) {
        let mut factors = Vec::new();
        for (epoch, &loss) in losses.iter().enumerate() {
            let next = schedule.after_epoch(&EpochReport {
                epoch,
                training_loss: 1.0,
                validation: Some(Metrics {
                    loss,
                    accuracy: accuracy(loss),
                }),
                seconds: 0.0,
            });
            if next == Next::Stop {
                return (factors, Some(epoch));
            }
            factors.push(schedule.factor(epoch as f64 + 1.0));
        }
        (factors, None)
    }

    #[test]
    fn a_plateau_reduces_the_factor_down_to_the_floor() {
        let schedule = ReduceOnPlateau::new(0.5, 2)
            .and_then(|s| s.threshold(0.01))
            .and_then(|s| s.floor(0.2))
            .expect("good numbers");
        // A gain of 0.5 % is none, and it adds up with the next to one of 1.5 % over the best.
        let losses = [
            1.0, 0.995, 0.985, 0.985, 0.99, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6,
        ];
        let (factors, stop) = run(schedule, &losses, |_| None);
        let expected = [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2];
        assert_eq!((factors, stop), (expected.to_vec(), None));
    }

    #[test]
    fn new_bob_keeps_halves_and_stops() {
        let schedule = NewBob::new(0.005, 0.001).expect("good numbers");
        let accuracy = [0.8, 0.9, 0.95, 0.953, 0.957, 0.9575, 0.99];
        let (factors, stop) = run(schedule, &accuracy, Some);
        assert_eq!((factors, stop), (vec![1.0, 1.0, 1.0, 0.5, 0.25], Some(5)));
        // The gain is over the best: an epoch that only makes up for a bad one gains nothing.
        let (factors, stop) = run(schedule, &[0.9, 0.8, 0.9, 0.95], Some);
        assert_eq!((factors, stop), (vec![1.0, 0.5], Some(2)));
        let (factors, stop) = run(schedule, &[1.0, 0.99, 0.9895, 0.985, 0.99], |_| None);
        assert_eq!((factors, stop), (vec![1.0, 1.0, 0.5, 0.25], Some(4)));
    }

    /// All these numbers are sums of powers of two, so that gains are exact.
    #[test]
    fn a_gain_of_just_the_threshold() {
        let plateau = ReduceOnPlateau::new(0.5, 1).and_then(|s| s.threshold(0.25));
        let (factors, _) = run(plateau.expect("good numbers"), &[0.25, 0.5, 0.625], Some);
        assert_eq!(factors, [1.0, 0.5, 0.5]);
        let schedule = NewBob::new(0.25, 0.125).expect("good numbers");
        let accuracy = [0.0, 0.25, 0.375, 0.5, 0.5625];
        let (factors, stop) = run(schedule, &accuracy, Some);
        assert_eq!((factors, stop), (vec![1.0, 1.0, 0.5, 0.25], Some(4)));
    }

    #[test]
    fn what_follows_a_warm_up_hears_of_its_own_epochs_only() {
        let schedule = WarmUp {
            epochs: 2.0,
            from: 0.5,
            then: NewBob::new(0.1, 0.1).expect("good numbers"),
        };
        let (factors, stop) = run(schedule, &[0.5, 0.5, 0.5, 0.5, 0.5], Some);
        assert_eq!((factors, stop), (vec![0.75, 1.0, 1.0, 0.5], Some(4)));
    }

    #[test]
    fn impossible_arguments_are_refused() {
        let plateau = || ReduceOnPlateau::new(0.5, 1).expect("good numbers");
        for error in [
            ReduceOnPlateau::new(1.0, 1).err(),
            ReduceOnPlateau::new(0.0, 1).err(),
            ReduceOnPlateau::new(0.5, 0).err(),
            plateau().threshold(-1.0).err(),
            plateau().floor(f64::NAN).err(),
            NewBob::new(-0.1, 0.1).err(),
            NewBob::new(0.1, f64::INFINITY).err(),
        ] {
            assert!(matches!(error, Some(Error::Argument { .. })), "{error:?}");
        }
    }
}
