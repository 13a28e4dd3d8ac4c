//! Where a training step spends its time: gathering, forward pass, loss, backward pass and update
//! of a 784-128-128-10 network with tanh activations, batch 100, Adam, single precision, with 1
//! and with 2 threads, 4 of 5 inputs 0. And where it allocates memory, which after the first steps it should not.
//!
//! ```text
//! cargo bench --bench training_step
//! ```
//!
//! Times are medians, in microseconds, of parts measured in whole steps. `Trainer` is a step of the
//! median of ten epochs of the trainer, which also looks for numbers that are not finite.

use std::fs;
use std::time::Instant;

use ftm::connection::Connection;
use ftm::functions::paper::{CubedWeight, Cubic, HyperbolicTangent, Rectifier, Sine};
use ftm::loss::SoftmaxCrossEntropy;
use ftm::optimizer::Adam;
use ftm::parallel::awake;
use ftm::train::{Next, Trainer};
use serde_json::Value;
use support::step::{Step, deep, new_network, pictures};
use support::table::target;
use support::{Table, median};

mod support;

/// Counts allocations while a `dhat::Profiler` lives.
#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Steps measured, and steps before them.
const STEPS: usize = 400;
const FIRST_STEPS: usize = 20;

fn main() {
    let mut times = Table::new(
        "training_step",
        &[
            "function", "threads", "gather", "forward", "loss", "backward", "update", "whole",
            "Trainer",
        ],
    );
    let mut allocations = Table::new(
        "allocations",
        &["function", "threads", "allocations per step", "place"],
    );
    for threads in [1, 2] {
        let done = ftm::parallel::with_threads(threads, || {
            let mut bench = Bench {
                threads,
                times: &mut times,
                allocations: &mut allocations,
            };
            bench.function::<Sine>("sine");
            bench.function::<HyperbolicTangent>("tanh");
            bench.function::<Rectifier>("relu");
            bench.function::<Cubic>("cubic");
            bench.function::<CubedWeight>("w3x");
        });
        if let Err(error) = done {
            eprintln!("error: {error}");
        }
    }
    times.finish();
    allocations.finish();
}

struct Bench<'a> {
    threads: usize,
    times: &'a mut Table,
    allocations: &'a mut Table,
}

impl Bench<'_> {
    fn function<C: Connection + Default>(&mut self, name: &str) {
        let mut step = Step::new(0.8, deep::<C>);
        let mut row = vec![name.to_owned(), self.threads.to_string()];
        let mut times = parts(&mut step).to_vec();
        times.push(trainer_step::<C>());
        row.extend(times.iter().map(|time| format!("{time:.1}")));
        self.times.row(row);

        for (count, place) in places(&mut step) {
            let cells = [name, &self.threads.to_string(), &count, &place];
            self.allocations.row(cells.map(str::to_owned).to_vec());
        }
    }
}

/// Median microseconds of the parts of a step, and of the whole.
fn parts(step: &mut Step) -> [f64; 6] {
    let work = [
        Step::gather,
        Step::forward,
        Step::loss,
        Step::backward,
        Step::update,
    ];
    let mut times: [Vec<f64>; 6] = Default::default();
    for index in 0..FIRST_STEPS + STEPS {
        awake(|| {
            let begin = Instant::now();
            let mut start = begin;
            for (part, times) in work.iter().zip(&mut times) {
                part(step);
                let end = Instant::now();
                times.push((end - start).as_secs_f64() * 1e6);
                start = end;
            }
            times[5].push((start - begin).as_secs_f64() * 1e6);
        });
        if index + 1 == FIRST_STEPS {
            times.iter_mut().for_each(Vec::clear);
        }
    }
    times.map(median)
}

/// Microseconds of a step of the trainer, of the median of some epochs.
fn trainer_step<C: Connection + Default>() -> f64 {
    let data = pictures(5_000, 0.8);
    let mut seconds = Vec::new();
    let mut trainer = Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a rate"))
        .epochs(10)
        .progress(false)
        .after_epoch(|report| {
            seconds.push(report.seconds);
            Next::Continue
        });
    trainer
        .fit(&mut new_network(deep::<C>), &data)
        .expect("training");
    drop(trainer);
    median(seconds) * 1e6 / 50.0
}

/// Places that allocate memory in a step, and how often.
fn places(step: &mut Step) -> Vec<(String, String)> {
    let folder = target().join("performance");
    let path = folder.join("allocations.json");
    if let Err(error) = fs::create_dir_all(&folder) {
        eprintln!("error: {error}");
    }
    let profiler = dhat::Profiler::builder().file_name(&path).build();
    for _ in 0..STEPS {
        step.run();
    }
    drop(profiler);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let profile: Value = serde_json::from_str(&text).unwrap_or_default();
    let points = profile["pps"].as_array().cloned().unwrap_or_default();
    let mut places: Vec<(u64, String)> = Vec::new();
    for point in &points {
        let blocks = point["tbk"].as_u64().unwrap_or(0);
        let frames = point["fs"].as_array().into_iter().flatten();
        let mut names =
            frames.filter_map(|frame| profile["ftbl"][frame.as_u64()? as usize].as_str());
        // A frame is `address: function (file:line:column)`, the innermost first.
        let own = names.find(|name| name.contains("ftm_runtime::"));
        let place = own
            .and_then(|name| name.rsplit_once('('))
            .map_or("outside", |(_, place)| place);
        let place = place.trim_end_matches(')').to_owned();
        match places.iter_mut().find(|(_, known)| *known == place) {
            Some((count, _)) => *count += blocks,
            None => places.push((blocks, place)),
        }
    }
    if places.is_empty() {
        places.push((0, "-".to_owned()));
    }
    places.sort();
    let counts = places.into_iter().rev();
    counts
        .map(|(count, place)| (format!("{:.2}", count as f64 / STEPS as f64), place))
        .collect()
}
