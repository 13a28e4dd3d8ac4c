//! Whether cost stays linear from small layers to large ones: nanoseconds per edge and sample of
//! layers from 16 × 16 to 4096 × 4096, a batch of 100, single precision, one core. And whether
//! single samples come at the speed of memory: gigabytes of parameters a second, beside those of
//! a sum over a large array by as many threads.
//!
//! ```text
//! cargo bench --bench scaling
//! ```
//!
//! Times are the least of many runs. `of best` is the time beside that of the layer with the
//! least time per edge and sample.

use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Rectifier, Sine};
use ftm::simd::{Level, Operation, Real, Simd, Vector};
use rayon::iter::ParallelIterator as _;
use rayon::slice::ParallelSlice as _;
use support::layer::Bed;
use support::{Table, fastest};

mod support;

const BATCH: usize = 100;

fn main() {
    let mut table = Table::new(
        "scaling",
        &[
            "function",
            "inputs = outputs",
            "parameters, MB",
            "forward, ns/edge-sample",
            "of best",
            "backward, ns/edge-sample",
            "of best",
        ],
    );
    batches::<Sine>(&mut table);
    batches::<Rectifier>(&mut table);
    batches::<CubedWeight>(&mut table);
    table.finish();

    let mut table = Table::new(
        "single_samples",
        &[
            "function",
            "inputs = outputs",
            "threads",
            "µs",
            "GB/s",
            "of memory's",
        ],
    );
    for threads in [1, 2] {
        let done = ftm::parallel::with_threads(threads, || {
            let memory = bandwidth(threads);
            let cells = ["sum over an array", "-", &threads.to_string(), "-"];
            let mut row = cells.map(str::to_owned).to_vec();
            row.extend([format!("{memory:.1}"), "100 %".to_owned()]);
            table.row(row);
            single::<Sine>(threads, memory, &mut table);
            single::<Rectifier>(threads, memory, &mut table);
            single::<CubedWeight>(threads, memory, &mut table);
        });
        if let Err(error) = done {
            eprintln!("error: {error}");
        }
    }
    table.finish();
}

/// A batch through layers of all sizes.
fn batches<C: Connection>(table: &mut Table) {
    let measured = ftm::parallel::with_threads(1, || {
        (4..=12)
            .map(|power| {
                let width = 1 << power;
                let mut bed = Bed::<C, f32>::new([BATCH, width, width]);
                let of_one = 1.0 / (BATCH * width * width) as f64;
                let forward = fastest(|| bed.forward()) * of_one;
                let backward = fastest(|| bed.backward(true)) * of_one;
                (width, 4 * bed.parameters(), [forward, backward])
            })
            .collect::<Vec<_>>()
    });
    let sizes = match measured {
        Ok(sizes) => sizes,
        Err(error) => return eprintln!("error: {error}"),
    };
    let best = [0, 1].map(|pass| {
        let times = sizes.iter().map(|(_, _, times)| times[pass]);
        times.fold(f64::INFINITY, f64::min)
    });
    for (width, bytes, [forward, backward]) in sizes {
        table.row(vec![
            C::description().name.to_owned(),
            width.to_string(),
            format!("{:.2}", bytes as f64 / 1e6),
            format!("{forward:.3}"),
            format!("{:.2}", forward / best[0]),
            format!("{backward:.3}"),
            format!("{:.2}", backward / best[1]),
        ]);
    }
}

/// Single samples through layers, by the threads of the surrounding pool.
fn single<C: Connection>(threads: usize, memory: f64, table: &mut Table) {
    for width in [256, 1024, 4096] {
        let mut bed = Bed::<C, f32>::new([1, width, width]);
        let time = fastest(|| bed.infer());
        let speed = 4.0 * bed.parameters() as f64 / time;
        table.row(vec![
            C::description().name.to_owned(),
            width.to_string(),
            threads.to_string(),
            format!("{:.1}", time / 1e3),
            format!("{speed:.1}"),
            format!("{:.0} %", 100.0 * speed / memory),
        ]);
    }
}

/// Gigabytes a second that `threads` threads read from memory, at best.
fn bandwidth(threads: usize) -> f64 {
    let numbers = vec![1.0_f32; 64 * 1024 * 1024];
    let level = Level::current();
    let time = fastest(|| {
        let parts = numbers.par_chunks(numbers.len() / threads);
        let sum: f32 = parts.map(|part| level.run(Sum(part))).sum();
        assert!(sum > 0.0);
    });
    (4 * numbers.len()) as f64 / time
}

/// The sum of numbers, as fast as they come.
struct Sum<'a, T>(&'a [T]);

impl<T: Real> Operation<T> for Sum<'_, T> {
    type Output = T;

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) -> T {
        const SUMS: usize = 8;
        let lanes = S::Vector::LANES;
        let mut sums = [simd.number(0.0); SUMS];
        for block in self.0.chunks_exact(SUMS * lanes) {
            for (sum, numbers) in sums.iter_mut().zip(block.chunks_exact(lanes)) {
                *sum += simd.load(numbers);
            }
        }
        let mut total = simd.number(0.0);
        for sum in sums {
            total += sum;
        }
        total.sum()
    }
}
