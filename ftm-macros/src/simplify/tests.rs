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

/// A formula of x, a and b in its simplest form.
fn simplified(formula: &str) -> String {
    let source = format!("fn F(x; a, b) {{ 0.0 * (x + a + b) + ({formula}) }}");
    let (mut graph, root) = crate::graph::lower(&declared(&source));
    let root = simplify(&mut graph, root);
    shape(&graph, root)
}

/// Both sides become one node.
#[test]
fn rules_meet_in_one_form() {
    for (left, right) in [
        // Operations on numbers.
        ("max(-(1.0 + 1.0), -5.0) * x", "-2.0 * x"),
        ("(2.0 + 4.0) * x", "6.0 * x"),
        ("(7.0 - 2.0) * x", "5.0 * x"),
        ("2.0 * 3.0 * x", "6.0 * x"),
        ("(6.0 / 5.0) * x", "1.2 * x"),
        ("powi(3.0, 5) * x", "243.0 * x"),
        ("sqrt(9.0) * x", "3.0 * x"),
        // Neutral elements.
        ("x + 0.0", "x"),
        ("0.0 + x", "x"),
        ("0.0 - x", "-x"),
        ("x * 1.0 - 0.0", "x"),
        ("1.0 * x / 1.0", "x"),
        ("powi(x, 1)", "x"),
        ("0.0 * a + x", "x"),
        ("a * 0.0 + x", "x"),
        ("0.0 / a + x", "x"),
        ("x - x + a + x", "a + x"),
        ("powi(x, 0) * x", "x"),
        // Signs.
        ("-(-x)", "x"),
        ("-(x - a)", "a - x"),
        ("(-x) * a", "-(x * a)"),
        ("(-x) * (-a)", "x * a"),
        ("x * -2.0", "-(2.0 * x)"),
        ("(-x) / a", "-(x / a)"),
        ("(-x) / (-a)", "x / a"),
        ("x / -3.0", "-(x / 3.0)"),
        ("x + (-a)", "x - a"),
        ("x + -2.0", "x - 2.0"),
        ("(-x) + a", "a - x"),
        ("x - (-a)", "x + a"),
        ("(-x) - a", "-(x + a)"),
        // Products and quotients.
        ("x * a", "a * x"),
        ("(2.0 * x) * (3.0 * a)", "6.0 * (x * a)"),
        ("3.0 * (x * 2.0)", "6.0 * x"),
        ("(2.0 * x) * 3.0", "6.0 * x"),
        ("(2.0 * x) * a", "2.0 * (x * a)"),
        ("a * (2.0 * x)", "2.0 * (x * a)"),
        ("x / 2.0", "x * 0.5"),
        ("x / a / b", "x / (a * b)"),
        ("(1.0 / a) * x", "x / a"),
        ("x * (1.0 / a)", "x / a"),
        ("powi(x, 2)", "x * x"),
        ("powi(x, 3)", "x * (x * x)"),
        ("powi(x, 4)", "(x * x) * (x * x)"),
        // Common factors.
        ("x + x", "2.0 * x"),
        ("a * x + b * x", "x * (a + b)"),
        ("x * a + a * b", "a * (x + b)"),
        ("x * b - a * b", "b * (x - a)"),
        ("a * b - b * x", "b * (a - x)"),
        ("a * x - x * b", "x * (a - b)"),
        ("3.0 * x + x", "4.0 * x"),
        ("x + 3.0 * x", "4.0 * x"),
        ("3.0 * x - x", "2.0 * x"),
        ("x - 3.0 * x", "-2.0 * x"),
        // Functions.
        ("sin(-x)", "-sin(x)"),
        ("cos(-x)", "cos(x)"),
        ("gaussian(x)", "exp(-(x * x))"),
        ("ln(exp(x))", "x"),
        ("ln_1p(exp_m1(x))", "x"),
        ("abs(abs(x))", "abs(x)"),
        ("relu(relu(x))", "relu(x)"),
        ("sign(sign(x))", "sign(x)"),
        ("step(step(x))", "step(x)"),
        ("max(x, x)", "x"),
        ("min(x, x)", "x"),
        ("exp(x) - 1.0", "exp_m1(x)"),
        ("ln(1.0 + exp(x))", "softplus(x)"),
        ("ln_1p(exp(x))", "softplus(x)"),
        ("ln(1.0 + x)", "ln_1p(x)"),
        ("ln(x + 1.0)", "ln_1p(x)"),
        ("1.0 / (1.0 + exp(-x))", "sigmoid(x)"),
        ("recip(1.0 + exp(-x))", "sigmoid(x)"),
        ("1.0 / (exp(x) + 1.0)", "sigmoid(-x)"),
        ("cosh(x) - 1.0", "2.0 * powi(sinh(x / 2.0), 2)"),
        // Selections.
        ("if true { x } else { a }", "x"),
        ("if false { x } else { a }", "a"),
        ("if x > a { b } else { b } + x", "b + x"),
        ("if !(x > a) { x } else { b }", "if x > a { b } else { x }"),
        (
            "(if x > a { 1.0 } else { 0.0 }) * b",
            "if x > a { b } else { 0.0 }",
        ),
        (
            "b * (if x > a { 0.0 } else { 1.0 })",
            "if x > a { 0.0 } else { b }",
        ),
        // Rectifiers.
        ("relu(x) * step(x)", "relu(x)"),
        ("step(x - a) * (b * relu(x - a))", "b * relu(x - a)"),
        ("(step(x) * b) * (a * relu(x))", "b * (a * relu(x))"),
        (
            "relu(x) * ((b * step(x)) * relu(x))",
            "relu(x) * (b * relu(x))",
        ),
    ] {
        assert_eq!(simplified(left), simplified(right), "{left} and {right}");
    }
}

