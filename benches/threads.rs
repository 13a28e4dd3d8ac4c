//! What a second thread is worth: layers of 784 × 128 functions and whole training steps of a
//! 784-128-128-10 network, batch 100, single precision, by 1 and by 2 threads in turn, so that both meet
//! the machine in the same state.
//!
//! ```text
//! cargo bench --bench threads
//! cargo bench --bench threads -- sine layer
//! ```

use std::time::Instant;

use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Cubic, Exponential, HyperbolicTangent, Rectifier, Sine};
use ftm::parallel::{awake, with_threads};
use support::layer::Bed;
use support::step::{Step, deep};
use support::{Table, is_asked_for, median};

mod support;

const SHAPE: [usize; 3] = [100, 784, 128];

/// Rounds, in each of which one thread and two take a turn.
const ROUNDS: usize = 31;

/// Seconds of a turn, about, after a few runs for the caches.
const TURN: f64 = 0.04;
const WARM_UP: usize = 3;

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
    let mut bed = Bed::<C, f32>::new(SHAPE);
    let layer = || {
        awake(|| bed.passes());
    };
    row(table, name, "layer, forward and backward", layer);
    for (work, zeros) in [("training step", 0.0), ("the same, 4 of 5 inputs 0", 0.8)] {
        let mut step = Step::new(zeros, deep::<C>);
        row(table, name, work, || step.run());
    }
}

/// Medians of the times, and of what one thread took to what two took in the same round.
fn row(table: &mut Table, function: &str, name: &str, mut work: impl FnMut() + Send) {
    if !is_asked_for(&format!("{function} {name}")) {
        return;
    }
    let runs = (TURN / turn(1, 1, &mut work)).ceil() as usize;
    let (mut times, mut ratios) = ([const { Vec::new() }; 2], Vec::new());
    for _ in 0..ROUNDS {
        let round = [1, 2].map(|threads| turn(threads, runs, &mut work));
        for (times, time) in times.iter_mut().zip(round) {
            times.push(time * 1e3);
        }
        ratios.push(round[0] / round[1]);
    }
    let [one, two] = times.map(median);
    table.row(vec![
        function.to_owned(),
        name.to_owned(),
        format!("{one:.3}"),
        format!("{two:.3}"),
        format!("{:.2}", median(ratios)),
    ]);
}

/// Seconds that a run of `work` takes so many threads.
fn turn(threads: usize, runs: usize, work: &mut (impl FnMut() + Send)) -> f64 {
    let turn = with_threads(threads, || {
        for _ in 0..WARM_UP {
            work();
        }
        let start = Instant::now();
        for _ in 0..runs {
            work();
        }
        start.elapsed().as_secs_f64() / runs as f64
    });
    turn.expect("threads")
}
