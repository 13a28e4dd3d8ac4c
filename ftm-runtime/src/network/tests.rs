//! Tests of building and running networks.

use ndarray::{Array2, Array3, Axis, array};

use super::*;
use crate::optimizer::Sgd;
use crate::test_layers::{Dense, Leaky};

fn network(seed: u64) -> Network<f64> {
    Network::new(3)
        .layer(|inputs| Dense::new(inputs, 5))
        .layer(Leaky::new)
        .layer(|inputs| Dense::new(inputs, 2))
        .build(seed)
        .expect("a good network")
}

fn sequence(steps: usize, batch: usize, width: usize) -> Array3<f64> {
    Array3::from_shape_fn((steps, batch, width), |(t, b, i)| {
        ((t * 7 + b * 3 + i) as f64 * 0.7).sin()
    })
}

#[test]
fn shapes_and_counts_are_known_before_training() {
    let network = network(1);
    assert_eq!((network.inputs(), network.outputs()), (3, 2));
    assert_eq!(network.parameter_count(), (3 * 5 + 5) + 5 + (5 * 2 + 2));
    assert!(network.is_stateful());
    let memory = network.memory(10);
    assert_eq!(memory.parameters, 37 * 8);
    assert_eq!(memory.activations, 10 * 8 * (3 + 5 + 5 + 2 + 2 * 5));
    assert_eq!(
        memory.total(),
        2 * 37 * 8 + memory.activations + memory.transmitted
    );
    let most = network.sequence_memory(usize::MAX, usize::MAX);
    assert_eq!((most.transmitted, most.total()), (usize::MAX, usize::MAX));
    let table = network.to_string();
    assert!(
        table.contains("0  Dense 3 → 5") && table.contains("state 5"),
        "{table}"
    );
    assert!(table.ends_with("37  f64, 296 bytes"), "{table}");
}

#[test]
fn all_mistakes_are_reported_together() {
    let error = Network::<f32>::new(0)
        .layer(|_| Dense::new(4, 3))
        .layer(|inputs| Dense::new(inputs, 0))
        .layer(|_| Dense::new(7, 2))
        .build(0)
        .expect_err("four mistakes");
    let Error::Several(errors) = error else {
        panic!("{error}")
    };
    assert!(matches!(errors[0], Error::Empty { .. }));
    assert!(matches!(
        errors[1],
        Error::LayerWidth {
            index: 0,
            expected: 4,
            given: 0,
            ..
        }
    ));
    assert!(matches!(errors[2], Error::InLayer { index: 1, .. }));
    assert!(matches!(
        errors[3],
        Error::LayerWidth {
            index: 2,
            expected: 7,
            given: 3,
            ..
        }
    ));
    let error = Network::<f32>::new(1).build(0).expect_err("no layers");
    assert_eq!(error.to_string(), "the stack of layers is empty");
}

#[test]
fn one_seed_gives_one_network_and_layers_have_their_own_streams() {
    assert_eq!(network(1).snapshot(), network(1).snapshot());
    assert_ne!(network(1).snapshot(), network(2).snapshot());
    let wider = Network::<f64>::new(3)
        .layer(|inputs| Dense::new(inputs, 9))
        .layer(|_| Dense::new(9, 5))
        .build(1)
        .expect("a good network");
    let narrow = Network::<f64>::new(3)
        .layer(|inputs| Dense::new(inputs, 5))
        .layer(|_| Dense::new(5, 5))
        .build(1)
        .expect("a good network");
    let values = |n: &Network<f64>| n.layers()[1].parameters()[..10].to_vec();
    assert_eq!(values(&wider), values(&narrow));
}

