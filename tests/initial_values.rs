//! Initial values: those declared, those set for a layer, and the mistakes.

use std::f64::consts::PI;

use ftm::connection::Initializer;
use ftm::ftm_fn;
use ftm::functions::activation::{Relu, Tanh};
use ftm::functions::paper::{Logistic, SignedSquare, Sine};
use ftm::functions::{FunctionalEntry, Library as _};
use ftm::init::Signal;
use ftm::layer::{FunctionalLayer, Layer};
use ftm::network::Network;
use ndarray::Array2;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

const THREE: usize = 3;

ftm_fn! {
    /// Its declarations divide integers.
    fn Halves(x; a ~ value(1/2), b ~ value(THREE/2), c ~ value(-1.0/2)) { a * x * x + b * x + c }
}

#[test]
fn declared_numbers_have_no_type() {
    let parameters = FunctionalLayer::<f64>::of::<Halves>(1, 1).map(|mut layer| {
        layer.initialize(&mut Xoshiro256PlusPlus::seed_from_u64(1));
        layer.parameters().to_vec()
    });
    assert_eq!(parameters.expect("a layer"), [0.5, 1.5, -0.5, 0.0]);
}

#[test]
fn parameters_are_drawn_as_declared_unless_set() {
    let network = Network::<f64>::new(3)
        .functional(Sine, 5)
        .functional(Sine, 4)
        .initial("w", Initializer::Uniform(-1.0, 1.0))
        .initial("p", Initializer::Value(0.25))
        .build(1)
        .expect("a network");
    let greatest = |layer: usize, tensor: usize| {
        let layer = &network.layers()[layer];
        let tensor = &layer.tensors()[tensor];
        let mut greatest = 0.0_f64;
        for i in 0..tensor.shape[0] {
            for o in 0..tensor.shape[1] {
                let place = tensor.offset + i * tensor.strides[0] + o * tensor.strides[1];
                greatest = greatest.max(layer.parameters()[place].abs());
            }
        }
        greatest
    };
    assert!(greatest(0, 0) <= 0.1 && greatest(0, 1) > 1.0 && greatest(0, 2) > 1.0);
    assert!(greatest(1, 0) <= 0.1 && greatest(1, 1) <= 1.0);
    assert_eq!(greatest(1, 2), 0.25);
}

#[test]
fn constants_can_be_set_too() {
    let mut layer = FunctionalLayer::<f32>::of::<SignedSquare>(2, 3).expect("a layer");
    layer
        .set_initializer("u", Initializer::Value(-1.0))
        .expect("it has the constant");
    let network = Network::new(2)
        .layer(|_| Ok(layer))
        .build(1)
        .expect("a network");
    assert_eq!(network.layers()[0].constants(), [-1.0; 6]);
}

#[test]
fn arrays_are_set_whole_or_by_element() {
    ftm_fn! {
        fn Bend(x; c[3] ~ normal(0.0, 0.1)) { sum(k in 0..3, c[k] * powi(x, k + 1)) }
    }
    let network = Network::<f64>::new(2)
        .functional(Bend, 4)
        .initial("c", Initializer::Value(0.5))
        .initial("c[1]", Initializer::Value(2.0))
        .build(1)
        .expect("a network");
    let layer = &network.layers()[0];
    let names: Vec<_> = layer.tensors().into_iter().map(|t| t.name).collect();
    assert_eq!(names, ["c[0]", "c[1]", "c[2]", "bias"]);
    assert_eq!(
        layer.parameters()[..12],
        [[0.5; 4], [2.0; 4], [0.5; 4]].concat()
    );
}

