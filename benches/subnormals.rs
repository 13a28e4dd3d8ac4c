//! What numbers too small for a normal exponent cost: forward and backward pass of one layer of
//! 784 × 128 functions, a batch of 100, one core, single precision, with inputs, errors or
//! parameters around 10⁻⁴⁰ in place of ordinary ones.
//!
//! ```text
//! cargo bench --bench subnormals
//! ```
//!
//! Between layers such numbers are rare: what an optimiser remembers is set to 0 before it gets
//! there (`ftm::simd::Real::NEGLIGIBLE`).

use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Cubic, HyperbolicTangent, Rectifier, Sine};
use support::layer::Bed;
use support::{Table, fastest};

mod support;

const SHAPE: [usize; 3] = [100, 784, 128];

/// From ordinary numbers to subnormal ones.
const TINY: f32 = 1e-40;

fn main() {
    let mut table = Table::new(
        "subnormals",
        &["function", "ordinary, ms", "inputs", "errors", "parameters"],
    );
    let measured = ftm::parallel::with_threads(1, || {
        function::<CubedWeight>(&mut table);
        function::<Cubic>(&mut table);
        function::<Rectifier>(&mut table);
        function::<Sine>(&mut table);
        function::<HyperbolicTangent>(&mut table);
    });
    if let Err(error) = measured {
        eprintln!("error: {error}");
    }
    println!("\nsubnormal numbers: times as long");
    table.finish();
}

fn function<C: Connection>(table: &mut Table) {
    let ordinary = time::<C>(|_| {});
    let small = |value: &mut f32| *value = (*value + 0.5) * TINY;
    let inputs = time::<C>(|bed| bed.inputs_mut().iter_mut().for_each(small));
    let errors = time::<C>(|bed| bed.errors_mut().iter_mut().for_each(small));
    let parameters = time::<C>(|bed| bed.parameters_mut().iter_mut().for_each(small));
    let mut row = vec![
        C::description().name.to_owned(),
        format!("{:.3}", ordinary / 1e6),
    ];
    row.extend([inputs, errors, parameters].map(|time| format!("{:.2}", time / ordinary)));
    table.row(row);
}

/// Nanoseconds of both passes of a layer that was changed.
fn time<C: Connection>(change: impl FnOnce(&mut Bed<C, f32>)) -> f64 {
    let mut bed = Bed::new(SHAPE);
    change(&mut bed);
    fastest(|| bed.passes())
}
