//! Simplification keeps values, and each rule does what it says.

use proptest::prop_assert;

use super::{erase_markers, simplify};
use crate::tests::dual::Expected;
use crate::tests::{Case, declared, for_random_expressions, interpret, lower, shape};

#[test]
fn simplification_keeps_the_value() {
    for_random_expressions(|expression, [point, _]| {
        let Some(expected) = Expected::of(expression, point) else {
            return Ok(Case::IllConditioned);
        };
        let (mut graph, root) = lower(expression);
        let written = interpret::graph(&graph, root, point);
        prop_assert!(expected.is_value(written), "as written: {written}");
        let root = simplify(&mut graph, root);
        let simplified = interpret::graph(&graph, root, point);
        prop_assert!(expected.is_value(simplified), "simplified: {simplified}");
        let root = erase_markers(&mut graph, root);
        let erased = interpret::graph(&graph, root, point);
        prop_assert!(expected.is_value(erased), "without markers: {erased}");
        Ok(Case::Compared)
    });
}

#[test]
fn simplification_ends_where_nothing_changes() {
    for_random_expressions(|expression, _| {
        let (mut graph, root) = lower(expression);
        let once = simplify(&mut graph, root);
        let twice = simplify(&mut graph, once);
        prop_assert!(
            once == twice,
            "{:?} is not {:?}",
            graph.node(once),
            graph.node(twice)
        );
        Ok(Case::Compared)
    });
}

/// Both sides become one node.
#[test]
fn rules_meet_in_one_form() {
    for (left, right) in [
        ("x + 0.0", "x"),
        ("x * 1.0 - 0.0", "x"),
        ("0.0 * a + x", "x"),
        ("x - x + a + x", "a + x"),
        ("powi(x, 0) * x", "x"),
        ("powi(x, 2)", "x * x"),
        ("2.0 * 3.0 * x", "6.0 * x"),
        ("(2.0 * x) * (3.0 * a)", "6.0 * (x * a)"),
        ("(-x) * (-a)", "x * a"),
        ("-(-x)", "x"),
        ("x + (-a)", "x - a"),
        ("x / 2.0", "x * 0.5"),
        ("x / a / b", "x / (a * b)"),
        ("x + x", "2.0 * x"),
        ("a * x + b * x", "x * (a + b)"),
        ("sin(-x)", "-sin(x)"),
        ("cos(-x)", "cos(x)"),
        ("ln(exp(x))", "x"),
        ("abs(abs(x))", "abs(x)"),
        ("max(x, x)", "x"),
        ("if true { x } else { a }", "x"),
        ("if x > a { b } else { b } + x", "b + x"),
        ("if !(x > a) { x } else { b }", "if x > a { b } else { x }"),
        (
            "if x > a && true { x } else { b }",
            "if x > a { x } else { b }",
        ),
        ("exp(x) - 1.0", "exp_m1(x)"),
        ("ln(1.0 + exp(x))", "softplus(x)"),
        ("ln(1.0 + x)", "ln_1p(x)"),
        ("1.0 / (1.0 + exp(-x))", "sigmoid(x)"),
        ("cosh(x) - 1.0", "2.0 * powi(sinh(x / 2.0), 2)"),
        ("x * a", "a * x"),
    ] {
        let rest = "0.0 * (a + b)";
        let source = format!("fn F(x; a, b) {{ {rest} + ({left}) }}");
        let other = format!("fn F(x; a, b) {{ {rest} + ({right}) }}");
        let texts = [source, other].map(|source| {
            let (mut graph, root) = crate::graph::lower(&declared(&source));
            let root = simplify(&mut graph, root);
            shape(&graph, root)
        });
        assert_eq!(texts[0], texts[1], "{left} and {right}");
    }
}
