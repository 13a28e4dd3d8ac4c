//! Programs made of networks: compiled without the standard library, and run beside the networks.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ftm::data::Dataset;
use ftm::functions::Library as _;
use ftm::layer::Blocks;
use ftm::prelude::*;
use ndarray::Array2;

use super::{Everything, close, compare, edges, inputs, nodes};

/// A crate of programs in a folder of its own, built by the cargo that runs the tests, with the
/// very dependencies of the project, so that nothing is downloaded.
struct Exported {
    folder: PathBuf,
    programs: Vec<String>,
}

impl Exported {
    fn new(networks: &[Network<f64>]) -> Self {
        let programs = networks
            .iter()
            .map(|network| ftm::source::rust(network).expect("a program"));
        Self {
            folder: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exported"),
            programs: programs.collect(),
        }
    }

    /// Writes and builds the crate: the programs as modules of a `no_std` library, and a program
    /// that reads the index of one and inputs, line by line, and writes the bits of its outputs.
    fn build(&self) {
        fs::create_dir_all(self.folder.join("src")).expect("a folder");
        let write =
            |name: &str, text: &str| fs::write(self.folder.join(name), text).expect("a file");
        write(
            "Cargo.toml",
            "[package]\nname = \"exported\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nlibm = \"0.2\"\n\n[workspace]\n",
        );
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
        write(
            "Cargo.lock",
            &fs::read_to_string(lock).expect("a lock file"),
        );
        let mut library =
            "//! Networks.\n#![no_std]\n#![deny(warnings, missing_docs)]\n".to_owned();
        let mut calls = String::new();
        for (index, program) in self.programs.iter().enumerate() {
            write(&format!("src/n{index}.rs"), program);
            let _ = writeln!(library, "/// A network.\npub mod n{index};");
            let _ = writeln!(
                calls,
                "{index} => exported::n{index}::network(&numbers.try_into().unwrap()).to_vec(),"
            );
        }
        write("src/lib.rs", &library);
        write(
            "src/main.rs",
            &format!(
                "fn main() {{
                    for line in std::io::stdin().lines() {{
                        let line = line.unwrap();
                        let mut words = line.split(' ').map(|word| word.parse::<u64>().unwrap());
                        let network = words.next().unwrap();
                        let numbers: Vec<f64> = words.map(f64::from_bits).collect();
                        let outputs: Vec<f64> = match network {{ {calls} _ => unreachable!() }};
                        let outputs: Vec<_> = outputs.iter().map(|y| y.to_bits().to_string()).collect();
                        println!(\"{{}}\", outputs.join(\" \"));
                    }}
                }}"
            ),
        );
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let status = Command::new(cargo)
            .args(["build", "--quiet", "--offline", "--target-dir", "target"])
            .current_dir(&self.folder)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTFLAGS")
            .status();
        assert!(
            status.expect("cargo runs").success(),
            "{}",
            self.folder.display()
        );
    }

    /// The outputs of programs for rows of inputs.
    fn run(&self, rows: &[(usize, Vec<f64>)]) -> Vec<Vec<f64>> {
        let mut lines = String::new();
        for (network, row) in rows {
            let _ = write!(lines, "{network}");
            for number in row {
                let _ = write!(lines, " {}", number.to_bits());
            }
            lines.push('\n');
        }
        let program = self
            .folder
            .join("target/debug")
            .join(format!("exported{}", std::env::consts::EXE_SUFFIX));
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("its input");
        // Its outputs fill the pipe before all inputs are read.
        let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
        let output = child.wait_with_output().expect("its output");
        writer.join().expect("a thread").expect("inputs are read");
        let text = String::from_utf8(output.stdout).expect("text");
        let numbers = |line: &str| -> Vec<f64> {
            let words = line.split(' ');
            words
                .map(|word| f64::from_bits(word.parse().expect("bits")))
                .collect()
        };
        text.lines().map(numbers).collect()
    }
}

/// A network of four layers of functions, trained to some curves.
fn trained() -> Network<f64> {
    let mut network = Network::new(4)
        .boxed(edges("Sine", 6))
        .anchored()
        .normalization()
        .boxed(nodes("Tanh"))
        .boxed(edges("BSpline", 5))
        .dropout(0.1)
        .functional(Everything, 5)
        .boxed(nodes("ParametricRelu"))
        .boxed(edges("Sine", 3))
        .build(2)
        .expect("a network");
    let x = inputs(64, 4);
    let y = Array2::from_shape_fn((64, 3), |(n, o)| {
        x.row(n).iter().map(|x| (x * (o + 1) as f64).sin()).sum()
    });
    let data = Dataset::regression(x, y).expect("data");
    let before = network.snapshot();
    Trainer::new(MeanSquaredError, Adam::new(1e-3).expect("a rate"))
        .epochs(5)
        .batch(16)
        .fit(&mut network, &data)
        .expect("a training");
    assert_ne!(before, network.snapshot());
    network
}

