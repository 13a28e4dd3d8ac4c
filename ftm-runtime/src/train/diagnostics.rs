//! What goes on inside a network while it trains, as a table.

use std::io::Write;

use ndarray::{Array2, ArrayView3};

use crate::error::Error;
use crate::layer::{Layer, Tensor};
use crate::network::{Network, Workspace};
use crate::simd::Real;

/// Writes statistics of every layer as CSV, a row per layer and recorded step.
///
/// | column | |
/// |---|---|
/// | `epoch`, `step` | as given to [`Diagnostics::record`]; a trainer gives indices from 0 |
/// | `layer`, `name` | index of the layer from 0, and its name |
/// | `output_mean`, `output_deviation` | mean and standard deviation of all its outputs |
/// | `output_largest` | largest magnitude of an output |
/// | `output_zero` | share of outputs that are 0 |
/// | `constant_outputs` | how many outputs are the same for all rows of the batch |
/// | `saturated` | share of places where an error is passed on by less than a hundredth |
/// | `error_norm` | Euclidean norm of ∂L/∂output |
/// | `gradient_norm`, `gradient_largest` | Euclidean norm and largest magnitude of ∂L/∂parameters |
/// | `parameter_norm`, `parameter_largest` | the same of the parameters |
/// | `dead_edges` | edges all of whose gradients are but rounding beside the layer's largest |
///
/// A field is empty where it has no meaning: `error_norm` and `saturated` where the workspace did
/// not keep the errors ([`Workspace::keep_errors`]) and below the first trained layer, where nobody needs
/// them, `saturated` in the first layer and in layers
/// that do not take each number by itself, the columns of parameters without any, `dead_edges`
/// without edges and in frozen layers.
///
/// ```
/// # use ftm_runtime::{error::Error, network::{Network, Workspace}};
/// use ftm_runtime::train::Diagnostics;
/// # fn look(network: &Network<f32>, x: ndarray::ArrayView2<'_, f32>) -> Result<(), Error> {
/// let mut diagnostics = Diagnostics::new(std::io::stdout());
/// let mut workspace = Workspace::new();
/// workspace.keep_errors(true);
/// let dy = network.forward(&mut workspace, x)?.to_owned();
/// network.backward(&mut workspace, dy.view())?;
/// diagnostics.record(0, 0, network, &workspace)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Diagnostics<W> {
    writer: W,
    begun: bool,
}

impl<W: Write> Diagnostics<W> {
    /// A table that goes to `writer`, row by row.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            begun: false,
        }
    }

    /// Writes a row for every layer, of the last passes in `workspace`.
    ///
    /// # Errors
    /// [`Error::NoForwardPass`] without a forward and backward pass of this network,
    /// [`Error::Write`] when the writer fails.
    pub fn record<T: Real>(
        &mut self,
        epoch: usize,
        step: usize,
        network: &Network<T>,
        workspace: &Workspace<T>,
    ) -> Result<(), Error> {
        if !workspace.has_gradient_of(network) {
            return Err(Error::NoForwardPass);
        }
        let mut text = String::new();
        if !self.begun {
            text.push_str(HEADER);
        }
        let layers = network.layers().iter().zip(workspace.gradients());
        for (index, (layer, gradient)) in layers.enumerate() {
            let Some(outputs) = workspace.layer_output(index) else {
                return Err(Error::NoForwardPass);
            };
            let below = index.checked_sub(1).and_then(|i| workspace.layer_error(i));
            let errors = (workspace.layer_error(index), below);
            let frozen = network.is_frozen(index);
            text.push_str(&format!("{epoch},{step},{index},{}", quoted(&layer.name())));
            for field in fields(layer.as_ref(), gradient, frozen, outputs, errors) {
                text.push(',');
                text.push_str(&field);
            }
            text.push('\n');
        }
        self.writer
            .write_all(text.as_bytes())
            .and_then(|()| self.writer.flush())
            .map_err(|source| Error::Write {
                what: "the diagnostics",
                source,
            })?;
        self.begun = true;
        Ok(())
    }
}

