//! The programs of a plan compute the function and its gradients.

use proptest::prop_assert;
use proptest::test_runner::TestCaseError;

use super::program::Argument;
use super::{Plan, plan};
use crate::check::function::{Expr, Function};
use crate::tests::dual::{Expected, close};
use crate::tests::{Case, Point, for_random_expressions, function, interpret, lower};

/// ∂L/∂y of two samples and two edges.
fn error(sample: usize, edge: usize) -> f64 {
    [[0.75, -1.25], [1.5, 0.5]][sample][edge]
}

#[test]
fn programs_compute_the_function_and_its_gradients() {
    for_random_expressions(|expression, points| {
        compare(expression, points, &function(expression.clone()), false)
    });
}

/// The same of functions without a state that are planned as products of matrices.
#[test]
fn products_compute_the_function_and_its_gradients() {
    let compared = std::cell::Cell::new(0);
    for_random_expressions(|expression, points| {
        let stateless = Function {
            state: None,
            ..function(expression.clone())
        };
        let (graph, written) = lower(expression);
        if !graph.symbols(written).state()
            && let Case::Compared = compare(expression, points, &stateless, true)?
        {
            compared.set(compared.get() + 1);
        }
        Ok(Case::Compared)
    });
    assert!(compared.get() > 100, "only {} products", compared.get());
}

/// A layer of one input and two outputs takes two samples through every stage. The second
/// edge has the parameters of the first in another order.
fn compare(
    expression: &Expr,
    points: &[Point; 2],
    function: &Function,
    products: bool,
) -> Result<Case, TestCaseError> {
    let at = |sample: usize, edge: usize| -> Point {
        let mut point = points[sample];
        if edge == 1 {
            point[1..4].rotate_left(1);
            point[4] = -point[4];
        }
        point
    };
    let mut expected = Vec::new();
    for sample in 0..2 {
        for edge in 0..2 {
            match Expected::of(expression, &at(sample, edge)) {
                Some(numbers) => expected.push(numbers),
                None => return Ok(Case::IllConditioned),
            }
        }
    }
    let expected = |sample: usize, edge: usize| &expected[2 * sample + edge];

    let (mut graph, written) = lower(expression);
    let roots = crate::pipeline::derive(&mut graph, written, function);
    let plan = plan(&mut graph, &roots, function);
    if products && plan.products.is_none() {
        return Ok(Case::IllConditioned);
    }
    let layer = Layer::new(&plan, at);

    for sample in 0..2 {
        for edge in 0..2 {
            let value = layer.forward(sample, edge, 0.5) - 0.5;
            let doubt = 1e-10;
            let expected = expected(sample, edge);
            prop_assert!(
                expected.is_value(value) || expected.is_value(value + doubt),
                "f of sample {sample}, edge {edge}: {value}"
            );
        }
    }
    let gradients = layer.backward();
    for edge in 0..2 {
        for parameter in 0..3 {
            let (mut sum, mut doubt) = (0.0, 0.0);
            for sample in 0..2 {
                let (partial, unsure) = expected(sample, edge).partial(1 + parameter);
                sum += error(sample, edge) * partial;
                doubt += 2.0 * unsure + 1e-9 * partial.abs();
            }
            let ours = gradients.parameters[edge][parameter];
            prop_assert!(
                close(ours, sum, doubt),
                "∂{parameter} of edge {edge}: {ours}, not {sum} ± {doubt}"
            );
        }
    }
    for sample in 0..2 {
        let (mut sum, mut doubt) = (0.0, 0.0);
        for edge in 0..2 {
            let (partial, unsure) = expected(sample, edge).partial(0);
            sum += error(sample, edge) * partial;
            doubt += 2.0 * unsure + 1e-9 * partial.abs();
            if function.state.is_none() {
                continue;
            }
            let (partial, unsure) = expected(sample, edge).partial(5);
            let ours = gradients.states[sample][edge];
            let state = error(sample, edge) * partial;
            prop_assert!(
                close(ours, state, 2.0 * unsure + 1e-9 * partial.abs()),
                "∂state of sample {sample}, edge {edge}: {ours}, not {state}"
            );
        }
        let ours = gradients.inputs[sample];
        prop_assert!(
            close(ours, sum, doubt),
            "∂x of sample {sample}: {ours}, not {sum} ± {doubt}"
        );
    }
    Ok(Case::Compared)
}

/// The stages run in the order of the kernels.
struct Layer<'a, At> {
    plan: &'a Plan,
    at: At,
    /// The input stage of each sample.
    inputs: [Vec<f64>; 2],
    /// The edge stage of each edge.
    edges: [Vec<f64>; 2],
}

struct Gradients {
    parameters: [Vec<f64>; 2],
    inputs: [f64; 2],
    states: [[f64; 2]; 2],
}

