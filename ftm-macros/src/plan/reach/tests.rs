//! Bounds of arguments.

use std::cell::Cell;

use proptest::prop_assert;

use super::*;
use crate::check::function::{Expr, Function};
use crate::plan::{mixed, plan};
use crate::tests::{Case, Point, declared, for_random_expressions, function, interpret, lower};

/// The arguments of functions with a domain in a program, as its results, and the kind of each.
fn arguments(program: &Program) -> (Program, Vec<usize>) {
    let mut with_arguments = program.clone();
    let found = program.instructions.iter().filter_map(argument);
    let (kinds, results) = found.unzip();
    with_arguments.results = results;
    (with_arguments, kinds)
}

#[test]
fn no_argument_is_beyond_reach() {
    let bounded = Cell::new(0);
    let sine = lookup("sin").expect("a function of the language");
    for_random_expressions(|expression, points| {
        let sine = Expr::Call(sine, vec![expression.clone()]);
        let (mut graph, written) = lower(&sine);
        let roots = crate::pipeline::derive(&mut graph, written, &function(sine));
        let plan = mixed::plan(&mut graph, &roots);
        let Some(reach) = &plan.reach else {
            return Ok(Case::Compared);
        };
        bounded.set(bounded.get() + 1);
        let stage = |program: &Program, point: &Point| {
            interpret::program(program, |argument| match argument {
                Argument::X => point[0],
                Argument::Parameter(index) => point[1 + index],
                _ => point[4],
            })
        };
        let inputs = points.map(|point| stage(&plan.input, &point));
        // One bound for both points.
        let largest = |index: usize| inputs[0][index].abs().max(inputs[1][index].abs());
        for (point, input) in points.iter().zip(&inputs) {
            let edge = stage(&plan.edge, point);
            let most = interpret::program(reach, |argument| match argument {
                Argument::Input(index) => largest(index),
                Argument::Edge(index) => edge[index],
                other => panic!("{other:?} has no bound"),
            });
            for program in [&plan.forward, &plan.backward] {
                let (arguments, kinds) = arguments(program);
                let values = interpret::program(&arguments, |argument| match argument {
                    Argument::Input(index) => input[index],
                    Argument::Edge(index) => edge[index],
                    Argument::State => point[5],
                    _ => 1.0,
                });
                for (value, kind) in values.into_iter().zip(kinds) {
                    let most = most[kind];
                    let beyond = value.abs() > most * (1.0 + 1e-12);
                    prop_assert!(!beyond, "{value} is beyond {most}");
                }
            }
        }
        Ok(Case::Compared)
    });
    assert!(bounded.get() > 300, "only {} are bounded", bounded.get());
}

#[test]
fn what_has_a_bound() {
    let reach = |source: &str| -> Option<Vec<Instruction>> {
        let function: &Function = &declared(source);
        let (mut graph, written) = crate::graph::lower(function);
        let roots = crate::pipeline::derive(&mut graph, written, function);
        let program = plan(&mut graph, &roots, function).reach?;
        Some(program.instructions)
    };
    let bounded = |source: &str| reach(source).is_some();
    // |w| |x| + |p|, for the sine and for both of the backward pass.
    let sine = reach("fn F(x; a, w, p) { a * sin(w * x + p) }").expect("a bound");
    let sums = |it: &&Instruction| matches!(it, Instruction::MulAdd(..));
    assert_eq!(sine.iter().filter(sums).count(), 2, "{sine:?}");
    assert!(bounded("fn F(x; w) { sin(w * tanh(w * x)) }"));
    assert!(bounded(
        "fn F(x; a, w) { a * softplus(w * x) + cosh(a * x) }"
    ));
    assert!(!bounded("fn F(x; w) { sin(w * x) + exp(x / (w + x)) }"));
    assert!(bounded("fn F(x; w) { sin(exp(w * x) + max(w * x, 1)) }"));
    assert!(bounded(
        "fn F(x; w) { cos(powi(w * x, 3)) + tan(sinh(w * x)) }"
    ));
    assert!(bounded("fn F(x; w) { sin(clamp(x / (w + x), -3, w)) }"));
    // The limit may be NaN.
    let limit = |x: &str| {
        bounded(&format!(
            "fn F(x; w) {{ sin(clamp({x}, -3, sqrt(w * x))) }}"
        ))
    };
    assert!(limit("w * x") && !limit("x / (w + x)"));
    // Nothing that has to be bounded, or no bound.
    assert!(!bounded("fn F(x; a, w) { a * atan(w * x) }"));
    assert!(!bounded("fn F(x; w) { sin(x / (w + x)) }"));
    assert!(!bounded("fn F(x; w) { sin(w * x) + sin(x / (w + x)) }"));
    assert!(!bounded("fn F(x; w, state h) { sin(w * x + h) }"));
    // Not computed by the loop of edges and samples.
    assert!(!bounded("fn F(x; w) { w * sin(x) }"));
}
