//! Gradients of whole networks, of every function, against differences of the loss.

use ftm::connection::Initializer;
use ftm::data::{Dataset, Targets};
use ftm::functions::Library as _;
use ftm::functions::activation::Tanh;
use ftm::functions::paper::{Cubic, Logistic, Memory, Sine};
use ftm::gradient_check::{Slope, check};
use ftm::init::Signal;
use ftm::layer::Penalty;
use ftm::loss::Loss;
use ftm::network::{Network, NetworkBuilder};
use ftm::prelude::*;
use ndarray::{Array2, Array3};

/// Rounding of a loss of about 1, divided by the length of a step.
const ROUNDING: f64 = 1e-12;

/// The largest error of any slope that rounding does not explain, and that slope.
fn worst(network: NetworkBuilder<f64>, loss: &impl Loss<f64>, data: &Dataset<f64>) -> (f64, Slope) {
    let mut network = network.build(11).expect("a network");
    let slopes = check(&mut network, loss, data).expect("the data fits");
    assert!(slopes.iter().any(|slope| slope.steepest > 0.0));
    slopes
        .into_iter()
        .map(|slope| {
            let rounding = ROUNDING / slope.steepest.max(ROUNDING);
            (slope.error() - rounding, slope)
        })
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .expect("there are parameters")
}

fn classes() -> Dataset<f64> {
    let x = Array2::from_shape_fn((12, 5), |(n, i)| ((n * 7 + i * 3) as f64).sin());
    Dataset::classification(x, (0..12).map(|n| n % 3).collect(), 3).expect("good data")
}

fn values() -> Dataset<f64> {
    let x = Array2::from_shape_fn((12, 5), |(n, i)| ((n * 7 + i * 3) as f64).sin());
    let y = Array2::from_shape_fn((12, 4), |(n, o)| ((n + 5 * o) as f64).cos());
    Dataset::regression(x, y).expect("good data")
}

/// Products, and one loop over the edges.
#[test]
fn anchored_layers() {
    let data = classes();
    let signal = || Signal::of(data.inputs().iter().copied());
    for name in ["sigmoid", "exp", "sine", "cubic", "F20", "linear"] {
        let all = f64::functional();
        let entry = *(all.iter().find(|entry| entry.is_called(name))).expect("it is declared");
        let layer = move |outputs| move |inputs| entry.layer(inputs, outputs);
        let network = Network::new(5)
            .from_formula(signal())
            .boxed(layer(6))
            .anchored()
            .activation(Tanh)
            .boxed(layer(3))
            .anchored();
        let (error, slope) = worst(network, &SoftmaxCrossEntropy, &data);
        assert!(error < 1e-7, "{name}: {slope:?}");
    }
}

/// Whatever the parameters are, outputs at the anchor are the biases, and elsewhere they differ by
/// as much as without an anchor.
#[test]
fn outputs_of_anchored_layers() {
    let mut network = Network::<f64>::new(5)
        .from_formula(Signal::uniform(0.0, 1.0))
        .functional(Logistic, 3)
        .anchored()
        .build(1)
        .expect("a network");
    let mut plain = Network::<f64>::new(5)
        .functional(Logistic, 3)
        .build(1)
        .expect("a network");
    for _ in 0..2 {
        let parameters = network.layers_mut()[0].parameters_mut();
        (parameters.iter_mut().enumerate()).for_each(|(k, value)| *value += (k as f64).sin());
        let parameters = parameters.to_vec();
        plain.layers_mut()[0]
            .parameters_mut()
            .copy_from_slice(&parameters);
        let anchor = network.layers()[0].constants()[0];
        assert!((anchor - 0.5).abs() < 1e-3);
        let x = Array2::from_shape_fn((9, 5), |(n, i)| match n {
            0 => anchor,
            _ => (n * 5 + i) as f64 / 45.0,
        });
        let of = |network: &Network<f64>| network.predict(x.view()).expect("it fits");
        let (y, other) = (of(&network), of(&plain));
        for ((n, o), value) in y.indexed_iter() {
            let bias = parameters[parameters.len() - 3 + o];
            let expected = bias + other[[n, o]] - other[[0, o]];
            assert!((value - expected).abs() < 1e-12, "{n} {o}");
        }
    }
}

