//! What a second thread is worth: layers of 784 × 128 functions and whole training steps of a
//! 784-128-128-10 network, batch 100, single precision, by 1 and by 2 threads in turn, so that both meet
//! the machine in the same state. *Of two apart* is what the machine itself gives: two threads that have such
//! a layer or step each, and nothing in common.
//!
//! ```text
//! cargo bench --bench threads
//! cargo bench --bench threads -- sine layer
//! ```

use std::thread;
use std::time::Instant;

use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Cubic, Exponential, HyperbolicTangent, Rectifier, Sine};
use ftm::parallel::{awake, with_threads};
use support::layer::Bed;
use support::step::{Step, deep};
use support::{Table, is_asked_for, median};

mod support;

const SHAPE: [usize; 3] = [100, 784, 128];

/// Rounds, in each of which one thread, two, and two apart take a turn.
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
            "of two apart",
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
    row(table, name, "layer, forward and backward", || {
        let mut bed = Bed::<C, f32>::new(SHAPE);
        move || awake(|| bed.passes())
    });
    for (work, zeros) in [("training step", 0.0), ("the same, 4 of 5 inputs 0", 0.8)] {
        row(table, name, work, || {
            let mut step = Step::new(zeros, deep::<C>);
            move || step.run()
        });
    }
}

/// Medians of the times, of what one thread took to what two took in the same round, and of what two that
/// have a piece of work each got done in the time of one.
fn row<W: FnMut() + Send>(table: &mut Table, function: &str, name: &str, new: impl Fn() -> W) {
    if !is_asked_for(&format!("{function} {name}")) {
        return;
    }
    let [mut work, mut other] = [new(), new()];
    let runs = (TURN / turn(1, 1, &mut work)).ceil() as usize;
    let [mut ones, mut twos, mut speed_ups, mut apart] = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let [one, two] = [1, 2].map(|threads| turn(threads, runs, &mut work));
        let both = thread::scope(|scope| {
            let other = scope.spawn(|| turn(1, runs, &mut other));
            let time = turn(1, runs, &mut work);
            [time, other.join().expect("the other thread")]
        });
        ones.push(one * 1e3);
        twos.push(two * 1e3);
        speed_ups.push(one / two);
        apart.push(both.map(|time| one / time).iter().sum());
    }
    table.row(vec![
        function.to_owned(),
        name.to_owned(),
        format!("{:.3}", median(ones)),
        format!("{:.3}", median(twos)),
        format!("{:.2}", median(speed_ups)),
        format!("{:.2}", median(apart)),
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