#[test]
fn mistakes_name_the_layer_and_what_it_has() {
    let message = |network: ftm::network::NetworkBuilder<f32>| {
        network.build(1).expect_err("a mistake").to_string()
    };
    let sine = || Network::new(2).functional(Sine, 3);
    assert_eq!(
        message(sine().initial("q", Initializer::Sign)),
        "layer 0: Sine has no parameter `q`; it has a, w, p"
    );
    assert_eq!(
        message(sine().initial("w", Initializer::Uniform(1.0, 1.0))),
        "layer 0: parameter `w` of `Sine` cannot be drawn from uniform(1, 1): the first bound \
         must be below the second"
    );
    assert_eq!(
        message(sine().activation(Relu).initial("w", Initializer::Sign)),
        "layer 1: Relu has no parameter `w`; it has none"
    );
    assert_eq!(
        message(
            Network::new(2)
                .initial("w", Initializer::Sign)
                .functional(Sine, 3)
        ),
        "the stack of layers before a change of the last one is empty"
    );
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    let of = |signal| {
        let network = Network::<f32>::new(3).from_formula(signal);
        let network = network.functional(Sine, 4).anchored().build(1);
        network.expect_err("a mistake").to_string()
    };
    for signal in [Signal::normal(f64::NAN, 1.0), Signal::normal(1e39, 1.0)] {
        let message = of(signal);
        assert!(
            message.starts_with("layer 0: an initial value is NaN (`bias`), "),
            "{message}"
        );
    }
}

ftm_fn! {
    /// Everything is solved from the formula.
    pub fn Plain(x; w) { w * x }
    pub fn Positive(x; w) { w * w * x }
    pub fn Wave(x; a, w, p ~ uniform(-PI, PI)) { a * sin(w * x + p) }
    pub fn Product(x; a, w) { a * w * x }
    pub fn Parabola(x; a, b) { a * x * x + b * x }
}

/// The mean of g over all values of a tensor.
fn mean(layer: &dyn Layer<f64>, tensor: usize, g: impl Fn(f64) -> f64) -> f64 {
    let tensor = &layer.tensors()[tensor];
    let (inputs, outputs) = (tensor.shape[0], tensor.shape[1]);
    let place = |i: usize, o: usize| tensor.offset + i * tensor.strides[0] + o * tensor.strides[1];
    let all = (0..inputs).flat_map(|i| (0..outputs).map(move |o| (i, o)));
    let sum: f64 = all.map(|(i, o)| g(layer.parameters()[place(i, o)])).sum();
    sum / (inputs * outputs) as f64
}

/// Five standard errors of a mean square of 90,000 normal numbers are 2.4%; the moments that
/// scales are solved from, over 2,048 sets of parameters, are to add less than that again.
fn near(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 0.04, "{value} {expected}");
}

#[test]
fn scales_without_a_declaration_are_those_of_theory() {
    let network = Network::<f64>::new(300)
        .functional(Plain, 300)
        .activation(Relu)
        .functional(Plain, 300)
        .functional(Positive, 300)
        .activation(Tanh)
        .build(3)
        .expect("a network");
    let layers = network.layers();
    // 1/fan for inputs of variance 1 (LeCun). Behind a rectifier their variance is 1/2 − 1/2π.
    near(mean(&*layers[0], 0, |w| w * w), 1.0 / 300.0);
    let variance = 0.5 - 0.5 / PI;
    near(mean(&*layers[2], 0, |w| w * w), 1.0 / (300.0 * variance));
    // The variance of w² is 2σ⁴, so that of a sample's outputs 300 · 2σ⁴.
    near(
        mean(&*layers[3], 0, |w| w * w),
        (1.0_f64 / (2.0 * 300.0)).sqrt(),
    );
    // a²/2 per edge, wherever the phase is, less what does not depend on x: with w normal and
    // independent of x, E (E sin(w x + p))² = E e^(−w²) / 2.
    let wave = Network::<f64>::new(300)
        .functional(Wave, 300)
        .build(3)
        .expect("a network");
    let squares = mean(&*wave.layers()[0], 0, |a| a * a);
    let constant = mean(&*wave.layers()[0], 1, |w| (-w * w).exp());
    near(squares * (1.0 - constant), 2.0 / 300.0);
    near(mean(&*wave.layers()[0], 2, |p| p * p), PI * PI / 3.0);
    // The variance of a x² + b x is 2σ² + σ².
    let parabola = Network::<f64>::new(300)
        .functional(Parabola, 300)
        .build(3)
        .expect("a network");
    near(mean(&*parabola.layers()[0], 0, |a| a * a), 1.0 / 900.0);
    near(mean(&*parabola.layers()[0], 1, |b| b * b), 1.0 / 900.0);
    // Both factors of a·w·x change the output as much.
    let product = Network::<f64>::new(300)
        .functional(Product, 300)
        .build(3)
        .expect("a network");
    let factors = [0, 1].map(|tensor| mean(&*product.layers()[0], tensor, |v| v * v));
    near(factors[0] * factors[1], 1.0 / 300.0);
    assert!(
        (0.5..2.0).contains(&(factors[0] / factors[1])),
        "{factors:?}"
    );
}