#[test]
fn what_cannot_be_anchored() {
    let message =
        |network: NetworkBuilder<f64>| network.build(1).expect_err("a mistake").to_string();
    let memory = message(Network::new(2).functional(Memory, 3).anchored());
    assert!(
        memory.contains("one of a function without a state"),
        "{memory}"
    );
    let tanh = message(Network::new(2).activation(Tanh).anchored());
    assert!(tanh.contains("one of edges"), "{tanh}");
}

#[test]
fn functions_of_the_paper() {
    for entry in f64::functional() {
        // The derivative of F07 is not that of its value, on purpose. Its weights start where
        // the two are the same, and a difference of the loss does not reach those below 0.
        let layer = move |outputs| move |inputs| entry.layer(inputs, outputs);
        let network = Network::new(5)
            .boxed(layer(6))
            .activation(Tanh)
            .boxed(layer(3));
        let (error, slope) = worst(network, &SoftmaxCrossEntropy, &classes());
        let name = entry.description.name;
        // A step crosses the kinks of rectifiers.
        let allowed = if name.contains("Rectif") { 0.05 } else { 1e-7 };
        assert!(error < allowed, "{name}: {slope:?}");
    }
}

/// Sums over edges and samples in one, as products of matrices in the other.
#[test]
fn penalties_on_edges() {
    let penalty = Penalty {
        parameters: 0.1,
        importance: 0.2,
        entropy: 0.3,
    };
    // Away from 0, where a penalty on parameters has its kink.
    let away = Initializer::Uniform(0.05, 0.1);
    let sines = Network::new(5).functional(Sine, 6).initial("a", away);
    let cubics = ["a", "b", "c"]
        .into_iter()
        .fold(Network::new(5).functional(Cubic, 6), |network, name| {
            network.initial(name, away)
        });
    for network in [sines, cubics] {
        let network = network
            .penalty(penalty)
            .activation(Tanh)
            .functional(Sine, 3)
            .initial("a", away)
            .penalty(penalty);
        let (error, slope) = worst(network, &SoftmaxCrossEntropy, &classes());
        assert!(error < 1e-7, "{slope:?}");
    }
}

#[test]
fn functions_of_kolmogorov_arnold_networks() {
    for entry in f64::kan() {
        let layer = move |outputs| move |inputs| entry.layer(inputs, outputs);
        let network = Network::new(5)
            .boxed(layer(6))
            .activation(Tanh)
            .boxed(layer(3));
        let (error, slope) = worst(network, &SoftmaxCrossEntropy, &classes());
        // A step may cross the kink of a denominator.
        let name = entry.description.name;
        let allowed = if name == "Rational" { 0.05 } else { 1e-7 };
        assert!(error < allowed, "{name}: {slope:?}");
    }
}

#[test]
fn activations_with_and_without_parameters() {
    for entry in f64::activations() {
        let network = Network::new(5)
            .functional(Sine, 6)
            .boxed(move |width| entry.layer(width))
            .functional(Sine, 3);
        let (error, slope) = worst(network, &SoftmaxCrossEntropy, &classes());
        let name = entry.description.name;
        let allowed = if name.contains("Relu") { 0.05 } else { 1e-7 };
        assert!(error < allowed, "{name}: {slope:?}");
    }
}

#[test]
fn normalization() {
    // Where a row hardly spreads, normalisation bends more than differences can follow.
    let wide = Initializer::Uniform(-2.0, 2.0);
    let network = Network::new(5)
        .functional(Sine, 7)
        .initial("a", wide)
        .normalization()
        .activation(Tanh)
        .functional(Sine, 4)
        .initial("a", wide)
        .normalization();
    let (error, slope) = worst(network, &MeanSquaredError, &values());
    assert!(error < 1e-7, "{slope:?}");
}

#[test]
fn back_through_time_and_layers() {
    let x = Array3::from_shape_fn((4, 7, 3), |(n, t, i)| ((n * 11 + t * 5 + i) as f64).cos());
    let values = Array2::from_shape_fn((4 * 2, 2), |(n, o)| ((n + 3 * o) as f64).sin());
    let data = Dataset::sequences(x, Targets::Values(values)).expect("good data");
    let network = Network::new(3)
        .functional(Memory, 5)
        .functional(Memory, 4)
        .functional(Sine, 2);
    let (error, slope) = worst(network, &MeanSquaredError, &data);
    assert!(error < 1e-7, "{slope:?}");
}
