//! What can be wrong with a file.

use super::text::Shape;

/// What is wrong with an IDX file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdxProblem {
    /// The first two bytes are not 0.
    #[error("it begins with {0:02x?} instead of two zeros")]
    Magic([u8; 2]),
    /// The elements are not unsigned bytes.
    #[error("its elements have type {0:#04x}; only 0x08, unsigned bytes, is supported")]
    ElementType(u8),
    /// It has no dimension.
    #[error("it has no dimension")]
    NoDimensions,
    /// It has another number of dimensions than asked for.
    #[error("it has {given} dimensions, but {expected} are needed")]
    Dimensions {
        /// Dimensions needed.
        expected: usize,
        /// Dimensions of the file.
        given: usize,
    },
    /// The product of its dimensions does not fit in memory.
    #[error("its dimensions {} multiply to more than can be addressed", Shape(.0))]
    TooLarge(Vec<usize>),
    /// The file ends too early.
    #[error("it ends after {given} of {expected} bytes")]
    Truncated {
        /// Bytes that its header says it has, header included.
        expected: usize,
        /// Bytes that it has.
        given: usize,
    },
    /// The file goes on after its last element.
    #[error("it goes on after its {expected} bytes")]
    TrailingBytes {
        /// Bytes that its header says it has, header included.
        expected: usize,
    },
    /// It cannot be decompressed.
    #[error("it cannot be decompressed: {0}")]
    Compression(String),
}

/// What is wrong with a line of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsvProblem {
    /// A field is not a finite number.
    #[error("column {column} is `{field}`, not a finite number")]
    Number {
        /// The column, from 1.
        column: usize,
        /// What is there.
        field: String,
    },
    /// It has another number of fields than the first line.
    #[error("it has {given} columns, but the first line has {expected}")]
    Columns {
        /// Fields of the first line.
        expected: usize,
        /// Fields of this line.
        given: usize,
    },
    /// It cannot be read as text.
    #[error("it cannot be read: {0}")]
    Text(String),
}
