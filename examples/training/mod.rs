//! What the examples that learn to read digits share: options, data, the training itself.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum};
use ftm::checkpoint::{Checkpoint, Checkpoints};
use ftm::clip::Clip;
use ftm::data::{Dataset, Digits, Mnist};
use ftm::error::Error::Interrupted;
use ftm::loss::SoftmaxCrossEntropy;
use ftm::model::Model;
use ftm::network::Network;
use ftm::optimizer::{Adam, Optimizer, RmsProp, Sgd};
use ftm::schedule::Cosine;
use ftm::train::{Next, Trainer};
use ftm::{memory, metrics};

use crate::output;
use crate::program::say;

/// Options of a training.
#[derive(Args)]
pub(crate) struct Training {
    /// Optimiser.
    #[arg(long, value_enum, default_value = "adam")]
    optimiser: Optimiser,
    /// Weight decay; that of Adam is the one of AdamW.
    #[arg(long, default_value_t = 0.0)]
    weight_decay: f64,
    /// How the learning rate goes on: down to 0 along a cosine, or not at all.
    #[arg(long, value_enum, default_value = "cosine")]
    schedule: Schedule,
    /// Passes over the training set.
    #[arg(long, default_value_t = 10)]
    pub(crate) epochs: usize,
    /// Seed of the initial parameters and of the order of samples.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Threads; 0 means one for each core.
    #[arg(long, default_value_t = 0)]
    pub(crate) threads: usize,
    /// Folder with the four files of MNIST; without it, the digits of the library are used.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Folder to save the training in, as it goes on.
    #[arg(long)]
    checkpoint: Option<PathBuf>,
    /// Go on from the newest good checkpoint there, if there is any, to the epochs and by the
    /// schedule given now.
    #[arg(long, requires = "checkpoint")]
    resume: bool,
    /// File to save the network in.
    #[arg(long)]
    save: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Optimiser {
    Sgd,
    Momentum,
    Nesterov,
    RmsProp,
    Adam,
}

#[derive(Clone, Copy, ValueEnum)]
enum Schedule {
    Cosine,
    Constant,
}

impl Schedule {
    fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Constant => "constant",
        }
    }
}

/// Sets of digits.
pub(crate) struct Sets {
    pub(crate) train: Dataset<f32>,
    validation: Dataset<f32>,
    test: Dataset<f32>,
}

/// How far steps go, and on how many samples.
#[derive(Clone, Copy)]
pub(crate) struct Steps {
    pub(crate) rate: f64,
    pub(crate) batch: usize,
}

impl Training {
    pub(crate) fn sets(&self) -> Result<Sets, Box<dyn Error>> {
        let sets = match &self.data {
            Some(folder) => {
                let mnist = Mnist::load(folder)?;
                Sets {
                    train: mnist.train,
                    validation: mnist.validation,
                    test: mnist.test,
                }
            }
            None => {
                say!("no --data: using the 8×8 digits that come with the library");
                let digits = Digits::load()?;
                Sets {
                    train: digits.train,
                    validation: digits.validation,
                    test: digits.test,
                }
            }
        };
        say!(
            "{} training, {} validation, {} test samples of {} numbers",
            sets.train.len(),
            sets.validation.len(),
            sets.test.len(),
            sets.train.features()
        );
        Ok(sets)
    }

