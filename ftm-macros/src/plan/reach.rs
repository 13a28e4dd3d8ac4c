//! How large the arguments of functions can be: a program of magnitudes.
//!
//! The runtime's sine is exact where its argument is not too large, and asks so of each vector. Where
//! the largest magnitude of the inputs bounds the argument, it asks once for many samples:
//! |w·x + p| ≤ |w|·|x| + |p|. So do exponentials, and hyperbolic tangents.

use std::collections::BTreeMap;

use super::program::{Argument, Half, Instruction, Pair, Program, Value};
use crate::primitives::lookup;

/// Functions whose arguments must not be too large, by kinds that have a limit in common.
const WITH_A_DOMAIN: [&[&str]; 3] = [
    &["sin", "cos", "tan"],
    &["exp", "sinh", "cosh", "sigmoid", "softplus"],
    &["tanh"],
];

/// Functions of magnitude 1 at most.
const AT_MOST_1: [&str; 6] = ["sin", "cos", "tanh", "sigmoid", "erf", "sign"];

/// Functions of which an argument of any sign has no greater magnitude than its magnitude has.
const GROWING: [&str; 6] = ["abs", "relu", "sqrt", "exp", "cosh", "sinh"];

/// The argument of a function with a domain, and the place of its kind.
fn argument(instruction: &Instruction) -> Option<(usize, Value)> {
    let (name, argument) = match instruction {
        Instruction::Both(pair, argument) => (pair.name_of(Half::First), argument),
        Instruction::Call(row, arguments) => (row.name, arguments.first()?),
        _ => return None,
    };
    let kind = WITH_A_DOMAIN.iter().position(|kind| kind.contains(&name))?;
    Some((kind, *argument))
}

/// (largest magnitudes of the input values, edge values) → the largest magnitude that an argument in
/// `programs` has, for each kind of functions with a domain; 0 where there is none of a kind. None where
/// there is no such function, or one without a bound.
pub(super) fn reach(programs: [&Program; 2]) -> Option<Program> {
    let mut bounds = Bounds::default();
    let mut largest = WITH_A_DOMAIN.map(|_| None);
    for program in programs {
        bounds.magnitudes.clear();
        let instructions = &program.instructions;
        let arguments: Vec<(usize, Value)> = instructions.iter().filter_map(argument).collect();
        let values: Vec<Value> = arguments.iter().map(|&(_, value)| value).collect();
        bounds.follow(instructions, &values);
        for (kind, argument) in arguments {
            let bound = *bounds.magnitudes.get(&argument)?;
            largest[kind] = Some(match largest[kind] {
                Some(largest) => bounds.call("max", vec![largest, bound])?,
                None => bound,
            });
        }
    }
    if largest.iter().all(Option::is_none) {
        return None;
    }
    let mut results = largest.map(|largest| match largest {
        Some(largest) => largest,
        None => bounds.push(Instruction::Number(0.0)),
    });
    // A constant that is no number may be in an argument whose bound does not depend on it.
    for instruction in programs.iter().flat_map(|program| &program.instructions) {
        if let Instruction::Path(_) = instruction {
            let (path, zero) = (
                bounds.push(instruction.clone()),
                bounds.push(Instruction::Number(0.0)),
            );
            results[0] = bounds.push(Instruction::MulAdd(path, zero, results[0]));
        }
    }
    let mut program = bounds.program;
    program.results = results.to_vec();
    Some(program)
}

/// The program of magnitudes.
#[derive(Default)]
struct Bounds {
    program: Program,
    /// Of values of the other program: what they cannot exceed.
    magnitudes: BTreeMap<Value, Value>,
}

impl Bounds {
    fn push(&mut self, instruction: Instruction) -> Value {
        self.program.instructions.push(instruction);
        Value(self.program.instructions.len() - 1)
    }

    fn call(&mut self, name: &str, arguments: Vec<Value>) -> Option<Value> {
        lookup(name).map(|row| self.push(Instruction::Call(row, arguments)))
    }

    /// Bounds all values that `wanted` are made from, where they can be bounded.
    fn follow(&mut self, instructions: &[Instruction], wanted: &[Value]) {
        let mut is_needed = vec![false; instructions.len()];
        for value in wanted {
            is_needed[value.0] = true;
        }
        for (place, instruction) in instructions.iter().enumerate().rev() {
            if is_needed[place] {
                for operand in instruction.operands() {
                    is_needed[operand.0] = true;
                }
            }
        }
        for (place, instruction) in instructions.iter().enumerate() {
            if is_needed[place]
                && let Some(bound) = self.bound(instructions, instruction)
            {
                self.magnitudes.insert(Value(place), bound);
            }
        }
    }

    /// What the value of an instruction cannot exceed, from the same of its operands.
    fn bound(&mut self, all: &[Instruction], instruction: &Instruction) -> Option<Value> {
        let operands = instruction.operands();
        let operands: Vec<Option<Value>> = (operands.iter())
            .map(|operand| self.magnitudes.get(operand).copied())
            .collect();
        let of = |place: usize| operands.get(place).copied().flatten();
        Some(match instruction {
            Instruction::Number(number) => self.push(Instruction::Number(number.abs())),
            Instruction::Argument(argument @ Argument::Input(_)) => {
                self.push(Instruction::Argument(*argument))
            }
            Instruction::Path(_) | Instruction::Argument(Argument::Edge(_)) => {
                let value = self.push(instruction.clone());
                self.call("abs", vec![value])?
            }
            Instruction::Neg(_) => of(0)?,
            Instruction::Add(..) | Instruction::Sub(..) => {
                self.push(Instruction::Add(of(0)?, of(1)?))
            }
            Instruction::Mul(..) => self.push(Instruction::Mul(of(0)?, of(1)?)),
            Instruction::MulAdd(..) | Instruction::MulSub(..) | Instruction::NegMulAdd(..) => {
                self.push(Instruction::MulAdd(of(0)?, of(1)?, of(2)?))
            }
            Instruction::Powi(_, exponent) if *exponent > 0 => {
                self.push(Instruction::Powi(of(0)?, *exponent))
            }
            Instruction::Call(row, _) if AT_MOST_1.contains(&row.name) => {
                self.push(Instruction::Number(1.0))
            }
            Instruction::Call(row, _) if GROWING.contains(&row.name) => {
                self.call(row.name, vec![of(0)?])?
            }
            Instruction::Call(row, _) if ["min", "max"].contains(&row.name) => {
                self.call("max", vec![of(0)?, of(1)?])?
            }
            Instruction::Call(row, arguments) if row.name == "clamp" => {
                let limits = self.call("max", vec![of(1)?, of(2)?])?;
                // A limit that is NaN bounds nothing.
                match arguments[1..]
                    .iter()
                    .all(|limit| is_looked_at(&all[limit.0]))
                {
                    true => limits,
                    false => self.call("max", vec![of(0)?, limits])?,
                }
            }
            Instruction::Select(..) => self.call("max", vec![of(1)?, of(2)?])?,
            Instruction::Half(half, both) => match all.get(both.0)? {
                Instruction::Both(Pair::SinCos, _) => self.push(Instruction::Number(1.0)),
                Instruction::Both(pair, argument) => {
                    let argument = *self.magnitudes.get(argument)?;
                    self.call(pair.name_of(*half), vec![argument])?
                }
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// Whether a value is a number where samples are taken in pairs: what is NaN among the values that other
/// stages made, and among constants, is looked for before.
fn is_looked_at(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::Number(_)
            | Instruction::Path(_)
            | Instruction::Argument(Argument::Input(_) | Argument::Edge(_))
    )
}

#[cfg(test)]
mod tests;
