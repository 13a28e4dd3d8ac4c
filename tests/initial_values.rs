//! Initial values: those declared, those set for a layer, and the mistakes.

use ftm::connection::Initializer;
use ftm::ftm_fn;
use ftm::functions::activation::Relu;
use ftm::functions::paper::{SignedSquare, Sine};
use ftm::layer::{FunctionalLayer, Layer};
use ftm::network::Network;

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
    let mut layer = FunctionalLayer::<SignedSquare, f32>::new(2, 3).expect("a layer");
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
