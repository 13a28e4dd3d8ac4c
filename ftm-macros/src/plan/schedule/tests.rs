//! Programs, instruction by instruction.

use super::*;
use crate::plan::{Plan, plan};
use crate::tests::declared;

fn planned(source: &str) -> Plan {
    let function = &declared(source);
    let (mut graph, written) = crate::graph::lower(function);
    let roots = crate::pipeline::derive(&mut graph, written, function);
    plan(&mut graph, &roots, function)
}

/// The operations of a program, and its arguments in the order of their first use. A product that
/// is read by others too is made once, and what an earlier stage makes is an argument.
#[test]
fn sums_take_what_is_theirs_alone_apart() {
    use Argument::{Edge, Input, Sum};
    for (source, arguments, operations) in [
        // Products and sums of the edge stage stay whole.
        (
            "fn F(x; a, b) { tanh(a * x) + a * b }",
            vec![Sum, Edge(0), Input(0), Edge(1)],
            vec!["Mul", "Call", "Add", "Add"],
        ),
        (
            "fn F(x; a, b) { tanh(a * x) - (a + b) }",
            vec![Sum, Edge(0), Input(0), Edge(1)],
            vec!["Mul", "Call", "Add", "Add"],
        ),
        // Those of this stage are folded into the sum,
        (
            "fn F(x; a, b) { a * tanh(a * x) - b * exp(x + a) }",
            vec![Sum, Edge(0), Input(0), Edge(1)],
            vec!["Mul", "Call", "MulAdd", "Add", "Call", "NegMulAdd"],
        ),
        // but not what is read twice: a product,
        (
            "fn F(x; a, b) { let s = tanh(a * x) * exp(b * x); s + exp(s) }",
            vec![Sum, Edge(0), Input(0), Edge(1)],
            vec!["Mul", "Call", "Mul", "Call", "Mul", "Add", "Call", "Add"],
        ),
        // a sum, a difference,
        (
            "fn F(x; a, b) { let s = tanh(a * x) + exp(b * x); s + exp(s) }",
            vec![Sum, Edge(0), Input(0), Edge(1)],
            vec!["Mul", "Call", "Mul", "Call", "Add", "Add", "Call", "Add"],
        ),
        (
            "fn F(x; a, b) { let s = tanh(a * x) - exp(b * x); s + exp(s) }",
            vec![Sum, Edge(0), Input(0), Edge(1)],
            vec!["Mul", "Call", "Mul", "Call", "Sub", "Add", "Call", "Add"],
        ),
    ] {
        let program = planned(source).forward;
        let (mut read, mut made) = (Vec::new(), Vec::new());
        for instruction in &program.instructions {
            match instruction {
                Instruction::Argument(argument) => read.push(*argument),
                other => {
                    let text = format!("{other:?}");
                    made.push(text.split('(').next().unwrap_or_default().to_owned());
                }
            }
        }
        assert_eq!(read, arguments, "{source}");
        assert_eq!(made, operations, "{source}");
    }
}

/// What leaves a sum is a sign, a factor, or nothing.
#[test]
fn sums_are_scaled_by_one_operation() {
    let plan = planned("fn F(x; a, b) { tanh(a * x) - tanh(b * x) }");
    let [first, second] = [0, 1].map(|sum| Instruction::Argument(Argument::EdgeSum(sum)));
    assert_eq!(
        plan.finish_edge.instructions,
        [first.clone(), second.clone(), Instruction::Neg(Value(1))]
    );
    let plan = planned("fn F(x; a, b) { tanh(a * x) - exp(b * x) * 3.0 }");
    assert_eq!(
        plan.finish_edge.instructions,
        [
            first,
            second,
            Instruction::Number(-3.0),
            Instruction::Mul(Value(1), Value(2))
        ]
    );
}