#[test]
fn what_the_user_sets_is_not_scaled() {
    let network = Network::<f64>::new(300)
        .from_formula(Signal::standard())
        .functional(Sine, 200)
        .initial("w", Initializer::Uniform(-3.0, 3.0))
        .functional(Sine, 10)
        .build(3)
        .expect("a network");
    let layers = network.layers();
    near(mean(&*layers[0], 1, |w| w * w), 3.0);
    assert!(mean(&*layers[1], 1, |w| w * w) < 2.0);
    let declared = Network::<f64>::new(300)
        .functional(Sine, 200)
        .build(3)
        .expect("a network");
    near(mean(&*declared.layers()[0], 1, |w| w * w), 100.0 / 3.0);
}

/// Ten layers of every function, as the formula has them: numbers and errors stay level, and as
/// expected.
#[test]
fn deep_networks_start_level() {
    let x = Array2::from_shape_fn((100, 50), |(n, i)| {
        1.7 * ((n * 37 + i * i * 11 + n * i) as f64).sin()
    });
    let signal = Signal::of(x.iter().copied());
    for entry in f64::functional() {
        let mut network = Network::<f64>::new(50).from_formula(signal.clone());
        for _ in 0..10 {
            network = network
                .boxed(move |inputs| entry.layer(inputs, 100))
                .normalization()
                .activation(Relu);
        }
        let levels = network
            .build(1)
            .and_then(|network| network.levels(x.view()))
            .expect("a network");
        let name = entry.description.name;
        for (index, layer) in levels.layers.iter().enumerate() {
            let near = |a: f64, b: f64| (a / b).ln().abs() < 0.9;
            assert!(
                near(layer.measured, layer.expected),
                "{name} {index}\n{levels}"
            );
            if let Some(transmitted) = layer.transmitted {
                let (measured, expected) = (transmitted.measured, transmitted.expected);
                assert!(near(measured, expected), "{name} {index}\n{levels}");
            }
        }
        // Through a block of three layers.
        let blocks = levels.layers.chunks(3).skip(1);
        for block in blocks {
            let back: f64 = block
                .iter()
                .filter_map(|layer| layer.transmitted)
                .map(|transmitted| transmitted.expected)
                .product();
            assert!((0.5..2.0).contains(&back), "{name}: {back}\n{levels}");
        }
    }
}

/// As declared, most of what a sigmoid gives is the same for all samples, and an anchor takes it
/// away.
#[test]
fn anchors_are_expected() {
    let x = Array2::from_shape_fn((100, 50), |(n, i)| {
        1.7 * ((n * 37 + i * i * 11 + n * i) as f64).sin()
    });
    let square = |network: ftm::network::NetworkBuilder<f64>| {
        let network = network.build(1).expect("a network");
        let levels = network.levels(x.view()).expect("it fits");
        let layer = &levels.layers[0];
        assert!(
            (layer.measured / layer.expected - 1.0).abs() < 0.2,
            "{levels}"
        );
        layer.expected
    };
    let plain = square(Network::new(50).functional(Logistic, 400));
    let anchored = square(Network::new(50).functional(Logistic, 400).anchored());
    assert!(anchored < 0.01 * plain, "{anchored} {plain}");
}

#[test]
fn a_common_part_is_seen() {
    let share = |entry: &FunctionalEntry<f64>| {
        let layer = entry.layer(128, 128).expect("a layer");
        let expectation = layer.expect(&Signal::standard()).expect("a function");
        let spread = expectation.spread.expect("of edges");
        spread.common / spread.own
    };
    for entry in f64::functional() {
        let (name, share) = (entry.description.name, share(&entry));
        let expected = ["SquaredWeight", "SquaredProduct", "ShiftedSquare"].contains(&name);
        assert_eq!(share > 0.05, expected, "{name}: {share}");
    }
}
