//! Records: what a file of this library holds, named tensors and named values.
//!
//! A file is in the format of [safetensors](https://github.com/huggingface/safetensors). Its one
//! metadata key, `ftm`, is a JSON object with its names sorted, and its last 32 bytes, the tensor
//! `sha256`, are the SHA-256 sum of all bytes before them. So the same record makes the same
//! bytes, and a file that was damaged is refused before anything in it is believed.

mod disk;
mod exchange;
mod format;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, RecordProblem};
use crate::simd::Real;

pub(crate) use disk::{UNFINISHED, check_file, unwritable};
pub use exchange::Exchange;

/// The newest version of the content that this library reads, and the one that it writes.
const VERSION: u64 = 1;

/// Named tensors and values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record<T> {
    /// What it is called in errors: the file that it was read from.
    source: String,
    tensors: BTreeMap<String, StoredTensor<T>>,
    values: BTreeMap<String, Value>,
}

/// A tensor, its last axis varying fastest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredTensor<T> {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<T>,
}

impl<T: Real> Record<T> {
    pub(crate) fn new() -> Self {
        Self {
            source: "a record".to_owned(),
            tensors: BTreeMap::new(),
            values: BTreeMap::new(),
        }
    }

    pub(crate) fn error(&self, problem: RecordProblem) -> Error {
        Error::Record {
            file: self.source.clone(),
            problem,
        }
    }

    pub(crate) fn set_tensor(&mut self, name: &str, shape: Vec<usize>, values: Vec<T>) {
        let tensor = StoredTensor { shape, values };
        self.tensors.insert(name.to_owned(), tensor);
    }

    pub(crate) fn find_tensor(&self, name: &str) -> Option<&StoredTensor<T>> {
        self.tensors.get(name)
    }

    /// The tensors whose names begin with `start`, without it.
    pub(crate) fn tensors_below<'a>(
        &'a self,
        start: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a StoredTensor<T>)> {
        let from = (self.tensors).range::<str, _>((Bound::Included(start), Bound::Unbounded));
        from.map_while(move |(name, tensor)| Some((name.strip_prefix(start)?, tensor)))
    }

    /// The tensor `name`, which must have this shape.
    pub(crate) fn tensor(&self, name: &str, shape: &[usize]) -> Result<&[T], Error> {
        let tensor = self.find_tensor(name).ok_or_else(|| self.missing(name))?;
        if tensor.shape != shape {
            return Err(self.error(RecordProblem::Shape {
                tensor: name.to_owned(),
                expected: shape.to_vec(),
                given: tensor.shape.clone(),
            }));
        }
        Ok(&tensor.values)
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Serialize) {
        // Only a map whose keys are no text, or a failing implementation, has no JSON.
        let value = serde_json::to_value(value).unwrap_or_default();
        self.values.insert(name.to_owned(), value);
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(crate) fn get<V: DeserializeOwned>(&self, name: &str) -> Result<V, Error> {
        let value = self.values.get(name).ok_or_else(|| self.missing(name))?;
        V::deserialize(value).map_err(|error| {
            self.error(RecordProblem::Value {
                name: name.to_owned(),
                reason: error.to_string(),
            })
        })
    }

    pub(crate) fn missing(&self, name: &str) -> Error {
        self.error(RecordProblem::Missing {
            name: name.to_owned(),
        })
    }
}
