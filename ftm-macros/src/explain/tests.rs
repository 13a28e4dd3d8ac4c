//! Explanations, word for word.

use crate::testing::declared;

fn explanation(source: &str) -> String {
    let function = &declared(source)[0];
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
operations per vector of edge-samples: 14 forward, 24 backward
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
operations per vector of edge-samples: 3 forward, 9 backward
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
