//! IDX files, plain or compressed by gzip: the format of MNIST.
//!
//! Two zero bytes, a byte for the element type, a byte for the number of dimensions, the
//! dimensions as big-endian 32-bit numbers, and the elements. Source:
//! <https://yann.lecun.com/exdb/mnist/>. A file that lies about its size costs no more memory
//! than the bytes that it really has, and no more than it says.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::error::{Error, IdxProblem};
use crate::file;

/// An array of bytes of any number of dimensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// Length of each axis; the last one varies fastest.
    pub dimensions: Vec<usize>,
    /// The elements, as many as the product of the dimensions.
    pub elements: Vec<u8>,
}

impl Idx {
    /// Reads a file of `dimensions` dimensions.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be read, [`Error::Idx`] when it is malformed.
    pub fn open(path: &Path, dimensions: usize) -> Result<Self, Error> {
        let file = file::open(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        Self::read(
            &path.display().to_string(),
            BufReader::new(file),
            dimensions,
        )
    }

    /// Reads `dimensions` dimensions from a source called `name`.
    ///
    /// # Errors
    /// As [`Idx::open`].
    pub fn read(name: &str, mut source: impl BufRead, dimensions: usize) -> Result<Self, Error> {
        let read = |source: &mut dyn Read, limit| {
            let mut bytes = Vec::new();
            source
                .take(limit)
                .read_to_end(&mut bytes)
                .map(|_| bytes)
                .map_err(|error| file_error(name, error))
        };
        let begin = source.fill_buf().map_err(|error| file_error(name, error))?;
        if begin.starts_with(&[0x1f, 0x8b]) {
            parse(&mut MultiGzDecoder::new(source), dimensions, read)
        } else {
            parse(&mut source, dimensions, read)
        }
        .map_err(|failure| match failure {
            Failure::File(error) => error,
            Failure::Content(problem) => Error::Idx {
                file: name.to_owned(),
                problem,
            },
        })
    }
}

/// Bad content, or content that cannot be read.
enum Failure {
    Content(IdxProblem),
    File(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::File(error)
    }
}

impl From<IdxProblem> for Failure {
    fn from(problem: IdxProblem) -> Self {
        Self::Content(problem)
    }
}

/// Reads header and elements; `read` reads at most so many bytes.
fn parse(
    source: &mut dyn Read,
    dimensions: usize,
    read: impl Fn(&mut dyn Read, u64) -> Result<Vec<u8>, Error>,
) -> Result<Idx, Failure> {
    let truncated = |expected, given| IdxProblem::Truncated { expected, given };
    let start = read(source, 4)?;
    let &[zero, also_zero, element_type, rank] = &*start else {
        return Err(truncated(4, start.len()).into());
    };
    if (zero, also_zero) != (0, 0) {
        return Err(IdxProblem::Magic([zero, also_zero]).into());
    }
    if element_type != 0x08 {
        return Err(IdxProblem::ElementType(element_type).into());
    }
    let rank = usize::from(rank);
    if rank == 0 {
        return Err(IdxProblem::NoDimensions.into());
    }
    if rank != dimensions {
        return Err(IdxProblem::Dimensions {
            expected: dimensions,
            given: rank,
        }
        .into());
    }
    let header = 4 + 4 * rank;
    let lengths = read(source, 4 * rank as u64)?;
    if lengths.len() < 4 * rank {
        return Err(truncated(header, 4 + lengths.len()).into());
    }
    let (lengths, _) = lengths.as_chunks::<4>();
    let dimensions: Vec<usize> = lengths
        .iter()
        .map(|&bytes| u32::from_be_bytes(bytes) as usize)
        .collect();
    let count = dimensions
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length))
        .filter(|&count| count < isize::MAX as usize - header);
    let Some(count) = count else {
        return Err(IdxProblem::TooLarge(dimensions).into());
    };
    // One byte more than there should be, to see what follows (and the checksum of gzip).
    let elements = read(source, count as u64 + 1)?;
    if elements.len() < count {
        return Err(truncated(header + count, header + elements.len()).into());
    }
    if elements.len() > count {
        return Err(IdxProblem::TrailingBytes {
            expected: header + count,
        }
        .into());
    }
    Ok(Idx {
        dimensions,
        elements,
    })
}

