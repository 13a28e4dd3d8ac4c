//! What it costs that kernels are generated: the layers of sines and of hyperbolic tangents beside
//! kernels written by hand with intrinsics for AVX-512 or AVX2, one core, single precision.
//!
//! ```text
//! cargo bench --bench hand_written
//! ```
//!
//! Both work on the same memory with the same polynomials and hold the same bounds of error. Those
//! by hand know their function, their shape and that there are no zeros among the inputs. Their
//! results are compared before they are timed; the two run in turn, and medians are given.

#[cfg(target_arch = "x86_64")]
use std::time::Instant;

#[cfg(target_arch = "x86_64")]
use ftm::functions::paper::{HyperbolicTangent, Sine};
#[cfg(target_arch = "x86_64")]
use support::layer::Bed;
#[cfg(target_arch = "x86_64")]
use support::{Table, median};

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

/// Runs of each.
#[cfg(target_arch = "x86_64")]
const RUNS: usize = 301;

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
    let mut table = Table::new("hand_written", &columns);
    function::<Sine>("sine", &sets.sine, &mut table);
    function::<HyperbolicTangent>("tanh", &sets.tanh, &mut table);
    println!("\n{}", sets.instructions);
    table.finish();
}

#[cfg(target_arch = "x86_64")]
fn function<C: ftm::connection::Connection>(
    name: &str,
    passes: &kernels::Passes,
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

    let (by_hand, generated) = in_turn(
        || (passes.forward)(SHAPE, x, &parameters, &mut y, &mut memory),
        || bed.forward(),
    );
    row(table, name, "forward", by_hand, generated);
    let (by_hand, generated) = in_turn(
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
        || bed.backward(true),
    );
    row(table, name, "backward", by_hand, generated);
}

#[cfg(target_arch = "x86_64")]
fn row(table: &mut Table, name: &str, pass: &str, by_hand: f64, generated: f64) {
    table.row(vec![
        name.to_owned(),
        pass.to_owned(),
        format!("{by_hand:.3}"),
        format!("{generated:.3}"),
        format!("{:.2}", generated / by_hand),
    ]);
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

/// Median times of two pieces of work that run in turn, in milliseconds.
#[cfg(target_arch = "x86_64")]
fn in_turn(mut first: impl FnMut(), mut second: impl FnMut()) -> (f64, f64) {
    let time = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e3
    };
    let (mut times, mut other_times) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        times.push(time(&mut first));
        other_times.push(time(&mut second));
    }
    (median(times), median(other_times))
}
