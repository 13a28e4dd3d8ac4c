//! Model files: what is saved is loaded, what does not fit is refused and named.

use std::path::PathBuf;
use std::process::Command;

use ftm::data::{Dataset, Standardizer};
use ftm::error::RecordProblem;
use ftm::functions::activation::{Relu, Tanh};
use ftm::functions::paper::{Memory, SignedSquare, Sine};
use ftm::functions::{Entry, FunctionalEntry, Library as _};
use ftm::model::Model;
use ftm::network::NetworkBuilder;
use ftm::prelude::*;
use ftm::registry::Functions;
use ftm::simd::Real;
use ndarray::Array2;

ftm_fn! {
    /// A bump whose height is called like the layer's own bias.
    fn Bump(x; bias, w ~ uniform(-1.0, 1.0), const s ~ sign()) { s * bias * gaussian(w * x) }
}

/// As they were once declared.
mod before {
    ftm::ftm_fn! {
        pub(super) fn Bump(x; bias, w ~ uniform(-1.0, 1.0), const s ~ sign()) {
            s * bias * gaussian(w * x + 1.0)
        }
        pub(super) fn Hill(x; bias, w ~ uniform(-1.0, 1.0), const s ~ sign()) {
            s * bias * gaussian(w * x)
        }
    }
}

fn network<T: Real>(seed: u64) -> Network<T> {
    Network::new(5)
        .functional(Sine, 4)
        .normalization()
        .activation(Tanh)
        .dropout(0.25)
        .functional(SignedSquare, 3)
        .functional(Bump, 3)
        .functional(Memory, 2)
        .build(seed)
        .expect("a good network")
}

fn x<T: Real>() -> Array2<T> {
    Array2::from_shape_fn((4, 5), |(n, i)| T::from_f64(((n * 5 + i) as f64).sin()))
}

fn functions<T: Real + ftm::functions::Library>() -> Functions<T> {
    let mut functions = T::functions();
    functions.functional.push(Entry::functional_of::<Bump>(&[]));
    functions
}

fn bits<T: Real>(network: &Network<T>) -> Vec<u64> {
    let layers = network.layers().iter();
    let numbers = layers.flat_map(|layer| layer.parameters().iter().chain(layer.constants()));
    numbers.map(|value| value.to_f64().to_bits()).collect()
}