const HEADER: &str = "epoch,step,layer,name,output_mean,output_deviation,output_largest,\
    output_zero,constant_outputs,saturated,error_norm,gradient_norm,gradient_largest,\
    parameter_norm,parameter_largest,dead_edges\n";

/// The fields of a layer after its name, given (∂L/∂output, ∂L/∂input).
fn fields<T: Real>(
    layer: &dyn Layer<T>,
    gradient: &[T],
    frozen: bool,
    outputs: ArrayView3<'_, T>,
    (error, below): (Option<ArrayView3<'_, T>>, Option<ArrayView3<'_, T>>),
) -> [String; 12] {
    let number = |value: f64| format!("{value:.6e}");
    let output = Moments::of(outputs.iter().copied());
    let rows = outputs.len() / layer.outputs();
    let rows = outputs.into_shape_with_order((rows, layer.outputs()));
    let constant = rows.map_or(0, |rows| {
        let same = |column: &ndarray::ArrayView1<'_, T>| column.iter().all(|&y| y == column[0]);
        rows.columns().into_iter().filter(same).count()
    });
    let tensors = layer.tensors();
    let edges = tensors.iter();
    let edges = edges.filter_map(|tensor| Some((tensor, layer.first_edge(tensor)?)));
    let edges: Vec<_> = edges.collect();
    let alone = layer.inputs() == layer.outputs() && edges.is_empty();
    let saturated = match (error, below) {
        (Some(error), Some(below)) if alone => number(saturated(error, below)),
        _ => String::new(),
    };
    let error = error.map(|error| Moments::of(error.iter().copied()).norm);
    let of_parameters = |values: &[T]| {
        let moments = Moments::of(values.iter().copied());
        [number(moments.norm), number(moments.largest)]
    };
    let [
        gradient_norm,
        gradient_largest,
        parameter_norm,
        parameter_largest,
    ] = if layer.parameters().is_empty() {
        Default::default()
    } else {
        let [a, b] = of_parameters(gradient);
        let [c, d] = of_parameters(layer.parameters());
        [a, b, c, d]
    };
    let dead = if edges.is_empty() || frozen {
        String::new()
    } else {
        dead_edges(&edges, (layer.inputs(), layer.outputs()), gradient).to_string()
    };
    [
        number(output.mean),
        number(output.deviation),
        number(output.largest),
        number(output.zero),
        constant.to_string(),
        saturated,
        error.map_or(String::new(), number),
        gradient_norm,
        gradient_largest,
        parameter_norm,
        parameter_largest,
        dead,
    ]
}

struct Moments {
    mean: f64,
    deviation: f64,
    norm: f64,
    largest: f64,
    /// Share of zeros.
    zero: f64,
}

impl Moments {
    fn of<T: Real>(values: impl ExactSizeIterator<Item = T> + Clone) -> Self {
        let count = values.len() as f64;
        let values = values.map(T::to_f64);
        let mean = values.clone().sum::<f64>() / count;
        let (mut squares, mut about_mean, mut largest, mut zeros) = (0.0, 0.0, 0.0, 0.0);
        for value in values {
            squares += value * value;
            about_mean += (value - mean) * (value - mean);
            // A NaN stays.
            if value.abs() > largest || value.is_nan() {
                largest = value.abs();
            }
            if value == 0.0 {
                zeros += 1.0;
            }
        }
        Self {
            mean,
            deviation: (about_mean / count).sqrt(),
            norm: squares.sqrt(),
            largest,
            zero: zeros / count,
        }
    }
}

/// The share of errors that come out of the layer a hundred times smaller; 0 where there are none.
fn saturated<T: Real>(error: ArrayView3<'_, T>, below: ArrayView3<'_, T>) -> f64 {
    let (mut small, mut all) = (0.0, 0.0);
    for (dy, dx) in error.iter().zip(below) {
        let (dy, dx) = (dy.to_f64().abs(), dx.to_f64().abs());
        if dy > 0.0 {
            all += 1.0;
            small += if dx < 0.01 * dy { 1.0 } else { 0.0 };
        }
    }
    if all == 0.0 { 0.0 } else { small / all }
}

