//! One layer of 784 × 128 functions, a batch of 100, single precision, one core: nanoseconds
//! per edge and sample, beside the multiply-add peak measured in the same run.
//!
//! ```text
//! cargo bench --bench layer
//! ```
//!
//! `floor` is what the operations that the plan counts would take at the peak, and `of peak`
//! how near the kernel comes. `backward` computes all gradients, `∂θ only` those of a first
//! layer.

use criterion::Criterion;
use ftm::connection::Connection;
use ftm::functions::paper::{Exponential, HyperbolicTangent, Rectifier, Sine};
use ftm::layer::{Backward, Forward, FunctionalLayer, Layer};
use ftm::ndarray::Array2;
use ftm::simd::Level;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;
use support::Table;

mod support;

const BATCH: usize = 100;
const INPUTS: usize = 784;
const OUTPUTS: usize = 128;

fn main() {
    if let Err(error) = ftm::parallel::with_threads(1, layers) {
        eprintln!("error: {error}");
    }
}

fn layers() {
    let mut criterion = Criterion::default().configure_from_args();
    let columns = [
        "function",
        "pass",
        "ns/edge-sample",
        "operations",
        "floor",
        "of peak",
    ];
    let mut table = Table::new("layer", &columns);
    let peak = support::peak::<f32>(Level::current());
    layer::<Sine>(&mut criterion, "sine", peak, &mut table);
    layer::<HyperbolicTangent>(&mut criterion, "tanh", peak, &mut table);
    layer::<Exponential>(&mut criterion, "exp", peak, &mut table);
    layer::<Rectifier>(&mut criterion, "relu", peak, &mut table);
    layer::<ftm::functions::paper::CubedWeight>(&mut criterion, "w3x", peak, &mut table);
    layer::<ftm::functions::paper::Cubic>(&mut criterion, "cubic", peak, &mut table);
    layer::<ftm::functions::paper::SignedShiftedSquare>(
        &mut criterion,
        "shifted",
        peak,
        &mut table,
    );
    criterion.final_summary();
    println!(
        "\n{}: one multiply-add of one number takes {peak:.4} ns at best",
        Level::current()
    );
    table.finish();
}

fn layer<C: Connection>(criterion: &mut Criterion, name: &str, peak: f64, table: &mut Table) {
    let level = Level::current();
    let mut layer = FunctionalLayer::<C, f32>::new(INPUTS, OUTPUTS).expect("a layer");
    layer.initialize(&mut Xoshiro256PlusPlus::seed_from_u64(1));
    let x = Array2::from_shape_fn((BATCH, INPUTS), |(n, i)| {
        ((n * 31 + i * 17) % 97) as f32 / 97.0
    });
    let dy = Array2::from_shape_fn((BATCH, OUTPUTS), |(n, o)| {
        ((n * 7 + o * 3) % 19) as f32 / 19.0 - 0.5
    });
    let mut y = Array2::zeros((BATCH, OUTPUTS));
    let mut dx = Array2::zeros((BATCH, INPUTS));
    let mut gradient = vec![0.0; layer.parameters().len()];
    let mut scratch = Vec::new();

    let mut group = criterion.benchmark_group(name);
    group.sample_size(40);
    group.bench_function("forward", |bencher| {
        bencher.iter(|| {
            layer.forward(Forward {
                level,
                x: x.view(),
                y: y.view_mut(),
                state: &[],
                next_state: &mut [],
                scratch: &mut scratch,
            });
        });
    });
    for (pass, with_dx) in [("backward", true), ("∂θ only", false)] {
        group.bench_function(pass, |bencher| {
            bencher.iter(|| {
                layer.backward(Backward {
                    level,
                    x: x.view(),
                    y: y.view(),
                    dy: dy.view(),
                    dx: with_dx.then_some(dx.view_mut()),
                    gradient: &mut gradient,
                    state: &[],
                    next_dstate: &[],
                    dstate: &mut [],
                    scratch: &mut scratch,
                });
            });
        });
    }
    group.finish();

    let operations = C::description().operations;
    for (pass, operations) in [
        ("forward", operations.forward),
        ("backward", operations.backward),
        ("∂θ only", f64::NAN),
    ] {
        let Some(time) = support::median(name, pass) else {
            continue;
        };
        let time = time / (BATCH * INPUTS * OUTPUTS) as f64;
        let floor = operations * peak;
        let known = |text: String| {
            if operations.is_nan() {
                "-".to_owned()
            } else {
                text
            }
        };
        table.row(vec![
            name.to_owned(),
            pass.to_owned(),
            format!("{time:.3}"),
            known(format!("{operations:.0}")),
            known(format!("{floor:.3}")),
            known(format!("{:.0} %", 100.0 * floor / time)),
        ]);
    }
}
