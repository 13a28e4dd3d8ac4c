//! What networks compute, as formulas and as programs, agrees with the networks.

mod programs;

use ftm::error::Error as FtmError;
use ftm::functions::Library as _;
use ftm::functions::paper::{Memory, Sine};
use ftm::layer::Layer;
use ftm::prelude::*;
use ndarray::Array2;

mod units {
    pub(crate) const SCALE: f32 = 0.5;
}

ftm_fn! {
    /// A straight line through 0.
    pub fn Line(x; w ~ uniform(-1.0, 1.0)) { w * x }
    /// A logarithm, to be added up.
    pub fn Logarithm(x; a ~ uniform(-1.0, 1.0)) { a * ln(x) }
    pub fn Exponential(x) { exp(x) }
    /// Every kind of node.
    pub fn Everything(x; alpha ~ uniform(0.1, 2.0), c[2] ~ uniform(-1.0, 1.0), const type_ ~ sign()) {
        let z = units::SCALE * x + alpha;
        let choice = if x > 0.1 && !(z >= 2.0) || x == c[0] { powi(z, 3) } else { -sinh(z) / (1.0 + z * z) };
        type_ * choice + straight_through(step(x), x) + detach(clamp(x, c[1], 1.0))
            + min(x, alpha) * max(c[0], x) + powf(abs(x) + 1.0, alpha) + exp_m1(x) * ln_1p(abs(x))
            + sqrt(abs(z)) + recip(z * z + 1.0) + tan(0.1 * x) + atan(x) + asin(tanh(x)) - acos(0.5 * tanh(x))
            + cosh(x) + softplus(x) * sigmoid(x) - relu(x) + erf(x) * sign(x) + PI
    }
}

type Made = Result<Box<dyn Layer<f64>>, FtmError>;

/// A layer of edges of the library, whose kernels need not be compiled again.
fn edges(name: &str, outputs: usize) -> impl FnOnce(usize) -> Made {
    let all = [f64::functional(), f64::kan()].concat();
    let entry = all.into_iter().find(|entry| entry.is_called(name));
    let entry = entry.expect("a function of the library");
    move |inputs| entry.layer(inputs, outputs)
}

/// An activation of the library.
fn nodes(name: &str) -> impl FnOnce(usize) -> Made {
    let mut all = f64::activations().into_iter();
    let entry = all.find(|entry| entry.is_called(name));
    let entry = entry.expect("a function of the library");
    move |width| entry.layer(width)
}

/// Inputs in rows, of `width` numbers in (-1.2, 1.8).
fn inputs(rows: usize, width: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, width), |(n, i)| {
        0.3 + 1.5 * ((n * 37 + i * 11) as f64 * 0.7).sin()
    })
}

/// Whether two numbers are the same but for rounding, which may add up over terms that cancel.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * (b.abs() + 1e-3)
}

/// Compares formulas and network at these inputs.
fn compare(network: &Network<f64>, x: &Array2<f64>) {
    let y = network.predict(x.view()).expect("a pass");
    let formulas = network.formulas().expect("formulas");
    assert_eq!(formulas.len(), network.outputs());
    for (x, y) in x.outer_iter().zip(y.outer_iter()) {
        for (formula, &y) in formulas.iter().zip(y) {
            let value = formula.evaluate(&x.to_vec());
            assert!(close(value, y), "{network:?}: {value} and {y}");
        }
    }
}

#[test]
fn every_function_of_the_library_has_its_formula() {
    for entry in f64::functional().iter().chain(&f64::kan()) {
        if entry.description.state.is_some() {
            continue;
        }
        let built = Network::new(3).boxed(|n| entry.layer(n, 2)).build(7);
        compare(&built.expect("a network"), &inputs(20, 3));
    }
    for entry in f64::activations() {
        let built = Network::new(3).boxed(|n| entry.layer(n)).build(7);
        compare(&built.expect("a network"), &inputs(20, 3));
    }
}

#[test]
fn every_kind_of_layer_has_its_formula() {
    let network = Network::new(3).functional(Everything, 4).anchored();
    let network = network.normalization().boxed(nodes("Tanh")).dropout(0.5);
    let network = network.functional(Everything, 2).functional(Line, 2);
    compare(&network.build(3).expect("a network"), &inputs(40, 3));
}

#[test]
fn formulas_are_simplified_and_written() {
    let mut network = Network::<f64>::new(2)
        .functional(Logarithm, 1)
        .activation(Exponential)
        .functional(Line, 1)
        .build(1)
        .expect("a network");
    // exp(ln m + 2·ln v + 0)·0.5
    network.layers_mut()[0]
        .parameters_mut()
        .copy_from_slice(&[1.0, 2.0, 0.0]);
    network.layers_mut()[2]
        .parameters_mut()
        .copy_from_slice(&[0.5, 0.0]);
    let formula = network.formula(0).expect("a formula");
    assert_eq!(formula.to_string(), "0.5·x0·x1²");
    let formula = formula.named(["m", "v"]);
    assert_eq!(formula.text(), "0.5·m·v²");
    assert_eq!(formula.latex(), "0.5 m v^{2}");
    assert_eq!(formula.evaluate(&[3.0, 2.0]), 6.0);
    network.layers_mut()[2]
        .parameters_mut()
        .copy_from_slice(&[1.0 / 3.0, -1.0]);
    let formula = network.formula(0).expect("a formula").named(["m", "v"]);
    assert_eq!(formula.latex(), r"\frac{m v^{2}}{3} - 1");
}

#[test]
fn derivations_are_written_in_latex() {
    let latex = r"\begin{aligned}
f &= a \sin\left(w x + p\right) \\
\frac{\partial f}{\partial x} &= a w \cos\left(w x + p\right) \\
\frac{\partial f}{\partial a} &= \sin\left(w x + p\right) \\
\frac{\partial f}{\partial w} &= a x \cos\left(w x + p\right) \\
\frac{\partial f}{\partial p} &= a \cos\left(w x + p\right)
\end{aligned}";
    assert_eq!(Sine::latex(), latex);
    assert!(Memory::latex().contains(r"\frac{\partial f}{\partial h} &= "));
    assert!(Everything::latex().contains(r"\alpha"));
    assert!(Everything::latex().contains(r"c_{0}"));
}

#[test]
fn what_has_no_formula_is_named() {
    let network = Network::<f64>::new(2)
        .functional(Line, 2)
        .boxed(edges("Memory", 1))
        .build(1)
        .expect("a network");
    let error = network.formula(0).expect_err("it has a state");
    assert_eq!(
        error.to_string(),
        "layer 1: Memory 2 → 1 has no formula: its function remembers its previous output"
    );
    assert!(ftm::source::rust(&network).is_err());
    let line = Network::<f64>::new(2).functional(Line, 2).build(1);
    let error = line.expect("a network").formula(2);
    assert!(matches!(error, Err(FtmError::Argument { .. })));
}
