//! Interpreters: of graphs, and of the programs of a plan.

use super::{Point, SYMBOLS};
use crate::graph::{Graph, NodeId, compare};
use crate::plan::program::{Argument, Half, Instruction, Pair, Program, Value};

/// The value of a node at a point.
pub(crate) fn graph(graph: &Graph, root: NodeId, point: &Point) -> f64 {
    let values = graph.evaluate(&graph.reachable(&[root]), |symbol| {
        let place = SYMBOLS.iter().position(|&other| other == symbol);
        point[place.expect("a symbol of the tests")]
    });
    values.of(root)
}

/// A number, or a truth value as 1 or 0.
fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// The results of a program whose arguments are given by `argument`. What its loops make is the same.
pub(crate) fn program(program: &Program, argument: impl Fn(Argument) -> f64) -> Vec<f64> {
    let mut values = Vec::new();
    for instruction in &program.instructions {
        values.push(value(instruction, &values, &argument));
    }
    for found in &program.loops {
        for pass in 0..found.passes() {
            let mut all = values.clone();
            for (instruction, made) in found.body.iter().zip(&found.made) {
                let expected = values[made[pass].0];
                let value = match instruction {
                    Instruction::Number(_) => expected,
                    _ => value(instruction, &all, &argument),
                };
                let same =
                    |(a, b): (f64, f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
                let pairs = || value.into_iter().zip(expected);
                assert!(
                    pairs().all(same),
                    "{instruction:?} of pass {pass}: {value:?}, {expected:?}"
                );
                all.push(value);
            }
        }
    }
    let result = |result: &Value| values[result.0][0];
    program.results.iter().map(result).collect()
}

/// The value of an instruction. A pair is two numbers; everything else repeats its one.
fn value(
    instruction: &Instruction,
    values: &[[f64; 2]],
    argument: &impl Fn(Argument) -> f64,
) -> [f64; 2] {
    let of = |value: &Value| values[value.0][0];
    let value = match instruction {
        Instruction::Number(number) => *number,
        Instruction::Path(_) => panic!("random expressions name no paths"),
        Instruction::Argument(which) => argument(*which),
        Instruction::Neg(a) => -of(a),
        Instruction::Add(a, b) => of(a) + of(b),
        Instruction::Sub(a, b) => of(a) - of(b),
        Instruction::Mul(a, b) => of(a) * of(b),
        Instruction::Div(a, b) => of(a) / of(b),
        Instruction::MulAdd(a, b, c) => of(a).mul_add(of(b), of(c)),
        Instruction::MulSub(a, b, c) => of(a).mul_add(of(b), -of(c)),
        Instruction::NegMulAdd(a, b, c) => (-of(a)).mul_add(of(b), of(c)),
        Instruction::Powi(a, n) => of(a).powi(*n),
        Instruction::Call(row, arguments) => {
            (row.evaluate)(&arguments.iter().map(of).collect::<Vec<_>>())
        }
        Instruction::Both(pair, a) => {
            let a = of(a);
            return match pair {
                Pair::SinCos => [a.sin(), a.cos()],
                Pair::SinhCosh => [a.sinh(), a.cosh()],
            };
        }
        Instruction::Half(half, pair) => match half {
            Half::First => values[pair.0][0],
            Half::Second => values[pair.0][1],
        },
        Instruction::Boolean(value) => truth(*value),
        Instruction::Compare(comparison, a, b) => compare(*comparison, of(a), of(b)),
        Instruction::And(a, b) => truth(of(a) != 0.0 && of(b) != 0.0),
        Instruction::Or(a, b) => truth(of(a) != 0.0 || of(b) != 0.0),
        Instruction::Not(a) => truth(of(a) == 0.0),
        Instruction::Select(c, a, b) => {
            if of(c) != 0.0 {
                of(a)
            } else {
                of(b)
            }
        }
    };
    [value; 2]
}
