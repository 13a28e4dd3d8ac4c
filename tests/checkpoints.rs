//! An interrupted training that is resumed ends with the bits of one that was not interrupted.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ftm::checkpoint::Checkpoints;
use ftm::clip::Clip;
use ftm::data::Digits;
use ftm::error::RecordProblem;
use ftm::functions::activation::Tanh;
use ftm::functions::paper::{SignedSquare, Sine};
use ftm::model::Model;
use ftm::optimizer::{Frozen, Groups, Optimizer, RmsProp};
use ftm::parallel::with_threads;
use ftm::prelude::*;
use ftm::schedule::{Constant, Cosine, NewBob, ReduceOnPlateau, Schedule, WarmUp};
use ftm::train::{EpochReport, History, Next};

const EPOCHS: usize = 4;

fn network(seed: u64) -> Network<f32> {
    Network::new(64)
        .functional(Sine, 12)
        .normalization()
        .activation(Tanh)
        .dropout(0.2)
        .functional(SignedSquare, 10)
        .build(seed)
        .expect("a good network")
}

/// A schedule that interrupts the training at a time.
struct Interrupting {
    schedule: Box<dyn Schedule>,
    at: f64,
    peak: f64,
    interrupt: Arc<AtomicBool>,
}

impl Schedule for Interrupting {
    fn factor(&self, epoch: f64) -> f64 {
        if epoch >= self.at {
            self.interrupt.store(true, Ordering::Relaxed);
        }
        let peak = if (2.2..2.6).contains(&epoch) {
            self.peak
        } else {
            1.0
        };
        peak * self.schedule.factor(epoch)
    }
    fn after_epoch(&mut self, report: &EpochReport) -> Next {
        self.schedule.after_epoch(report)
    }
}

type Made<M> = Result<Box<M>, Error>;

struct Case {
    name: &'static str,
    optimizer: fn(&Network<f32>) -> Made<dyn Optimizer<f32>>,
    schedule: fn() -> Made<dyn Schedule>,
    patience: usize,
    /// What the rate is multiplied by in a part of the third epoch.
    peak: f64,
}

impl Case {
    /// Trains until the time `until`; `None` when it was interrupted.
    fn run(
        &self,
        network: &mut Network<f32>,
        checkpoints: Option<Checkpoints>,
        until: f64,
    ) -> Option<History> {
        let digits = Digits::<f32>::load().expect("they are embedded");
        // Four batches, the last one short.
        let train = digits.train.split(200).expect("there are more").0;
        let validation = digits.validation.split(100).expect("there are more").0;
        let interrupt = Arc::new(AtomicBool::new(false));
        let optimizer = (self.optimizer)(network).expect("good numbers");
        let mut trainer = Trainer::new(SoftmaxCrossEntropy, optimizer)
            .epochs(EPOCHS)
            .batch(60)
            .seed(3)
            .progress(false)
            .clip(Clip::GlobalNorm(1.0))
            .validation(&validation)
            .patience(self.patience)
            .roll_back(1e-15, 9)
            .schedule(Interrupting {
                schedule: (self.schedule)().expect("good numbers"),
                at: until,
                peak: self.peak,
                interrupt: interrupt.clone(),
            });
        if let Some(checkpoints) = checkpoints {
            let latest = checkpoints.latest().expect("readable");
            assert!(latest.refused.is_empty());
            trainer = trainer
                .checkpoints(checkpoints.interrupted_by(interrupt))
                .resume(latest.checkpoint);
        }
        match trainer.fit(network, &train) {
            Ok(history) => Some(history),
            Err(Error::Interrupted { checkpoint, .. }) => {
                assert!(checkpoint.exists());
                None
            }
            Err(error) => panic!("{}: {error}", self.name),
        }
    }