#[test]
fn wrong_shapes_are_refused_at_every_entry() {
    let network = network(1);
    let mut workspace = Workspace::new();
    let good = Array2::zeros((4, 3));
    let wide = Array2::zeros((4, 4));
    let dy = Array2::zeros((4, 2));
    let no_pass = network.backward(&mut workspace, dy.view());
    assert!(matches!(no_pass, Err(Error::NoForwardPass)));
    let no_pass = network.backward_to_input(&mut workspace, dy.view());
    assert!(matches!(no_pass, Err(Error::NoForwardPass)));
    let width = network.forward(&mut workspace, wide.view());
    assert!(matches!(
        width,
        Err(Error::Width {
            expected: 3,
            given: 4,
            ..
        })
    ));
    assert!(matches!(
        network.predict(wide.view()),
        Err(Error::Width { .. })
    ));
    assert!(matches!(
        network.levels(wide.view()),
        Err(Error::Width { .. })
    ));
    let empty = network.forward(&mut workspace, good.slice_axis(Axis(0), (0..0).into()));
    assert!(matches!(empty, Err(Error::Empty { .. })));
    network
        .forward(&mut workspace, good.view())
        .expect("a pass");
    let shape = network.backward(&mut workspace, wide.view());
    assert!(matches!(shape, Err(Error::Shape { .. })));
    let x = sequence(2, 4, 3);
    let state = network.state(5);
    let length = network.forward_sequence(&mut workspace, x.view(), Some(&state));
    assert!(matches!(
        length,
        Err(Error::Length {
            expected: 4,
            given: 5,
            ..
        })
    ));
    network
        .forward_sequence(&mut workspace, x.view(), None)
        .expect("a pass");
    let dy = Array3::zeros((2, 4, 2));
    let window = BackThroughTime::Truncated(0);
    let argument = network.backward_sequence(&mut workspace, dy.view(), window);
    assert!(matches!(argument, Err(Error::Argument { .. })));
    let other = Network::new(3)
        .layer(|inputs| Dense::new(inputs, 2))
        .build(1)
        .expect("a good network");
    let foreign = other.backward_sequence(&mut workspace, dy.view(), BackThroughTime::Full);
    assert!(matches!(foreign, Err(Error::NoForwardPass)));
}

#[test]
fn prediction_equals_the_forward_pass_in_any_layout() {
    let network = network(3);
    let x = Array2::from_shape_fn((3, 600), |(i, n)| ((n + 5 * i) as f64).cos());
    let x = x.t();
    let y = network.predict(x).expect("a prediction");
    let mut workspace = Workspace::new();
    assert_eq!(network.forward(&mut workspace, x).expect("a pass"), y);
    let none = network
        .predict(Array2::zeros((0, 3)).view())
        .expect("nothing");
    assert_eq!(none.dim(), (0, 2));
}

#[test]
fn steps_and_parts_of_a_sequence_equal_the_whole() {
    let network = network(4);
    let x = sequence(6, 2, 3);
    let mut workspace = Workspace::new();
    let whole = network
        .forward_sequence(&mut workspace, x.view(), None)
        .expect("a pass")
        .to_owned();
    let mut state = network.state(2);
    for t in 0..6 {
        let y = network
            .step(x.index_axis(Axis(0), t), &mut state)
            .expect("a step");
        assert_eq!(y, whole.index_axis(Axis(0), t));
    }
    state.reset();
    for part in [0..4, 4..6] {
        let x = x.slice_axis(Axis(0), part.clone().into());
        let y = network
            .forward_sequence(&mut workspace, x, Some(&state))
            .expect("a pass");
        assert_eq!(y, whole.slice_axis(Axis(0), part.into()));
        state.copy_last(&workspace);
    }
}

/// Sum of squares of all outputs and its gradient, back through time.
fn gradient(network: &Network<f64>, x: &Array3<f64>, back: BackThroughTime) -> Vec<f64> {
    let mut workspace = Workspace::new();
    let y = network
        .forward_sequence(&mut workspace, x.view(), None)
        .expect("a pass")
        .to_owned();
    network
        .backward_sequence(&mut workspace, (2.0 * &y).view(), back)
        .expect("a pass");
    workspace.gradients().flatten().copied().collect()
}

#[test]
fn full_back_propagation_through_time_is_the_gradient() {
    let mut network = network(5);
    let x = sequence(5, 2, 3);
    let exact = gradient(&network, &x, BackThroughTime::Full);
    let loss = |network: &Network<f64>| -> f64 {
        let mut workspace = Workspace::new();
        let y = network.forward_sequence(&mut workspace, x.view(), None);
        y.expect("a pass").iter().map(|y| y * y).sum()
    };
    let mut index = 0;
    for layer in 0..3 {
        for p in 0..network.layers()[layer].parameters().len() {
            let old = network.layers()[layer].parameters()[p];
            // A central difference: error h² ~ 1e-10, rounding 1e-16 / h ~ 1e-11.
            let h = 1e-5;
            network.layers_mut()[layer].parameters_mut()[p] = old + h;
            let above = loss(&network);
            network.layers_mut()[layer].parameters_mut()[p] = old - h;
            let below = loss(&network);
            network.layers_mut()[layer].parameters_mut()[p] = old;
            let difference = (above - below) / (2.0 * h);
            assert!((difference - exact[index]).abs() < 1e-7 * (1.0 + difference.abs()));
            index += 1;
        }
    }
}

