//! Models in memory; that files come back is tested with the functions of the library too.

use ndarray::array;

use super::*;
use crate::history::EpochReport;
use crate::registry::Entry;
use crate::test_layers::{Dense, Parabola, parabolas};

/// A network of numbers that the seed makes.
fn network(seed: u64) -> Network<f64> {
    let builder = Network::new(3)
        .functional(Parabola::<false, false>, 2)
        .normalization()
        .activation(Parabola::<false, false>)
        .functional(Parabola::<false, false>, 4);
    let mut network = builder.build_empty().expect("a good network");
    let mut numbers = (seed * 1000..).map(|k| (k as f64).sin());
    for layer in network.layers_mut() {
        layer
            .parameters_mut()
            .fill_with(|| numbers.next().unwrap_or_default());
    }
    network
}

fn functions() -> Functions<f64> {
    let mut functions = parabolas();
    let entry = Entry::activation_of::<Parabola<false, false>>(&[]);
    functions.activations.push(entry);
    functions
}

fn numbers(network: &Network<f64>) -> Vec<f64> {
    let layers = network.layers().iter();
    let numbers = layers.flat_map(|layer| layer.parameters().iter().chain(layer.constants()));
    numbers.copied().collect()
}

/// Prunes an edge of the first layer.
fn prune(network: &mut Network<f64>) {
    let edges = network.layers_mut()[0].edges_mut().expect("it has edges");
    let kept = array![[true, true], [false, true], [true, true]];
    edges.keep(kept.view()).expect("a mask of the layer");
}

fn read(model: &Model<f64>) -> Model<f64> {
    let bytes = model.to_bytes().expect("bytes");
    Model::from_bytes("a file", &bytes).expect("a good file")
}

/// What is wrong with the file, after its name.
fn problem<V>(result: Result<V, Error>) -> String {
    let error = result.err().expect("it is refused").to_string();
    let problem = error
        .split_once(": ")
        .expect("a file, and what is wrong with it");
    problem.1.to_owned()
}

#[test]
fn a_network_comes_back_with_its_pruned_edges() {
    for pruned in [false, true] {
        let mut saved = network(1);
        if pruned {
            prune(&mut saved);
        }
        let model = read(&Model::of(&saved));
        let made = model.network(&functions()).expect("known functions");
        assert_eq!(made.to_string(), saved.to_string());
        assert_eq!(numbers(&made), numbers(&saved));
        // What the other network has pruned says nothing.
        let mut other = network(2);
        prune(&mut other);
        model.load_into(&mut other).expect("it fits");
        assert_eq!(numbers(&other), numbers(&saved));
        let kept = |network: &Network<f64>| {
            let edges = network.layers()[0].edges().expect("it has edges");
            edges.kept().map(|kept| kept.to_owned())
        };
        assert_eq!(kept(&other).is_some(), pruned);
        assert_eq!(kept(&other), kept(&saved));
    }
}

#[test]
fn scale_and_history_come_back() {
    let plain = read(&Model::of(&network(1)));
    assert_eq!((plain.scaling(), plain.history()), (None, None));
    let x = array![[1.0, 2.0, 3.0], [2.0, 5.0, 7.0]];
    let scaling = Standardizer::of(x.view()).expect("rows");
    let mut history = History::default();
    history.push(EpochReport {
        epoch: 0,
        training_loss: 0.5,
        validation: None,
        seconds: 1.0,
    });
    let model = Model::of(&network(1))
        .with_scaling(&scaling)
        .with_history(&history);
    let again = read(&model);
    for model in [&model, &again] {
        assert_eq!(model.scaling(), Some(&scaling));
        assert_eq!(model.history(), Some(&history));
    }
    let narrow = Standardizer::of(array![[1.0, 2.0], [2.0, 5.0]].view()).expect("rows");
    let bytes = Model::of(&network(1)).with_scaling(&narrow).to_bytes();
    let refused = Model::<f64>::from_bytes("a file", &bytes.expect("bytes"));
    let columns = "`scaling` is wrong: it is not that of 3 columns";
    assert_eq!(problem(refused), columns);
}

#[test]
fn what_does_not_fit_is_named_and_changes_nothing() {
    let mut here = network(1);
    let before = numbers(&here);
    let short = Network::new(3)
        .functional(Parabola::<false, false>, 2)
        .build(2);
    let short = Model::of(&short.expect("a good network"));
    let layers = "it has 1 layers, but the network has 4";
    assert_eq!(problem(short.load_into(&mut here)), layers);
    let changed = |change: &dyn Fn(&mut Record<f64>)| {
        let mut record = Model::of(&network(2)).into_record();
        change(&mut record);
        Model::from_record(record).expect("a good record")
    };
    let more = changed(&|record| record.set_tensor("layers.0.c", vec![1], vec![1.0]));
    let kept = |values: Vec<f64>| {
        changed(&|record| record.set_tensor("layers.0.edge.kept", vec![3, 2], values.clone()))
    };
    let shape = changed(&|record| record.set_tensor("layers.3.a", vec![4, 2], vec![1.0; 8]));
    let infinite = changed(&|record| {
        record.set_tensor("layers.3.a", vec![2, 4], vec![f64::INFINITY; 8]);
    });
    let elsewhere = changed(&|record| record.set_tensor("optimizer.c", vec![1], vec![f64::NAN]));
    for (model, wrong) in [
        (
            more,
            "it has a tensor `layers.0.c`, which the network does not have",
        ),
        (
            kept(vec![f64::NAN; 6]),
            "`layers.0.edge.kept` has numbers that are not finite",
        ),
        (shape, "`layers.3.a` is 4 × 2, but 2 × 4 is needed"),
        (infinite, "`layers.3.a` has numbers that are not finite"),
    ] {
        assert_eq!(problem(model.load_into(&mut here)), wrong);
        assert_eq!(numbers(&here), before);
    }
    elsewhere
        .load_into(&mut here)
        .expect("what is not of the layers says nothing");
    assert_ne!(numbers(&here), before);
}

#[test]
fn what_could_not_be_loaded_is_not_saved() {
    let path = std::env::temp_dir().join(format!("ftm-not-finite-{}", std::process::id()));
    let mut network = network(1);
    Model::of(&network).save(&path).expect("written");
    network.layers_mut()[3].parameters_mut()[0] = f64::NAN;
    let refused = Model::of(&network).save(&path);
    let wrong = "`layers.3.a` has numbers that are not finite";
    assert_eq!(problem(refused), wrong);
    Model::<f64>::open(&path).expect("the file of before");
    std::fs::remove_file(path).expect("removed");
}

#[test]
fn names_are_those_of_layers_and_tensors() {
    let names = |layer: &dyn Layer<f64>| {
        let places = places(7, layer).into_iter();
        places
            .map(|place| (place.name, place.is_constant))
            .collect::<Vec<_>>()
    };
    let dense = Dense::new(2, 3).expect("a layer");
    let own = |name: &str| (format!("layers.7.{name}"), false);
    assert_eq!(names(&dense), [own("weight"), own("bias")]);
    let mut network = network(1);
    prune(&mut network);
    let names = names(network.layers()[0].as_ref());
    let kept = ("layers.7.edge.kept".to_owned(), true);
    assert_eq!(names, [own("a"), own("b"), own("bias"), kept]);
}
