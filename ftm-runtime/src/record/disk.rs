//! Records in files that are there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use super::Record;
use crate::error::Error;
use crate::file;
use crate::simd::Real;

/// What the name of an unfinished file ends with.
pub(crate) const UNFINISHED: &str = "unfinished";

impl<T: Real> Record<T> {
    /// Reads a file.
    #[inline(never)]
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        let read = file::open(path).and_then(|mut file| {
            bytes.try_reserve_exact(usize::try_from(file.limit()).unwrap_or(usize::MAX))?;
            file.read_to_end(&mut bytes)
        });
        read.map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        Self::from_bytes(&path.display().to_string(), &bytes)
    }

    /// Writes a file under another name, waits until it is on the disk, and only then gives it
    /// its own name: whatever happens meanwhile, there is the file of before or the new one.
    #[inline(never)]
    pub(crate) fn save(&self, path: &Path) -> Result<(), Error> {
        let bytes = self.to_bytes()?;
        // A link to a file stays one.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let unfinished = target.with_added_extension(UNFINISHED);
        check_file(path)?;
        check_file(&unfinished)?;
        write(&target, &unfinished, &bytes).map_err(|error| unwritable(path, error))
    }
}

/// Refuses a path of something that is not a file, which none may replace.
pub(crate) fn check_file(path: &Path) -> Result<(), Error> {
    file::check(path).map_err(|error| unwritable(path, error))
}

pub(crate) fn unwritable(path: &Path, source: io::Error) -> Error {
    Error::WriteFile {
        path: path.to_owned(),
        source,
    }
}

fn write(path: &Path, unfinished: &Path, bytes: &[u8]) -> io::Result<()> {
    // One of before may be a link to elsewhere.
    match fs::remove_file(unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::create_new(unfinished)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| fs::rename(unfinished, path)) {
        let _ = fs::remove_file(unfinished);
        return Err(error);
    }
    // The name is on the disk when the directory is.
    #[cfg(unix)]
    {
        let directory = path.parent().filter(|path| !path.as_os_str().is_empty());
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
