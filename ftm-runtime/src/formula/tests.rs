//! Formulas, word for word, and their values.

use super::*;

/// A graph of the inputs x, y, z, and the formula that `build` makes in it.
fn formula(build: impl FnOnce(&mut Graph, [Term; 3]) -> Term) -> Formula {
    let mut graph = Graph::default();
    let inputs = [0, 1, 2].map(|index| graph.input(index));
    let value = build(&mut graph, inputs);
    Formula::new(&graph, value, 3).named(["x", "y", "z"])
}

/// The text and LaTeX of a formula.
fn written(build: impl FnOnce(&mut Graph, [Term; 3]) -> Term) -> [String; 2] {
    let formula = formula(build);
    [formula.text(), formula.latex()]
}

#[test]
fn like_terms_and_factors_meet() {
    let text = |build: fn(&mut Graph, [Term; 3]) -> Term| written(build)[0].clone();
    assert_eq!(text(|g, [x, ..]| g.add(x, x)), "2·x");
    assert_eq!(text(|g, [x, ..]| g.sub(x, x)), "0");
    assert_eq!(text(|g, [x, ..]| g.mul(x, x)), "x²");
    assert_eq!(text(|g, [x, ..]| g.div(x, x)), "1");
    assert_eq!(
        text(|g, [x, y, _]| {
            // 3·(x + 2·y + 1) - 2·y - 3
            let sum = g.sum(1.0, [(1.0, x), (2.0, y)]);
            g.sum(-3.0, [(3.0, sum), (-2.0, y)])
        }),
        "3·x + 4·y"
    );
    assert_eq!(
        text(|g, [x, y, _]| {
            // (2·x)³ · y / x
            let double = g.scale(2.0, x);
            g.product([(double, 3.0), (y, 1.0), (x, -1.0)])
        }),
        "8·x²·y"
    );
    assert_eq!(
        text(|g, [x, y, _]| {
            let zero = g.number(0.0);
            let nothing = g.mul(zero, y);
            g.add(x, nothing)
        }),
        "x"
    );
}

#[test]
fn powers_of_powers_keep_the_sign() {
    let text = |build: fn(&mut Graph, [Term; 3]) -> Term| written(build)[0].clone();
    let power = |outer: f64, inner: f64| {
        let [text, _] = written(|g, [x, ..]| {
            let power = g.power(x, inner);
            g.power(power, outer)
        });
        text
    };
    assert_eq!(power(2.0, 3.0), "x⁶");
    assert_eq!(power(0.5, 0.5), "x^0.25");
    assert_eq!(power(2.0, 0.5), "x");
    // √(x²) is not x.
    assert_eq!(power(0.5, 2.0), "sqrt(x²)");
    assert_eq!(
        text(|g, [x, y, _]| {
            let product = g.mul(x, y);
            let product = g.scale(4.0, product);
            g.power(product, 0.5)
        }),
        "2·sqrt(x·y)"
    );
}

#[test]
fn exponentials_of_logarithms_are_powers() {
    let [text, latex] = written(|g, [x, y, z]| {
        let [ln_x, ln_y] = [x, y].map(|x| g.call(Function::Ln, &[x]));
        let exponent = g.sum(2.0_f64.ln(), [(1.5, ln_x), (-2.0, ln_y), (-1.0, z)]);
        g.call(Function::Exp, &[exponent])
    });
    assert_eq!(text, "2·x^1.5·exp(-z)/y²");
    assert_eq!(latex, r"\frac{2 x^{1.5} e^{-z}}{y^{2}}");
    let [text, _] = written(|g, [x, ..]| {
        let scaled = g.scale(3.0, x);
        g.call(Function::Ln, &[scaled])
    });
    assert_eq!(text, "ln(x) + 1.0986122886681098");
}

#[test]
fn signs_leave_odd_functions() {
    let of = |function: Function| {
        let [text, _] = written(|g, [x, y, _]| {
            let negative = g.sum(-1.0, [(-2.0, x), (-1.0, y)]);
            g.call(function, &[negative])
        });
        text
    };
    assert_eq!(of(Function::Sin), "-sin(2·x + y + 1)");
    assert_eq!(of(Function::Cos), "cos(2·x + y + 1)");
    assert_eq!(of(Function::Sigmoid), "sigmoid(-2·x - y - 1)");
}

#[test]
fn numbers_are_shown_as_what_they_are() {
    let of = |number: f64| written(|g, [x, ..]| g.scale(number, x));
    assert_eq!(of(0.5), ["0.5·x", "0.5 x"]);
    assert_eq!(of(1.0 / 3.0), ["x/3", r"\frac{x}{3}"]);
    assert_eq!(of(-2.0 / 3.0), ["-2·x/3", r"-\frac{2 x}{3}"]);
    assert_eq!(
        of(std::f64::consts::FRAC_PI_2),
        ["π·x/2", r"\frac{\pi x}{2}"]
    );
    assert_eq!(of(2.0_f64.sqrt()), ["√2·x", r"\sqrt{2} x"]);
    assert_eq!(of(6.674e-11), ["6.674e-11·x", r"6.674 \cdot 10^{-11} x"]);
    assert_eq!(of(0.123_456_7), ["0.1234567·x", "0.1234567 x"]);
}

