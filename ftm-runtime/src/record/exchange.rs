//! State that goes to a record, or comes from one.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Record;
use crate::error::{Error, RecordProblem};
use crate::simd::Real;

/// State that is written to a record, or taken from one.
///
/// Whoever has state says once what it consists of, and the same lines save and restore it:
///
/// ```
/// use ftm_runtime::error::Error;
/// use ftm_runtime::record::Exchange;
///
/// struct Momentum {
///     rate: f64,
///     steps: usize,
///     velocity: Vec<f32>,
/// }
///
/// impl Momentum {
///     fn exchange(&mut self, exchange: &mut Exchange<'_, f32>) -> Result<(), Error> {
///         exchange.same("rate", self.rate)?;
///         exchange.value("steps", &mut self.steps)?;
///         exchange.values("velocity", &mut self.velocity)
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Exchange<'a, T> {
    side: Side<'a, T>,
    /// What all names begin with.
    path: String,
}

#[derive(Debug)]
enum Side<'a, T> {
    Give(&'a mut Record<T>),
    Take(&'a Record<T>),
}

impl<'a, T: Real> Exchange<'a, T> {
    /// Writes to `record`, all names below `path`.
    pub(crate) fn give(record: &'a mut Record<T>, path: &str) -> Self {
        Self {
            side: Side::Give(record),
            path: format!("{path}."),
        }
    }

    /// Takes from `record`.
    pub(crate) fn take(record: &'a Record<T>, path: &str) -> Self {
        Self {
            side: Side::Take(record),
            path: format!("{path}."),
        }
    }

    /// A setting: it is written, and must be the same when the state is taken back.
    ///
    /// # Errors
    /// [`Error::Record`] when it is another, or is not there.
    pub fn same(&mut self, name: &str, value: impl ToString) -> Result<(), Error> {
        let (name, value) = (self.name(name), value.to_string());
        match &mut self.side {
            Side::Give(record) => record.set(&name, value),
            Side::Take(record) => {
                let given: String = record.get(&name)?;
                if given != value {
                    return Err(record.error(RecordProblem::Setting {
                        name,
                        expected: value,
                        given,
                    }));
                }
            }
        }
        Ok(())
    }

    /// Settings, each of them as [`Exchange::same`] has it.
    ///
    /// # Errors
    /// [`Error::Record`] when one is another, or is not there.
    pub fn settings(&mut self, settings: &[(&str, &dyn ToString)]) -> Result<(), Error> {
        (settings.iter()).try_for_each(|(name, value)| self.same(name, value.to_string()))
    }

    /// A value that is saved: a finite number, a count, whether something is so.
    ///
    /// # Errors
    /// [`Error::Record`] when it is not there, or of another kind.
    pub fn value<V>(&mut self, name: &str, value: &mut V) -> Result<(), Error>
    where
        V: Serialize + DeserializeOwned,
    {
        let name = self.name(name);
        match &mut self.side {
            Side::Give(record) => record.set(&name, value),
            Side::Take(record) => *value = record.get(&name)?,
        }
        Ok(())
    }

    /// Numbers of the network's type, any number of them.
    ///
    /// # Errors
    /// [`Error::Record`] when they are not there.
    pub fn values(&mut self, name: &str, values: &mut Vec<T>) -> Result<(), Error> {
        let name = self.name(name);
        match &mut self.side {
            Side::Give(record) => record.set_tensor(&name, vec![values.len()], values.clone()),
            Side::Take(record) => {
                let tensor = record.find_tensor(&name);
                let tensor = tensor.ok_or_else(|| record.missing(&name))?;
                values.clear();
                values.extend_from_slice(&tensor.values);
            }
        }
        Ok(())
    }

    /// The indices of a family of [`Exchange::values`] called `0.NAME`, `1.NAME` and so on:
    /// `own` when they are written, those in the record when they are taken.
    pub fn indices(&self, name: &str, own: impl Iterator<Item = usize>) -> Vec<usize> {
        match &self.side {
            Side::Give(_) => own.collect(),
            Side::Take(record) => {
                let tensors = record.tensors_below(&self.path);
                let index = |(tensor, _): (&str, _)| {
                    let (index, tensor) = tensor.split_once('.')?;
                    (tensor == name).then(|| index.parse().ok()).flatten()
                };
                tensors.filter_map(index).collect()
            }
        }
    }

    /// A whole record, its names below `path`.
    pub(crate) fn record(&mut self, path: &str, inner: &mut Record<T>) {
        let path = format!("{}.", self.name(path));
        match &mut self.side {
            Side::Give(record) => {
                let tensors = inner.tensors.iter();
                let tensors = tensors.map(|(name, tensor)| (format!("{path}{name}"), tensor));
                record
                    .tensors
                    .extend(tensors.map(|(name, tensor)| (name, tensor.clone())));
                let values = inner.values.iter();
                let values = values.map(|(name, value)| (format!("{path}{name}"), value.clone()));
                record.values.extend(values);
            }
            Side::Take(record) => {
                inner.source.clone_from(&record.source);
                let tensors = record.tensors_below(&path);
                inner.tensors = tensors
                    .map(|(name, t)| (name.to_owned(), t.clone()))
                    .collect();
                let values = record.values.iter();
                let below = |(name, value): (&String, &Value)| {
                    Some((name.strip_prefix(&path)?.to_owned(), value.clone()))
                };
                inner.values = values.filter_map(below).collect();
            }
        }
    }

    /// State of a part, its names below `path`.
    ///
    /// # Errors
    /// Those of the part.
    pub fn within(
        &mut self,
        path: &str,
        part: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let outer = self.path.len();
        self.path.push_str(path);
        self.path.push('.');
        let done = part(self);
        self.path.truncate(outer);
        done
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }
}
