//! Tests of the files; that a training resumes to the same bits is tested with real functions.

use super::*;
use crate::network::Network;
use crate::test_layers::Dense;

fn record(value: f64) -> Record<f64> {
    let mut network = Network::new(2)
        .layer(|inputs| Dense::new(inputs, 2))
        .build(1)
        .expect("a good network");
    network.layers_mut()[0].parameters_mut()[0] = value;
    Model::of(&network).into_record()
}

/// An empty folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ftm-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn steps(checkpoints: &Checkpoints) -> Vec<usize> {
    let files = checkpoints.files().expect("readable");
    files.into_iter().map(|(step, _)| step).collect()
}

#[test]
fn the_last_ones_are_kept_and_unfinished_ones_removed() {
    let directory = folder("kept");
    let checkpoints = Checkpoints::in_directory(directory.join("deep"))
        .keep(2)
        .expect("a count");
    assert!(checkpoints.check_empty().is_ok());
    let latest = checkpoints.latest::<f64>().expect("no directory");
    assert!(latest.checkpoint.is_none() && latest.refused.is_empty());
    for step in [5, 10, 100, 1000] {
        checkpoints.save(step, &record(1.0)).expect("written");
    }
    let unfinished = checkpoints.directory.join("step-7.safetensors.unfinished");
    fs::write(&unfinished, "half").expect("written");
    fs::write(checkpoints.directory.join("notes"), "mine").expect("written");
    assert_eq!(steps(&checkpoints), [100, 1000]);
    // It may be what another process is writing: who looks leaves it, who saves removes it.
    assert!(unfinished.exists());
    checkpoints.save(1000, &record(1.0)).expect("written");
    assert_eq!(steps(&checkpoints), [100, 1000]);
    assert!(!unfinished.exists());
    assert!(checkpoints.directory.join("notes").exists());
    assert!(matches!(
        checkpoints.check_empty(),
        Err(Error::CheckpointsExist { .. })
    ));
    fs::remove_dir_all(directory).expect("removed");
}

/// Opening a pipe would wait for somebody who reads.
#[cfg(unix)]
#[test]
fn a_lock_is_a_file() {
    let directory = folder("pipe");
    fs::create_dir(&directory).expect("a folder");
    let pipe = directory.join("lock");
    let made = std::process::Command::new("mkfifo").arg(pipe).status();
    assert!(made.expect("a command of all such systems").success());
    let refused = Checkpoints::in_directory(&directory).lock();
    assert!(
        matches!(refused, Err(Error::WriteFile { .. })),
        "{refused:?}"
    );
    fs::remove_dir_all(directory).expect("removed");
}

#[test]
fn one_training_at_a_time_has_a_directory() {
    let directory = folder("locked");
    let checkpoints = Checkpoints::in_directory(directory.join("deep"));
    let lock = checkpoints.lock().expect("nobody has it");
    let error = checkpoints.lock().expect_err("it is in use").to_string();
    let path = directory.join("deep").display().to_string();
    assert!(error.contains("another training writes") && error.contains(&path));
    // It is no checkpoint.
    assert!(checkpoints.check_empty().is_ok());
    drop(lock);
    assert!(checkpoints.lock().is_ok());
    fs::remove_dir_all(directory).expect("removed");
}

#[test]
fn damaged_ones_are_passed_over_and_named() {
    let directory = folder("damaged");
    let checkpoints = Checkpoints::in_directory(&directory)
        .keep(2)
        .expect("a count");
    let damage = |step: usize| {
        let path = directory.join(format!("{START}{step:012}{END}"));
        let mut bytes = fs::read(&path).expect("a file");
        bytes[150] ^= 4;
        fs::write(&path, bytes).expect("written");
    };
    for step in 1..=2 {
        checkpoints.save(step, &record(1.0)).expect("written");
    }
    damage(2);
    let latest = checkpoints.latest::<f64>().expect("one is good");
    let good = latest.checkpoint.expect("one is good");
    assert!(good.path().ends_with("step-000000000001.safetensors"));
    assert!(latest.refused[0].to_string().contains("it is damaged"));
    // The damaged one does not take the place of a good one.
    checkpoints.save(1, &record(2.0)).expect("written");
    assert_eq!(steps(&checkpoints), [1, 2]);
    damage(1);
    let none = checkpoints.latest::<f64>().expect_err("none is good");
    assert!(
        none.to_string()
            .contains("000002.safetensors: it is damaged")
    );
    fs::remove_dir_all(directory).expect("removed");
}

