//! SHA-256 sums of files, to know that data is what it should be.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::mnist::{STEMS, find};
use crate::error::Error;
use crate::file;

/// Sums of the four MNIST files, uncompressed, in the order of [`STEMS`].
const MNIST: [&str; 4] = [
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
];

/// The SHA-256 sum of a file in hexadecimal; of its content, if it is compressed by gzip.
///
/// # Errors
/// [`Error::File`] when it cannot be read or decompressed.
pub fn sha256(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    let mut source = BufReader::new(file::open(path).map_err(failed)?);
    if source
        .fill_buf()
        .map_err(failed)?
        .starts_with(&[0x1f, 0x8b])
    {
        sum(MultiGzDecoder::new(source)).map_err(failed)
    } else {
        sum(source).map_err(failed)
    }
}

fn sum(mut source: impl Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = source.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
    }
    let digits = hasher
        .finalize()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    Ok(digits)
}

/// Checks that `directory` has the four files of MNIST, plain or compressed.
///
/// # Errors
/// [`Error::NoFile`] when one is missing, [`Error::Checksum`] when one is another file.
pub fn verify_mnist(directory: impl AsRef<Path>) -> Result<(), Error> {
    for (stem, expected) in STEMS.into_iter().zip(MNIST) {
        let path = find(directory.as_ref(), stem)?;
        let given = sha256(&path)?;
        if given != expected {
            return Err(Error::Checksum {
                file: path.display().to_string(),
                expected: expected.to_owned(),
                given,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_known_content() {
        // The examples of FIPS 180-4.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sum(&b""[..]).expect("memory"), empty);
        assert_eq!(sum(&b"abc"[..]).expect("memory"), abc);
    }

    #[test]
    fn another_file_is_refused() {
        let directory = std::env::temp_dir().join(format!("ftm-sums-{}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        let missing = verify_mnist(&directory);
        std::fs::write(directory.join("train-images-idx3-ubyte"), "x").expect("a file");
        let other = verify_mnist(&directory);
        std::fs::remove_dir_all(&directory).expect("removed");
        assert!(matches!(missing, Err(Error::NoFile { .. })));
        assert!(matches!(other, Err(Error::Checksum { .. })));
        assert!(matches!(sha256(&directory), Err(Error::File { .. })));
    }
}