/// An error of reading: of the compressed stream, or of the file itself.
fn file_error(name: &str, error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Error::Idx {
            file: name.to_owned(),
            problem: IdxProblem::Compression(error.to_string()),
        },
        _ => Error::File {
            path: name.into(),
            source: error,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    fn file(dimensions: &[u32], elements: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
        for length in dimensions {
            bytes.extend(length.to_be_bytes());
        }
        bytes.extend(elements);
        bytes
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn problem(bytes: &[u8], dimensions: usize) -> IdxProblem {
        match Idx::read("a file", bytes, dimensions) {
            Err(Error::Idx { file, problem }) if file == "a file" => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn plain_and_compressed_files_are_read() {
        let bytes = file(&[2, 1, 3], &[1, 2, 3, 4, 5, 6]);
        for bytes in [gzip(&bytes), bytes] {
            let idx = Idx::read("a file", &*bytes, 3).expect("a good file");
            assert_eq!(idx.dimensions, [2, 1, 3]);
            assert_eq!(idx.elements, [1, 2, 3, 4, 5, 6]);
        }
    }

    #[test]
    fn every_malformed_file_is_named() {
        let good = file(&[3], &[1, 2, 3]);
        for compress in [false, true] {
            let problem = |bytes: &[u8], dimensions| match compress {
                false => problem(bytes, dimensions),
                true => problem(&gzip(bytes), dimensions),
            };
            for length in 0..4 {
                let expected = IdxProblem::Truncated {
                    expected: 4,
                    given: length,
                };
                assert_eq!(problem(&good[..length], 1), expected);
            }
            for (length, expected) in [(4, 8), (7, 8), (8, 11), (10, 11)] {
                let given = length;
                let expected = IdxProblem::Truncated { expected, given };
                assert_eq!(problem(&good[..length], 1), expected);
            }
            assert_eq!(problem(b"PK\x03\x04", 1), IdxProblem::Magic(*b"PK"));
            let floats = [0, 0, 0x0d, 1, 0, 0, 0, 0];
            assert_eq!(problem(&floats, 1), IdxProblem::ElementType(0x0d));
            assert_eq!(problem(&[0, 0, 8, 0], 1), IdxProblem::NoDimensions);
            let (expected, given) = (3, 1);
            assert_eq!(
                problem(&good, 3),
                IdxProblem::Dimensions { expected, given }
            );
            let mut longer = good.clone();
            longer.push(4);
            let expected = 11;
            assert_eq!(problem(&longer, 1), IdxProblem::TrailingBytes { expected });
            let huge = file(&[u32::MAX, u32::MAX, u32::MAX], &[]);
            assert!(matches!(problem(&huge, 3), IdxProblem::TooLarge(_)));
            // It says 4 GB; reading it must not need them.
            let lying = file(&[u32::MAX], &[0; 16]);
            let given = 8 + 16;
            let expected = 8 + u32::MAX as usize;
            assert_eq!(
                problem(&lying, 1),
                IdxProblem::Truncated { expected, given }
            );
        }
    }

    #[test]
    fn damaged_compression_is_seen() {
        let good = gzip(&file(&[3], &[1, 2, 3]));
        let mut wrong_sum = good.clone();
        let length = wrong_sum.len();
        wrong_sum[length - 8] ^= 1;
        for bytes in [&good[..length - 1], &good[..length / 2], &wrong_sum] {
            assert!(matches!(problem(bytes, 1), IdxProblem::Compression(_)));
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Idx::open(Path::new("no/such/file"), 1).expect_err("it is missing");
        assert!(error.to_string().starts_with("cannot read no/such/file"));
    }
}
