//! What a second thread is worth: layers of 784 × 128 functions and whole training steps of a
//! 784-128-128-10 network, batch 100, single precision, with 1 and with 2 threads in one run.
//!
//! ```text
//! cargo bench --bench threads
//! ```

use std::time::Duration;

use criterion::Criterion;
use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Cubic, Exponential, HyperbolicTangent, Rectifier, Sine};
use ftm::parallel::awake;
use support::layer::Bed;
use support::step::{Step, deep};
use support::{Table, median};

mod support;

const SHAPE: [usize; 3] = [100, 784, 128];

fn main() {
    let mut table = Table::new(
        "threads",
        &[
            "function",
            "work",
            "1 thread, ms",
            "2 threads, ms",
            "speed-up",
        ],
    );
    function::<Sine>("sine", &mut table);
    function::<HyperbolicTangent>("tanh", &mut table);
    function::<Exponential>("exp", &mut table);
    function::<Rectifier>("relu", &mut table);
    function::<Cubic>("cubic", &mut table);
    function::<CubedWeight>("w3x", &mut table);
    table.finish();
}

fn function<C: Connection + Default>(name: &str, table: &mut Table) {
    for threads in [1, 2] {
        let measured = ftm::parallel::with_threads(threads, || {
            let mut criterion = Criterion::default()
                .sample_size(30)
                .measurement_time(Duration::from_secs(2))
                .configure_from_args();
            let mut group = criterion.benchmark_group(format!("threads-{name}"));
            let mut bed = Bed::<C, f32>::new(SHAPE);
            group.bench_function(format!("layer-{threads}"), |bencher| {
                bencher.iter(|| {
                    awake(|| {
                        bed.forward();
                        bed.backward(true);
                    });
                });
            });
            for (work, zeros) in [("step", 0.0), ("digits", 0.8)] {
                let mut step = Step::new(zeros, deep::<C>);
                group.bench_function(format!("{work}-{threads}"), |bencher| {
                    bencher.iter(|| step.run());
                });
            }
            group.finish();
        });
        if let Err(error) = measured {
            eprintln!("error: {error}");
        }
    }
    for (work, text) in [
        ("layer", "layer, forward and backward"),
        ("step", "training step"),
        ("digits", "the same, 4 of 5 inputs 0"),
    ] {
        let time = |threads: usize| {
            let nanoseconds = median(&format!("threads-{name}"), &format!("{work}-{threads}"));
            nanoseconds.map(|time| time / 1e6)
        };
        if let (Some(one), Some(two)) = (time(1), time(2)) {
            table.row(vec![
                name.to_owned(),
                text.to_owned(),
                format!("{one:.3}"),
                format!("{two:.3}"),
                format!("{:.2}", one / two),
            ]);
        }
    }
}
