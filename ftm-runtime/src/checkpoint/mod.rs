//! Checkpoints: files that an interrupted training goes on from, to the same bits.
//!
//! A checkpoint is the file of a [`Model`] with more in it: what the optimiser
//! remembers, the place in the epoch, the best parameters so far. A file is written beside the
//! ones before and gets its name when it is on the disk, so there is a good one at any moment.
//!
//! ```
//! # use ftm_runtime::{data::Dataset, error::Error, loss::SoftmaxCrossEntropy, network::Network};
//! use ftm_runtime::checkpoint::Checkpoints;
//! use ftm_runtime::optimizer::Adam;
//! use ftm_runtime::train::Trainer;
//!
//! # fn train(network: &mut Network<f32>, data: &Dataset<f32>) -> Result<(), Error> {
//! let checkpoints = Checkpoints::in_directory("run").every(1000)?;
//! let latest = checkpoints.latest()?;
//! for refused in &latest.refused {
//!     eprintln!("passed over: {refused}");
//! }
//! Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3)?)
//!     .checkpoints(checkpoints)
//!     .resume(latest.checkpoint)
//!     .fit(network, data)?;
//! # Ok(())
//! # }
//! ```

mod lock;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, at_least_one};
use crate::model::Model;
use crate::record::{Record, UNFINISHED, check_file, unwritable};
use crate::simd::Real;
use lock::Lock;

/// What the name of a checkpoint begins and ends with; the number of the step is between.
const START: &str = "step-";
const END: &str = ".safetensors";

/// Where and when a training is saved: after each epoch, when it is interrupted, and as often as
/// [`Checkpoints::every`] says.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    directory: PathBuf,
    every: Option<usize>,
    keep: usize,
    interrupt: Arc<AtomicBool>,
}

/// A training at one moment.
#[derive(Clone, Debug)]
pub struct Checkpoint<T> {
    pub(crate) model: Model<T>,
    path: PathBuf,
}

/// What [`Checkpoints::latest`] finds.
#[derive(Debug)]
pub struct Latest<T> {
    /// The newest checkpoint that is good; `None` in a directory without any.
    pub checkpoint: Option<Checkpoint<T>>,
    /// Newer ones, and what is wrong with them, the newest first.
    pub refused: Vec<Error>,
}

impl Checkpoints {
    /// Files in `directory`, which is made when it is needed. The last 3 are kept. One training at
    /// a time writes there: as long as it does, it has locked the file `lock` in it.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            every: None,
            keep: 3,
            interrupt: Arc::default(),
        }
    }

    /// Saves also after every so many steps.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is at least 1.
    pub fn every(mut self, steps: usize) -> Result<Self, Error> {
        self.every = Some(at_least_one(
            "the number of steps between checkpoints",
            steps,
        )?);
        Ok(self)
    }

    /// Keeps the last `files` files.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is at least 1.
    pub fn keep(mut self, files: usize) -> Result<Self, Error> {
        self.keep = at_least_one("the number of checkpoints to keep", files)?;
        Ok(self)
    }

    /// When `interrupt` becomes true, the step in hand is finished and saved, and training ends
    /// with [`Error::Interrupted`].
    #[must_use]
    pub fn interrupted_by(mut self, interrupt: Arc<AtomicBool>) -> Self {
        self.interrupt = interrupt;
        self
    }

    /// The newest good checkpoint.
    ///
    /// # Errors
    /// [`Error::File`] when the directory cannot be read; when there are checkpoints but none is
    /// good, what is wrong with the newest.
    #[inline(never)]
    pub fn latest<T: Real>(&self) -> Result<Latest<T>, Error> {
        let mut refused = Vec::new();
        for (_, path) in self.files()?.into_iter().rev() {
            match Model::open(&path) {
                Ok(model) => {
                    let checkpoint = Some(Checkpoint { model, path });
                    return Ok(Latest {
                        checkpoint,
                        refused,
                    });
                }
                Err(error) => refused.push(error),
            }
        }
        match refused.is_empty() {
            true => Ok(Latest {
                checkpoint: None,
                refused,
            }),
            false => Err(refused.swap_remove(0)),
        }
    }

    /// Makes the directory that of one training, until what this returns is dropped.
    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        self.make_directory()?;
        for (_, path) in self.named(END)?.into_iter().chain(self.unfinished()?) {
            check_file(&path)?;
        }
        check_file(&self.directory.join(lock::NAME))?;
        let lock = Lock::take(&self.directory);
        let lock = lock.map_err(|error| unwritable(&self.directory, error))?;
        lock.ok_or_else(|| Error::CheckpointsInUse {
            directory: self.directory.clone(),
        })
    }

    fn make_directory(&self) -> Result<(), Error> {
        fs::create_dir_all(&self.directory).map_err(|error| unwritable(&self.directory, error))
    }

    /// Refuses a directory with checkpoints in it.
    pub(crate) fn check_empty(&self) -> Result<(), Error> {
        if self.files()?.is_empty() {
            return Ok(());
        }
        Err(Error::CheckpointsExist {
            directory: self.directory.clone(),
        })
    }

    pub(crate) fn are_due_after(&self, step: usize) -> bool {
        self.every.is_some_and(|every| step.is_multiple_of(every))
    }

    pub(crate) fn are_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }

    /// Saves the training after `step` steps, and removes what is no longer kept.
    pub(crate) fn save<T: Real>(&self, step: usize, record: &Record<T>) -> Result<PathBuf, Error> {
        self.make_directory()?;
        let path = self.directory.join(format!("{START}{step:012}{END}"));
        self.remove_unfinished();
        record.save(&path)?;
        // Later files than this one are damaged ones that it was not resumed from: they do not
        // count.
        let files = self.files()?.into_iter().rev();
        let old = files.filter(|(at, _)| *at <= step).skip(self.keep);
        for (_, path) in old {
            fs::remove_file(&path).map_err(|error| unwritable(&path, error))?;
        }
        Ok(path)
    }

    /// Removes what a killed process left unfinished. What cannot be removed does no harm.
    fn remove_unfinished(&self) {
        for (_, path) in self.unfinished().unwrap_or_default() {
            let _ = fs::remove_file(&path);
        }
    }

    /// What has the name of an unfinished checkpoint.
    fn unfinished(&self) -> Result<Vec<(usize, PathBuf)>, Error> {
        self.named(&format!("{END}.{UNFINISHED}"))
    }

    /// The checkpoints in the directory by the number of their steps. A folder is none, whatever
    /// its name.
    fn files(&self) -> Result<Vec<(usize, PathBuf)>, Error> {
        let mut files = self.named(END)?;
        files.retain(|(_, path)| path.is_file());
        files.sort();
        Ok(files)
    }

    /// What has the name of a checkpoint, with this end.
    fn named(&self, end: &str) -> Result<Vec<(usize, PathBuf)>, Error> {
        let failed = |source| Error::File {
            path: self.directory.clone(),
            source,
        };
        let mut files = Vec::new();
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(files),
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(rest) = name.and_then(|name| name.strip_prefix(START)) else {
                continue;
            };
            if let Some(step) = rest.strip_suffix(end)
                && let Ok(step) = step.parse()
            {
                files.push((step, path));
            }
        }
        Ok(files)
    }
}

impl<T> Checkpoint<T> {
    /// The file that it was read from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