impl<'a, At: Fn(usize, usize) -> Point> Layer<'a, At> {
    fn new(plan: &'a Plan, at: At) -> Self {
        let inputs = [0, 1].map(|sample| {
            interpret::program(&plan.input, |argument| match argument {
                Argument::X => at(sample, 0)[0],
                other => panic!("the input stage has no {other:?}"),
            })
        });
        let edges = [0, 1].map(|edge| {
            interpret::program(&plan.edge, |argument| match argument {
                Argument::Parameter(index) => at(0, edge)[1 + index],
                Argument::Constant(0) => at(0, edge)[4],
                other => panic!("the edge stage has no {other:?}"),
            })
        });
        Self {
            plan,
            at,
            inputs,
            edges,
        }
    }

    fn forward(&self, sample: usize, edge: usize, sum: f64) -> f64 {
        let results = interpret::program(&self.plan.forward, |argument| match argument {
            Argument::Sum => sum,
            Argument::Input(index) => {
                assert!(index < self.plan.forward_inputs);
                self.inputs[sample][index]
            }
            other => self.shared(sample, edge, other),
        });
        results[0]
    }

    fn backward(&self) -> Gradients {
        let plan = self.plan;
        let (edge_sums, input_sums) = (plan.edge_sums.len(), plan.input_sums.len());
        let mut by_edge = [vec![0.0; edge_sums], vec![0.0; edge_sums]];
        let mut by_sample = [vec![0.0; input_sums], vec![0.0; input_sums]];
        let mut states = [[0.0; 2]; 2];
        for sample in 0..2 {
            for edge in 0..2 {
                let results = interpret::program(&plan.backward, |argument| match argument {
                    Argument::Error => error(sample, edge),
                    Argument::EdgeSum(index) => by_edge[edge][index],
                    Argument::InputSum(index) => by_sample[sample][index],
                    Argument::Input(index) => self.inputs[sample][index],
                    other => self.shared(sample, edge, other),
                });
                by_edge[edge].copy_from_slice(&results[..edge_sums]);
                by_sample[sample].copy_from_slice(&results[edge_sums..edge_sums + input_sums]);
                states[sample][edge] = results[edge_sums + input_sums];
            }
        }
        let parameters = [0, 1].map(|edge| {
            interpret::program(&plan.finish_edge, |argument| match argument {
                Argument::EdgeSum(index) => by_edge[edge][index],
                other => self.shared(0, edge, other),
            })
        });
        let inputs = [0, 1].map(|sample| {
            interpret::program(&plan.finish_input, |argument| match argument {
                Argument::InputSum(index) => by_sample[sample][index],
                Argument::Input(index) => self.inputs[sample][index],
                other => panic!("the last input stage has no {other:?}"),
            })[0]
        });
        Gradients {
            parameters,
            inputs,
            states,
        }
    }

    fn shared(&self, sample: usize, edge: usize, argument: Argument) -> f64 {
        match argument {
            Argument::Edge(index) => self.edges[edge][index],
            Argument::State => (self.at)(sample, edge)[5],
            other => panic!("{other:?} is not to be read here"),
        }
    }
}

/// Operations once per input and sample, per edge and step, per edge and sample forward and
/// backward, and at the end of each.
fn operations(source: &str) -> [f64; 6] {
    let function = &crate::tests::declared(source);
    let (mut graph, written) = crate::graph::lower(function);
    let roots = crate::pipeline::derive(&mut graph, written, function);
    let plan = plan(&mut graph, &roots, function);
    let programs = [
        &plan.input,
        &plan.edge,
        &plan.forward,
        &plan.backward,
        &plan.finish_input,
        &plan.finish_edge,
    ];
    programs.map(crate::plan::program::Program::operations)
}

