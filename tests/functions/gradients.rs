//! Gradients of whole networks, of every function, against differences of the loss.

use ftm::connection::Initializer;
use ftm::data::{Dataset, Targets};
use ftm::functions::Library as _;
use ftm::functions::activation::Tanh;
use ftm::functions::paper::{Cubic, Memory, Sine};
use ftm::gradient_check::{Slope, check};
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
    let sines = Network::new(5).functional(Sine, 6).penalty(penalty);
    let cubics = Network::new(5).functional(Cubic, 6).penalty(penalty);
    for network in [sines, cubics] {
        let network = network
            .activation(Tanh)
            .functional(Sine, 3)
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