#[test]
fn parentheses_are_where_they_are_needed() {
    let [text, latex] = written(|g, [x, y, z]| {
        let sum = g.add(x, y);
        let difference = g.sub(y, z);
        let root = g.call(Function::Sqrt, &[difference]);
        let quotient = g.product([(sum, 2.0), (root, -1.0), (z, -1.0)]);
        let sine = g.call(Function::Sin, &[quotient]);
        g.sum(1.0, [(-1.0, sine)])
    });
    // Like the root of a factor, that of a divisor is its own power.
    assert_eq!(text, "1 - sin((x + y)²/(z·sqrt(y - z)))");
    assert_eq!(
        latex,
        r"1 - \sin\left(\frac{\left(x + y\right)^{2}}{z \sqrt{y - z}}\right)"
    );
}

#[test]
fn choices_are_written_in_full() {
    let [text, latex] = written(|g, [x, y, _]| {
        let (zero, double) = (g.number(0.0), g.scale(2.0, x));
        let above = g.compare(Comparison::Gt, x, zero);
        let same = g.compare(Comparison::Eq, x, y);
        let not = g.not(same);
        let both = g.and(above, not);
        g.select(both, double, y)
    });
    assert_eq!(text, "(if x > 0 and not (x = y) then 2·x else y)");
    assert_eq!(
        latex,
        r"\begin{cases} 2 x & x > 0 \land \lnot \left(x = y\right) \\ y & \text{otherwise} \end{cases}"
    );
}

#[test]
fn what_is_long_and_shared_gets_a_name() {
    let formula = formula(|g, [x, y, z]| {
        let sum = g.sum(0.25, [(0.123, x), (0.456, y), (0.789, z)]);
        let [sine, cosine] = [Function::Sin, Function::Cos].map(|f| g.call(f, &[sum]));
        g.mul(sine, cosine)
    });
    assert_eq!(
        formula.text(),
        "sin(t1)·cos(t1)\nwhere t1 = 0.123·x + 0.456·y + 0.789·z + 0.25"
    );
}

#[test]
fn rounding_simplifies_again() {
    let formula = formula(|g, [x, y, _]| {
        let power = g.power(x, 1.9999);
        g.sum(1e-9, [(0.500_04, power), (3.000_01, y)])
    });
    assert_eq!(formula.rounded(3).text(), "3·y + 0.5·x² + 1e-9");
    assert!((formula.rounded(3).evaluate(&[2.0, 1.0, 0.0]) - 5.0).abs() < 1e-8);
}

/// Whatever is simplified has the value of what was written.
#[test]
fn simplified_formulas_have_the_same_values() {
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    let functions = [
        Function::Exp,
        Function::Ln,
        Function::Sqrt,
        Function::Sin,
        Function::Tanh,
        Function::Recip,
    ];
    let mut compared = 0;
    for _ in 0..2000 {
        let point = [0.3 + 0.1 * random(9) as f64, 0.7, 1.9];
        let mut graph = Graph::default();
        // Terms, with their values computed beside.
        let mut terms: Vec<(Term, f64)> = (0..3).map(|i| (graph.input(i), point[i])).collect();
        for _ in 0..6 {
            let (a, a_value) = terms[random(terms.len())];
            let (b, b_value) = terms[random(terms.len())];
            let number = [-2.0, -0.5, 1.0, 3.0][random(4)];
            terms.push(match random(7) {
                0 => (graph.add(a, b), a_value + b_value),
                1 => (graph.sub(a, b), a_value - b_value),
                2 => (graph.mul(a, b), a_value * b_value),
                3 => (graph.div(a, b), a_value / b_value),
                4 => (graph.sum(number, [(number, a)]), number + number * a_value),
                5 => (graph.power(a, number), a_value.powf(number)),
                _ => {
                    let function = functions[random(functions.len())];
                    (graph.call(function, &[a]), function.of(&[a_value]))
                }
            });
        }
        for (term, value) in terms {
            // Where the original is no number, or a difference of nearly equal ones, the other
            // may be anything.
            if !value.is_finite() || value.abs() > 1e6 || value.abs() < 1e-6 {
                break;
            }
            let formula = Formula::new(&graph, term, 3);
            let simple = formula.evaluate(&point);
            assert!(
                (simple - value).abs() <= 1e-8 * value.abs(),
                "{formula}: {simple} instead of {value}"
            );
            compared += 1;
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn extreme_numbers_stay_what_they_are_in_kernels() {
    assert_eq!(Function::Relu.of(&[f64::NEG_INFINITY]), 0.0);
    assert_eq!(Function::Step.of(&[f64::NEG_INFINITY]), 0.0);
    assert!(Function::Relu.of(&[f64::NAN]).is_nan());
    assert!(Function::Clamp.of(&[f64::NAN, -1.0, 1.0]).is_nan());
    // A small coefficient to a high power is 0, its product with a large number is not.
    let small = formula(|g, [x, ..]| {
        let scaled = g.scale(6.6e-34, x);
        g.power(scaled, 10.0)
    });
    let value = small.evaluate(&[1e34, 0.0, 0.0]);
    assert!((value / 6.6_f64.powi(10) - 1.0).abs() < 1e-12, "{value}");
    let [text, _] = written(|g, [x, ..]| g.power(x, 2.0 * std::f64::consts::PI));
    assert_eq!(text, "x^(2·π)");
    let third = formula(|g, [x, ..]| g.scale(0.123_456_7, x));
    assert_eq!(third.rounded(usize::MAX).text(), "0.1234567·x");
    assert_eq!(third.rounded(0).text(), "0.1·x");
}
