//! The importance of an edge: the mean of |f| over the rows of a batch (Liu et al. 2024, KAN).
//!
//! No array of edges times rows is made: input by input, the kernels compute the edges of one
//! input, whose outputs then are the values of f.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::functional::Part;
use crate::kernel::Edges;
use crate::pass::{Backward, Forward};
use crate::simd::{Level, Real};

/// Puts the importances of the edges of a part among those of the whole layer, inputs × outputs.
pub(super) fn importances<T: Real>(part: Part<'_, T>, x: ArrayView2<'_, T>, all: &mut Array2<f64>) {
    let (outputs, rows) = (part.edges.outputs, x.nrows());
    let mut one = OneInput {
        part,
        level: Level::current(),
        zeros: &vec![T::ZERO; outputs],
        scratch: &mut Vec::new(),
    };
    let (mut column, mut f) = (vec![T::ZERO; rows], vec![T::ZERO; rows * outputs]);
    let mut sums = vec![T::ZERO; outputs];
    let of_rows = 1.0 / rows as f64;
    for input in 0..part.edges.inputs {
        sums.fill(T::ZERO);
        one.forward(input, x, &mut column, &mut f);
        add_magnitudes(&f, &mut sums);
        for (output, sum) in part.outputs().zip(&sums) {
            all[[part.input + input, output]] = sum.to_f64() * of_rows;
        }
    }
}

/// Adds |f| of each row to the sums.
pub(super) fn add_magnitudes<T: Real>(f: &[T], sums: &mut [T]) {
    for f in f.chunks_exact(sums.len()) {
        for (sum, &f) in sums.iter_mut().zip(f) {
            *sum += if f < T::ZERO { T::ZERO - f } else { f };
        }
    }
}

/// The edges of one input of a part at a time, through the kernels of all of it.
pub(super) struct OneInput<'a, T> {
    pub(super) part: Part<'a, T>,
    pub(super) level: Level,
    /// The bias.
    pub(super) zeros: &'a [T],
    pub(super) scratch: &'a mut Vec<T>,
}

impl<'a, T: Real> OneInput<'a, T> {
    fn edges(&self, input: usize) -> Edges<'a, T> {
        let edges = self.part.edges;
        let of_input = |values: &'a [T]| {
            let each = values.len() / edges.inputs;
            &values[input * each..][..each]
        };
        Edges {
            inputs: 1,
            outputs: edges.outputs,
            parameters: of_input(edges.parameters),
            constants: of_input(edges.constants),
            kept: of_input(edges.kept),
            coefficients: &[],
        }
    }

    /// The values f of the edges, rows × outputs, and the column of the input, which is counted
    /// from the first of the part.
    pub(super) fn forward(
        &mut self,
        input: usize,
        x: ArrayView2<'_, T>,
        column: &mut [T],
        f: &mut [T],
    ) {
        for (place, &x) in column.iter_mut().zip(x.column(self.part.input + input)) {
            *place = x;
        }
        let edges = self.edges(input);
        let pass = Forward {
            level: self.level,
            noise: None,
            x: view(column, 1),
            y: view_mut(f, edges.outputs),
            state: &[],
            next_state: &mut [],
            values: &mut Vec::new(),
            scratch: self.scratch,
        };
        (self.part.function).forward(edges, self.zeros, pass);
    }

    /// Adds to the gradient of the edges, given ∂L/∂f; overwrites ∂L/∂x where it is wanted.
    pub(super) fn backward(
        &mut self,
        input: usize,
        column: &[T],
        df: &[T],
        gradient: &mut [T],
        bias_gradient: &mut [T],
        dx: Option<&mut [T]>,
    ) {
        let edges = self.edges(input);
        let pass = Backward {
            level: self.level,
            noise: None,
            x: view(column, 1),
            y: view(df, edges.outputs),
            dy: view(df, edges.outputs),
            dx: dx.map(|dx| view_mut(dx, 1)),
            gradient: &mut [],
            state: &[],
            next_dstate: &[],
            dstate: &mut [],
            values: &mut Vec::new(),
            scratch: self.scratch,
        };
        (self.part.function).backward(edges, gradient, bias_gradient, pass);
    }
}

/// A slice as rows of `width` numbers.
fn view<T>(values: &[T], width: usize) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((values.len() / width, width), values)
        .expect("the length is a multiple of the width")
}

/// The same, to be changed.
fn view_mut<T>(values: &mut [T], width: usize) -> ArrayViewMut2<'_, T> {
    ArrayViewMut2::from_shape((values.len() / width, width), values)
        .expect("the length is a multiple of the width")
}