#[test]
fn windows_cut_the_gradient_and_windows_as_long_as_the_sequence_do_not() {
    let network = network(6);
    let x = sequence(4, 2, 3);
    let full = gradient(&network, &x, BackThroughTime::Full);
    assert_eq!(gradient(&network, &x, BackThroughTime::Truncated(4)), full);
    assert_ne!(gradient(&network, &x, BackThroughTime::Truncated(2)), full);
    // With windows of 2, the gradient is the sum of those of the two halves, the second one
    // beginning with the state that the first one ended with.
    let mut expected = vec![0.0; full.len()];
    let mut workspace = Workspace::new();
    let mut state = network.state(2);
    for half in [0..2, 2..4] {
        let x = x.slice_axis(Axis(0), half.into());
        let y = network
            .forward_sequence(&mut workspace, x, Some(&state))
            .expect("a pass")
            .to_owned();
        state.copy_last(&workspace);
        network
            .backward_sequence(&mut workspace, (2.0 * &y).view(), BackThroughTime::Full)
            .expect("a pass");
        for (sum, part) in expected.iter_mut().zip(workspace.gradients().flatten()) {
            *sum += part;
        }
    }
    let cut = gradient(&network, &x, BackThroughTime::Truncated(2));
    for (a, b) in cut.iter().zip(&expected) {
        // The same terms in another order.
        assert!((a - b).abs() <= 1e-14 * (1.0 + b.abs()));
    }
}

#[test]
fn the_gradient_of_the_input_comes_only_when_asked_for() {
    let network = Network::<f64>::new(2)
        .layer(|inputs| Dense::new(inputs, 1))
        .build(1)
        .expect("a good network");
    let mut workspace = Workspace::new();
    let x = array![[1.0, 2.0], [3.0, 4.0]];
    network.forward(&mut workspace, x.view()).expect("a pass");
    let dy = array![[1.0], [2.0]];
    let dx = network
        .backward_to_input(&mut workspace, dy.view())
        .expect("a pass")
        .to_owned();
    let w = network.layers()[0].parameters();
    assert_eq!(dx, array![[w[0], w[1]], [2.0 * w[0], 2.0 * w[1]]]);
}

#[test]
fn later_passes_of_a_size_allocate_nothing() {
    let network = network(1);
    let mut workspace = Workspace::new();
    let x = Array2::ones((8, 3));
    let dy = Array2::ones((8, 2));
    let mut bytes = Vec::new();
    for _ in 0..3 {
        network.forward(&mut workspace, x.view()).expect("a pass");
        network.backward(&mut workspace, dy.view()).expect("a pass");
        bytes.push(workspace.bytes());
    }
    assert!(bytes[0] > 0 && bytes.iter().all(|&b| b == bytes[0]));
}

#[test]
fn many_threads_share_one_network() {
    let network = network(9);
    let x = Array2::ones((4, 3));
    let alone = network.predict(x.view()).expect("a prediction");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(network.predict(x.view()).expect("a prediction"), alone));
        }
    });
}

#[test]
fn snapshots_bring_parameters_back_and_are_checked() {
    let mut network = network(1);
    let saved = network.snapshot();
    network.initialize(2);
    assert_ne!(network.snapshot(), saved);
    network.restore(&saved).expect("its own snapshot");
    assert_eq!(network.snapshot(), saved);
    let mut other = Network::<f64>::new(3)
        .layer(|inputs| Dense::new(inputs, 2))
        .build(1)
        .expect("a good network");
    assert!(matches!(other.restore(&saved), Err(Error::Length { .. })));
}

