//! Loops found in straight-line programs.
//!
//! The basis functions of a sum are the same instructions on other numbers: `t - 1`, `t - 2`, and so
//! on, each the argument of a bell. As passes of a loop they are compiled once, and not once for each
//! coefficient in every kernel.
//!
//! Results of the same shape, that is the same instructions but for numbers, are matched from the
//! results down to what all of them share.

use std::collections::{BTreeMap, BTreeSet};

use super::program::{Instruction, Loop, Program, Value};

/// Fewer passes are not worth a loop.
const PASSES: usize = 4;

/// Larger bodies are left as they are, and larger programs between results searched no further: what
/// the search takes stays in proportion to the program.
const BODY: usize = 256;

/// The program with the loops that are in it.
pub(super) fn roll(mut program: Program) -> Program {
    let shapes = Shapes::of(&program);
    let mut groups: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for &result in &program.results {
        let group = groups.entry(shapes.of[result.0]).or_default();
        if !group.contains(&result) {
            group.push(result);
        }
    }
    let mut search = Search {
        program: &program,
        shapes: &shapes,
        loops: Vec::new(),
        pass_of: BTreeMap::new(),
    };
    for group in groups.into_values().filter(|group| group.len() >= PASSES) {
        search.add(group);
    }
    let loops = search.loops.into_iter().map(|matcher| matcher.found);
    let closed = loops.filter(|found| found.body.len() <= BODY && is_closed(&program, found));
    program.loops = closed.collect();
    program
}

/// Whether what a pass makes is read by no other instruction than those of the pass. Numbers are the
/// loop's own.
fn is_closed(program: &Program, found: &Loop) -> bool {
    let mut pass_of: BTreeMap<Value, usize> = BTreeMap::new();
    for row in &found.made {
        for (pass, &value) in row.iter().enumerate() {
            if !matches!(program.instructions[value.0], Instruction::Number(_))
                && pass_of
                    .insert(value, pass)
                    .is_some_and(|other| other != pass)
            {
                return false;
            }
        }
    }
    let mut readers = program.instructions.iter().enumerate();
    readers.all(|(place, reader)| {
        let reader_pass = pass_of.get(&Value(place));
        let mut operands = reader.operands().into_iter();
        operands.all(|operand| {
            let pass = pass_of.get(&operand);
            pass.is_none() || pass == reader_pass
        })
    })
}

/// For each instruction, which others are the same but for numbers.
struct Shapes {
    /// Equal for instructions of the same shape.
    of: Vec<usize>,
}

impl Shapes {
    fn of(program: &Program) -> Self {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut of: Vec<usize> = Vec::with_capacity(program.instructions.len());
        for instruction in &program.instructions {
            let mut shape = match instruction {
                Instruction::Number(_) => Instruction::Number(0.0),
                _ => instruction.map(|operand| Value(of[operand.0])),
            };
            if commutes(instruction) {
                let mut operands = shape.operands();
                operands[..2].sort_unstable();
                let mut sorted = operands.into_iter();
                shape = shape.map(|operand| sorted.next().unwrap_or(operand));
            }
            let next = known.len();
            of.push(*known.entry(format!("{shape:?}")).or_insert(next));
        }
        Self { of }
    }
}

/// Whether the first two operands may change places.
fn commutes(instruction: &Instruction) -> bool {
    use Instruction::{Add, And, Mul, MulAdd, MulSub, NegMulAdd, Or};
    matches!(
        instruction,
        Add(..) | Mul(..) | MulAdd(..) | MulSub(..) | NegMulAdd(..) | And(..) | Or(..)
    )
}

/// The loops that were found.
struct Search<'a> {
    program: &'a Program,
    shapes: &'a Shapes,
    loops: Vec<Matcher<'a>>,
    /// The loop and the pass of each value but numbers.
    pass_of: BTreeMap<Value, (usize, usize)>,
}