/// Networks of two layers of several functions, the edges of the second one pruned in part.
fn of_blocks() -> [Network<f64>; 2] {
    let all = [f64::functional(), f64::kan()].concat();
    let blocks = |mut blocks: Blocks<f64>, parts: &[(&str, usize)]| {
        for (name, width) in parts {
            let entry = all.iter().find(|entry| entry.is_called(name));
            let function = entry.expect("a function of the library").function();
            blocks = blocks.function(function, *width);
        }
        blocks
    };
    [0.0, 0.3].map(|threshold| {
        let hidden = [("Sine", 3), ("BSpline", 2), ("SignedSquare", 1)];
        let last = [("SignedSquare", 1), ("Sine", 5)];
        let network = Network::new(4)
            .blocks(blocks(Blocks::of_outputs(), &hidden))
            .anchored()
            .blocks(blocks(Blocks::of_inputs(3), &last));
        let mut network = network.build(5).expect("a network");
        let left = network.prune(inputs(40, 4).view(), threshold);
        let left = left.expect("they have edges");
        assert_eq!(left.kept < left.all, threshold > 0.0);
        compare(&network, &inputs(20, 4));
        network
    })
}

#[test]
fn programs_compute_what_networks_do() {
    let mut networks = vec![trained()];
    for entry in f64::functional().iter().chain(&f64::kan()) {
        if entry.description.state.is_none() {
            let built = Network::new(3).boxed(|n| entry.layer(n, 2)).build(7);
            networks.push(built.expect("a network"));
        }
    }
    for entry in f64::activations() {
        let built = Network::new(3).boxed(|n| entry.layer(n)).build(7);
        networks.push(built.expect("a network"));
    }
    networks.extend(of_blocks());
    let exported = Exported::new(&networks);
    exported.build();
    let mut rows = Vec::new();
    for (index, network) in networks.iter().enumerate() {
        let count = if index == 0 { 1000 } else { 20 };
        for row in inputs(count, network.inputs()).outer_iter() {
            rows.push((index, row.to_vec()));
        }
    }
    let outputs = exported.run(&rows);
    assert_eq!(outputs.len(), rows.len());
    for ((index, row), outputs) in rows.iter().zip(&outputs) {
        let x = Array2::from_shape_fn((1, row.len()), |(_, i)| row[i]);
        let y = networks[*index].predict(x.view()).expect("a pass");
        assert_eq!(outputs.len(), y.len());
        for (&ours, &y) in outputs.iter().zip(&y) {
            assert!(close(ours, y), "{:?}: {ours} and {y}", networks[*index]);
        }
    }
}

#[test]
fn programs_are_written_word_for_word() {
    let mut network = Network::<f64>::new(2)
        .boxed(edges("Sine", 1))
        .boxed(nodes("Tanh"))
        .build(1)
        .expect("a network");
    let numbers = [0.5, 2.0, 0.25, -0.5, 1.0, 0.0, 0.125];
    network.layers_mut()[0]
        .parameters_mut()
        .copy_from_slice(&numbers);
    let source = ftm::source::rust(&network).expect("a program");
    let (_, body) = source
        .split_once("/// Width of the input.")
        .expect("a head");
    assert_eq!(
        body,
        "
pub const INPUTS: usize = 2;

/// Width of the output.
pub const OUTPUTS: usize = 1;

/// What the network computes of one sample.
pub fn network(x: &[f64; INPUTS]) -> [f64; OUTPUTS] {
    let x = layer_0(x);
    layer_1(&x)
}

/// Sine 2 → 1.
fn layer_0(x: &[f64; 2]) -> [f64; 1] {
    let mut y = LAYER_0_BIAS;
    for (x, edges) in x.iter().zip(&LAYER_0) {
        for (y, edge) in y.iter_mut().zip(edges) {
            *y += f_sine(*x, *edge);
        }
    }
    y
}

#[allow(clippy::all)]
static LAYER_0: [[[f64; 3]; 1]; 2] = [
    [[0.5, 2.0, 0.25]],
    [[-0.5, 1.0, 0.0]],
];

#[allow(clippy::all)]
static LAYER_0_BIAS: [f64; 1] = [
    0.125,
];

/// Tanh 1.
fn layer_1(x: &[f64; 1]) -> [f64; 1] {
    x.map(f_tanh)
}

// Sine: a·sin(w·x + p)
#[allow(unused_variables, non_snake_case, clippy::all)]
fn f_sine(x: f64, [a, w, p]: [f64; 3]) -> f64 {
    a * libm::sin(w * x + p)
}

// Tanh: tanh(x)
#[allow(unused_variables, non_snake_case, clippy::all)]
fn f_tanh(x: f64) -> f64 {
    libm::tanh(x)
}
"
    );
}