    fn resumes(&self) {
        let mut whole = network(1);
        let expected = self.run(&mut whole, None, f64::INFINITY);
        let rollbacks = expected
            .as_ref()
            .map_or(0, |history| history.rollbacks.len());
        assert_eq!(self.peak > 1.0, rollbacks > 1, "{}", self.name);
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(self.name);
        let _ = std::fs::remove_dir_all(&directory);
        let checkpoints = || {
            let checkpoints = Checkpoints::in_directory(&directory);
            Some(checkpoints.every(3).expect("a count"))
        };
        // Inside of epochs, at the last steps of some, and with no step done since the last time.
        for (part, until) in [0.25, 0.75, 1.25, 1.3, 2.25, 2.5, 2.75]
            .into_iter()
            .enumerate()
        {
            // Only the first one begins with these parameters.
            let mut network = network(1 + part as u64);
            let run = || self.run(&mut network, checkpoints(), until);
            with_threads(1 + part % 3, run).expect("threads start");
        }
        // The one that goes on to the end, and one that finds everything done.
        for seed in [20, 21] {
            let mut resumed = network(seed);
            let history = self.run(&mut resumed, checkpoints(), f64::INFINITY);
            assert_eq!(losses(history), losses(expected.clone()), "{}", self.name);
            assert!(bits(&resumed) == bits(&whole), "{}", self.name);
        }
    }
}

fn bits(network: &Network<f32>) -> Vec<u32> {
    let layers = network.layers().iter();
    let numbers = layers.flat_map(|layer| layer.parameters().iter().chain(layer.constants()));
    numbers.map(|value| value.to_bits()).collect()
}

/// The history without times.
fn losses(history: Option<History>) -> Option<History> {
    history.map(|mut history| {
        for report in &mut history.epochs {
            report.seconds = 0.0;
        }
        history
    })
}

#[test]
fn adam_on_a_wave_after_a_warm_up() {
    let case = Case {
        name: "adam",
        optimizer: |_| Ok(Box::new(Adam::new(3e-3)?)),
        schedule: || {
            Ok(Box::new(WarmUp {
                epochs: 1.5,
                from: 0.1,
                then: Cosine {
                    epochs: 3.0,
                    floor: 0.1,
                },
            }))
        },
        patience: EPOCHS,
        peak: 1.0,
    };
    case.resumes();
}

#[test]
fn momentum_reduced_on_plateaus() {
    let case = Case {
        name: "momentum",
        optimizer: |_| Ok(Box::new(Sgd::new(0.05)?.momentum(0.9)?.nesterov())),
        // Every epoch is a plateau.
        schedule: || Ok(Box::new(ReduceOnPlateau::new(0.5, 1)?.threshold(0.9)?)),
        patience: EPOCHS,
        peak: 1.0,
    };
    case.resumes();
}

#[test]
fn rms_prop_halved_until_it_stops() {
    let case = Case {
        name: "rmsprop",
        optimizer: |_| Ok(Box::new(RmsProp::new(1e-3)?)),
        // Ends after the third epoch.
        schedule: || Ok(Box::new(NewBob::new(0.9, 0.9)?)),
        patience: EPOCHS,
        peak: 1.0,
    };
    case.resumes();
}

#[test]
fn groups_stopped_early() {
    let case = Case {
        name: "groups",
        optimizer: |network| {
            let groups = Groups::new(network.layers(), Adam::new(1e-2)?)
                .group(|_, tensor| tensor == "bias", Frozen)?
                .group(|layer, _| layer == 4, Sgd::new(1e-9)?.momentum(0.5)?)?;
            Ok(Box::new(groups))
        },
        schedule: || Ok(Box::new(Constant)),
        patience: 1,
        peak: 1.0,
    };
    case.resumes();
}

#[test]
fn rolled_back_more_than_once() {
    let case = Case {
        name: "rolled-back",
        optimizer: |_| Ok(Box::new(Sgd::new(0.05)?.momentum(0.9)?)),
        schedule: || Ok(Box::new(Constant)),
        patience: EPOCHS,
        peak: 1e60,
    };
    case.resumes();
}