    /// Trains a network, saves it where that is asked for, and says how long an epoch took.
    pub(crate) fn train(
        &self,
        network: &mut Network<f32>,
        sets: &Sets,
        steps: Steps,
    ) -> Result<(), Box<dyn Error>> {
        if let Some(path) = &self.save {
            output::check(path)?;
            // Where it is written until it is whole.
            output::check(&path.with_added_extension("unfinished"))?;
        }
        let mut seconds = Vec::new();
        let mut trainer = self.trainer(sets, steps)?.after_epoch(|report| {
            say!("{report}");
            seconds.push(report.seconds);
            Next::Continue
        });
        if let Some(folder) = &self.checkpoint {
            let (checkpoints, latest) = self.checkpoints(folder)?;
            trainer = trainer.checkpoints(checkpoints).resume(latest);
        }
        let trained = trainer.fit(network, &sets.train);
        drop(trainer);
        let history = match trained {
            Err(interrupted @ Interrupted { .. }) => {
                return Err(format!("{interrupted}: give the same options and --resume").into());
            }
            other => other?,
        };
        if let Some(path) = &self.save {
            Model::of(network).with_history(&history).save(path)?;
        }
        say!("parameters: {}", network.parameter_count());
        if seconds.is_empty() {
            say!("no epoch was left to train");
        } else {
            let sum: f64 = seconds.iter().sum();
            say!("seconds per epoch: {:.2}", sum / seconds.len() as f64);
        }
        Ok(())
    }

    /// Checkpoints that Ctrl-C brings about, and the one to go on from. A second Ctrl-C ends the
    /// program at once.
    fn checkpoints(&self, folder: &Path) -> Result<Saved, Box<dyn Error>> {
        let interrupt = Arc::new(AtomicBool::new(false));
        let checkpoints = Checkpoints::in_directory(folder)
            .every(100)?
            .interrupted_by(interrupt.clone());
        ctrlc::set_handler(move || {
            if interrupt.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        })?;
        if !self.resume {
            return Ok((checkpoints, None));
        }
        let latest = checkpoints.latest()?;
        for refused in &latest.refused {
            say!("passed over: {refused}");
        }
        if let Some(checkpoint) = &latest.checkpoint {
            // Neither is in the file: it says where the training was, not where it was to go.
            say!(
                "going on from {}, to epoch {} by a {} schedule, as these options say",
                checkpoint.path().display(),
                self.epochs,
                self.schedule.name()
            );
        }
        Ok((checkpoints, latest.checkpoint))
    }

    fn trainer<'a>(
        &self,
        sets: &'a Sets,
        steps: Steps,
    ) -> Result<Trainer<'a, f32>, ftm::error::Error> {
        let optimizer = self.optimizer(steps.rate)?;
        Ok(Trainer::new(SoftmaxCrossEntropy, optimizer)
            .epochs(self.epochs)
            .batch(steps.batch)
            .seed(self.seed)
            .clip(Clip::Value(1000.0))
            .schedule(Cosine {
                epochs: self.epochs as f64,
                floor: match self.schedule {
                    Schedule::Cosine => 0.0,
                    Schedule::Constant => 1.0,
                },
            })
            .validation(&sets.validation))
    }

    fn optimizer(&self, rate: f64) -> Result<Box<dyn Optimizer<f32>>, ftm::error::Error> {
        let decay = self.weight_decay;
        let descent = || Sgd::new(rate)?.weight_decay(decay);
        Ok(match self.optimiser {
            Optimiser::Sgd => Box::new(descent()?),
            Optimiser::Momentum => Box::new(descent()?.momentum(0.9)?),
            Optimiser::Nesterov => Box::new(descent()?.momentum(0.9)?.nesterov()),
            Optimiser::RmsProp => Box::new(RmsProp::new(rate)?.weight_decay(decay)?),
            Optimiser::Adam => Box::new(Adam::new(rate)?.weight_decay(decay)?),
        })
    }
}

/// The last lines: memory, and the accuracy on the test set.
pub(crate) fn report(network: &Network<f32>, sets: &Sets) -> Result<(), ftm::error::Error> {
    if let Some(bytes) = memory::peak() {
        say!("peak memory: {:.1} MB", bytes as f64 / 1e6);
    }
    say!("test accuracy: {:.2}%", 100.0 * accuracy(network, sets)?);
    Ok(())
}

/// The share of the test set that is read right.
pub(crate) fn accuracy(network: &Network<f32>, sets: &Sets) -> Result<f64, ftm::error::Error> {
    let result = metrics::evaluate(network, &SoftmaxCrossEntropy, &sets.test)?;
    Ok(result.accuracy.unwrap_or(0.0))
}

type Saved = (Checkpoints, Option<Checkpoint<f32>>);
