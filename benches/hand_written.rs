//! What it costs that kernels are generated: the layers of sines and of hyperbolic tangents beside
//! kernels written by hand with intrinsics for AVX-512 or AVX2, one core, single precision.
//!
//! ```text
//! cargo bench --bench hand_written
//! ```
//!
//! Both work on the same memory with the same polynomials and hold the same bounds of error. Those
//! by hand know their function, their shape and that there are no zeros among the inputs. Their
//! results are compared before they are timed; the two run in turn, and medians of their times and of
//! the quotients of neighbouring runs are given.

#[cfg(target_arch = "x86_64")]
use std::time::Duration;

#[cfg(target_arch = "x86_64")]
use criterion::Criterion;
#[cfg(target_arch = "x86_64")]
use ftm::functions::paper::{HyperbolicTangent, Sine};
#[cfg(target_arch = "x86_64")]
use support::Table;
#[cfg(target_arch = "x86_64")]
use support::layer::Bed;
#[cfg(target_arch = "x86_64")]
use support::measure::in_turn;

#[cfg(target_arch = "x86_64")]
#[path = "hand_written/coefficients.rs"]
mod coefficients;
#[cfg(target_arch = "x86_64")]
#[path = "hand_written/instructions.rs"]
mod instructions;
#[cfg(target_arch = "x86_64")]
#[path = "hand_written/kernels.rs"]
mod kernels;
mod support;

/// Batch, inputs, outputs.
#[cfg(target_arch = "x86_64")]
const SHAPE: [usize; 3] = [100, 784, 128];

#[cfg(not(target_arch = "x86_64"))]
fn main() {
    println!("the kernels written by hand are for x86-64");
}

#[cfg(target_arch = "x86_64")]
fn main() {
    if let Err(error) = ftm::parallel::with_threads(1, compare) {
        eprintln!("error: {error}");
    }
}

#[cfg(target_arch = "x86_64")]
fn compare() {
    let Some(sets) = kernels::of_this_machine() else {
        println!("the kernels written by hand need AVX-512 or AVX2");
        return;
    };
    let columns = [
        "function",
        "pass",
        "by hand, ms",
        "generated, ms",
        "generated / by hand",
    ];
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let mut table = Table::new("hand_written", &columns);
    function::<Sine>("sine", &sets.sine, &mut criterion, &mut table);
    function::<HyperbolicTangent>("tanh", &sets.tanh, &mut criterion, &mut table);
    criterion.final_summary();
    println!("\n{}", sets.instructions);
    table.finish();
}

#[cfg(target_arch = "x86_64")]
fn function<C: ftm::connection::Connection>(
    name: &str,
    passes: &kernels::Passes,
    criterion: &mut Criterion,
    table: &mut Table,
) {
    let [batch, inputs, outputs] = SHAPE;
    let mut bed = Bed::<C, f32>::new(SHAPE);
    let (x, dy) = (bed.x().to_owned(), bed.dy().to_owned());
    let (x, dy) = (x.as_slice().expect("rows"), dy.as_slice().expect("rows"));
    let parameters = bed.edges().to_vec();
    let (mut y, mut dx) = (vec![0.0; batch * outputs], vec![0.0; batch * inputs]);
    let mut gradient = vec![0.0; parameters.len()];
    let mut memory = kernels::Memory::new(SHAPE);

    bed.forward();
    bed.backward(true);
    (passes.forward)(SHAPE, x, &parameters, &mut y, &mut memory);
    (passes.backward)(
        SHAPE,
        x,
        &parameters,
        dy,
        &mut gradient,
        &mut dx,
        &mut memory,
    );
    assert_close("y", &y, bed.y());
    assert_close("∂x", &dx, bed.dx());
    assert_close("∂θ", &gradient, bed.edge_gradient());

    let group = format!("hand_written-{name}");
    let forward = in_turn(
        criterion,
        [&group, "forward"],
        || bed.forward(),
        || (passes.forward)(SHAPE, x, &parameters, &mut y, &mut memory),
    );
    let backward = in_turn(
        criterion,
        [&group, "backward"],
        || bed.backward(true),
        || {
            (passes.backward)(
                SHAPE,
                x,
                &parameters,
                dy,
                &mut gradient,
                &mut dx,
                &mut memory,
            );
        },
    );
    for (pass, measured) in [("forward", forward), ("backward", backward)] {
        let Some(measured) = measured else {
            continue;
        };
        let mut row = vec![name.to_owned(), pass.to_owned()];
        row.extend(measured.cells());
        table.row(row);
    }
}

/// Sums of a hundred terms in another order differ by this much of the largest at most.
#[cfg(target_arch = "x86_64")]
fn assert_close(what: &str, by_hand: &[f32], generated: &[f32]) {
    assert_eq!(by_hand.len(), generated.len(), "{what}");
    let largest = generated.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
    for (place, (a, b)) in by_hand.iter().zip(generated).enumerate() {
        let difference = (a - b).abs();
        assert!(
            difference <= 1e-5 * largest,
            "{what} at {place}: {a} by hand, {b} generated"
        );
    }
}