impl Search<'_> {
    /// Adds results of the same shape: to the loop whose passes they are made from, each from another
    /// one, or as a loop of their own.
    fn add(&mut self, group: Vec<Value>) {
        let (index, row) = match self.joined(&group) {
            Some(joined) => joined,
            None => {
                self.loops.push(Matcher {
                    program: self.program,
                    shapes: self.shapes,
                    found: Loop::default(),
                    places: BTreeMap::new(),
                });
                (self.loops.len() - 1, group)
            }
        };
        let Some(matcher) = self.loops.get_mut(index) else {
            return;
        };
        let before = matcher.found.made.len();
        matcher.add(row);
        let added = (matcher.found.body.iter().zip(&matcher.found.made)).skip(before);
        for (_, made) in added.filter(|(body, _)| !matches!(body, Instruction::Number(_))) {
            let passes = made.iter().enumerate();
            (self.pass_of).extend(passes.map(|(pass, &value)| (value, (index, pass))));
        }
    }

    /// The loop that results belong to, and the result of each pass.
    fn joined(&self, group: &[Value]) -> Option<(usize, Vec<Value>)> {
        let (index, _) = self.pass_below(*group.first()?)?;
        let mut row: Vec<Option<Value>> = vec![None; self.loops.get(index)?.found.passes()];
        for &result in group {
            let (other, pass) = self.pass_below(result)?;
            if other != index || row.get_mut(pass)?.replace(result).is_some() {
                return None;
            }
        }
        Some((index, row.into_iter().collect::<Option<_>>()?))
    }

    /// The only pass whose values a value is made from.
    fn pass_below(&self, value: Value) -> Option<(usize, usize)> {
        let mut found = BTreeSet::new();
        let (mut pending, mut seen) = (vec![value], BTreeSet::new());
        while let Some(value) = pending.pop() {
            if !seen.insert(value) || seen.len() > BODY {
                continue;
            }
            match self.pass_of.get(&value) {
                Some(&pass) => found.extend([pass]),
                None => pending.extend(self.program.instructions[value.0].operands()),
            }
        }
        let mut found = found.into_iter();
        found.next().filter(|_| found.next().is_none())
    }
}

/// A loop that is being found.
struct Matcher<'a> {
    program: &'a Program,
    shapes: &'a Shapes,
    found: Loop,
    /// The place in the body of the values of each pass.
    places: BTreeMap<Vec<Value>, usize>,
}

impl Matcher<'_> {
    /// Adds values of the same shape, one for each pass, after those that they are made from.
    fn add(&mut self, row: Vec<Value>) {
        // An explicit stack, since a program may be deeper than the thread's.
        let mut pending = vec![(row, false)];
        while let Some((row, operands_are_there)) = pending.pop() {
            if self.found.body.len() > BODY {
                return;
            }
            if is_shared(&row) || self.places.contains_key(&row) {
                continue;
            }
            let operands = self.operands(&row);
            if operands_are_there {
                let first = &self.program.instructions[row[0].0];
                let values = self.program.instructions.len();
                let mut of = operands.iter().map(|row| match self.places.get(row) {
                    Some(place) => Value(values + place),
                    None => row[0],
                });
                (self.found.body).push(first.map(|operand| of.next().unwrap_or(operand)));
                self.places.insert(row.clone(), self.found.made.len());
                self.found.made.push(row);
            } else {
                pending.push((row, true));
                pending.extend(operands.into_iter().rev().map(|row| (row, false)));
            }
        }
    }

    /// The operands of values of the same shape, those of the same shape together.
    fn operands(&self, row: &[Value]) -> Vec<Vec<Value>> {
        let of_each = row.iter().map(|value| {
            let instruction = &self.program.instructions[value.0];
            let mut operands = instruction.operands();
            if commutes(instruction) {
                operands[..2].sort_by_key(|operand| self.shapes.of[operand.0]);
            }
            operands
        });
        let of_each: Vec<Vec<Value>> = of_each.collect();
        let count = of_each[0].len();
        let column = |k: usize| of_each.iter().map(|operands| operands[k]).collect();
        (0..count).map(column).collect()
    }
}

/// Whether every pass reads the same value.
fn is_shared(row: &[Value]) -> bool {
    row.iter().all(|&value| value == row[0])
}

#[cfg(test)]
mod tests;