#[test]
fn other_settings_and_directories_in_use_are_refused() {
    let digits = Digits::<f32>::load().expect("they are embedded");
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("settings");
    let _ = std::fs::remove_dir_all(&directory);
    let checkpoints = || Checkpoints::in_directory(&directory);
    let trainer = |rate: f64| {
        let adam = Adam::new(rate).expect("a rate");
        let trainer = Trainer::new(SoftmaxCrossEntropy, adam).epochs(1);
        trainer.progress(false).checkpoints(checkpoints())
    };
    let mut network = network(1);
    trainer(1e-3)
        .fit(&mut network, &digits.train)
        .expect("it fits");
    let refused = trainer(1e-3).fit(&mut network, &digits.train);
    assert!(matches!(refused, Err(Error::CheckpointsExist { .. })));

    let resume = |trainer: Trainer<'_, f32>, network: &mut Network<f32>| {
        let latest = checkpoints().latest().expect("readable");
        let before = bits(network);
        let error = trainer
            .resume(latest.checkpoint)
            .fit(network, &digits.train);
        assert_eq!(bits(network), before);
        match error {
            Err(Error::Record { problem, .. }) => problem,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        resume(trainer(2e-3), &mut network).to_string(),
        "it was made with `training.optimizer.rate` = 0.001, but here it is 0.002"
    );
    assert_eq!(
        resume(trainer(1e-3).seed(9), &mut network).to_string(),
        "it was made with `training.seed` = 0, but here it is 9"
    );
    let mut other = Network::new(64)
        .functional(Sine, 10)
        .build(1)
        .expect("good");
    assert!(matches!(
        resume(trainer(1e-3), &mut other),
        RecordProblem::Layers { .. }
    ));
}

/// The one that has it goes on undisturbed, and leaves it to the next one.
#[test]
fn two_trainings_in_one_directory_are_refused() {
    let digits = Digits::<f32>::load().expect("they are embedded");
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("in-use");
    let _ = std::fs::remove_dir_all(&directory);
    let trainer = || {
        let adam = Adam::new(1e-3).expect("a rate");
        Trainer::new(SoftmaxCrossEntropy, adam)
            .epochs(2)
            .progress(false)
            .checkpoints(Checkpoints::in_directory(&directory))
    };
    let latest = || {
        let latest = Checkpoints::in_directory(&directory).latest();
        latest.expect("readable").checkpoint
    };
    let mut refused = Vec::new();
    trainer()
        .after_epoch(|_| {
            let second = trainer()
                .resume(latest())
                .fit(&mut network(2), &digits.train);
            refused.push(second.map_err(|error| error.to_string()));
            Next::Continue
        })
        .fit(&mut network(1), &digits.train)
        .expect("it fits");
    assert_eq!(refused.len(), 2);
    for second in refused {
        let error = second.expect_err("it is in use");
        assert!(error.contains("another training writes"), "{error}");
        assert!(error.contains("in-use"), "{error}");
    }
    trainer()
        .resume(latest())
        .fit(&mut network(1), &digits.train)
        .expect("nobody has it");
}

/// A checkpoint is the file of a network too.
#[test]
fn a_checkpoint_is_a_model() {
    let digits = Digits::<f32>::load().expect("they are embedded");
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("a-model");
    let _ = std::fs::remove_dir_all(&directory);
    let checkpoints = Checkpoints::in_directory(&directory);
    let mut trained = network(1);
    Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a rate"))
        .epochs(1)
        .progress(false)
        .checkpoints(checkpoints.clone())
        .fit(&mut trained, &digits.train)
        .expect("it fits");
    let latest = checkpoints.latest::<f32>().expect("readable").checkpoint;
    let model = Model::<f32>::open(latest.expect("there is one").path()).expect("a good file");
    let mut loaded = network(2);
    model.load_into(&mut loaded).expect("it fits");
    assert_eq!(bits(&loaded), bits(&trained));
    assert_eq!(model.history().map(|history| history.epochs.len()), Some(1));
}
