//! What inputs of 0 save: a layer of 784 × 128 functions, a batch of 100, single precision, one
//! core, with 0, 20, 50, 80 and 95 % of the inputs 0, at random places.
//!
//! ```text
//! cargo bench --bench sparse
//! cargo bench --bench sparse -- Sine
//! ```
//!
//! `of dense` is the time beside that of inputs without zeros, measured in turn. `floor` is what the operations
//! that the plan counts would take at the multiply-add peak for the other inputs alone.

use std::time::Duration;

use criterion::Criterion;
use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Cubic, HyperbolicTangent, Rectifier, Sine};
use ftm::simd::Level;
use support::Table;
use support::layer::Bed;
use support::measure::in_turn;
use support::step::uniform;

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
    let operations = C::description().operations;
    pass::<C>(
        criterion,
        table,
        "forward",
        Some(operations.forward * peak),
        Bed::forward,
    );
    pass::<C>(criterion, table, "∂θ only", None, |bed| {
        bed.backward(false);
    });
    pass::<C>(
        criterion,
        table,
        "backward",
        Some(operations.backward * peak),
        |bed| bed.backward(true),
    );
}

/// A pass with each share of zeros; `floor` is the least time of an edge and sample, in nanoseconds.
fn pass<C: Connection>(
    criterion: &mut Criterion,
    table: &mut Table,
    pass: &str,
    floor: Option<f64>,
    run: impl Fn(&mut Bed<C, f32>),
) {
    let name = C::description().name;
    let group = format!("sparse-{name}");
    let mut dense = bed::<C>(0);
    for zeros in ZEROS {
        let mut bed = bed::<C>(zeros);
        let id = format!("{pass}-{zeros}");
        let measured = in_turn(
            criterion,
            [&group, &id],
            || run(&mut bed),
            || run(&mut dense),
        );
        let Some(measured) = measured else {
            continue;
        };
        let others = 1.0 - f64::from(zeros) / 100.0;
        let edge_samples = SHAPE.iter().product::<usize>() as f64;
        let floor = floor.map(|floor| format!("{:.3}", floor * others * edge_samples / 1e6));
        table.row(vec![
            name.to_owned(),
            pass.to_owned(),
            zeros.to_string(),
            format!("{:.3}", measured.time / 1e6),
            format!("{:.2}", measured.time_by_other),
            floor.unwrap_or_else(|| "-".to_owned()),
        ]);
    }
}

/// A layer and inputs, of which so many percent are 0.
fn bed<C: Connection>(zeros: u32) -> Bed<C, f32> {
    let mut bed = Bed::new(SHAPE);
    let mut number = uniform();
    bed.set_inputs(|_| {
        if number() < f64::from(zeros) / 100.0 {
            0.0
        } else {
            1.0 - number() as f32
        }
    });
    bed
}
