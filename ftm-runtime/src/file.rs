//! Files that are read.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Take};
use std::path::Path;

/// Opens a file to be read up to the length that it has now: a device may have no end, a pipe keeps
/// whoever opens it waiting, and so do some files of the system, whose length is 0.
pub(crate) fn open(path: &Path) -> io::Result<Take<File>> {
    check(path)?;
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok(file.take(length))
}

/// Refuses what is there and no file, such as a folder, a device or a pipe.
pub(crate) fn check(path: &Path) -> io::Result<()> {
    match fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        true => Err(io::Error::new(ErrorKind::InvalidInput, "it is not a file")),
        false => Ok(()),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::data::{Idx, sha256};
    use crate::error::Error;
    use crate::model::Model;

    #[test]
    fn what_is_no_file_is_refused_by_all_readers() {
        let folder = std::env::temp_dir();
        for path in [Path::new("/dev/null"), &folder] {
            let errors = [
                Model::<f32>::open(path).expect_err("no model"),
                Idx::open(path, 1).expect_err("no images"),
                sha256(path).expect_err("no content"),
            ];
            for error in errors {
                assert!(matches!(error, Error::File { .. }), "{error}");
                assert!(error.to_string().ends_with("it is not a file"), "{error}");
            }
        }
    }

    /// Reading it would wait for somebody who writes.
    #[test]
    fn a_pipe_keeps_nobody_waiting() {
        let path = std::env::temp_dir().join(format!("ftm-pipe-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        let refused = Idx::open(&path, 1);
        let _ = fs::remove_file(&path);
        assert!(made.expect("a command of all such systems").success());
        assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
    }

    /// Such files go on for as long as the system has something to say.
    #[cfg(target_os = "linux")]
    #[test]
    fn files_of_the_system_are_empty() {
        let mut bytes = Vec::new();
        let mut file = open(Path::new("/proc/self/status")).expect("a file");
        file.read_to_end(&mut bytes).expect("a file");
        assert_eq!(bytes, b"");
    }
}
