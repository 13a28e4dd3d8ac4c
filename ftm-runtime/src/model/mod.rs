//! Trained networks in files.
//!
//! A [`Model`] is a network's parameters and constants, what its layers are, and, as far as they
//! are given, the scale of its inputs and the history of its training. It is saved in the format
//! of [safetensors](https://github.com/huggingface/safetensors), so that other programs can read
//! the tensors: `layers.0.w` is the parameter `w` of the first layer, inputs × outputs. The one
//! metadata key `ftm` is JSON: the format's version, the layers with the names, formulas and some
//! values of their functions, the scaling, the history. The last 32 bytes of a file are the SHA-256 sum of
//! those before.
//!
//! ```
//! use ftm_runtime::layer::NormalizationLayer;
//! use ftm_runtime::model::Model;
//! use ftm_runtime::network::Network;
//! use ftm_runtime::registry::Functions;
//!
//! # fn main() -> Result<(), ftm_runtime::error::Error> {
//! let mut network = Network::<f32>::new(5).normalization().build(1)?;
//! # let path = std::env::temp_dir().join(format!("ftm-model-{}.safetensors", std::process::id()));
//! Model::of(&network).save(&path)?;
//!
//! let model = Model::<f32>::open(&path)?;
//! // Into a network of the same shape ...
//! model.load_into(&mut network)?;
//! // ... or as one of its own, of functions that are known by name.
//! let again = model.network(&Functions::default())?;
//! # std::fs::remove_file(&path).ok();
//! assert_eq!(again.parameter_count(), 10);
//! # Ok(())
//! # }
//! ```

mod form;
mod meaning;
mod places;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;

use ndarray::Array2;

use crate::data::Standardizer;
use crate::error::{Error, RecordProblem};
use crate::history::History;
use crate::layer::{KEPT, Layer};
use crate::network::Network;
use crate::record::Record;
use crate::registry::Functions;
use crate::simd::Real;
use form::LayerForm;
use places::places;

const LAYERS: &str = "layers";
const SCALING: &str = "scaling";
const HISTORY: &str = "history";

/// A network as it is in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Model<T> {
    record: Record<T>,
    layers: Vec<LayerForm>,
    scaling: Option<Standardizer>,
    history: Option<History>,
}

impl<T: Real> Model<T> {
    /// A copy of a network's parameters and constants.
    #[must_use]
    #[inline(never)]
    pub fn of(network: &Network<T>) -> Self {
        let mut record = Record::new();
        let layers: Vec<_> = network
            .layers()
            .iter()
            .map(|layer| LayerForm::of(layer.as_ref()))
            .collect();
        for (index, layer) in network.layers().iter().enumerate() {
            for place in places(index, layer.as_ref()) {
                let source = match place.is_constant {
                    false => layer.parameters(),
                    true => layer.constants(),
                };
                let values = place.elements().map(|at| source[at]).collect();
                record.set_tensor(&place.name, place.tensor.shape, values);
            }
        }
        record.set(LAYERS, &layers);
        Self {
            record,
            layers,
            scaling: None,
            history: None,
        }
    }

    /// With the scale that inputs were brought to.
    #[must_use]
    pub fn with_scaling(mut self, scaling: &Standardizer) -> Self {
        self.record.set(SCALING, scaling);
        self.scaling = Some(scaling.clone());
        self
    }

    /// With what happened in training.
    #[must_use]
    pub fn with_history(mut self, history: &History) -> Self {
        self.record.set(HISTORY, history);
        self.history = Some(history.clone());
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be read or is a pipe or a device (what comes from those,
    /// [`Model::from_bytes`] takes), [`Error::Record`] when it is damaged, made by a newer version, or
    /// has numbers of another type than `T`.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_record(Record::open(path.as_ref())?)
    }

    /// Reads the bytes of a file called `name`.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        Self::from_record(Record::from_bytes(name, bytes)?)
    }

    #[inline(never)]
    pub(crate) fn from_record(record: Record<T>) -> Result<Self, Error> {
        let layers: Vec<LayerForm> = record.get(LAYERS)?;
        let scaling: Option<Standardizer> = match record.has(SCALING) {
            true => Some(record.get(SCALING)?),
            false => None,
        };
        let inputs = layers.first().map(|layer| layer.inputs);
        if let (Some(scaling), Some(inputs)) = (&scaling, inputs)
            && !scaling.is_of(inputs)
        {
            return Err(record.error(RecordProblem::Value {
                name: SCALING.to_owned(),
                reason: format!("it is not that of {inputs} columns"),
            }));
        }
        let history: Option<History> = match record.has(HISTORY) {
            true => Some(record.get(HISTORY)?),
            false => None,
        };
        Ok(Self {
            record,
            layers,
            scaling,
            history,
        })
    }

    /// All that is in the file.
    pub(crate) fn record(&self) -> &Record<T> {
        &self.record
    }

    /// The same, to add to it.
    pub(crate) fn into_record(self) -> Record<T> {
        self.record
    }

