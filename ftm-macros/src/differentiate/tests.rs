//! Derivatives against dual numbers.

use proptest::prop_assert;

use super::differentiate;
use crate::check::function::{Expr, Symbol};
use crate::primitives;
use crate::simplify::{erase_markers, simplify};
use crate::tests::dual::Expected;
use crate::tests::random::{call, of_degree};
use crate::tests::{Case, SYMBOLS, for_random_expressions, interpret, lower};

#[test]
fn derivatives_agree_with_dual_numbers() {
    for_random_expressions(|expression, [point, _]| {
        let Some(expected) = Expected::of(expression, point) else {
            return Ok(Case::IllConditioned);
        };
        for (place, symbol) in SYMBOLS.into_iter().enumerate() {
            let (mut graph, written) = lower(expression);
            let simplified = simplify(&mut graph, written);
            for (what, root) in [("written", written), ("simplified", simplified)] {
                let derivative = differentiate(&mut graph, root, symbol);
                let ours = interpret::graph(&graph, derivative, point);
                prop_assert!(
                    expected.is_partial(place, ours),
                    "∂{symbol:?} as {what}: {ours}, expected {expected:?}"
                );
                let erased = erase_markers(&mut graph, derivative);
                let ours = interpret::graph(&graph, erased, point);
                prop_assert!(
                    expected.is_partial(place, ours),
                    "∂{symbol:?} as {what}, simplified: {ours}, expected {expected:?}"
                );
            }
        }
        Ok(Case::Compared)
    });
}

/// Every row of the table, over its domain and by each argument.
#[test]
fn rows_have_the_right_slopes() {
    let symbols = [SYMBOLS[0], SYMBOLS[1], SYMBOLS[2]].map(Expr::Symbol);
    let [x, a, _] = &symbols;
    for name in primitives::names() {
        let row = primitives::lookup(name).expect("a row");
        let (expressions, arity) = match (row.degree, row.arguments.len()) {
            (Some(most), _) => {
                let degrees = 0..=most.min(5) as i32;
                (degrees.map(|n| of_degree(name, n, x.clone())).collect(), 1)
            }
            (None, 1) => (vec![call(name, [x.clone()])], 1),
            (None, 2) => (vec![call(name, [x.clone(), a.clone()])], 2),
            _ => (vec![call(name, symbols.clone())], 3),
        };
        for expression in expressions {
            row_has_the_right_slopes(name, &expression, arity);
        }
    }
}

fn row_has_the_right_slopes(name: &str, expression: &Expr, arity: usize) {
    let mut compared = 0;
    for step in -60..=60 {
        let x = f64::from(step) * 0.0713;
        let point = [x, 0.4 - 0.3 * x, 0.9 + 0.1 * x, 0.0, 0.0, 0.0];
        let Some(expected) = Expected::of(expression, &point) else {
            continue;
        };
        compared += 1;
        for (place, &symbol) in SYMBOLS.iter().enumerate().take(arity) {
            let (mut graph, root) = lower(expression);
            let value = interpret::graph(&graph, root, &point);
            assert!(expected.is_value(value), "{name} at {x}: {value}");
            let derivative = differentiate(&mut graph, root, symbol);
            let ours = interpret::graph(&graph, derivative, &point);
            assert!(
                expected.is_partial(place, ours),
                "∂{name} by argument {place} at {x} is {ours}, not {expected:?}"
            );
        }
    }
    assert!(compared >= 25, "{name} was compared at {compared} points");
}

#[test]
fn what_does_not_depend_has_no_derivative() {
    let (mut graph, root) = lower(&call("sin", [Expr::Symbol(Symbol::Parameter(1))]));
    let derivative = differentiate(&mut graph, root, Symbol::Input);
    assert_eq!(graph.as_number(derivative), Some(0.0));
}
