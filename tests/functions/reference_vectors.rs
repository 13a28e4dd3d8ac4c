//! Every function of the paper against the numbers that the paper's own program computes.
//!
//! `reference/vectors.json` holds inputs, parameters, outputs, errors and gradients of F01–F20
//! and of six steps of the memory function. Two faults of that program are known, both found
//! with finite differences: the sign of ∂x of F12 and F13. They are corrected here.

use ftm::functions::{Library, paper};
use ftm::layer::{Backward, Forward, FunctionalLayer, Layer};
use ftm::simd::{Level, Real};
use ndarray::{Array2, ArrayView2};
use serde::Deserialize;

/// Agreement asked of each number, relative to the largest of its array: the reference
/// accumulates some planes in single precision.
const TOLERANCE_F64: f64 = 1e-6;
const TOLERANCE_F32: f64 = 1e-4;

#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Function(Box<FunctionReference>),
    Memory(MemoryReference),
}

#[derive(Deserialize)]
struct FunctionReference {
    function: String,
    #[serde(rename = "B")]
    rows: usize,
    #[serde(rename = "I")]
    inputs: usize,
    #[serde(rename = "O")]
    outputs: usize,
    x: Vec<f64>,
    theta: Vec<Vec<f64>>,
    sign: Option<Vec<f64>>,
    bias: Vec<f64>,
    y: Vec<f64>,
    dy: Vec<f64>,
    dx: Vec<f64>,
    dtheta: Vec<Vec<f64>>,
    dbias: Vec<f64>,
}

#[derive(Deserialize)]
struct MemoryReference {
    #[serde(rename = "I")]
    inputs: usize,
    #[serde(rename = "O")]
    outputs: usize,
    theta: Vec<Vec<f64>>,
    bias: Vec<f64>,
    steps: Vec<MemoryStep>,
}

#[derive(Deserialize)]
struct MemoryStep {
    x: Vec<f64>,
    state_before: Vec<f64>,
    y: Vec<f64>,
    dy: Vec<f64>,
    dx: Vec<f64>,
    dtheta: Vec<Vec<f64>>,
    dbias: Vec<f64>,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("../reference/vectors.json"))
        .expect("the reference file is valid")
}

/// Converts, and interleaves planes `[parameter][input][output]` into the layer's order
/// `[input][parameter][output]`.
fn interleave<T: Real>(planes: &[Vec<f64>], inputs: usize, outputs: usize) -> Vec<T> {
    let mut all = Vec::new();
    for i in 0..inputs {
        for plane in planes {
            all.extend(convert::<T>(&plane[i * outputs..(i + 1) * outputs]));
        }
    }
    all
}

fn convert<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&value| T::from_f64(value)).collect()
}

fn assert_close<T: Real>(what: &str, ours: &[T], theirs: &[T], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}: lengths");
    let scale = theirs.iter().fold(0.0_f64, |m, v| m.max(v.to_f64().abs()));
    for (index, (&ours, &theirs)) in ours.iter().zip(theirs).enumerate() {
        let difference = (ours.to_f64() - theirs.to_f64()).abs();
        assert!(
            difference <= tolerance * scale,
            "{what}[{index}]: {ours:e} is not {theirs:e}"
        );
    }
}

struct Results<T> {
    y: Vec<T>,
    dx: Vec<T>,
    gradient: Vec<T>,
}

fn run<T: Real>(
    layer: &dyn Layer<T>,
    level: Level,
    x: &[f64],
    dy: &[f64],
    state: &[f64],
) -> Results<T> {
    let (inputs, outputs) = (layer.inputs(), layer.outputs());
    let rows = x.len() / inputs;
    let (x, dy, state) = (convert::<T>(x), convert::<T>(dy), convert::<T>(state));
    let view = |values, width| ArrayView2::from_shape((rows, width), values).expect("shape");
    let mut y = Array2::zeros((rows, outputs));
    let mut dx = Array2::zeros((rows, inputs));
    let mut gradient = vec![T::ZERO; layer.parameters().len()];
    let mut next_state = vec![T::ZERO; state.len()];
    let mut dstate = vec![T::ZERO; state.len()];
    let (mut values, mut scratch) = (Vec::new(), Vec::new());
    layer.forward(Forward {
        level,
        noise: None,
        x: view(&x, inputs),
        y: y.view_mut(),
        state: &state,
        next_state: &mut next_state,
        values: &mut values,
        scratch: &mut scratch,
    });
    let next_dstate = vec![T::ZERO; state.len()];
    layer.backward(Backward {
        level,
        noise: None,
        x: view(&x, inputs),
        y: y.view(),
        dy: view(&dy, outputs),
        dx: Some(dx.view_mut()),
        gradient: &mut gradient,
        state: &state,
        next_dstate: &next_dstate,
        dstate: &mut dstate,
        values: &mut values,
        scratch: &mut scratch,
    });
    Results {
        y: y.into_iter().collect(),
        dx: dx.into_iter().collect(),
        gradient,
    }
}