    /// Writes a file: the one of before, if any, is replaced when the new one is on the disk. Until
    /// then it is beside that, with `.unfinished` at the end of its name.
    ///
    /// # Errors
    /// [`Error::WriteFile`] when it cannot be written, [`Error::Record`] when a number is not
    /// finite: such a file could not be loaded.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        for (name, tensor) in self.record.tensors_below(LAYERS) {
            self.check_finite(&format!("{LAYERS}{name}"), &tensor.values)?;
        }
        self.record.save(path.as_ref())
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`Error::Record`] when the network has more tensors than a file can name.
    #[inline(never)]
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        self.record.to_bytes()
    }

    /// The scale that inputs must be brought to.
    #[must_use]
    pub fn scaling(&self) -> Option<&Standardizer> {
        self.scaling.as_ref()
    }

    /// What happened in training.
    #[must_use]
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Sets the parameters and constants of a network to those of this one.
    ///
    /// # Errors
    /// [`Error::Record`] when a layer, a function, its formula or the shape of a tensor is not
    /// the same, or a number is not finite; nothing is changed then.
    #[inline(never)]
    pub fn load_into(&self, network: &mut Network<T>) -> Result<(), Error> {
        self.check(network)?;
        self.fill(network)
    }

    /// Whether the layers of `network` are those of this one.
    pub(crate) fn check(&self, network: &Network<T>) -> Result<(), Error> {
        let layers = network.layers();
        if layers.len() != self.layers.len() {
            return Err(self.record.error(RecordProblem::Layers {
                expected: layers.len(),
                given: self.layers.len(),
            }));
        }
        for (index, (layer, form)) in layers.iter().zip(&self.layers).enumerate() {
            form.check(index, &LayerForm::of(layer.as_ref()))
                .map_err(|problem| self.record.error(problem))?;
        }
        Ok(())
    }

    fn check_finite(&self, tensor: &str, values: &[T]) -> Result<(), Error> {
        if values.iter().all(|value| value.is_finite()) {
            return Ok(());
        }
        let tensor = tensor.to_owned();
        Err(self.record.error(RecordProblem::NotFinite { tensor }))
    }

    /// The network, made of `functions`.
    ///
    /// # Errors
    /// As [`Model::load_into`]; [`Error::Record`] when a function is not among these, or a layer
    /// is of another kind than those of this library; [`Error::LayerWidth`] when layers do not
    /// fit on each other.
    #[inline(never)]
    pub fn network(&self, functions: &Functions<T>) -> Result<Network<T>, Error> {
        let inputs = self.layers.first().map_or(0, |layer| layer.inputs);
        let mut builder = Network::new(inputs);
        for (index, form) in self.layers.iter().enumerate() {
            // So no more memory is taken than the file has numbers, whatever it says of widths.
            let start = format!("{LAYERS}.{index}.");
            let tensors = self.record.tensors_below(&start);
            let tensors = tensors.filter(|&(name, _)| name != KEPT);
            let given = tensors.map(|(_, tensor)| tensor.values.len()).sum();
            let layer = form
                .make(index, given, functions)
                .map_err(|problem| self.record.error(problem))?;
            builder = builder.boxed(|_| layer);
        }
        let mut network = builder.build_empty()?;
        self.fill(&mut network)?;
        Ok(network)
    }

    /// Which edges of a layer the file keeps, where it says so of a layer with edges.
    fn kept(
        &self,
        index: usize,
        layer: &dyn Layer<T>,
        known: &mut BTreeSet<String>,
    ) -> Result<Option<Array2<bool>>, Error> {
        let shape = [layer.inputs(), layer.outputs()];
        let name = format!("{LAYERS}.{index}.{KEPT}");
        if layer.edges().is_none() || self.record.find_tensor(&name).is_none() {
            return Ok(None);
        }
        let values = self.record.tensor(&name, &shape)?;
        self.check_finite(&name, values)?;
        known.insert(name);
        let kept = |(input, output)| values[input * shape[1] + output] != T::ZERO;
        Ok(Some(Array2::from_shape_fn(shape, kept)))
    }

    /// Copies all tensors, after a look at each.
    fn fill(&self, network: &mut Network<T>) -> Result<(), Error> {
        let mut known = BTreeSet::new();
        let mut kept = Vec::new();
        for (index, layer) in network.layers().iter().enumerate() {
            kept.push(self.kept(index, layer.as_ref(), &mut known)?);
            for place in places(index, layer.as_ref())
                .into_iter()
                .filter(|place| !place.says_kept())
            {
                let values = self.record.tensor(&place.name, &place.tensor.shape)?;
                self.check_finite(&place.name, values)?;
                known.insert(place.name);
            }
        }
        let start = format!("{LAYERS}.");
        for (name, _) in self.record.tensors_below(&start) {
            let name = format!("{start}{name}");
            if !known.contains(&name) {
                return Err(self.record.error(RecordProblem::Unexpected { name }));
            }
        }
        for (index, layer) in network.layers_mut().iter_mut().enumerate() {
            let shape = (layer.inputs(), layer.outputs());
            if let Some(edges) = layer.edges_mut() {
                match &kept[index] {
                    Some(kept) => edges.keep(kept.view())?,
                    // Of a network that was pruned before.
                    None if edges.kept().is_some() => {
                        edges.keep(Array2::from_elem(shape, true).view())?;
                    }
                    None => {}
                }
            }
            for place in places(index, layer.as_ref())
                .into_iter()
                .filter(|place| !place.says_kept())
            {
                let values = self.record.tensor(&place.name, &place.tensor.shape)?;
                let target = match place.is_constant {
                    false => layer.parameters_mut(),
                    true => layer.constants_mut(),
                };
                for (at, &value) in place.elements().zip(values) {
                    target[at] = value;
                }
            }
        }
        Ok(())
    }
}
