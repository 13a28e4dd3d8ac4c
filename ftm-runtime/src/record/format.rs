//! Records as bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensorError, SafeTensors, View, serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Record, StoredTensor, VERSION};
use crate::error::{Error, RecordProblem};
use crate::simd::Real;

/// The metadata key.
const KEY: &str = "ftm";
const VERSION_KEY: &str = "version";
/// The tensor of the sum. Tensors of bytes come after those of numbers.
const SUM: &str = "sha256";
const SUM_BYTES: usize = 32;

/// The largest header, in bytes: one takes some thirty times as much memory while it is parsed.
const HEADER: u64 = 1 << 24;

impl<T: Real> Record<T> {
    /// The record as the bytes of a file.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let failed = |error: SafeTensorError| {
            self.error(RecordProblem::Damaged {
                reason: error.to_string(),
            })
        };
        let mut values = self.values.clone();
        values.insert(VERSION_KEY.to_owned(), VERSION.into());
        for value in values.values_mut() {
            value.sort_all_objects();
        }
        let text = serde_json::to_string(&values).map_err(|error| failed(error.into()))?;
        let metadata = [(KEY.to_owned(), text)].into_iter().collect();
        let tensors = self.tensors.iter();
        let tensors = tensors.map(|(name, tensor)| (&**name, Content::Numbers(tensor)));
        let tensors = tensors.chain([(SUM, Content::Sum)]);
        let mut bytes = serialize(tensors, Some(metadata)).map_err(failed)?;
        if header(&bytes).is_none_or(|length| length > HEADER) {
            return Err(failed(SafeTensorError::HeaderTooLarge));
        }
        let length = bytes.len() - SUM_BYTES;
        let (content, sum) = bytes.split_at_mut(length);
        sum.copy_from_slice(&Sha256::digest(content));
        Ok(bytes)
    }

    /// The record that a file called `source` holds.
    pub(crate) fn from_bytes(source: &str, bytes: &[u8]) -> Result<Self, Error> {
        let mut record = Self::new();
        source.clone_into(&mut record.source);
        match parse(&mut record, bytes) {
            Ok(()) => Ok(record),
            Err(problem) => Err(record.error(problem)),
        }
    }
}

fn parse<T: Real>(record: &mut Record<T>, bytes: &[u8]) -> Result<(), RecordProblem> {
    let damaged = |reason: &str| RecordProblem::Damaged {
        reason: reason.to_owned(),
    };
    let (content, sum) = bytes
        .split_last_chunk::<SUM_BYTES>()
        .ok_or_else(|| damaged("it is too short"))?;
    if *sum != *Sha256::digest(content) {
        return Err(damaged("its content does not have the checksum at its end"));
    }
    if header(bytes).is_none_or(|length| length > HEADER) {
        return Err(damaged("its header is too long"));
    }
    let invalid = |error: SafeTensorError| damaged(&error.to_string());
    let (length, metadata) = SafeTensors::read_metadata(bytes).map_err(invalid)?;
    let values = metadata.metadata().as_ref().and_then(|map| map.get(KEY));
    let values = values.ok_or_else(|| damaged("it has no metadata `ftm`"))?;
    record.values = serde_json::from_str::<BTreeMap<String, Value>>(values)
        .map_err(|error| damaged(&error.to_string()))?;
    match record.values.remove(VERSION_KEY).map(|v| v.as_u64()) {
        Some(Some(VERSION)) => {}
        Some(Some(given)) if given > VERSION => {
            return Err(RecordProblem::Newer {
                known: VERSION,
                given,
            });
        }
        _ => return Err(damaged("it has no version")),
    }
    let data = bytes.get(8 + length..).unwrap_or_default();
    for (name, info) in metadata.tensors() {
        if name == SUM {
            continue;
        }
        if info.dtype != dtype::<T>() {
            return Err(RecordProblem::Scalar {
                tensor: name,
                expected: T::NAME,
                given: info.dtype.to_string(),
            });
        }
        let (first, end) = info.data_offsets;
        let numbers = data.get(first..end).unwrap_or_default();
        let tensor = StoredTensor {
            shape: info.shape.clone(),
            values: numbers.chunks_exact(size_of::<T>()).map(number).collect(),
        };
        record.tensors.insert(name, tensor);
    }
    Ok(())
}

/// The length that a file gives its header.
fn header(bytes: &[u8]) -> Option<u64> {
    bytes
        .first_chunk()
        .map(|&length| u64::from_le_bytes(length))
}