/// The edges with parameters none of which has a gradient to speak of, given the tensors of edges
/// with the edge of their first element.
fn dead_edges<T: Real>(
    tensors: &[(&Tensor, (usize, usize))],
    shape: (usize, usize),
    gradient: &[T],
) -> usize {
    let sizes = |tensor: &Tensor| {
        let places = tensor.runs().into_iter().flatten();
        places.map(|place| gradient[place].to_f64().abs())
    };
    let all = tensors.iter().flat_map(|(tensor, _)| sizes(tensor));
    let negligible = T::EPSILON.to_f64() * all.fold(0.0, f64::max);
    // Of an edge without parameters nothing is said.
    let mut dead = Array2::from_elem(shape, None);
    for (tensor, first) in tensors {
        for (edge, size) in tensor.edges(*first).zip(sizes(tensor)) {
            let is_dead = dead[edge].get_or_insert(true);
            *is_dead &= size <= negligible;
        }
    }
    dead.iter().filter(|&&dead| dead == Some(true)).count()
}

/// A field of CSV, in quotes where it needs them (RFC 4180).
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use ndarray::array;

    use super::*;
    use crate::data::Digits;
    use crate::loss::SoftmaxCrossEntropy;
    use crate::optimizer::Adam;
    use crate::test_layers::{Bend, Dense};
    use crate::train::Trainer;

    fn network() -> Network<f64> {
        let mut network = Network::new(2)
            .layer(|inputs| Dense::new(inputs, 2))
            .dropout(0.5)
            .layer(|inputs| Dense::new(inputs, 1))
            .build(1)
            .expect("a good network");
        // y = (x₀, 2 x₀ + 1), and the sum of both.
        let values = [
            [1.0, 2.0, 0.0, 0.0, 0.0, 1.0].as_slice(),
            &[],
            &[1.0, 1.0, 0.0],
        ];
        for (layer, values) in network.layers_mut().iter_mut().zip(values) {
            layer.parameters_mut().copy_from_slice(values);
        }
        network
    }

    fn passes(network: &Network<f64>, x: &Array2<f64>) -> Workspace<f64> {
        let mut workspace = Workspace::new();
        workspace.keep_errors(true);
        network.forward(&mut workspace, x.view()).expect("a pass");
        let dy = Array2::ones((x.nrows(), 1));
        network.backward(&mut workspace, dy.view()).expect("a pass");
        workspace
    }

    fn record(network: &Network<f64>, workspace: &Workspace<f64>) -> Vec<Vec<String>> {
        let mut text = Vec::new();
        let mut diagnostics = Diagnostics::new(&mut text);
        diagnostics
            .record(3, 17, network, workspace)
            .expect("a row");
        let text = String::from_utf8(text).expect("text");
        text.lines()
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn the_numbers_are_those_of_the_passes() {
        let network = network();
        let workspace = passes(&network, &array![[0.0, 0.0], [2.0, 0.0]]);
        let rows = record(&network, &workspace);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0].join(",") + "\n", HEADER);
        let row = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>();
        // Outputs 0, 1, 2, 5; the error is 1 everywhere; the gradient of the weights is 2 by x₀
        // and 0 by x₁, of the biases 2; the weights from x₁ are dead edges.
        assert_eq!(
            rows[1],
            row(&[
                "3",
                "17",
                "0",
                "Dense 2 → 2",
                "2.000000e0",
                "1.870829e0",
                "5.000000e0",
                "2.500000e-1",
                "0",
                "",
                "2.000000e0",
                "4.000000e0",
                "2.000000e0",
                "2.449490e0",
                "2.000000e0",
                "2",
            ])
        );
        assert_eq!(rows[2][3], "Dropout 2 (0.5)");
        assert_eq!(
            rows[2][9..],
            row(&["0.000000e0", "2.000000e0", "", "", "", "", ""])
        );
        // Outputs 1 and 7.
        assert_eq!(rows[3][4..6], row(&["4.000000e0", "3.000000e0"]));
        assert_eq!(rows[3][9], "");
    }

    #[test]
    fn broken_constant_and_frozen_layers_show() {
        let mut network = network();
        network.freeze(0..1).expect("its layer");
        network.layers_mut()[0].parameters_mut()[1] = f64::NAN;
        let workspace = passes(&network, &array![[1.0, 0.0], [1.0, 2.0], [1.0, 0.0]]);
        let rows = record(&network, &workspace);
        assert_eq!(rows[1][6], "NaN");
        // Of x₀ and NaN, the first is the same for all rows.
        assert_eq!(rows[1][8], "1");
        // Nothing comes down to a frozen layer at the bottom.
        assert_eq!([&*rows[1][10], &*rows[1][15]], ["", ""]);
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(quoted("Sine 3 → 4"), "Sine 3 → 4");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("no room"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn missing_passes_and_a_full_disk_are_reported() {
        let network = network();
        let mut workspace = Workspace::new();
        let mut diagnostics = Diagnostics::new(Full);
        let error = diagnostics.record(0, 0, &network, &workspace);
        assert!(matches!(error, Err(Error::NoForwardPass)));
        let x = array![[1.0, 2.0]];
        network.forward(&mut workspace, x.view()).expect("a pass");
        let error = diagnostics.record(0, 0, &network, &workspace);
        assert!(matches!(error, Err(Error::NoForwardPass)));
        let error = diagnostics.record(0, 0, &network, &passes(&network, &x));
        assert_eq!(
            error.expect_err("no room").to_string(),
            "cannot write the diagnostics: no room"
        );
    }

    /// What the first step of a deep network of digits shows: for each layer, the number in each
    /// column that has one. The weights of a layer are drawn from ±`bound`.
    fn first_step(bound: f64) -> Vec<HashMap<String, f64>> {
        let digits = Digits::<f32>::load().expect("they are embedded");
        let mut network = Network::new(64);
        for _ in 0..8 {
            network = network
                .layer(|inputs| Dense::new(inputs, 24))
                .layer(|inputs| Ok(Bend(inputs)));
        }
        let network = network.layer(|inputs| Dense::new(inputs, 10)).build(1);
        let mut network = network.expect("a good network");
        for layer in network.layers_mut() {
            for value in layer.parameters_mut() {
                // They were drawn from ±0.5.
                *value *= 2.0 * bound as f32;
            }
        }
        let mut text = Vec::new();
        Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a good rate"))
            .epochs(1)
            .diagnostics(1000, &mut text)
            .fit(&mut network, &digits.test)
            .expect("it trains, if badly");
        let text = String::from_utf8(text).expect("text");
        let mut lines = text.lines().map(|line| line.split(','));
        let header: Vec<_> = lines.next().expect("a header").collect();
        lines
            .map(|fields| {
                let named = header.iter().zip(fields);
                let numbers = named
                    .filter_map(|(name, field)| Some(((*name).to_owned(), field.parse().ok()?)));
                numbers.collect()
            })
            .collect()
    }

    #[test]
    fn a_vanishing_gradient_shows() {
        let norm = |layers: &[HashMap<String, f64>], layer: usize| layers[layer]["gradient_norm"];
        // The variance of a layer's sums is 24 · 0.02² / 3 of its input's: 18 times smaller.
        let vanishing = first_step(0.02);
        assert!(norm(&vanishing, 0) < 1e-6 * norm(&vanishing, 16));
        for layer in (0..16).step_by(2) {
            let [below, here] = [layer, layer + 2].map(|l| vanishing[l]["error_norm"]);
            assert!(below < 0.2 * here, "layer {layer}: {below} of {here}");
        }
        // And here it is kept.
        let healthy = first_step(0.35);
        assert!(norm(&healthy, 0) > 0.1 * norm(&healthy, 16));
    }

    #[test]
    fn saturation_and_dead_edges_show() {
        let column = |bound, layer: usize, name| first_step(bound)[layer][name];
        assert!(column(4.0, 7, "saturated") > 0.5);
        assert!(column(0.35, 7, "saturated") < 0.05);
        // The first and last column of all digits are empty, or nearly so: what comes from there
        // has nothing to learn.
        assert!(column(0.35, 0, "dead_edges") >= 2.0 * 24.0);
        assert_eq!(column(0.35, 2, "dead_edges"), 0.0);
    }
}
