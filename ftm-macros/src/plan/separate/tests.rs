//! Which functions are sums of products, and of how many terms.

use super::*;
use crate::tests::declared;

/// How many terms a formula of x, a and b has as a sum of products, if it is one.
fn terms(formula: &str) -> Option<usize> {
    // The other branch is there so that all parameters are used.
    let body = format!("if x > 100.0 {{ a + b }} else {{ {formula} }}");
    let (mut graph, root) = crate::graph::lower(&declared(&format!("fn F(x; a, b) {{ {body} }}")));
    let Node::Select(_, _, formula) = *graph.node(root) else {
        panic!("no choice");
    };
    let formula = simplify(&mut graph, formula);
    separate(&mut graph, formula).map(|terms| terms.len())
}

#[test]
fn terms_that_share_a_factor_or_cancel_are_fewer() {
    for (formula, count) in [
        ("0.0 * x", 0),
        ("a * x + b", 2),
        ("a * x + b * x + x", 1),
        ("a * x + a * x * x + a * b", 2),
        ("(x + a) * (x + b)", 3),
        // -a·x + x·a
        ("(x + a) * (x - a)", 2),
        ("(x + a) * (x - a) - (x * x - a * a)", 0),
        ("powi(x + a, 3)", 4),
        ("powi(a * x, -3)", 1),
    ] {
        assert_eq!(terms(formula), Some(count), "{formula}");
    }
}

#[test]
fn terms_are_64_at_most() {
    assert_eq!(terms("powi(x + a, 63)"), Some(64));
    for formula in [
        "powi(x + a, 64)",
        "powi(x + a, 65)",
        "powi(x + a, -1)",
        "powi(x + a, 0 - 2)",
        // 8 terms, 36, 120
        "powi(x + a + b * exp(x) + sin(x) * exp(b) + cos(x) * sin(a) + powi(x, 7) * cos(b) + \
         tanh(x) * tanh(b) + tan(x) * ln(b), 3)",
        "powi(x + a, 32) * powi(exp(x) + b, 1)",
    ] {
        assert_eq!(terms(formula), None, "{formula}");
    }
}
