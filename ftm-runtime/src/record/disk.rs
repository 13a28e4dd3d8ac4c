//! Records in files that are there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use super::Record;
use crate::error::Error;
use crate::simd::Real;

/// What the name of an unfinished file ends with.
pub(crate) const UNFINISHED: &str = "unfinished";

impl<T: Real> Record<T> {
    /// Reads a file.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        Self::from_bytes(&path.display().to_string(), &bytes)
    }

    /// Writes a file under another name, waits until it is on the disk, and only then gives it
    /// its own name: whatever happens meanwhile, there is the file of before or the new one.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Error> {
        let bytes = self.to_bytes()?;
        write(path, &bytes).map_err(|source| Error::WriteFile {
            path: path.to_owned(),
            source,
        })
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays one, and what is no file is not replaced by one.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::new(ErrorKind::AlreadyExists, "it is not a file"));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    let unfinished = path.with_file_name(name);
    let mut file = File::create(&unfinished)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| fs::rename(&unfinished, path)) {
        let _ = fs::remove_file(&unfinished);
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