#[test]
fn folders_are_no_checkpoints() {
    let directory = folder("folders");
    let checkpoints = Checkpoints::in_directory(&directory)
        .keep(1)
        .expect("a count");
    let named = |step: usize| directory.join(format!("{START}{step:012}{END}"));
    for step in [1, 4] {
        fs::create_dir_all(named(step).join("mine")).expect("made");
    }
    assert!(checkpoints.check_empty().is_ok());
    let latest = checkpoints.latest::<f64>().expect("readable");
    assert!(latest.checkpoint.is_none() && latest.refused.is_empty());
    for step in 2..=3 {
        checkpoints.save(step, &record(1.0)).expect("written");
    }
    assert_eq!(steps(&checkpoints), [3]);
    let latest = checkpoints.latest::<f64>().expect("one is good");
    assert_eq!(latest.checkpoint.expect("one is good").path(), named(3));
    assert!(latest.refused.is_empty());
    // One in the way is named, before a training begins and when it would be written, and stays.
    let error = checkpoints.lock().expect_err("in the way").to_string();
    assert!(error.contains("step-00000000000"), "{error}");
    let error = checkpoints.save(4, &record(1.0)).expect_err("in the way");
    assert!(error.to_string().contains("step-000000000004"), "{error}");
    assert!(named(1).join("mine").exists() && named(4).join("mine").exists());
    for step in [1, 4] {
        fs::remove_dir_all(named(step)).expect("removed");
    }
    // So is one in the way of an unfinished one.
    assert!(checkpoints.lock().is_ok());
    let unfinished = named(5).with_added_extension(UNFINISHED);
    fs::create_dir(&unfinished).expect("made");
    for error in [
        checkpoints.lock().expect_err("in the way"),
        checkpoints.save(5, &record(1.0)).expect_err("in the way"),
    ] {
        let path = unfinished.display().to_string();
        assert!(error.to_string().contains(&path), "{error}");
    }
    fs::remove_dir_all(directory).expect("removed");
}

#[test]
fn impossible_arguments_and_places_are_refused() {
    let checkpoints = || Checkpoints::in_directory("x");
    assert!(matches!(
        checkpoints().every(0),
        Err(Error::Argument { .. })
    ));
    assert!(matches!(checkpoints().keep(0), Err(Error::Argument { .. })));
    let file = folder("file");
    fs::write(&file, "").expect("written");
    let below_a_file = Checkpoints::in_directory(file.join("x"));
    let error = below_a_file.save(1, &record(1.0));
    assert!(matches!(error, Err(Error::WriteFile { .. })));
    assert!(matches!(below_a_file.lock(), Err(Error::WriteFile { .. })));
    let at_a_file = Checkpoints::in_directory(&file).latest::<f64>();
    assert!(matches!(at_a_file, Err(Error::File { .. })));
    fs::remove_file(file).expect("removed");
}

#[test]
fn they_are_due_at_multiples_and_when_interrupted() {
    let checkpoints = Checkpoints::in_directory("x");
    assert!(!checkpoints.are_due_after(5));
    let interrupt = Arc::new(AtomicBool::new(false));
    let checkpoints = checkpoints.every(5).expect("a count");
    let checkpoints = checkpoints.interrupted_by(interrupt.clone());
    let due: Vec<_> = (1..12)
        .filter(|&step| checkpoints.are_due_after(step))
        .collect();
    assert_eq!(due, [5, 10]);
    assert!(!checkpoints.are_interrupted());
    interrupt.store(true, Ordering::Relaxed);
    assert!(checkpoints.are_interrupted());
}