/// What a rule must not take for its own.
#[test]
fn other_forms_stay_apart() {
    for (left, right) in [
        ("x / 3.0", "x * 0.3333333333333333"),
        ("x / 6.0", "x * 0.16666666666666666"),
        ("2.0 * x + 2.0 * a", "2.0 * (x + a)"),
        ("a * x + x", "x * (a + 1.0)"),
        ("x + a * x", "x * (1.0 + a)"),
        ("a * x + b", "b * x + a"),
        ("3.0 * x + a", "4.0 * x"),
        ("a / (1.0 + exp(-x))", "sigmoid(x)"),
        ("sqrt(1.0 + exp(-x))", "sigmoid(x)"),
        ("(1.0 / a) + x", "x / a"),
        ("(2.0 / a) * x", "x / a"),
        ("exp(x) - 2.0", "exp_m1(x)"),
        ("sin(sin(x))", "sin(x)"),
        ("abs(relu(x))", "relu(x)"),
        ("relu(x) * step(a)", "relu(x)"),
        ("relu(x) + b * step(x)", "relu(x) + b"),
        ("sigmoid(-x)", "sigmoid(x)"),
        ("min(x, a)", "x"),
    ] {
        assert_ne!(simplified(left), simplified(right), "{left} and {right}");
    }
}

/// Conditions that are known, wholly or in part.
#[test]
fn conditions_become_simple() {
    let chosen = |condition: &str| simplified(&format!("if {condition} {{ x }} else {{ a }}"));
    let (c, d) = ("x > a", "x > b");
    for (condition, simple) in [
        (format!("{c} && true"), c),
        (format!("true && {c}"), c),
        (format!("{c} && false"), "false"),
        (format!("false && {c}"), "false"),
        (format!("{c} && {c}"), c),
        (format!("{c} || false"), c),
        (format!("false || {c}"), c),
        (format!("{c} || true"), "true"),
        (format!("true || {c}"), "true"),
        (format!("{c} || {c}"), c),
        (format!("!(!({c})) && {d}"), &format!("{c} && {d}")),
        (format!("!true || {c}"), c),
        (format!("!false && {c}"), c),
    ] {
        assert_eq!(chosen(&condition), chosen(simple), "{condition}");
    }
    for (comparison, [less, equal, greater]) in [
        ("<", [true, false, false]),
        ("<=", [true, true, false]),
        (">", [false, false, true]),
        (">=", [false, true, true]),
        ("==", [false, true, false]),
        ("!=", [true, false, true]),
    ] {
        for (left, truth) in [("1.0", less), ("2.0", equal), ("3.0", greater)] {
            let condition = format!("{left} {comparison} 2.0");
            assert_eq!(
                chosen(&condition),
                chosen(&truth.to_string()),
                "{condition}"
            );
        }
    }
    assert_ne!(
        chosen(&format!("{c} && {d}")),
        chosen(&format!("{c} || {d}"))
    );
    for operator in ["&&", "||"] {
        assert_ne!(chosen(&format!("{c} {operator} {d}")), chosen(c));
    }
}
