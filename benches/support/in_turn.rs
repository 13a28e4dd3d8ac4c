//! Two pieces of work timed in turn, so that both meet the machine in the same states: neighbours and
//! clocks change what a run takes, but hardly how long it takes beside another one just before.

use std::time::{Duration, Instant};

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;

use super::median;

/// Medians of the times of both, in nanoseconds.
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

/// Measures `work` with criterion, and `other` after each run of it. Nothing when the command line
/// asks for other benchmarks.
pub(crate) fn in_turn(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    mut work: impl FnMut(),
    mut other: impl FnMut(),
) -> Option<InTurn> {
    let (mut times, mut others, mut quotients) = (Vec::new(), Vec::new(), Vec::new());
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|runs| {
            let mut sum = Duration::ZERO;
            for _ in 0..runs {
                let time = duration(&mut work);
                let beside = duration(&mut other).as_secs_f64() * 1e9;
                sum += time;
                let time = time.as_secs_f64() * 1e9;
                times.push(time);
                others.push(beside);
                quotients.push(time / beside);
            }
            sum
        });
    });
    (!times.is_empty()).then(|| InTurn {
        time: median(times),
        other: median(others),
        time_by_other: median(quotients),
    })
}

fn duration(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