#[test]
fn what_could_not_be_loaded_is_not_saved() {
    let path = folder("not_finite").join("it.safetensors");
    let mut network = network::<f64>(1);
    Model::of(&network).save(&path).expect("written");
    network.layers_mut()[0].parameters_mut()[0] = f64::NAN;
    let error = Model::of(&network).save(&path).expect_err("refused");
    assert!(error.to_string().contains("`layers.0.a`"), "{error}");
    Model::<f64>::open(&path).expect("the file of before");
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_only_files_are_replaced() {
    let folder = folder("links");
    let (file, link) = (folder.join("it.safetensors"), folder.join("link"));
    let model = Model::of(&network::<f64>(1));
    model.save(&file).expect("written");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    Model::of(&network::<f64>(2)).save(&link).expect("written");
    assert!(
        std::fs::symlink_metadata(&link)
            .expect("it is there")
            .is_symlink()
    );
    let read = Model::<f64>::open(&file).expect("a good file");
    assert_ne!(
        read.to_bytes().expect("bytes"),
        model.to_bytes().expect("bytes")
    );
    let error = model.save(&folder).expect_err("a folder").to_string();
    assert!(error.contains("links"), "{error}");
}

#[test]
fn an_anchor_comes_back() {
    let network = Network::<f64>::new(5)
        .from_formula(ftm::init::Signal::uniform(0.0, 1.0))
        .functional(Sine, 4)
        .anchored()
        .build(1)
        .expect("a good network");
    let bytes = Model::of(&network).to_bytes().expect("bytes");
    let model = Model::<f64>::from_bytes("the file", &bytes).expect("a good file");
    let again = model.network(&functions()).expect("all are known");
    assert_eq!(bits(&again), bits(&network));
    let predicted = |network: &Network<f64>| network.predict(x().view()).expect("it fits");
    assert_eq!(predicted(&again), predicted(&network));
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn comes_back<T: Real + ftm::functions::Library>() {
    let network_saved = network::<T>(1);
    let path = folder("models").join(format!("{}.safetensors", T::NAME));
    let scaling = Standardizer::of(x::<T>().view()).expect("rows");
    let model = Model::of(&network_saved).with_scaling(&scaling);
    model.save(&path).expect("written");
    let read = Model::<T>::open(&path).expect("a good file");
    assert_eq!(read.scaling(), Some(&scaling));
    assert_eq!(read.history(), None);
    assert_eq!(
        read.to_bytes().expect("bytes"),
        model.to_bytes().expect("bytes")
    );

    let mut same_shape = network::<T>(2);
    assert_ne!(bits(&same_shape), bits(&network_saved));
    read.load_into(&mut same_shape).expect("it fits");
    assert_eq!(bits(&same_shape), bits(&network_saved));

    let made = read.network(&functions()).expect("known functions");
    assert_eq!(made.to_string(), network_saved.to_string());
    assert_eq!(bits(&made), bits(&network_saved));
    let y = network_saved.predict(x().view()).expect("it fits");
    assert_eq!(made.predict(x().view()).expect("it fits"), y);
}

#[test]
fn a_network_comes_back_bit_by_bit() {
    comes_back::<f32>();
    comes_back::<f64>();
}

#[test]
fn the_history_comes_back() {
    let labels = vec![0, 1, 1, 0];
    let data = Dataset::classification(x::<f32>(), labels, 2).expect("good data");
    let mut network = network::<f32>(3);
    let history = Trainer::new(SoftmaxCrossEntropy, Adam::new(0.01).expect("a rate"))
        .epochs(3)
        .validation(&data)
        .fit(&mut network, &data)
        .expect("it fits");
    let bytes = Model::of(&network).with_history(&history).to_bytes();
    let read = Model::<f32>::from_bytes("it", &bytes.expect("bytes")).expect("a good file");
    assert_eq!(read.history(), Some(&history));
}

fn problem<V>(result: Result<V, Error>) -> RecordProblem {
    match result {
        Err(Error::Record { problem, .. }) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was loaded"),
    }
}

#[test]
fn what_does_not_fit_is_named_and_changes_nothing() {
    let model = Model::of(&network::<f32>(1));
    let stack = |outputs, activation: bool| {
        let builder = Network::<f32>::new(5).functional(Sine, outputs);
        let builder = match activation {
            true => builder.activation(Tanh),
            false => builder.activation(Relu),
        };
        builder.build(2).expect("a good network")
    };
    let two = Model::of(&stack(4, true));
    let mut other = stack(4, false);
    let before = bits(&other);
    assert_eq!(
        problem(model.load_into(&mut other)).to_string(),
        "it has 7 layers, but the network has 2"
    );
    assert_eq!(
        problem(two.load_into(&mut other)).to_string(),
        "layer 1 is Tanh 4, but in the network it is Relu 4"
    );
    assert_eq!(bits(&other), before);
    assert_eq!(
        problem(two.load_into(&mut stack(3, true))).to_string(),
        "layer 0 is Sine 5 → 4, but in the network it is Sine 5 → 3"
    );
    let bytes = two.to_bytes().expect("bytes");
    assert!(matches!(
        problem(Model::<f64>::from_bytes("it", &bytes)),
        RecordProblem::Scalar { .. }
    ));
}

#[test]
fn changed_renamed_and_missing_functions_are_named() {
    let network = Network::<f32>::new(2).functional(Bump, 3).build(1);
    let model = Model::of(&network.expect("a good network"));
    let with = |entry| {
        let mut functions = f32::functions();
        functions.functional.push(entry);
        functions
    };
    assert_eq!(
        problem(model.network(&f32::functions())).to_string(),
        "layer 0: no function `Bump` is registered"
    );
    let changed = with(Entry::functional_of::<before::Bump>(&[]));
    let changed = problem(model.network(&changed));
    assert!(matches!(&changed, RecordProblem::Formula { layer: 0, .. }));
    assert!(changed.to_string().contains("`, but now is `"), "{changed}");
    let renamed = with(Entry::functional_of::<before::Hill>(&[]));
    assert_eq!(
        problem(model.network(&renamed)).to_string(),
        "layer 0: the file has the function `Bump`; what computes the same here is called `Hill`"
    );
    let known = with(Entry::functional_of::<before::Hill>(&["Bump"]));
    let made = model.network(&known).expect("known by its old name");
    assert_eq!(made.layers()[0].name(), "Hill 2 → 3");

    let hill = Network::<f32>::new(2).functional(before::Hill, 3).build(1);
    let loaded = model.load_into(&mut hill.expect("a good network"));
    assert!(matches!(problem(loaded), RecordProblem::Renamed { .. }));
}

/// Constants of the scope have only a name in a formula, and long parts only a letter.
#[test]
fn functions_that_are_written_alike_are_told_apart() {
    const FREQUENCY: f64 = 1.0;
    ftm_fn! {
        fn Scaled(x; a) { a * sin(FREQUENCY * x) }
        fn SignedLogistic(x; a, w, p, const u ~ sign()) { u * a * sigmoid(clamp(5.0 * w * x + p, -3.0, 3.0)) }
    }
    mod later {
        const FREQUENCY: f64 = 3.0;
        ftm::ftm_fn! { pub(super) fn Scaled(x; a) { a * sin(FREQUENCY * x) } }
    }
    let of = |network: NetworkBuilder<f32>| Model::of(&network.build(1).expect("a good network"));
    let model = of(Network::new(2).functional(Scaled, 3));
    let mut changed = Network::<f32>::new(2)
        .functional(later::Scaled, 3)
        .build(1)
        .expect("good");
    let text = problem(model.load_into(&mut changed)).to_string();
    assert!(
        text.contains(" at a test point`, but now is `Scaled(x; a)"),
        "{text}"
    );
    let with = |entries: &[FunctionalEntry<f32>]| {
        let mut functions = f32::functions();
        functions.functional.extend_from_slice(entries);
        functions
    };
    let (old, new) = (
        Entry::functional_of::<Scaled>(&[]),
        Entry::functional_of::<later::Scaled>(&[]),
    );
    assert!(matches!(
        problem(model.network(&with(&[new]))),
        RecordProblem::Formula { .. }
    ));
    model
        .network(&with(&[new, old]))
        .expect("the second of this name");

    let model = of(Network::new(2).functional(SignedLogistic, 3));
    assert!(matches!(
        problem(model.network(&f32::functions())),
        RecordProblem::Formula { .. }
    ));
    let own = with(&[Entry::functional_of::<SignedLogistic>(&[])]);
    model.network(&own).expect("that of its own");
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    let mut network = network::<f32>(1);
    network.layers_mut()[0].parameters_mut()[0] = f32::NAN;
    let model = Model::of(&network);
    assert_eq!(
        problem(model.load_into(&mut network)).to_string(),
        "`layers.0.a` has numbers that are not finite"
    );
}

/// What the network of the fixture answers to [`x`], as bits.
const FIXTURE_OUTPUTS: &str = include_str!("reference/model.outputs");

/// A file that version 1 of the format wrote must load for ever. `FTM_WRITE_FIXTURE=1` writes it
/// anew.
#[test]
fn a_file_of_the_first_version_loads() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference/model.safetensors");
    let outputs = |network: &Network<f64>| {
        let y = network.predict(x().view()).expect("it fits");
        let lines = y.iter().map(|value| format!("{value:?}\n"));
        lines.collect::<String>()
    };
    if std::env::var_os("FTM_WRITE_FIXTURE").is_some() {
        let network = network::<f64>(1);
        let scaling = Standardizer::of(x::<f64>().view()).expect("rows");
        let model = Model::of(&network).with_scaling(&scaling);
        model.save(&path).expect("written");
        std::fs::write(path.with_extension("outputs"), outputs(&network)).expect("written");
        return;
    }
    let model = Model::<f64>::open(&path).expect("a good file");
    let made = model.network(&functions()).expect("known functions");
    assert!(model.scaling().is_some());
    let outputs = outputs(&made);
    assert_eq!(outputs.lines().count(), FIXTURE_OUTPUTS.lines().count());
    for (value, expected) in outputs.lines().zip(FIXTURE_OUTPUTS.lines()) {
        let [value, expected] = [value, expected].map(|text| text.parse::<f64>().expect("numbers"));
        assert!((value - expected).abs() < 1e-12, "{value} {expected}");
    }
    model.load_into(&mut network(7)).expect("it fits");
}

/// Python's `safetensors` reads the file, and finds the sum at its end. Skipped, saying so, where
/// Python has no `safetensors` and `numpy`.
#[test]
fn python_reads_it() {
    let installed = Command::new("python3")
        .args(["-c", "import safetensors.numpy"])
        .output();
    if !installed.is_ok_and(|done| done.status.success()) {
        eprintln!("skipped: no python3 with `safetensors` and `numpy`");
        return;
    }
    let network = network::<f32>(1);
    let path = folder("python").join("model.safetensors");
    Model::of(&network).save(&path).expect("written");
    let program = r#"
import hashlib, json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], "np") as file:
    about = json.loads(file.metadata()["ftm"])
    assert about["version"] == 1 and len(about["layers"]) == 7
    for name in sorted(file.keys()):
        if name != "sha256":
            tensor = file.get_tensor(name)
            print(name, *tensor.shape, float(tensor.flat[0]))
content = open(sys.argv[1], "rb").read()
assert hashlib.sha256(content[:-32]).digest() == content[-32:]
"#;
    let done = Command::new("python3")
        .args(["-c", program])
        .arg(&path)
        .output()
        .expect("python3 runs");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let lines = String::from_utf8_lossy(&done.stdout);
    let w = network.layers()[0].parameters()[4];
    assert!(
        lines.contains(&format!("layers.0.w 5 4 {:?}\n", f64::from(w))),
        "{lines}"
    );
    assert!(lines.contains("layers.5.bias 3 3") && lines.contains("layers.5.bias' 3"));
    assert!(lines.contains("layers.4.u 4 3"));
}
