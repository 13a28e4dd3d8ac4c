//! Explanations, word for word.

use crate::tests::declared;

fn explanation(source: &str) -> String {
    let function = &declared(source);
    let (mut graph, written) = crate::graph::lower(function);
    let roots = crate::pipeline::derive(&mut graph, written, function);
    let plan = crate::plan::plan(&mut graph, &roots, function);
    super::explain(function, &graph, written, &roots, &plan).text
}

#[test]
fn a_wave() {
    assert_eq!(
        explanation("fn Wave(x; a, w, p) { a * sin(w * x + p) }"),
        "\
f = a·sin(w·x + p)
∂f/∂x = a·w·cos(w·x + p)
∂f/∂a = sin(w·x + p)
∂f/∂w = a·x·cos(w·x + p)
∂f/∂p = a·cos(w·x + p)

kernels: mixed (one loop over edges and samples)
once per edge and step: a·w
once per input and sample: nothing
summed over samples, times the error: sin(w·x + p), x·cos(w·x + p), cos(w·x + p)
summed over outputs, times the error: cos(w·x + p)·a·w
operations per vector of edge-samples: 16 forward, 31 backward
samples with an input of 0 are taken at once
"
    );
}

#[test]
fn a_hinge() {
    assert_eq!(
        explanation("fn Hinge(x; a, w, p) { a * relu(w * x + p) }"),
        "\
f = a·relu(w·x + p)
∂f/∂x = a·w·step(w·x + p)
∂f/∂a = relu(w·x + p)
∂f/∂w = a·x·step(w·x + p)
∂f/∂p = a·step(w·x + p)

kernels: mixed (one loop over edges and samples)
once per edge and step: a·w
once per input and sample: nothing
summed over samples, times the error: relu(w·x + p), x·step(w·x + p), step(w·x + p)
summed over outputs, times the error: step(w·x + p)·a·w
operations per vector of edge-samples: 3 forward, 11 backward
"
    );
}

#[test]
fn a_choice() {
    assert_eq!(
        explanation("fn Choice(x; a, const u ~ sign()) {
            let z = x * x;
            if x > a { u * exp(-z) } else { detach(z) / (1.0 + z) }
        }"),
        "\
f = (if x > a then u·exp(-x·x) else detach(x·x)/(x·x + 1))
∂f/∂x = (if x > a then -2·u·x·exp(-x·x) else -2·x·x·x/(x·x + 1)/(x·x + 1))
∂f/∂a = 0

kernels: mixed (one loop over edges and samples)
once per edge and step: u·2
once per input and sample: exp(-x·x), x·x/(x·x + 1), x·exp(-x·x), -2·x·x·x/(x·x + 1)/(x·x + 1)
summed over samples, times the error: nothing
summed over outputs, times the error: (if x > a then -x·exp(-x·x)·u·2 else -2·x·x·x/(x·x + 1)/(x·x + 1))
operations per vector of edge-samples: 4 forward, 5 backward
"
    );
}

#[test]
fn products() {
    assert_eq!(
        explanation("fn Cubic(x; a, b, c) { a * x * x * x + b * x * x + c * x }"),
        "\
f = x·x·a·x + x·x·b + x·c
∂f/∂x = c + x·(a·x + b) + x·(a·x + a·x + b)
∂f/∂a = x·x·x
∂f/∂b = x·x
∂f/∂c = x

kernels: matrix products of rank 3: f is a sum of 3 c(θ)·g(x)
once per edge and step: nothing
once per input and sample: x·x·x, x·x, x·x·3, x·2
summed over samples, times the error: x·x·x, x·x, x
summed over outputs, times the error: c, a, b
operations per vector of edge-samples: 3 forward, 6 backward
"
    );
}

/// The line of the explanation that says which kernels there are.
fn kernels(source: &str) -> String {
    let text = explanation(source);
    let line = text.lines().find(|line| line.starts_with("kernels: "));
    line.expect("a line of that kind").to_owned()
}

#[test]
fn kernels_are_chosen_and_the_choice_explained() {
    let products = |rank: usize| {
        format!("kernels: matrix products of rank {rank}: f is a sum of {rank} c(θ)·g(x)")
    };
    let mixed = "kernels: mixed (one loop over edges and samples)";
    for (source, line) in [
        ("fn F(x; w) { w * w * w * x }", products(1)),
        ("fn F(x; w, c) { w * (x + c) * (x + c) }", products(3)),
        ("fn F(x; a, p) { a * sin(2.0 * x + p) }", products(2)),
        ("fn F(x; a, w, p) { a * sin(w * x + p) }", mixed.to_owned()),
        // The parts of the sum may share a factor.
        ("fn F(x; w) { w * x + w * x * x + w * exp(x) }", products(1)),
        (
            "fn F(x; w) { w * w * sin(x) + w * w / x.abs().max(0.1) }",
            products(1),
        ),
        // What cancels is no term.
        ("fn F(x; a) { (x + a) * (x - a) }", products(2)),
        ("fn F(x; w, p) { w * exp(x + p) }", mixed.to_owned()),
        // Sums of fixed bases have a term for each coefficient, and one for the base.
        (
            "fn F(x; b, c[16]) { b * x * sigmoid(x) + sum(k in 0..16, c[k] * bspline(3, 4.0 * x - k)) }",
            products(17),
        ),
        (
            "fn F(x; c[20]) { sum(k in 0..20, c[k] * gaussian(2.0 * x - k)) }",
            products(20),
        ),
        (
            "fn F(x; c[13]) { let t = tanh(x); sum(k in 0..13, c[k] * chebyshev(k, t)) }",
            products(13),
        ),
        (
            "fn F(x; c[9]) { sum(k in 0..9, c[k] * legendre(k, x)) }",
            products(9),
        ),
        (
            "fn F(x; a[16], b[16]) { sum(k in 0..16, a[k] * cos((k + 1) * x) + b[k] * sin((k + 1) * x)) }",
            products(32),
        ),
        (
            "fn F(x; a, s, w) { a * mexican_hat((x - s) / w) }",
            mixed.to_owned(),
        ),
        (
            "fn F(x; a, s, w) { a * morlet((x - s) / w) }",
            mixed.to_owned(),
        ),
        (
            "fn F(x; c) { powi(x + c, 7) }",
            format!("{mixed}; as matrix products, of rank 8, they would take longer"),
        ),
        (
            "fn F(x; a, c ~ uniform(-3.0, -1.0)) { a * x * (x * x + c) * (x * x + c) }",
            format!(
                "{mixed}; as matrix products they would lose digits, with errors of rounding 7 \
                 times as large"
            ),
        ),
    ] {
        assert_eq!(kernels(source), line, "{source}");
    }
}

/// A graph shares what its text would repeat without end.
#[test]
fn long_formulas_name_what_they_repeat() {
    let mut body = String::new();
    for (next, last) in (1..40).zip(0..) {
        body.push_str(&format!("let z{next} = sin(z{last} * z{last} + a);"));
    }
    let source = format!("fn F(x; a) {{ let z0 = x; {body} z39 }}");
    let text = explanation(&source);
    assert!(text.len() < 100_000, "{} bytes", text.len());
}
