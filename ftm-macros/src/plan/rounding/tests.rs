//! Errors of rounding against their definitions, operation by operation.

use super::errors;
use crate::check::function::Symbol;
use crate::tests::declared;

/// The error of a formula of S = x + a and T = x - b.
fn error(formula: &str, at: [f64; 3]) -> f64 {
    let formula = formula.replace('S', "(x + a)").replace('T', "(x - b)");
    // The other branch is there so that all parameters are used.
    let body = format!("if x > 100.0 {{ a + b }} else {{ {formula} }}");
    let (graph, root) = crate::graph::lower(&declared(&format!("fn F(x; a, b) {{ {body} }}")));
    let nodes = graph.reachable(&[root]);
    let values = graph.evaluate(&nodes, |symbol| match symbol {
        Symbol::Input => at[0],
        Symbol::Parameter(index) => at[1 + index],
        other => panic!("no {other:?} here"),
    });
    errors(&graph, &nodes, &values).of(root)
}

#[test]
fn each_operation_rounds_and_carries_what_came_before() {
    let at @ [x, a, b] = [1.5_f64, -0.25, 2.25];
    // Errors of one rounding, their own sizes.
    let (s, t) = (x + a, x - b);
    let (es, et) = (s.abs(), t.abs());
    let power = s.powf(t);
    let large = 1e8 + s;
    for (formula, expected) in [
        ("x", 0.0),
        ("2.0", 0.0),
        ("S", es),
        ("-S", es),
        ("detach(S)", es),
        ("straight_through(S, T)", es),
        ("S + T", es + et + (s + t).abs()),
        ("S - T", es + et + (s - t).abs()),
        ("S * T", s.abs() * et + t.abs() * es + (s * t).abs()),
        ("S * x", x * es + (s * x).abs()),
        ("x * T", x * et + (x * t).abs()),
        ("S / T", (es + (s / t).abs() * et) / t.abs() + (s / t).abs()),
        ("S / x", es / x + (s / x).abs()),
        ("x / T", (x / t).abs() * et / t.abs() + (x / t).abs()),
        ("powi(S, 3)", 3.0 * s.powi(2) * es + s.powi(3).abs()),
        ("powi(T, -2)", 2.0 * et / t.powi(3).abs() + t.powi(-2)),
        ("sin(x)", x.sin().abs()),
        ("sin(S)", s.cos().abs() * es + s.sin().abs()),
        (
            "powf(S, T)",
            (t * power / s).abs() * es + (power * s.ln()).abs() * et + power,
        ),
        ("powf(S, x)", x * s.powf(x - 1.0) * es + s.powf(x)),
        // Slopes are taken over steps in proportion.
        (
            "sqrt(100000000.0 + S)",
            (es + large) / (2.0 * large.sqrt()) + large.sqrt(),
        ),
        ("if S > T { S } else { x }", es),
        ("if S < T { S } else { x }", 0.0),
    ] {
        let error = error(formula, at);
        assert!(
            (error - expected).abs() <= 1e-7 * expected,
            "{formula}: {error} is not {expected}"
        );
    }
}
