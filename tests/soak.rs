//! Hours of use in a row: trainings with checkpoints, saved and loaded models, predictions from
//! eight threads at once. Every round gives the same bits, and memory does not grow.
//!
//! `FTM_SOAK_SECONDS=3600 cargo test --release --test soak -- --nocapture` goes on for an hour; the
//! default is 2 seconds.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ftm::checkpoint::Checkpoints;
use ftm::data::Digits;
use ftm::functions::Library as _;
use ftm::functions::activation::Tanh;
use ftm::functions::paper::{Cubic, Sine};
use ftm::model::Model;
use ftm::network::Workspace;
use ftm::parallel::with_threads;
use ftm::prelude::*;
use ndarray::Array2;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const THREADS: usize = 8;
/// Rounds whose memory the later ones are compared with. What the threads of a pool leave behind is
/// freed in batches, so that memory rises for eight rounds or so and falls again.
const FIRST_ROUNDS: usize = 20;

#[test]
fn memory_stays_level_over_time() {
    let seconds = std::env::var("FTM_SOAK_SECONDS")
        .map_or(2.0, |text| text.parse().expect("a number of seconds"));
    // Of this process, since an hour is long enough for another run of all tests.
    let folder = format!("soak-{}", std::process::id());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let digits = Digits::<f32>::load().expect("they are embedded");
    let begin = Instant::now();
    let mut first: Option<Array2<f32>> = None;
    // The most in memory during one of the first rounds, and after one.
    let mut most = [0; 2];
    let mut rounds = 0;
    let mut reported = begin;
    while rounds <= FIRST_ROUNDS || begin.elapsed().as_secs_f64() < seconds {
        MEMORY.reset_peak_usage();
        let outputs = round(&folder, &digits);
        let expected = first.get_or_insert_with(|| outputs.clone());
        assert_eq!(outputs, *expected, "round {rounds}");
        drop(outputs);
        rounds += 1;
        let [peak, left] = [MEMORY.peak_usage(), settled()];
        if rounds <= FIRST_ROUNDS {
            most = [most[0].max(peak), most[1].max(left)];
        } else {
            // What is left does not grow. At most there is more in some rounds than in others: that is
            // as many of the threads at once as happened to be.
            assert!(
                left <= most[1] + most[1] / 4 && peak <= 2 * most[0],
                "round {rounds}: {peak} bytes at most and {left} after it, in the first rounds {most:?}"
            );
        }
        if reported.elapsed() >= Duration::from_secs(60) || begin.elapsed().as_secs_f64() >= seconds
        {
            reported = Instant::now();
            println!(
                "{:.0} s, {rounds} rounds: {:.1} KB at most, {:.1} KB left",
                begin.elapsed().as_secs_f64(),
                peak as f64 / 1e3,
                left as f64 / 1e3
            );
        }
    }
    fs::remove_dir_all(&folder).expect("it is there");
}

/// What is in memory once the threads of pools that are no longer needed have ended, for which
/// nobody waits.
fn settled() -> usize {
    let begin = Instant::now();
    let mut left = MEMORY.current_usage();
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let before = std::mem::replace(&mut left, MEMORY.current_usage());
        if left == before || begin.elapsed() > Duration::from_secs(10) {
            return left;
        }
    }
}

/// Trains in two parts, saves, loads, and predicts from several threads at once.
fn round(folder: &Path, digits: &Digits<f32>) -> Array2<f32> {
    let checkpoints = || Checkpoints::in_directory(folder.join("checkpoints"));
    let mut network = Network::<f32>::new(64)
        .functional(Sine, 20)
        .normalization()
        .activation(Tanh)
        .functional(Cubic, 10)
        .build(1)
        .expect("a good network");
    for epochs in [1, 2] {
        let latest = checkpoints().latest().expect("all are good");
        assert!(latest.refused.is_empty(), "{:?}", latest.refused);
        Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a rate"))
            .epochs(epochs)
            .batch(100)
            .progress(false)
            .validation(&digits.validation)
            .checkpoints(checkpoints().every(10).expect("a count"))
            .resume(latest.checkpoint)
            .fit(&mut network, &digits.train)
            .expect("it fits");
    }
    fs::remove_dir_all(folder.join("checkpoints")).expect("it is there");

    let path = folder.join("model.safetensors");
    Model::of(&network).save(&path).expect("written");
    let model = Model::<f32>::open(&path).expect("it is good");
    let network = &(model.network(&f32::functions())).expect("the functions are known");
    let x = digits.test.inputs();
    let outputs: Vec<Array2<f32>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(move || {
                    let predict = || network.predict_in(&mut Workspace::new(), x);
                    with_threads(1, predict)
                        .expect("a thread starts")
                        .expect("it fits")
                })
            })
            .collect();
        let outputs = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        outputs.collect()
    });
    assert!(outputs.iter().all(|other| *other == outputs[0]));
    outputs.into_iter().next().expect("eight of them")
}
