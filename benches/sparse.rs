//! What inputs of 0 save: a layer of 784 × 128 functions, a batch of 100, single precision, one
//! core, with 0, 20, 50, 80 and 95 % of the inputs 0, at random places.
//!
//! ```text
//! cargo bench --bench sparse
//! cargo bench --bench sparse -- Sine
//! ```
//!
//! `of dense` is the time beside that of inputs without zeros. `floor` is what the operations
//! that the plan counts would take at the multiply-add peak for the other inputs alone.

use std::time::Duration;

use criterion::Criterion;
use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Cubic, HyperbolicTangent, Rectifier, Sine};
use ftm::simd::Level;
use support::layer::Bed;
use support::step::uniform;
use support::{Table, criterion_median};

mod support;

/// Batch, inputs, outputs.
const SHAPE: [usize; 3] = [100, 784, 128];

/// Shares of zeros, in percent.
const ZEROS: [u32; 5] = [0, 20, 50, 80, 95];

fn main() {
    if let Err(error) = ftm::parallel::with_threads(1, sparse) {
        eprintln!("error: {error}");
    }
}

fn sparse() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(600))
        .configure_from_args();
    let peak = support::peak::<f32>(Level::current());
    let columns = [
        "function",
        "pass",
        "zeros, %",
        "ms",
        "of dense",
        "floor, ms",
    ];
    let mut table = Table::new("sparse", &columns);
    function::<Sine>(&mut criterion, peak, &mut table);
    function::<HyperbolicTangent>(&mut criterion, peak, &mut table);
    function::<Rectifier>(&mut criterion, peak, &mut table);
    function::<Cubic>(&mut criterion, peak, &mut table);
    function::<CubedWeight>(&mut criterion, peak, &mut table);
    criterion.final_summary();
    table.finish();
}

fn function<C: Connection>(criterion: &mut Criterion, peak: f64, table: &mut Table) {
    let name = C::description().name;
    let group_name = format!("sparse-{name}");
    let mut group = criterion.benchmark_group(&group_name);
    for zeros in ZEROS {
        let mut bed = Bed::<C, f32>::new(SHAPE);
        let mut number = uniform();
        bed.set_inputs(|_| {
            if number() < f64::from(zeros) / 100.0 {
                0.0
            } else {
                1.0 - number() as f32
            }
        });
        group.bench_function(format!("forward-{zeros}"), |bencher| {
            bencher.iter(|| bed.forward());
        });
        group.bench_function(format!("∂θ only-{zeros}"), |bencher| {
            bencher.iter(|| bed.backward(false));
        });
        group.bench_function(format!("backward-{zeros}"), |bencher| {
            bencher.iter(|| bed.backward(true));
        });
    }
    group.finish();
    let operations = C::description().operations;
    for (pass, operations) in [
        ("forward", Some(operations.forward)),
        ("∂θ only", None),
        ("backward", Some(operations.backward)),
    ] {
        let Some(dense) = criterion_median(&group_name, &format!("{pass}-0")) else {
            continue;
        };
        for zeros in ZEROS {
            let Some(time) = criterion_median(&group_name, &format!("{pass}-{zeros}")) else {
                continue;
            };
            let floor = operations.map(|operations| {
                let others = 1.0 - f64::from(zeros) / 100.0;
                operations * peak * others * SHAPE.iter().product::<usize>() as f64 / 1e6
            });
            table.row(vec![
                name.to_owned(),
                pass.to_owned(),
                zeros.to_string(),
                format!("{:.3}", time / 1e6),
                format!("{:.2}", time / dense),
                floor.map_or_else(|| "-".to_owned(), |floor| format!("{floor:.3}")),
            ]);
        }
    }
}
