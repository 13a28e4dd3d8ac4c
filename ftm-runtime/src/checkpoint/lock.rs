//! One training at a time writes in a directory.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

/// The file that is locked. It stays: whoever removed it might remove that of another training.
pub(super) const NAME: &str = "lock";

/// A directory locked until this is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Locks `directory`; `None` when another training has locked it. Where the file system has
    /// no locks, all trainings get one.
    pub(super) fn take(directory: &Path) -> io::Result<Option<Self>> {
        let path = directory.join(NAME);
        let file = File::options().create(true).append(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                Ok(Some(Self(file)))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Lock {
    /// A process that is being started may have the file open for a moment, and with it the lock.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
