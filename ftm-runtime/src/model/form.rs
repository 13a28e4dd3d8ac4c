//! What a file says of the layers of a network.

use serde::{Deserialize, Serialize};

use crate::connection::{Description, Parameter};
use crate::error::{Error, RecordProblem};
use crate::layer::{Dropout, Kind, Layer, NormalizationLayer, RangeLayer};
use crate::registry::{Entry, Functions};
use crate::simd::Real;

/// A layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerForm {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    kind: KindForm,
    /// As [`Layer::name`] gives it.
    name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindForm {
    Functional(FunctionForm),
    Activation(FunctionForm),
    Dropout(f64),
    Normalization,
    Range(f64, f64),
    Other,
}

/// A function: all that its meaning depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionForm {
    name: String,
    formula: String,
    input: String,
    parameters: Vec<String>,
    constants: Vec<String>,
    state: Option<String>,
}

impl FunctionForm {
    fn of(description: &Description) -> Self {
        let names = |parameters: &[Parameter]| {
            let names = parameters.iter().map(|parameter| parameter.name);
            names.map(str::to_owned).collect()
        };
        Self {
            name: description.name.to_owned(),
            formula: description.formula.to_owned(),
            input: description.input.to_owned(),
            parameters: names(description.parameters),
            constants: names(description.constants),
            state: description.state.map(str::to_owned),
        }
    }

    /// Whether it is the same but for its name.
    fn means_the_same(&self, other: &Self) -> bool {
        let name = self.name.clone();
        let other = other.clone();
        *self == Self { name, ..other }
    }

    /// `Wave(x; a, w, p) = a * sin(w * x + p)`.
    fn text(&self) -> String {
        let mut symbols = self.parameters.clone();
        symbols.extend(self.constants.iter().map(|name| format!("const {name}")));
        symbols.extend(self.state.iter().map(|name| format!("state {name}")));
        let (name, input, formula) = (&self.name, &self.input, &self.formula);
        format!("{name}({input}; {}) = {formula}", symbols.join(", "))
    }

    /// Whether this function of a file may be taken for `here`.
    fn check(&self, layer: usize, here: &Self) -> Result<(), RecordProblem> {
        if self.means_the_same(here) {
            return Ok(());
        }
        Err(RecordProblem::Formula {
            layer,
            expected: here.text(),
            given: self.text(),
        })
    }

    /// The entry of this function of a file.
    fn find<M: Copy>(&self, layer: usize, entries: &[Entry<M>]) -> Result<Entry<M>, RecordProblem> {
        if let Some(entry) = entries.iter().find(|entry| entry.is_exactly(&self.name)) {
            self.check(layer, &Self::of(entry.description))?;
            return Ok(*entry);
        }
        let mut others = entries.iter().map(|entry| Self::of(entry.description));
        match others.find(|other| self.means_the_same(other)) {
            Some(renamed) => Err(RecordProblem::Renamed {
                layer,
                expected: renamed.name,
                given: self.name.clone(),
            }),
            None => Err(RecordProblem::UnknownFunction {
                layer,
                name: self.name.clone(),
            }),
        }
    }

    /// The numbers of a layer of this function, if a machine can count them.
    fn numbers(&self, inputs: usize, outputs: usize, biases: usize) -> Option<usize> {
        let each = self.parameters.len().checked_add(self.constants.len())?;
        let edges = inputs.checked_mul(outputs)?;
        edges.checked_mul(each)?.checked_add(biases)
    }
}

impl LayerForm {
    pub(super) fn of<T: Real>(layer: &dyn Layer<T>) -> Self {
        Self {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            kind: match layer.kind() {
                Kind::Functional(function) => KindForm::Functional(FunctionForm::of(function)),
                Kind::Activation(function) => KindForm::Activation(FunctionForm::of(function)),
                Kind::Dropout(rate) => KindForm::Dropout(rate),
                Kind::Normalization => KindForm::Normalization,
                Kind::Range(low, high) => KindForm::Range(low, high),
                Kind::Other => KindForm::Other,
            },
            name: layer.name(),
        }
    }

    /// Whether this layer of a file may be loaded into `here`.
    pub(super) fn check(&self, layer: usize, here: &Self) -> Result<(), RecordProblem> {
        use KindForm::{Activation, Dropout, Functional, Normalization, Other, Range};
        let same_kind = match (&self.kind, &here.kind) {
            (Functional(file), Functional(here)) | (Activation(file), Activation(here)) => {
                if file.name == here.name {
                    file.check(layer, here)?;
                } else if file.means_the_same(here) {
                    return Err(RecordProblem::Renamed {
                        layer,
                        expected: here.name.clone(),
                        given: file.name.clone(),
                    });
                }
                file.name == here.name
            }
            (Dropout(_), Dropout(_)) | (Normalization, Normalization) => true,
            (Range(..), Range(..)) => self.kind == here.kind,
            (Other, Other) => self.name == here.name,
            _ => false,
        };
        if same_kind && (self.inputs, self.outputs) == (here.inputs, here.outputs) {
            return Ok(());
        }
        Err(RecordProblem::Layer {
            layer,
            expected: here.name.clone(),
            given: self.name.clone(),
        })
    }

    /// Makes the layer of a file in which it has `given` numbers, or says why that cannot be.
    /// Edges are pruned later.
    pub(super) fn make<T: Real>(
        &self,
        layer: usize,
        given: usize,
        functions: &Functions<T>,
    ) -> Result<Result<Box<dyn Layer<T>>, Error>, RecordProblem> {
        let (inputs, outputs) = (self.inputs, self.outputs);
        let numbers = match &self.kind {
            KindForm::Functional(function) => function.numbers(inputs, outputs, outputs),
            KindForm::Activation(function) => function.numbers(1, outputs, 0),
            KindForm::Normalization | KindForm::Range(..) => outputs.checked_mul(2),
            KindForm::Dropout(_) => Some(0),
            KindForm::Other => {
                let name = self.name.clone();
                return Err(RecordProblem::OwnLayer { layer, name });
            }
        };
        let functional = matches!(self.kind, KindForm::Functional(_));
        let with_anchor = numbers.and_then(|numbers| numbers.checked_add(inputs));
        let anchored = functional && inputs > 0 && with_anchor == Some(given);
        let square = inputs == outputs || functional;
        if !(anchored || numbers == Some(given)) || !square {
            return Err(RecordProblem::Value {
                name: format!("{}.{layer}", super::LAYERS),
                reason: format!("{inputs} → {outputs} is not the layer of its {given} numbers"),
            });
        }
        Ok(match &self.kind {
            KindForm::Functional(function) => {
                let entry = function.find(layer, &functions.functional)?;
                entry.layer(inputs, outputs).and_then(|mut layer| {
                    if anchored {
                        layer.set_anchored()?;
                    }
                    Ok(layer)
                })
            }
            KindForm::Activation(function) => {
                function.find(layer, &functions.activations)?.layer(outputs)
            }
            KindForm::Dropout(rate) => Dropout::new(inputs, *rate).map(boxed),
            KindForm::Range(low, high) => RangeLayer::new(inputs, *low, *high).map(boxed),
            _ => NormalizationLayer::new(inputs).map(boxed),
        })
    }
}

fn boxed<T: Real>(layer: impl Layer<T> + 'static) -> Box<dyn Layer<T>> {
    Box::new(layer)
}