fn dtype<T: Real>() -> Dtype {
    if size_of::<T>() == size_of::<f32>() {
        Dtype::F32
    } else {
        Dtype::F64
    }
}

fn number<T: Real>(bytes: &[u8]) -> T {
    match (bytes.first_chunk(), bytes.first_chunk()) {
        (_, Some(&eight)) => T::from_f64(f64::from_le_bytes(eight)),
        (Some(&four), _) => T::from_f64(f32::from_le_bytes(four).into()),
        _ => T::ZERO,
    }
}

/// What a tensor is made of.
enum Content<'a, T> {
    Numbers(&'a StoredTensor<T>),
    /// Room for the sum.
    Sum,
}

impl<T: Real> View for Content<'_, T> {
    fn dtype(&self) -> Dtype {
        match self {
            Self::Numbers(_) => dtype::<T>(),
            Self::Sum => Dtype::U8,
        }
    }
    fn shape(&self) -> &[usize] {
        match self {
            Self::Numbers(tensor) => &tensor.shape,
            Self::Sum => &[SUM_BYTES],
        }
    }
    fn data(&self) -> Cow<'_, [u8]> {
        let Self::Numbers(tensor) = self else {
            return Cow::Borrowed(&[0; SUM_BYTES]);
        };
        let mut bytes = Vec::with_capacity(self.data_len());
        for value in &tensor.values {
            if size_of::<T>() == size_of::<f32>() {
                bytes.extend((value.to_f64() as f32).to_le_bytes());
            } else {
                bytes.extend(value.to_f64().to_le_bytes());
            }
        }
        Cow::Owned(bytes)
    }
    fn data_len(&self) -> usize {
        match self {
            Self::Numbers(tensor) => size_of_val(&*tensor.values),
            Self::Sum => SUM_BYTES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record<f32> {
        let mut record = Record::new();
        record.set_tensor("b", vec![2, 2], vec![1.0, -0.0, f32::MIN_POSITIVE, 1e-45]);
        record.set_tensor("a", vec![0], vec![]);
        record.set("number", 0.1 + 0.2);
        record.set("list", [u64::MAX, 1]);
        record
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = record().to_bytes().expect("a file");
        assert_eq!(bytes, record().to_bytes().expect("a file"));
        let read = Record::<f32>::from_bytes("a record", &bytes).expect("a good file");
        assert_eq!(read, record());
        assert_eq!(read.get::<f64>("number").expect("a number"), 0.1 + 0.2);
        let tensor = read.tensor("b", &[2, 2]).expect("a tensor");
        assert!(tensor[1].is_sign_negative());
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_noticed() {
        let bytes = record().to_bytes().expect("a file");
        for bit in 0..8 * bytes.len() {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Record::<f32>::from_bytes("", &damaged).is_err());
        }
        for length in 0..bytes.len() {
            assert!(Record::<f32>::from_bytes("", &bytes[..length]).is_err());
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let record = record();
        let problem = |error: Error| match error {
            Error::Record { problem, .. } => problem,
            other => panic!("{other}"),
        };
        let bytes = record.to_bytes().expect("a file");
        let other = Record::<f64>::from_bytes("", &bytes).map_err(problem);
        assert!(matches!(other, Err(RecordProblem::Scalar { .. })));
        let missing = record.tensor("c", &[]).map_err(problem);
        assert!(matches!(missing, Err(RecordProblem::Missing { .. })));
        let shape = record.tensor("b", &[4]).map_err(problem);
        assert!(matches!(shape, Err(RecordProblem::Shape { .. })));
        let value = record.get::<usize>("number").map_err(problem);
        assert!(matches!(value, Err(RecordProblem::Value { .. })));
    }

    #[test]
    fn a_newer_version_is_refused() {
        let bytes = record().to_bytes().expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        let place = text.find(r#"\"version\":1"#).expect("the version") + r#"\"version\":"#.len();
        let mut newer = bytes.clone();
        newer[place] = b'9';
        let (content, sum) = newer.split_at_mut(bytes.len() - SUM_BYTES);
        sum.copy_from_slice(&Sha256::digest(content));
        let Err(Error::Record { problem, .. }) = Record::<f32>::from_bytes("", &newer) else {
            panic!("it was read");
        };
        assert_eq!(problem, RecordProblem::Newer { known: 1, given: 9 });
    }
}
