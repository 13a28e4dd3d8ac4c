//! A training step allocates no memory, once the first steps have found out how much is needed.

use ftm::connection::Connection;
use ftm::data::{Dataset, Targets};
use ftm::functions::activation::Tanh;
use ftm::functions::paper::{Cubic, Memory, Sine};
use ftm::layer::{Blocks, Penalty};
use ftm::network::Network;
use ftm::parallel::with_threads;
use ftm::prelude::*;
use ftm::train::Next;
use ndarray::Array2;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// A network of layers of one function.
fn of_one<C: Connection + Default>() -> Network<f32> {
    let network = Network::new(64)
        .functional(C::default(), 96)
        .activation(Tanh)
        .functional(C::default(), 96)
        .activation(Tanh)
        .functional(C::default(), 10);
    network.build(1).expect("a network")
}

/// A network of layers of two functions, some of their edges pruned, with a penalty.
fn of_blocks() -> Network<f32> {
    let blocks = |blocks: Blocks<f32>| blocks.edges(Sine, 60).edges(Cubic, 36);
    let penalty = Penalty {
        importance: 1e-3,
        ..Penalty::default()
    };
    let network = Network::new(64)
        .blocks(blocks(Blocks::of_outputs()))
        .activation(Tanh)
        .blocks(blocks(Blocks::of_inputs(10)))
        .penalty(penalty);
    let mut network = network.build(1).expect("a network");
    for layer in [0, 2] {
        let layer = &mut network.layers_mut()[layer];
        let shape = (layer.inputs(), layer.outputs());
        let kept = Array2::from_shape_fn(shape, |(i, o)| (i + o) % 3 > 0);
        let edges = layer.edges_mut().expect("it has edges");
        edges.keep(kept.view()).expect("a mask of the layer");
    }
    network
}

/// A network for sequences of 4 steps, with a layer of functions with a memory and separable ones.
fn of_sequences() -> Network<f32> {
    let blocks = Blocks::of_outputs().edges(Memory, 16).edges(Cubic, 16);
    let network = Network::new(16).blocks(blocks).functional(Cubic, 10);
    network.build(1).expect("a network")
}

/// Allocations of each epoch of a training, in steps of 50 samples.
fn allocations_of_epochs(mut network: Network<f32>, steps: usize) -> Vec<u64> {
    let x = Array2::from_shape_fn((50 * steps, 64), |(n, i)| {
        ((n * 31 + i * 17) % 97) as f32 / 97.0
    });
    let labels = (0..50 * steps).map(|n| n % 10).collect();
    let data = if network.is_stateful() {
        let x = x.into_shape_with_order((50 * steps, 4, 16));
        let classes = Targets::Classes {
            labels,
            classes: 10,
        };
        Dataset::sequences(x.expect("the same numbers"), classes)
    } else {
        Dataset::classification(x, labels, 10)
    };
    let data = data.expect("good data");
    let (mut before, mut counts) = (0, Vec::with_capacity(10));
    Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a rate"))
        .epochs(4)
        .batch(50)
        .progress(false)
        .after_epoch(|_| {
            let all = dhat::HeapStats::get().total_blocks;
            counts.push(all - before);
            before = all;
            Next::Continue
        })
        .fit(&mut network, &data)
        .expect("training");
    counts
}

/// So an epoch of many steps allocates no more often than one of few. Where it does, a file in
/// `target/tmp` says where, to be read in DHAT's viewer.
#[test]
fn steps_allocate_nothing() {
    let _profiler = dhat::Profiler::builder()
        .testing()
        .file_name(concat!(env!("CARGO_TARGET_TMPDIR"), "/allocations.json"))
        .build();
    with_threads(1, || {
        for network in [of_one::<Sine>, of_one::<Cubic>, of_blocks, of_sequences] {
            let [few, many] = [2, 12].map(|steps| allocations_of_epochs(network(), steps)[3]);
            dhat::assert_eq!(few, many);
        }
    })
    .expect("a thread starts");
}
