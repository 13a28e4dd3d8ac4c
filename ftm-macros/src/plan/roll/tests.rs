//! Which instructions become passes, and that they do what they did.

use super::*;
use crate::plan::program::Argument;
use crate::plan::{Plan, plan};
use crate::tests::{declared, interpret};

fn planned(source: &str) -> Plan {
    let function = &declared(source);
    let (mut graph, written) = crate::graph::lower(function);
    let roots = crate::pipeline::derive(&mut graph, written, function);
    plan(&mut graph, &roots, function)
}

/// The passes of each loop of the input stage, which the interpreter compares with the program.
fn passes(source: &str) -> Vec<usize> {
    let input = planned(source).input;
    for x in [-2.0, -0.3, 0.0, 0.7, 3.0] {
        interpret::program(&input, |argument| match argument {
            Argument::X => x,
            _ => panic!("{argument:?} in the input stage"),
        });
    }
    input.loops.iter().map(Loop::passes).collect()
}

#[test]
fn basis_functions_are_passes() {
    for (source, expected) in [
        // t - 0 is t, which is another shape. 2 is a number of every pass, and of one of them.
        (
            "fn F(x; c[8]) { sum(k in 0..8, c[k] * bspline(3, 2.0 * x - k)) }",
            vec![7],
        ),
        (
            "fn F(x; c[6]) { sum(k in 0..6, c[k] * gaussian(3.0 * x - (k + 1))) }",
            vec![6],
        ),
        // Sines and cosines of the same argument are one pair.
        (
            "fn F(x; a[5], b[5]) { sum(k in 0..5, a[k] * cos((k + 2) * x) + b[k] * sin((k + 2) * x)) }",
            vec![5],
        ),
        (
            "fn F(x; c[8]) { sum(k in 0..8, c[k] * relu(x - (k + 1))) }",
            vec![8],
        ),
        // A sum within a pass, of numbers in another order,
        (
            "fn F(x; c[5]) { sum(k in 0..5, c[k] * tanh((k + 2) * x) * exp(-abs(x - (9 - k)))) }",
            vec![5],
        ),
        // the same number twice in one of the passes,
        (
            "fn F(x; c[5]) { sum(k in 0..5, c[k] * detach(powf(tanh((k + 2) * x), tanh((7 * k + 2) * x)))) }",
            vec![5],
        ),
        // and two loops of their own.
        (
            "fn F(x; a[4], b[5]) { sum(k in 0..4, a[k] * gaussian(x - (k + 1))) \
             + sum(k in 0..5, b[k] * tanh((k + 2) * x)) }",
            vec![4, 5],
        ),
    ] {
        let mut found = passes(source);
        found.sort_unstable();
        assert_eq!(found, expected, "{source}");
    }
}

/// Where a pass reads another one, or there are few.
#[test]
fn what_is_no_loop_stays_straight() {
    for source in [
        "fn F(x; c[9]) { sum(k in 0..9, c[k] * chebyshev(k, x)) }",
        "fn F(x; c[3]) { sum(k in 0..3, c[k] * gaussian(x - (k + 1))) }",
        "fn F(x; a, w, p) { a * sin(w * x + p) }",
        // All are read by the last one.
        "fn F(x; c[5], d) { let s = sum(k in 0..5, gaussian(x - (k + 1))); \
         d * exp(s) + sum(k in 0..5, c[k] * gaussian(x - (k + 1))) }",
    ] {
        assert_eq!(passes(source), [], "{source}");
    }
}

/// Each step reads the one before several times: what is searched are instructions, and not the ways to
/// them.
#[test]
fn long_chains_are_passes_up_to_a_limit() {
    let chains = |steps: usize| {
        let step = |n| format!("let z{} = z{n} * z{n} + z{n};", n + 1);
        let lets: String = (0..steps).map(step).collect();
        passes(&format!(
            "fn Chain(z0) {{ {lets} z{steps} }} \
             fn F(x; c[5]) {{ sum(k in 0..5, c[k] * Chain(x - (k + 1) / 8.0)) }}"
        ))
    };
    assert_eq!(chains(50), [5]);
    assert_eq!(chains(150), []);
}
