//! Learning rates that change while training goes on.
//!
//! A schedule gives a factor of the optimiser's learning rate for a time in epochs, counted from
//! 0 and with the part of the epoch that is done. After each epoch it is told how that went, which
//! [`ReduceOnPlateau`] and [`NewBob`] go by. A closure of the time is a schedule too:
//!
//! ```
//! use ftm_runtime::schedule::{Cosine, Schedule, WarmUp};
//!
//! let schedule = WarmUp { epochs: 2.0, from: 0.1, then: Cosine { epochs: 10.0, floor: 0.0 } };
//! assert_eq!(schedule.factor(0.0), 0.1);
//! assert_eq!(schedule.factor(2.0), 1.0);
//! assert!(schedule.factor(12.0) < 1e-15);
//!
//! let halved_at_five = |epoch: f64| if epoch < 5.0 { 1.0 } else { 0.5 };
//! assert_eq!(halved_at_five.factor(7.25), 0.5);
//! ```

mod feedback;

use crate::error::{Error, not_negative, positive};
use crate::history::{EpochReport, Next};

pub use feedback::{NewBob, ReduceOnPlateau};

/// Gives a factor of the learning rate for a time in epochs.
///
/// What a schedule has become depends on the reports that it was told of, and on nothing else:
/// telling a fresh one all reports of a [`History`](crate::train::History) brings it to where the
/// training was.
pub trait Schedule: Send + Sync {
    /// The factor at `epoch`, a time in the epoch after those reported.
    fn factor(&self, epoch: f64) -> f64;
    /// Is told how an epoch went; says whether there is a point in going on.
    fn after_epoch(&mut self, report: &EpochReport) -> Next {
        let _ = report;
        Next::Continue
    }
    /// Whether its numbers make sense; asked before training begins.
    ///
    /// # Errors
    /// [`Error::Argument`] when one does not.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

impl<F: Fn(f64) -> f64 + Send + Sync> Schedule for F {
    fn factor(&self, epoch: f64) -> f64 {
        self(epoch)
    }
}

/// Always 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Constant;

impl Schedule for Constant {
    fn factor(&self, _: f64) -> f64 {
        1.0
    }
}

/// Multiplied by `factor` after every `every` epochs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Epochs between two changes, above 0.
    pub every: f64,
    /// What the rate is multiplied by.
    pub factor: f64,
}

impl Schedule for Step {
    fn factor(&self, epoch: f64) -> f64 {
        libm::pow(self.factor, (epoch / self.every).floor())
    }

    fn check(&self) -> Result<(), Error> {
        positive("the number of epochs between changes of `Step`", self.every)?;
        not_negative("the factor of `Step`", self.factor)?;
        Ok(())
    }
}

/// Multiplied by `factor` over every epoch, smoothly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    /// What the rate is multiplied by in an epoch.
    pub factor: f64,
}

impl Schedule for Exponential {
    fn factor(&self, epoch: f64) -> f64 {
        libm::pow(self.factor, epoch)
    }

    fn check(&self) -> Result<(), Error> {
        not_negative("the factor of `Exponential`", self.factor).map(drop)
    }
}

/// Half a cosine wave from 1 down to `floor` (Loshchilov, Hutter 2017), and `floor` from then
/// on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// Epochs until the floor, above 0.
    pub epochs: f64,
    /// The last factor.
    pub floor: f64,
}

impl Schedule for Cosine {
    fn factor(&self, epoch: f64) -> f64 {
        let done = (epoch / self.epochs).clamp(0.0, 1.0);
        let wave = 0.5 * (1.0 + libm::cos(std::f64::consts::PI * done));
        self.floor + (1.0 - self.floor) * wave
    }

    fn check(&self) -> Result<(), Error> {
        positive("the number of epochs of `Cosine`", self.epochs)?;
        not_negative("the floor of `Cosine`", self.floor)?;
        Ok(())
    }
}

/// A straight line from `from` up to 1, and then another schedule from its own beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp<S> {
    /// Epochs of the line.
    pub epochs: f64,
    /// The first factor.
    pub from: f64,
    /// What follows.
    pub then: S,
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn factor(&self, epoch: f64) -> f64 {
        if epoch < self.epochs {
            self.from + (1.0 - self.from) * (epoch / self.epochs)
        } else {
            self.then.factor(epoch - self.epochs)
        }
    }

    fn after_epoch(&mut self, report: &EpochReport) -> Next {
        // Epochs that began on the line say nothing of what follows it.
        if (report.epoch as f64) < self.epochs {
            Next::Continue
        } else {
            self.then.after_epoch(report)
        }
    }

    fn check(&self) -> Result<(), Error> {
        not_negative("the number of epochs of `WarmUp`", self.epochs)?;
        not_negative("the first factor of `WarmUp`", self.from)?;
        self.then.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_sense_are_refused() {
        let cosine = |epochs, floor| Cosine { epochs, floor };
        assert!(cosine(10.0, 0.0).check().is_ok());
        assert!((|_: f64| 1.0).check().is_ok());
        let warm_up = WarmUp {
            epochs: 0.0,
            from: 0.0,
            then: cosine(0.0, 0.0),
        };
        let step = Step {
            every: f64::NAN,
            factor: 0.5,
        };
        let exponential = Exponential { factor: -0.5 };
        for (result, start) in [
            (warm_up.check(), "the number of epochs of `Cosine` is 0"),
            (
                cosine(1.0, f64::NAN).check(),
                "the floor of `Cosine` is NaN",
            ),
            (
                step.check(),
                "the number of epochs between changes of `Step` is NaN",
            ),
            (exponential.check(), "the factor of `Exponential` is -0.5"),
        ] {
            let message = result.expect_err(start).to_string();
            assert!(message.starts_with(start), "{message}");
        }
    }

    #[test]
    fn factors_at_known_times() {
        assert_eq!(Constant.factor(7.5), 1.0);
        let step = Step {
            every: 2.0,
            factor: 0.5,
        };
        for (epoch, factor) in [(0.0, 1.0), (1.99, 1.0), (2.0, 0.5), (5.0, 0.25)] {
            assert_eq!(step.factor(epoch), factor);
        }
        let exponential = Exponential { factor: 0.25 };
        assert_eq!(exponential.factor(0.5), 0.5);
        assert_eq!(exponential.factor(2.0), 0.0625);
        let cosine = Cosine {
            epochs: 10.0,
            floor: 0.2,
        };
        for (epoch, factor) in [(0.0, 1.0), (5.0, 0.6), (10.0, 0.2), (99.0, 0.2)] {
            assert!((cosine.factor(epoch) - factor).abs() < 1e-15);
        }
        let warm_up = WarmUp {
            epochs: 4.0,
            from: 0.5,
            then: step,
        };
        for (epoch, factor) in [(0.0, 0.5), (2.0, 0.75), (4.0, 1.0), (6.0, 0.5)] {
            assert_eq!(warm_up.factor(epoch), factor);
        }
        let before_a_line = WarmUp {
            epochs: 4.0,
            from: 0.5,
            then: |epoch: f64| 0.25 + epoch,
        };
        for (epoch, factor) in [(2.0, 0.75), (4.0, 0.25), (6.0, 2.25)] {
            assert_eq!(before_a_line.factor(epoch), factor);
        }
    }
}
