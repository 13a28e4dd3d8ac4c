//! What a file says of the layers of a network.

use serde::{Deserialize, Serialize};

use crate::connection::{Description, Parameter};
use crate::error::{Error, RecordProblem};
use crate::layer::{Arrangement, Blocks, Dropout, Kind, Layer, NormalizationLayer, RangeLayer};
use crate::registry::{Entry, Functions};
use crate::simd::Real;

use super::meaning::Meaning;

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
    /// Blocks of outputs.
    Outputs(Vec<BlockForm>),
    /// Blocks of inputs.
    Inputs(Vec<BlockForm>),
    Activation(FunctionForm),
    Dropout(f64),
    Normalization,
    Range(f64, f64),
    Other,
}

/// A block of edges of one function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockForm {
    width: usize,
    function: FunctionForm,
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
    /// Files of before had none.
    #[serde(default, skip_serializing_if = "Meaning::is_unknown")]
    values: Meaning,
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
            values: Meaning::of(description),
        }
    }

    /// Whether it is the same but for its name.
    fn means_the_same(&self, other: &Self) -> bool {
        let (name, values) = (self.name.clone(), self.values.clone());
        let written = Self {
            name,
            values,
            ..other.clone()
        };
        *self == written && self.values.difference(&other.values).is_none()
    }

    /// `Wave(x; a, w, p) = a * sin(w * x + p)`.
    fn text(&self) -> String {
        let mut symbols = self.parameters.clone();
        symbols.extend(self.constants.iter().map(|name| format!("const {name}")));
        symbols.extend(self.state.iter().map(|name| format!("state {name}")));
        let (name, input, formula) = (&self.name, &self.input, &self.formula);
        format!("{name}({input}; {}) = {formula}", symbols.join(", "))
    }

    /// Whether this function of a file is the one that is called so here.
    fn is(&self, layer: usize, here: &Self) -> Result<bool, RecordProblem> {
        if self.name == here.name {
            self.check(layer, here)?;
        } else if self.means_the_same(here) {
            return Err(RecordProblem::Renamed {
                layer,
                expected: here.name.clone(),
                given: self.name.clone(),
            });
        }
        Ok(self.name == here.name)
    }

    /// Whether this function of a file may be taken for `here`.
    fn check(&self, layer: usize, here: &Self) -> Result<(), RecordProblem> {
        if self.means_the_same(here) {
            return Ok(());
        }
        let (mut expected, mut given) = (here.text(), self.text());
        if let Some([of_file, of_here]) = self.values.difference(&here.values)
            && expected == given
        {
            given.push_str(&format!(", {of_file} at a test point"));
            expected.push_str(&format!(", {of_here} there"));
        }
        Err(RecordProblem::Formula {
            layer,
            expected,
            given,
        })
    }

    /// The entry of this function of a file.
    fn find<M: Copy>(&self, layer: usize, entries: &[Entry<M>]) -> Result<Entry<M>, RecordProblem> {
        let mut called_so = None;
        for entry in entries.iter().filter(|entry| entry.is_exactly(&self.name)) {
            match self.check(layer, &Self::of(entry.description)) {
                Ok(()) => return Ok(*entry),
                Err(problem) => called_so = called_so.or(Some(problem)),
            }
        }
        if let Some(problem) = called_so {
            return Err(problem);
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

    /// The numbers of edges of this function, if a machine can count them.
    fn numbers(&self, inputs: usize, outputs: usize) -> Option<usize> {
        let each = self.parameters.len().checked_add(self.constants.len())?;
        inputs.checked_mul(outputs)?.checked_mul(each)
    }
}

impl KindForm {
    fn of_blocks(arrangement: Arrangement, blocks: &[(&Description, usize)]) -> Self {
        let blocks = blocks.iter().map(|&(function, width)| BlockForm {
            width,
            function: FunctionForm::of(function),
        });
        match arrangement {
            Arrangement::Outputs => Self::Outputs(blocks.collect()),
            Arrangement::Inputs => Self::Inputs(blocks.collect()),
        }
    }

    fn is_of_edges(&self) -> bool {
        matches!(
            self,
            Self::Functional(_) | Self::Outputs(_) | Self::Inputs(_)
        )
    }

    /// The functions of edges, each with the inputs and outputs of its block.
    fn edges(&self, inputs: usize, outputs: usize) -> Vec<(&FunctionForm, usize, usize)> {
        match self {
            Self::Functional(function) => vec![(function, inputs, outputs)],
            Self::Outputs(blocks) => {
                let blocks = blocks.iter();
                blocks.map(|b| (&b.function, inputs, b.width)).collect()
            }
            Self::Inputs(blocks) => {
                let blocks = blocks.iter();
                blocks.map(|b| (&b.function, b.width, outputs)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The numbers of a layer of this kind, if there is one of this shape and a machine can count
    /// them.
    fn numbers(&self, inputs: usize, outputs: usize) -> Option<usize> {
        let share_out = |blocks: &[BlockForm], all| {
            let mut widths = blocks.iter().map(|block| block.width);
            (widths.try_fold(0_usize, usize::checked_add) == Some(all)).then_some(())
        };
        match self {
            Self::Activation(function) => return function.numbers(1, outputs),
            Self::Normalization | Self::Range(..) => return outputs.checked_mul(2),
            Self::Dropout(_) => return Some(0),
            Self::Outputs(blocks) => share_out(blocks, outputs)?,
            Self::Inputs(blocks) => share_out(blocks, inputs)?,
            Self::Functional(_) | Self::Other => {}
        }
        let edges = self.edges(inputs, outputs).into_iter();
        let mut numbers =
            edges.map(|(function, inputs, outputs)| function.numbers(inputs, outputs));
        numbers.try_fold(outputs, |sum, numbers| sum.checked_add(numbers?))
    }
}

impl LayerForm {
    pub(super) fn of<T: Real>(layer: &dyn Layer<T>) -> Self {
        Self {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            kind: match layer.kind() {
                Kind::Functional(function) => KindForm::Functional(FunctionForm::of(function)),
                Kind::Blocks(arrangement, blocks) => KindForm::of_blocks(arrangement, &blocks),
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
        use KindForm::{
            Activation, Dropout, Functional, Inputs, Normalization, Other, Outputs, Range,
        };
        let same_kind = match (&self.kind, &here.kind) {
            (Functional(file), Functional(here)) | (Activation(file), Activation(here)) => {
                file.is(layer, here)?
            }
            (Outputs(file), Outputs(here)) | (Inputs(file), Inputs(here)) => {
                let mut same = file.len() == here.len();
                for (file, here) in file.iter().zip(here) {
                    same &= file.function.is(layer, &here.function)? && file.width == here.width;
                }
                same
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
        if let KindForm::Other = self.kind {
            let name = self.name.clone();
            return Err(RecordProblem::OwnLayer { layer, name });
        }
        let numbers = self.kind.numbers(inputs, outputs);
        let of_edges = self.kind.is_of_edges();
        let with_anchor = numbers.and_then(|numbers| numbers.checked_add(inputs));
        let anchored = of_edges && inputs > 0 && with_anchor == Some(given);
        let square = inputs == outputs || of_edges;
        if !(anchored || numbers == Some(given)) || !square {
            return Err(RecordProblem::Value {
                name: format!("{}.{layer}", super::LAYERS),
                reason: format!("{inputs} → {outputs} is not the layer of its {given} numbers"),
            });
        }
        Ok(match &self.kind {
            KindForm::Functional(_) | KindForm::Outputs(_) | KindForm::Inputs(_) => {
                let of_inputs = matches!(self.kind, KindForm::Inputs(_));
                let mut blocks = match of_inputs {
                    true => Blocks::of_inputs(outputs),
                    false => Blocks::of_outputs(),
                };
                for (function, inputs, outputs) in self.kind.edges(inputs, outputs) {
                    let entry = function.find(layer, &functions.functional)?;
                    let width = if of_inputs { inputs } else { outputs };
                    blocks = blocks.function(entry.function(), width);
                }
                blocks.layer(inputs).and_then(|mut layer| {
                    if anchored {
                        layer.set_anchored()?;
                    }
                    Ok(boxed(layer))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::test_layers::Parabola;

    fn form(kind: &Value, inputs: usize, outputs: usize, name: &str) -> LayerForm {
        let form = json!({ "inputs": inputs, "outputs": outputs, "kind": kind, "name": name });
        serde_json::from_value(form).expect("a form")
    }

    fn function(name: &str, formula: &str, constants: &[&str], state: Option<&str>) -> Value {
        json!({ "name": name, "formula": formula, "input": "x", "parameters": ["a", "b"],
                "constants": constants, "state": state })
    }

    fn functional(function: &Value) -> Value {
        json!({ "functional": function })
    }

    #[test]
    fn what_is_loaded_must_mean_the_same() {
        let wave = |name, formula| functional(&function(name, formula, &["u"], Some("h")));
        let here = wave("Wave", "a * x");
        let other = "layer 3 is the file's, but in the network it is the network's";
        let changed = "layer 3: the function was `Wave(x; a, b, const u, state h) = x`, \
                       but now is `Wave(x; a, b, const u, state h) = a * x`";
        let renamed = "layer 3: the file has the function `Sine`; \
                       what computes the same here is called `Wave`";
        let (plain, own) = (json!("normalization"), json!("other"));
        let dropout = |rate: f64| json!({ "dropout": rate });
        let range = |high: f64| json!({ "range": [0.0, high] });
        let activation = json!({ "activation": function("Wave", "a * x", &["u"], Some("h")) });
        let plain_wave = functional(&function("Wave", "x", &[], None));
        let valued = |value: f64| {
            let mut wave = plain_wave.clone();
            wave["functional"]["values"] = json!([value]);
            wave
        };
        let blocks = |kind: &str, width: usize| {
            let [wave, line] = ["Wave", "Line"].map(|name| function(name, "x", &[], None));
            json!({ kind: [{ "width": width, "function": wave }, { "width": 1, "function": line }] })
        };
        for (file, here, problem) in [
            (&here, &here, ""),
            (&wave("Wave", "x"), &here, changed),
            (&wave("Sine", "a * x"), &here, renamed),
            (&wave("Sine", "x"), &here, other),
            // Files of before have no values.
            (&plain_wave, &valued(1.0), ""),
            (&valued(1.0), &valued(1.0 + 1e-9), ""),
            (
                &valued(1.0),
                &valued(2.0),
                "layer 3: the function was `Wave(x; a, b) = x, 1 at a \
              test point`, but now is `Wave(x; a, b) = x, 2 there`",
            ),
            (&blocks("outputs", 2), &blocks("outputs", 2), ""),
            (&blocks("inputs", 2), &blocks("inputs", 2), ""),
            (&blocks("outputs", 2), &blocks("outputs", 3), other),
            (&blocks("inputs", 2), &blocks("outputs", 2), other),
            (&blocks("outputs", 2), &json!({ "outputs": [] }), other),
            (&activation, &activation, ""),
            (&activation, &here, other),
            (&dropout(0.1), &dropout(0.2), ""),
            (&plain, &plain, ""),
            (&plain, &dropout(0.1), other),
            (&range(1.0), &range(1.0), ""),
            (&range(1.0), &range(2.0), other),
            // Those of other programs are compared by their names.
            (&own, &own, other),
        ] {
            let file = form(file, 2, 5, "the file's");
            let checked = file.check(3, &form(here, 2, 5, "the network's"));
            let text = checked.map_or_else(|problem| problem.to_string(), |()| String::new());
            assert_eq!(text, problem, "{file:?}");
        }
        let own = |name| form(&own, 2, 5, name);
        assert_eq!(own("Own").check(0, &own("Own")), Ok(()));
        for (inputs, outputs) in [(1, 5), (2, 4)] {
            let file = form(&here, inputs, outputs, "Wave");
            assert!(file.check(3, &form(&here, 2, 5, "Wave")).is_err());
        }
    }

    /// The layer of a form that has so many numbers, or the problem.
    fn made(form: &LayerForm, numbers: usize) -> Result<Box<dyn Layer<f32>>, String> {
        let functions = Functions {
            functional: vec![Entry::functional_of::<Parabola<false, false>>(&["Square"])],
            activations: vec![Entry::activation_of::<Parabola<false, false>>(&[])],
        };
        match form.make(1, numbers, &functions) {
            Ok(Ok(layer)) => Ok(layer),
            Ok(Err(error)) => Err(format!("no layer: {error}")),
            Err(problem) => Err(problem.to_string()),
        }
    }

    #[test]
    fn layers_are_made_of_as_many_numbers_as_there_are() {
        let parabola = function("Parabola", "", &[], None);
        let with_constant = functional(&function("Wave", "", &["u"], None));
        let activation = json!({ "activation": parabola });
        let blocks = |kind: &str, width: usize| json!({ kind: [{ "width": width, "function": parabola }, { "width": 1, "function": parabola }] });
        let alone = functional(&parabola);
        let most = usize::MAX;
        for (kind, inputs, outputs, right) in [
            // Two parameters an edge and a bias; with an anchor one more for each input.
            (&alone, 2, 3, &[15, 17][..]),
            (&alone, 1, 1, &[3, 4]),
            (&alone, most, 3, &[]),
            (&alone, 3, most, &[]),
            (&alone, most / 8, 4, &[]),
            (&blocks("outputs", 2), 2, 3, &[15, 17]),
            (&blocks("inputs", 1), 2, 3, &[15, 17]),
            (&blocks("outputs", 1), 2, 3, &[]),
            (&blocks("inputs", 2), 2, 3, &[]),
            (&activation, 4, 4, &[8]),
            (&activation, 3, 4, &[]),
            (&json!("normalization"), 3, 3, &[6]),
            (&json!("normalization"), 2, 3, &[]),
            (&json!({ "range": [-1.0, 1.0] }), 3, 3, &[6]),
            (&json!({ "dropout": 0.5 }), 3, 3, &[0]),
        ] {
            let form = form(kind, inputs, outputs, "");
            for numbers in 0..40 {
                match made(&form, numbers) {
                    Ok(layer) => {
                        assert!(right.contains(&numbers), "{form:?} of {numbers}");
                        assert_eq!((layer.inputs(), layer.outputs()), (inputs, outputs));
                        let constants = layer.constants().len();
                        assert_eq!(layer.parameters().len() + constants, numbers);
                        let again = LayerForm::of(layer.as_ref());
                        assert_eq!((&again.kind, again.name), (&form.kind, layer.name()));
                    }
                    Err(problem) => {
                        assert!(
                            !right.contains(&numbers),
                            "{form:?} of {numbers}: {problem}"
                        );
                        let reason = format!(
                            "`layers.1` is wrong: {inputs} → {outputs} is not the layer of its \
                             {numbers} numbers"
                        );
                        assert_eq!(problem, reason);
                    }
                }
            }
        }
        // One constant an edge more.
        let unknown = made(&form(&with_constant, 2, 3, ""), 2 * 3 * 3 + 3);
        assert_eq!(
            unknown.err().as_deref(),
            Some("layer 1: no function `Wave` is registered")
        );
        // There is no anchor without inputs.
        let empty = made(&form(&alone, 0, 3, ""), 3).err().unwrap_or_default();
        assert!(empty.starts_with("no layer: "), "{empty}");
        let own = made(&form(&json!("other"), 2, 3, "Own"), 0).err();
        let only = "layer 1 (Own) can only be loaded into a network that has it";
        assert_eq!(own.as_deref(), Some(only));
    }

    #[test]
    fn functions_are_found_by_all_their_names() {
        let named = |name, formula| {
            let function = functional(&function(name, formula, &[], None));
            made(&form(&function, 1, 1, ""), 3).map(|layer| layer.name())
        };
        let parabola = || Ok("Parabola 1 → 1".to_owned());
        assert_eq!(named("Parabola", ""), parabola());
        assert_eq!(named("Square", ""), parabola());
        let now = |name| {
            format!(
                "layer 1: the file has the function `{name}`; what computes the same here is called `Parabola`"
            )
        };
        assert_eq!(named("Hill", ""), Err(now("Hill")));
        let changed = named("Parabola", "x").err().unwrap_or_default();
        assert!(changed.contains("was `Parabola(x; a, b) = x`"), "{changed}");
        let unknown = "layer 1: no function `Hill` is registered".to_owned();
        assert_eq!(named("Hill", "x"), Err(unknown));
    }
}