#[test]
fn frozen_layers_are_left_as_they_are() {
    let mut network = network(1);
    let x = sequence(4, 3, 3);
    let dy = sequence(4, 3, 2);
    let mut workspace = Workspace::new();
    let mut gradients = |network: &Network<f64>| {
        network
            .forward_sequence(&mut workspace, x.view(), None)
            .expect("a pass");
        network
            .backward_sequence(&mut workspace, dy.view(), BackThroughTime::Full)
            .expect("a pass");
        workspace.clone()
    };
    let free = gradients(&network);
    for frozen in [0..1, 0..2, 1..2, 2..3, 0..3] {
        network.thaw();
        network.freeze(frozen.clone()).expect("its layers");
        let workspace = gradients(&network);
        for (layer, (a, b)) in workspace.gradients().zip(free.gradients()).enumerate() {
            assert_eq!(network.is_frozen(layer), frozen.contains(&layer));
            if frozen.contains(&layer) {
                assert!(a.len() == b.len() && a.iter().all(|&g| g == 0.0));
            } else {
                assert_eq!(a, b);
            }
        }
        let before = network.snapshot();
        // Weight decay would move them without a gradient.
        let sgd = Sgd::new(0.1).and_then(|sgd| sgd.weight_decay(0.1));
        network
            .update(&mut sgd.expect("good numbers"), &workspace, 1.0)
            .expect("a step");
        for (layer, (now, then)) in network.snapshot().0.iter().zip(&before.0).enumerate() {
            assert_eq!(now == then, frozen.contains(&layer), "{frozen:?}, {layer}");
        }
        network.restore(&before).expect("its own");
    }
    assert!(network.to_string().contains("frozen"));
    let error = network.freeze(2..4).expect_err("three layers");
    assert!(error.to_string().contains("2..4 of 3"), "{error}");
}

#[test]
fn the_gradient_of_the_input_goes_through_frozen_layers() {
    let mut network = network(1);
    let (x, dy) = (sequence(1, 3, 3), sequence(1, 3, 2));
    let to_input = |network: &Network<f64>| {
        let mut workspace = Workspace::new();
        let x = x.index_axis(Axis(0), 0);
        network.forward(&mut workspace, x).expect("a pass");
        let dx = network.backward_to_input(&mut workspace, dy.index_axis(Axis(0), 0));
        dx.expect("a pass").to_owned()
    };
    let free = to_input(&network);
    network.freeze(0..3).expect("its layers");
    assert_eq!(to_input(&network), free);
}

#[test]
fn no_error_goes_below_the_first_layer_with_parameters() {
    let network = Network::<f64>::new(3)
        .range(-1.0, 1.0)
        .layer(|inputs| Dense::new(inputs, 2))
        .build(1)
        .expect("a good network");
    let (x, dy) = (sequence(1, 4, 3), sequence(1, 4, 2));
    let dy = dy.index_axis(Axis(0), 0);
    let mut workspace = Workspace::new();
    workspace.keep_errors(true);
    let errors = |workspace: &Workspace<f64>| {
        let layers = workspace.layers.iter();
        layers.map(|layer| layer.error.len()).collect::<Vec<_>>()
    };
    let x = x.index_axis(Axis(0), 0);
    network.forward(&mut workspace, x).expect("a pass");
    network.backward(&mut workspace, dy).expect("a pass");
    assert_eq!(errors(&workspace), [0, 4 * 2]);
    let gradients: Vec<_> = workspace.gradients().map(<[f64]>::to_vec).collect();
    let dx = network.backward_to_input(&mut workspace, dy);
    assert!(dx.expect("a pass").iter().all(|&dx| dx != 0.0));
    assert_eq!(errors(&workspace), [4 * 3, 4 * 2]);
    assert!(
        workspace
            .gradients()
            .eq(gradients.iter().map(|gradient| &gradient[..]))
    );
}

#[test]
fn networks_are_taken_apart_and_put_together() {
    let mut whole = network(1);
    let x = sequence(1, 4, 3);
    let expected = whole.predict(x.index_axis(Axis(0), 0)).expect("fits");
    let mut bottom = network(1);
    bottom.freeze(2..3).expect("its layers");
    let top = bottom.split_off(1).expect("two parts");
    assert_eq!((bottom.outputs(), top.inputs(), top.outputs()), (5, 5, 2));
    assert!(top.is_frozen(1) && !bottom.is_frozen(1));
    let other = whole.split_off(2).expect("two parts");
    let error = bottom.append(whole).expect_err("5 numbers on 3 inputs");
    assert!(matches!(
        error,
        Error::LayerWidth {
            index: 1,
            expected: 3,
            given: 5,
            ..
        }
    ));
    drop(other);
    bottom.append(top).expect("they were one");
    assert_eq!(
        bottom.predict(x.index_axis(Axis(0), 0)).expect("fits"),
        expected
    );
    for at in [0, 3, 4] {
        assert!(matches!(bottom.split_off(at), Err(Error::Argument { .. })));
    }
}

#[test]
fn a_layer_without_a_formula_is_named() {
    let error = network(1).mappings().expect_err("layers by hand");
    assert!(matches!(error, Error::InLayer { index: 0, .. }), "{error}");
    assert!(error.to_string().contains("Dense 3 → 5"), "{error}");
}
