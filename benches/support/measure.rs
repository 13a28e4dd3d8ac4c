//! Times of pieces of work, measured with criterion.
//!
//! What is compared is timed in turn, so that both sides meet the machine in the same states: neighbours
//! and clocks change what a run takes, but less how long it takes beside another one just before.

use std::time::{Duration, Instant};

use criterion::Criterion;

use super::median;

/// Medians of the times of two pieces of work, in nanoseconds.
pub(crate) struct InTurn {
    pub(crate) time: f64,
    pub(crate) other: f64,
    /// The median of the quotients of neighbouring runs.
    pub(crate) time_by_other: f64,
}

impl InTurn {
    /// Milliseconds of the other, of the work, and the quotient.
    pub(crate) fn cells(&self) -> [String; 3] {
        [
            format!("{:.3}", self.other / 1e6),
            format!("{:.3}", self.time / 1e6),
            format!("{:.2}", self.time_by_other),
        ]
    }
}

/// Measures `work`, and `other` after each run of it. Nothing when the command line asks for other
/// benchmarks.
pub(crate) fn in_turn(
    criterion: &mut Criterion,
    [group, name]: [&str; 2],
    mut work: impl FnMut(),
    mut other: impl FnMut(),
) -> Option<InTurn> {
    let (mut times, mut others, mut quotients) = (Vec::new(), Vec::new(), Vec::new());
    measure(criterion, [group, name], |runs| {
        let mut sum = Duration::ZERO;
        for _ in 0..runs {
            let (time, beside) = (duration(1, &mut work), duration(1, &mut other));
            sum += time;
            times.push(nanoseconds(time));
            others.push(nanoseconds(beside));
            quotients.push(time.as_secs_f64() / beside.as_secs_f64());
        }
        sum
    });
    (!times.is_empty()).then(|| InTurn {
        time: median(times),
        other: median(others),
        time_by_other: median(quotients),
    })
}

/// The median time of a run of `work` alone, in nanoseconds; nothing when the command line asks for other
/// benchmarks.
pub(crate) fn alone(
    criterion: &mut Criterion,
    [group, name]: [&str; 2],
    mut work: impl FnMut(),
) -> Option<f64> {
    let mut times = Vec::new();
    measure(criterion, [group, name], |runs| {
        let time = duration(runs, &mut work);
        times.push(nanoseconds(time) / runs as f64);
        time
    });
    (!times.is_empty()).then(|| median(times))
}

/// Has criterion call `time` for so many runs at a time.
fn measure(
    criterion: &mut Criterion,
    [group, name]: [&str; 2],
    mut time: impl FnMut(u64) -> Duration,
) {
    let mut group = criterion.benchmark_group(group);
    group.bench_function(name, |bencher| bencher.iter_custom(&mut time));
    group.finish();
}

fn duration(runs: u64, work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        work();
    }
    start.elapsed()
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}
