//! Interpreters: of graphs, and of the programs of a plan.

use super::{Point, SYMBOLS};
use crate::graph::{Graph, NodeId, compare};
use crate::plan::program::{Argument, Half, Instruction, Pair, Program};

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

/// The results of a program whose arguments are given by `argument`.
pub(crate) fn program(program: &Program, argument: impl Fn(Argument) -> f64) -> Vec<f64> {
    // A pair is two numbers; everything else repeats its one.
    let mut values: Vec<[f64; 2]> = Vec::new();
    for instruction in &program.instructions {
        let of = |value: &crate::plan::program::Value| values[value.0][0];
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
                values.push(match pair {
                    Pair::SinCos => [a.sin(), a.cos()],
                    Pair::SinhCosh => [a.sinh(), a.cosh()],
                });
                continue;
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
        values.push([value; 2]);
    }
    program
        .results
        .iter()
        .map(|result| values[result.0][0])
        .collect()
}
