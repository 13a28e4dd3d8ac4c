//! Trainings killed at random moments: there always is a good checkpoint, no more than the work
//! since the last one is lost, and the resumed training ends with the same bits.
//!
//! `FTM_KILLS=200 cargo test --release --test killed` kills 200 times; the default is 4.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ftm::checkpoint::Checkpoints;
use ftm::data::Digits;
use ftm::functions::paper::Sine;
use ftm::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};

/// Tells the process under test where to work.
const FOLDER: &str = "FTM_KILLED_FOLDER";
/// Steps between two checkpoints.
const EVERY: usize = 4;

/// The process that is killed: not a test of its own.
#[test]
fn training_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let digits = Digits::<f32>::load().expect("they are embedded");
    let mut network = Network::new(64)
        .functional(Sine, 24)
        .dropout(0.1)
        .functional(Sine, 10)
        .build(1)
        .expect("a good network");
    let checkpoints = Checkpoints::in_directory(folder.join("checkpoints"))
        .every(EVERY)
        .expect("a count");
    let latest = checkpoints.latest().expect("at least one is good");
    assert!(latest.refused.is_empty(), "{:?}", latest.refused);
    // A byte for each step.
    let steps = Mutex::new(File::create(folder.join("steps")).expect("a file"));
    Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a rate"))
        .epochs(3)
        .batch(50)
        .progress(false)
        .validation(&digits.validation)
        .schedule(|epoch: f64| {
            let mut steps = steps.lock().expect("one thread");
            steps.write_all(b".").expect("written");
            1.0 / (1.0 + epoch)
        })
        .checkpoints(checkpoints)
        .resume(latest.checkpoint)
        .fit(&mut network, &digits.train)
        .expect("it fits");
    let numbers = network
        .layers()
        .iter()
        .flat_map(|l| l.parameters().to_vec());
    let bits: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    fs::write(folder.join("result"), bits).expect("written");
}

fn start(folder: &Path) -> Child {
    fs::create_dir_all(folder).expect("a folder");
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "training_to_be_killed"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts")
}

/// The step of the newest checkpoint.
fn newest(folder: &Path) -> usize {
    let checkpoints = Checkpoints::in_directory(folder.join("checkpoints"));
    let latest = checkpoints.latest::<f32>().expect("at least one is good");
    assert!(latest.refused.is_empty(), "{:?}", latest.refused);
    latest.checkpoint.map_or(0, |checkpoint| {
        let name = checkpoint.path().file_stem().expect("a name");
        let name = name.to_str().expect("plain letters");
        let step = name.strip_prefix("step-").expect("a step");
        step.parse().expect("a number")
    })
}

#[test]
fn killed_at_random_moments() {
    if std::env::var_os(FOLDER).is_some() {
        return;
    }
    let number = |name, default| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    };
    let (kills, seed) = (number("FTM_KILLS", 4), number("FTM_RANDOM_SEED", 1));
    let base = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("killed");
    let _ = fs::remove_dir_all(&base);
    let whole = base.join("whole");
    let begin = Instant::now();
    assert!(start(&whole).wait().expect("it ran").success());
    // Until about the middle of what is left, whatever else the machine does.
    let mut longest = begin.elapsed().as_secs_f64();
    let expected = fs::read(whole.join("result")).expect("a result");
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut killed, mut trainings, mut lost) = (0, 0, 0);
    while killed < kills {
        let folder = base.join(trainings.to_string());
        loop {
            let before = newest(&folder);
            // What the process before did is in the checkpoint.
            let _ = fs::remove_file(folder.join("steps"));
            let mut child = start(&folder);
            let part = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            std::thread::sleep(Duration::from_secs_f64(part * longest));
            child.kill().expect("it is a child");
            let status = child.wait().expect("it ended");
            // A panic: the process before would have left its directory locked, for one.
            assert_ne!(status.code(), Some(101), "it failed before it was killed");
            let done = status.success();
            let after = newest(&folder);
            let begun = fs::metadata(folder.join("steps")).map_or(0, |file| file.len() as usize);
            assert!(
                after + EVERY + 1 >= before + begun,
                "{before} {begun} {after}"
            );
            assert!(after >= before);
            if done {
                longest *= 0.8;
                break;
            }
            longest *= 1.05;
            killed += 1;
            lost = lost.max((before + begun).saturating_sub(after));
        }
        let result = fs::read(folder.join("result")).expect("a result");
        assert!(result == expected, "training {trainings} of seed {seed}");
        fs::remove_dir_all(&folder).expect("removed");
        trainings += 1;
    }
    println!(
        "{killed} kills, {trainings} trainings; at most {lost} steps begun after a checkpoint"
    );
}