/// Counts that were looked at; a change that makes one larger has to say why.
#[test]
fn plans_take_no_more_operations_than_they_must() {
    for (source, expected) in [
        (
            "F(x; a, w, p) { a * sin(w * x + p) }",
            [0.0, 1.0, 16.0, 31.0, 0.0, 2.0],
        ),
        (
            "F(x; a, p, w) { a * exp(-powi((x - p) / w, 2)) }",
            [0.0, 13.0, 17.0, 23.0, 1.0, 2.0],
        ),
        (
            "F(x; a, b) { exp(a * x + b) * x * a }",
            [0.0, 0.0, 15.0, 21.0, 0.0, 1.0],
        ),
        (
            "F(x; a, b) { tanh(a * x - b * x * x) }",
            [1.0, 0.0, 19.0, 25.0, 0.0, 1.0],
        ),
        (
            "F(x; a, w) { sin(w * x) + a * cos(w * x) }",
            [0.0, 1.0, 28.0, 34.0, 0.0, 0.0],
        ),
        (
            "F(x; w) { sinh(w * x) * cosh(w * x) }",
            [0.0, 0.0, 26.0, 33.0, 0.0, 0.0],
        ),
        (
            "F(x; w, p) { powi(w * x + p, 7) * exp(w * x) }",
            [0.0, 1.0, 19.0, 32.0, 0.0, 1.0],
        ),
        (
            "F(x; w, p) { powi(w * x + p, -3) }",
            [0.0, 0.0, 9.0, 12.0, 1.0, 2.0],
        ),
        (
            "F(x; a, b) { a - b * tanh(x + a) }",
            [0.0, 0.0, 19.0, 23.0, 1.0, 1.0],
        ),
        (
            "F(x; a, b) { tanh(x + a) * b - x }",
            [1.0, 0.0, 19.0, 23.0, 0.0, 1.0],
        ),
        (
            "F(x; a, b) { if x > a { tanh(a * x) } else { b } }",
            [0.0, 0.0, 20.0, 27.0, 0.0, 0.0],
        ),
        (
            "F(x; a, w) { -(a * tanh(w * x)) }",
            [0.0, 2.0, 18.0, 22.0, 1.0, 2.0],
        ),
        (
            "F(x; a, b) { (a + b) * tanh(x * (a + b)) }",
            [0.0, 2.0, 18.0, 23.0, 0.0, 0.0],
        ),
        (
            "F(x; a, w) { a / (2.0 + exp(w * x)) }",
            [0.0, 0.0, 20.0, 40.0, 1.0, 1.0],
        ),
        (
            "F(x; w, p) { max(w * x, p) - w * clamp(x - p, -1.0, 1.0) }",
            [0.0, 1.0, 9.0, 19.0, 0.0, 0.0],
        ),
        (
            "F(x; w, p) { exp(w * x + p) - (exp(x) - (w - x * x)) }",
            [16.0, 0.0, 16.0, 18.0, 0.0, 0.0],
        ),
        (
            "F(x; w, r, state h) { h * r + tanh(w * x + r * h) }",
            [0.0, 0.0, 20.0, 26.0, 0.0, 0.0],
        ),
        // What an earlier stage makes is not made again, nor what is read twice.
        (
            "F(x; a, b) { tanh(a * x) + (a + b) }",
            [0.0, 1.0, 19.0, 23.0, 0.0, 0.0],
        ),
        (
            "F(x; a, b) { tanh(a * x) + (exp(a) - b) }",
            [0.0, 13.0, 19.0, 23.0, 0.0, 1.0],
        ),
        (
            "F(x; a, b) { tanh(a * x) + a * b }",
            [0.0, 1.0, 19.0, 23.0, 0.0, 1.0],
        ),
        (
            "F(x; a, b) { let s = tanh(a * x) + b * x; s + exp(s) }",
            [0.0, 0.0, 32.0, 39.0, 0.0, 0.0],
        ),
        (
            "F(x; a, b) { let s = tanh(a * x) - b * x; s + exp(s) }",
            [0.0, 1.0, 32.0, 39.0, 0.0, 1.0],
        ),
        (
            "F(x; a, b) { let s = tanh(a * x) * exp(b * x); s + exp(s) }",
            [0.0, 0.0, 45.0, 55.0, 0.0, 0.0],
        ),
        (
            "F(x; a, b) { let s = -tanh(a * x + b); s + exp(s) }",
            [0.0, 0.0, 32.0, 42.0, 1.0, 1.0],
        ),
        // Products of matrices.
        (
            "F(x; a, b) { abs(a * x) + b }",
            [0.0, 0.0, 4.0, 9.0, 0.0, 0.0],
        ),
        (
            "F(x; a, b) { (if x > 0.0 { a } else { b }) * x }",
            [5.0, 0.0, 2.0, 4.0, 2.0, 0.0],
        ),
        (
            "F(x; a, b) { (if a > b { x * x } else { x }) * a }",
            [2.0, 5.0, 2.0, 4.0, 2.0, 2.0],
        ),
        (
            "F(x; a, b) { (a * x + b * x * x) / (a * exp(x)) }",
            [40.0, 48.0, 2.0, 8.0, 4.0, 4.0],
        ),
        (
            "F(x; a, p) { a * cos(2.0 * x + p) }",
            [29.0, 30.0, 2.0, 4.0, 2.0, 4.0],
        ),
        (
            "F(x; a) { powi(a * x, -2) }",
            [14.0, 18.0, 1.0, 2.0, 1.0, 1.0],
        ),
        (
            "F(x; a, b) { 3.0 * a * x * x * x - b * x * x }",
            [6.0, 2.0, 2.0, 4.0, 2.0, 0.0],
        ),
        // A cube changes three times as much as its base, times the square.
        (
            "F(x; a, b) { powi(x + a, 3) - b }",
            [0.0, 1.0, 4.0, 5.0, 1.0, 2.0],
        ),
    ] {
        let found = operations(&format!("fn {source}"));
        assert_eq!(found, expected, "{source}");
    }
}
