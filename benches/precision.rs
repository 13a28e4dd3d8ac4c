//! What double precision costs: forward and backward pass of one layer of 784 × 128 functions, a
//! batch of 100, one core, in `f32` and in `f64`, in turn. A vector holds half as many numbers of `f64`.
//!
//! ```text
//! cargo bench --bench precision
//! cargo bench --bench precision -- Sine
//! ```

use std::time::Duration;

use criterion::Criterion;
use ftm::connection::Connection;
use ftm::functions::paper::{
    CubedWeight, Cubic, Exponential, HyperbolicTangent, Logistic, Rectifier, Sine,
};
use support::Table;
use support::layer::Bed;
use support::measure::in_turn;

mod support;

/// Batch, inputs, outputs.
const SHAPE: [usize; 3] = [100, 784, 128];

fn main() {
    if let Err(error) = ftm::parallel::with_threads(1, precision) {
        eprintln!("error: {error}");
    }
}

fn precision() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let mut table = Table::new("precision", &["function", "f32, ms", "f64, ms", "ratio"]);
    function::<CubedWeight>(&mut criterion, &mut table);
    function::<Cubic>(&mut criterion, &mut table);
    function::<Rectifier>(&mut criterion, &mut table);
    function::<Exponential>(&mut criterion, &mut table);
    function::<Logistic>(&mut criterion, &mut table);
    function::<Sine>(&mut criterion, &mut table);
    function::<HyperbolicTangent>(&mut criterion, &mut table);
    criterion.final_summary();
    table.finish();
}

fn function<C: Connection>(criterion: &mut Criterion, table: &mut Table) {
    let name = C::description().name;
    let (mut single, mut double) = (Bed::<C, f32>::new(SHAPE), Bed::<C, f64>::new(SHAPE));
    let measured = in_turn(
        criterion,
        ["precision", name],
        || double.passes(),
        || single.passes(),
    );
    if let Some(measured) = measured {
        let mut row = vec![name.to_owned()];
        row.extend(measured.cells());
        table.row(row);
    }
}
