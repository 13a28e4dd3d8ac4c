//! One network serves many threads at once: each brings its own memory, and a call allocates
//! nothing.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use ftm::functions::activation::Tanh;
use ftm::functions::paper::{Cubic, Memory, Sine};
use ftm::layer::Layer;
use ftm::model::Model;
use ftm::network::{Network, State, Workspace};
use ftm::parallel::with_threads;
use ftm::prelude::*;
use ftm::registry::Functions;
use ndarray::{Array2, ArrayView1, Axis};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const THREADS: usize = 8;

fn network() -> Network<f32> {
    Network::new(64)
        .functional(Sine, 96)
        .normalization()
        .activation(Tanh)
        .functional(Cubic, 40)
        .functional(Memory, 10)
        .build(1)
        .expect("a good network")
}

/// Every call takes one row, and gives the bits that one thread alone gives. In their second round
/// of calls the threads allocate nothing.
#[test]
fn threads_share_a_network_and_allocate_nothing() {
    let network = &network();
    let x = &Array2::from_shape_fn((50, 64), |(n, i)| ((n * 31 + i) as f32).cos());
    let mut workspace = Workspace::new();
    let mut one = |x: ArrayView1<'_, f32>| {
        let y = network.forward(&mut workspace, x.insert_axis(Axis(0)));
        y.expect("it fits").to_owned()
    };
    let expected = &x.outer_iter().map(&mut one).collect::<Vec<_>>();
    let wrong = &AtomicUsize::new(0);
    let [warm, counted, done, ended] = &[(); 4].map(|()| Barrier::new(THREADS + 1));
    let _profiler = dhat::Profiler::builder().testing().build();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(move || {
                with_threads(1, || {
                    let mut workspace = Workspace::new();
                    let mut all = || {
                        for (x, expected) in x.outer_iter().zip(expected) {
                            let y = network.forward(&mut workspace, x.insert_axis(Axis(0)));
                            let right = y.is_ok_and(|y| y == expected);
                            wrong.fetch_add(usize::from(!right), Ordering::Relaxed);
                        }
                    };
                    all();
                    warm.wait();
                    counted.wait();
                    all();
                    done.wait();
                    // A thread that ends may allocate.
                    ended.wait();
                })
                .expect("a thread starts");
            });
        }
        warm.wait();
        let before = dhat::HeapStats::get().total_blocks;
        counted.wait();
        done.wait();
        let after = dhat::HeapStats::get().total_blocks;
        ended.wait();
        dhat::assert_eq!(before, after);
    });
    assert_eq!(wrong.load(Ordering::Relaxed), 0);
}

/// What users share may be shared: no test of its own, whose end would allocate.
const _: fn() = || {
    fn shared<S: Send + Sync>() {}
    shared::<Network<f32>>();
    shared::<Box<dyn Layer<f64>>>();
    shared::<Workspace<f32>>();
    shared::<State<f32>>();
    shared::<Model<f32>>();
    shared::<Functions<f32>>();
    shared::<Dataset<f32>>();
    shared::<Adam<f32>>();
    shared::<Error>();
};
