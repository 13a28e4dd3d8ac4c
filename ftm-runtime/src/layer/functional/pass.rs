//! Passes through the blocks of a layer, one after the other.
//!
//! Kernels take rows of their own inputs and outputs. Where a block sees all inputs and gives all
//! outputs, as the only block of a layer does, it takes those of the layer; elsewhere it gets copies
//! of its columns, and its results are copied or added: memory of batch × (inputs + outputs).

use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2, Axis, Slice};

use super::FunctionalLayer;
use crate::parallel::Divide as _;
use crate::pass::{Backward, Forward};
use crate::simd::Real;

impl<T: Real> FunctionalLayer<T> {
    /// Computes `pass.y` with this bias, and the coefficients of each block where there are any.
    pub(super) fn forward_blocks(&self, bias: &[T], coefficients: &[Vec<T>], pass: Forward<'_, T>) {
        let (x, mut y) = (pass.x, pass.y);
        let (mut states, mut next_states) = (pass.state, pass.next_state);
        let rows = x.nrows();
        let [x_room, y_room] = self.rooms(pass.values, [rows * self.inputs, rows * self.outputs]);
        for (block, mut part) in self.parts().enumerate() {
            part.edges.coefficients = coefficients.get(block).map_or(&[], Vec::as_slice);
            let (state, others) = states.split_at(rows * part.state_size());
            states = others;
            let next_state = next_states.cut(rows * part.state_size());
            // The first block of some outputs overwrites them and has the bias.
            let first = part.input == 0;
            let bias = if first { bias } else { &self.no_bias };
            let run = |y: ArrayViewMut2<'_, T>| {
                let pass = Forward {
                    level: pass.level,
                    noise: pass.noise,
                    x: columns(x, part.inputs(), x_room),
                    y,
                    state,
                    next_state,
                    values: &mut Vec::new(),
                    scratch: pass.scratch,
                };
                (part.function).forward(part.edges, &bias[part.outputs()], pass);
            };
            into_columns(y.view_mut(), part.outputs(), first, y_room, run);
        }
    }

    /// Adds to the gradients of the edges and the bias, and computes `pass.dx` where it is wanted.
    pub(super) fn backward_blocks(
        &self,
        gradient: &mut [T],
        bias_gradient: &mut [T],
        pass: Backward<'_, T>,
    ) {
        let (x, dy, mut dx) = (pass.x, pass.dy, pass.dx);
        let (mut states, mut next_dstates, mut dstates) =
            (pass.state, pass.next_dstate, pass.dstate);
        let rows = x.nrows();
        let [of_inputs, of_outputs] = [self.inputs, self.outputs].map(|width| rows * width);
        let sizes = [of_inputs, of_outputs, of_inputs, self.outputs];
        let [x_room, dy_room, dx_room, unused] = self.rooms(pass.values, sizes);
        for part in self.parts() {
            let size = rows * part.state_size();
            let (state, others) = states.split_at(size);
            states = others;
            let (next_dstate, others) = next_dstates.split_at(size);
            next_dstates = others;
            let dstate = dstates.cut(size);
            let bias_gradient = match part.input {
                0 => &mut bias_gradient[part.outputs()],
                _ => &mut unused[part.outputs()],
            };
            let mut run = |dx: Option<ArrayViewMut2<'_, T>>| {
                let dy = columns(dy, part.outputs(), dy_room);
                let pass = Backward {
                    level: pass.level,
                    noise: pass.noise,
                    x: columns(x, part.inputs(), x_room),
                    // Kernels do not look at it.
                    y: dy,
                    dy,
                    dx,
                    gradient: &mut [],
                    state,
                    next_dstate,
                    dstate,
                    values: &mut Vec::new(),
                    scratch: pass.scratch,
                };
                let gradient = &mut gradient[part.parameters()];
                (part.function).backward(part.edges, gradient, bias_gradient, pass);
            };
            match &mut dx {
                None => run(None),
                Some(dx) => {
                    let first = part.output == 0;
                    let run = |dx: ArrayViewMut2<'_, T>| run(Some(dx));
                    into_columns(dx.view_mut(), part.inputs(), first, dx_room, run);
                }
            }
        }
    }

    /// Pieces of memory for copies; a layer of one block needs none.
    fn rooms<'a, const N: usize>(
        &self,
        memory: &'a mut Vec<T>,
        sizes: [usize; N],
    ) -> [&'a mut [T]; N] {
        let sizes = sizes.map(|size| if self.blocks.len() > 1 { size } else { 0 });
        let all = sizes.iter().sum();
        if memory.len() < all {
            memory.resize(all, T::ZERO);
        }
        let mut rest = &mut memory[..];
        sizes.map(|size| rest.cut(size))
    }
}

/// Some columns in standard layout: a copy, unless they are all.
fn columns<'a, T: Real>(
    of: ArrayView2<'a, T>,
    range: Range<usize>,
    room: &'a mut [T],
) -> ArrayView2<'a, T> {
    if range.len() == of.ncols() {
        return of;
    }
    let mut copy = rows_of(room, of.nrows(), range.len());
    copy.assign(&of.slice_axis(Axis(1), Slice::from(range)));
    let (shape, length) = (copy.raw_dim(), copy.len());
    ArrayView2::from_shape(shape, &room[..length]).expect("the copy has this shape")
}

/// Computes some columns by `run`, and overwrites those that there are, or adds to them.
fn into_columns<T: Real>(
    mut all: ArrayViewMut2<'_, T>,
    range: Range<usize>,
    overwrite: bool,
    room: &mut [T],
    run: impl FnOnce(ArrayViewMut2<'_, T>),
) {
    if overwrite && range.len() == all.ncols() {
        return run(all);
    }
    let mut some = rows_of(room, all.nrows(), range.len());
    run(some.view_mut());
    let mut target = all.slice_axis_mut(Axis(1), Slice::from(range));
    if overwrite {
        target.assign(&some);
    } else {
        target += &some;
    }
}

/// The beginning of some memory as rows.
fn rows_of<T>(room: &mut [T], rows: usize, width: usize) -> ArrayViewMut2<'_, T> {
    ArrayViewMut2::from_shape((rows, width), &mut room[..rows * width])
        .expect("as many numbers as the shape has")
}
