//! Whether files can be written, known before there is anything to write.

use std::fs::{self, File};
use std::path::Path;

/// Refuses the path of a file that could not be written.
pub(crate) fn check(path: &Path) -> Result<(), String> {
    let refused = |reason: &str| format!("cannot write {}: {reason}", path.display());
    if path.exists() && !path.is_file() {
        return Err(refused("it is not a file"));
    }
    // Beside it, so that a file that is there stays as it is.
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    File::create_new(&beside)
        .and_then(|_| fs::remove_file(&beside))
        .map_err(|error| refused(&error.to_string()))
}