fn check_function<T: Library>(reference: &FunctionReference, level: Level, tolerance: f64) {
    let FunctionReference {
        function,
        rows,
        inputs,
        outputs,
        ..
    } = reference;
    let (inputs, outputs) = (*inputs, *outputs);
    assert_eq!(reference.x.len(), rows * inputs);
    let entry = T::functional()
        .into_iter()
        .find(|entry| entry.is_called(function))
        .expect("every reference has its function");
    let mut layer = entry.layer(inputs, outputs).expect("layer");
    let mut parameters = interleave::<T>(&reference.theta, inputs, outputs);
    parameters.extend(convert::<T>(&reference.bias));
    layer.parameters_mut().copy_from_slice(&parameters);
    if let Some(sign) = &reference.sign {
        layer.constants_mut().copy_from_slice(&convert::<T>(sign));
    }

    let results = run(layer.as_ref(), level, &reference.x, &reference.dy, &[]);
    let wrong_sign = matches!(function.as_str(), "F12" | "F13");
    let dx: Vec<f64> = reference
        .dx
        .iter()
        .map(|v| if wrong_sign { -v } else { *v })
        .collect();
    let name = |what| format!("{function} {} {level} {what}", T::NAME);
    assert_close(&name("y"), &results.y, &convert(&reference.y), tolerance);
    assert_close(&name("dx"), &results.dx, &convert(&dx), tolerance);
    let edges = interleave::<T>(&reference.dtheta, inputs, outputs);
    let (ours, bias) = results.gradient.split_at(edges.len());
    assert_close(&name("dtheta"), ours, &edges, tolerance);
    assert_close(&name("dbias"), bias, &convert(&reference.dbias), tolerance);
}

fn check_memory<T: Real>(reference: &MemoryReference, level: Level, tolerance: f64) {
    let (inputs, outputs) = (reference.inputs, reference.outputs);
    let mut layer = FunctionalLayer::<T>::of::<paper::Memory>(inputs, outputs).expect("layer");
    let mut parameters = interleave::<T>(&reference.theta, inputs, outputs);
    parameters.extend(convert::<T>(&reference.bias));
    layer.parameters_mut().copy_from_slice(&parameters);
    for (index, step) in reference.steps.iter().enumerate() {
        let results = run(&layer, level, &step.x, &step.dy, &step.state_before);
        let name = |what| format!("memory step {index} {} {level} {what}", T::NAME);
        assert_close(&name("y"), &results.y, &convert(&step.y), tolerance);
        assert_close(&name("dx"), &results.dx, &convert(&step.dx), tolerance);
        let edges = interleave::<T>(&step.dtheta, inputs, outputs);
        let (ours, bias) = results.gradient.split_at(edges.len());
        assert_close(&name("dtheta"), ours, &edges, tolerance);
        assert_close(&name("dbias"), bias, &convert(&step.dbias), tolerance);
    }
}

#[test]
fn all_functions_agree_with_the_papers_program() {
    let mut functions = 0;
    for reference in references() {
        for level in Level::available() {
            match &reference {
                Reference::Function(reference) => {
                    check_function::<f64>(reference, level, TOLERANCE_F64);
                    check_function::<f32>(reference, level, TOLERANCE_F32);
                }
                Reference::Memory(reference) => {
                    check_memory::<f64>(reference, level, TOLERANCE_F64);
                    check_memory::<f32>(reference, level, TOLERANCE_F32);
                }
            }
        }
        functions += 1;
    }
    assert_eq!(functions, 21, "F01 to F20 and the memory function");
}
