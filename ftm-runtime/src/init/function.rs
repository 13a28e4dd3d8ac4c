//! What is asked of a function when scales are solved.

use super::Signal;
use super::moments::{Means, Sets};
use crate::connection::Connection;
use crate::error::Error;
use crate::evaluate::{Evaluation, Point, evaluate};
use crate::simd::Level;

/// A function by its values and derivatives. All that builds on them is compiled once, and not for
/// every function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    /// Means over sets of parameters at each point of a signal, less those at an anchor if there
    /// is one.
    pub(super) means: fn(&Signal, &Sets, Option<f64>) -> Means,
    /// Value and derivatives at an input, with one of the sets.
    pub(super) at: fn(f64, &Sets, usize) -> Result<Evaluation<f64>, Error>,
}

impl Function {
    pub(super) fn of<C: Connection>() -> Self {
        Self {
            means: Means::of::<C>,
            at: evaluate_at::<C>,
        }
    }
}

fn evaluate_at<C: Connection>(x: f64, sets: &Sets, set: usize) -> Result<Evaluation<f64>, Error> {
    let column = |values: &[Vec<f64>]| values.iter().map(|row| row[set]).collect::<Vec<f64>>();
    evaluate::<C, f64>(
        Level::current(),
        Point {
            x,
            parameters: &column(&sets.parameters),
            constants: &column(&sets.constants),
            state: 0.0,
        },
    )
}
