//! The backward pass: sums over samples and over outputs as products, then ∂θ and ∂x.
//!
//! A task takes a range of inputs through all samples and outputs, a part of it at a time, so
//! that it owns their gradients and their columns of ∂x.

use std::marker::PhantomData;

use ndarray::ArrayViewMut2;

use super::pack::{Inputs, PackInputs, TurnEdges};
use super::products;
use crate::connection::{Connection, Values};
use crate::kernel::edges::{EdgeSumsOf, Edges, InputSumsOf, count, input_stage};
use crate::kernel::errors::{copy_errors, pack_errors};
use crate::kernel::ranges::{OwnInputs, in_ranges};
use crate::kernel::scratch::{Scratch, for_threads, padded};
use crate::kernel::tuning::{BACKWARD_ROWS, PRODUCT_BACKWARD, PRODUCT_INPUTS, inputs_of_a_task};
use crate::pass::Backward;
use crate::simd::{
    Columns, Left, Level, MAX_LANES, Multiply, Operation, Order, Real, Right, Simd, Vector,
};

/// Adds to `gradient`, and overwrites `pass.dx` where it is wanted.
pub(in crate::kernel) fn backward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    gradient: &mut [T],
    pass: Backward<'_, T>,
) {
    let (rows, inputs, outputs) = (pass.x.nrows(), edges.inputs, edges.outputs);
    let x = pass.x.to_slice().unwrap_or_default();
    let dy = pass.dy.to_slice().unwrap_or_default();
    let inputs_each = inputs_of_a_task(PRODUCT_BACKWARD, [rows, inputs, outputs]);
    let inputs_each = inputs_each.next_multiple_of(MAX_LANES);
    let (level, want_dx) = (pass.level, pass.dx.is_some());
    let sizes = sizes::<C>(rows, inputs_each, outputs, want_dx);
    let errors = rows * outputs.next_multiple_of(MAX_LANES);
    let error_rows = if want_dx { rows * outputs } else { 0 };
    let memory = for_threads::<T>(inputs.div_ceil(inputs_each), &sizes);
    let mut scratch = Scratch::new(
        pass.scratch,
        memory + padded::<T>(errors) + padded::<T>(error_rows),
    );

    let memory = scratch.take(memory);
    let (errors, error_rows) = (scratch.take(errors), scratch.take(error_rows));
    pack_errors(level, dy, [rows, outputs], errors);
    if want_dx {
        copy_errors(level, dy, error_rows);
    }

    let (errors, error_rows) = (&*errors, &*error_rows);
    let all = OwnInputs {
        range: 0..inputs,
        per_input: count::<C::Parameters<f32>>() * outputs,
        gradient,
        dx: pass.dx,
        dstate: None,
    };
    in_ranges(all, inputs_each, memory, &|inputs, mut scratch| {
        let [packed_inputs, packed_edges, sums] = sizes.map(|size| scratch.take(size));
        let range = Range {
            connection: PhantomData::<C>,
            level,
            edges,
            inputs,
            rows,
            x,
            errors,
            error_rows,
            packed_inputs,
            packed_edges,
            sums,
        };
        range.run();
    });
}

/// Lengths of a task's pieces of memory: packed inputs, packed edges and sums.
fn sizes<C: Connection>(rows: usize, inputs: usize, outputs: usize, want_dx: bool) -> [usize; 3] {
    let columns = outputs.next_multiple_of(MAX_LANES);
    let tile = BACKWARD_ROWS.min(rows);
    let inputs = PRODUCT_INPUTS.min(inputs);
    let edge_sums = products::<C>().edge_sums.len() * inputs;
    let input_sums = if want_dx {
        products::<C>().input_sums.len() * inputs.next_multiple_of(MAX_LANES)
    } else {
        0
    };
    [
        tile * edge_sums,
        input_sums * outputs,
        (edge_sums * columns).max(input_sums * tile),
    ]
}

/// One task: some inputs, all samples and outputs.
struct Range<'a, 'd, C, T> {
    connection: PhantomData<C>,
    level: Level,
    edges: Edges<'a, T>,
    inputs: OwnInputs<'d, T>,
    rows: usize,
    x: &'a [T],
    /// `[block of outputs][sample][lane]`
    errors: &'a [T],
    /// `[sample][output]`
    error_rows: &'a [T],
    packed_inputs: &'a mut [T],
    packed_edges: &'a mut [T],
    sums: &'a mut [T],
}

impl<C: Connection, T: Real> Range<'_, '_, C, T> {
    fn run(mut self) {
        let range = self.inputs.range.clone();
        for inputs in Inputs::pieces(range.clone(), PRODUCT_INPUTS) {
            let local = inputs.first - range.start;
            self.parameters(inputs, local);
            if self.inputs.dx.is_some() {
                self.transmit(inputs, local);
            }
        }
    }

    /// ∂θ of some inputs.
    fn parameters(&mut self, inputs: Inputs, local: usize) {
        let (width, outputs) = (self.edges.inputs, self.edges.outputs);
        let sums = products::<C>().edge_sums.len() * inputs.count;
        for first in (0..self.rows).step_by(BACKWARD_ROWS) {
            let rows = BACKWARD_ROWS.min(self.rows - first);
            PackInputs {
                connection: self.connection,
                x: &self.x[first * width..][..rows * width],
                width,
                inputs,
                forward: false,
                target: &mut *self.packed_inputs,
            }
            .on(self.level);
            Multiply {
                a: Left {
                    values: &*self.packed_inputs,
                    stride: sums,
                    order: Order::ByStep,
                },
                b: Right {
                    values: self.errors,
                    steps: self.rows,
                    first,
                },
                c: &mut *self.sums,
                rows: sums,
                depth: rows,
                add: first > 0,
                columns: Columns {
                    groups: 1,
                    each: outputs,
                },
            }
            .on(self.level);
        }
        let per_input = count::<C::Parameters<f32>>() * outputs;
        self.level.run(FinishEdges {
            connection: self.connection,
            edges: self.edges,
            inputs,
            sums: &*self.sums,
            gradient: &mut self.inputs.gradient[local * per_input..][..inputs.count * per_input],
        });
    }

    /// ∂x of some inputs.
    fn transmit(&mut self, inputs: Inputs, local: usize) {
        let outputs = self.edges.outputs;
        self.level.run(TurnEdges {
            connection: self.connection,
            edges: self.edges,
            inputs,
            target: &mut *self.packed_edges,
        });
        for first in (0..self.rows).step_by(BACKWARD_ROWS) {
            let rows = BACKWARD_ROWS.min(self.rows - first);
            Multiply {
                a: Left {
                    values: &self.error_rows[first * outputs..],
                    stride: outputs,
                    order: Order::ByRow,
                },
                b: Right {
                    values: &*self.packed_edges,
                    steps: outputs,
                    first: 0,
                },
                c: &mut *self.sums,
                rows,
                depth: outputs,
                add: false,
                columns: Columns {
                    groups: products::<C>().input_sums.len(),
                    each: inputs.count,
                },
            }
            .on(self.level);
            if let Some(dx) = &mut self.inputs.dx {
                self.level.run(FinishInputs {
                    connection: self.connection,
                    x: self.x,
                    width: self.edges.inputs,
                    inputs,
                    local,
                    first,
                    rows,
                    sums: &*self.sums,
                    dx,
                });
            }
        }
        if let Some(dx) = &mut self.inputs.dx {
            for input in self.edges.pruned(inputs.first..inputs.first + inputs.count) {
                dx.column_mut(local + input - inputs.first).fill(T::ZERO);
            }
        }
    }
}

/// Adds ∂θ of some inputs from their sums over the samples, `[block of outputs][sum][input][lane]`.
struct FinishEdges<'a, C, T> {
    connection: PhantomData<C>,
    edges: Edges<'a, T>,
    inputs: Inputs,
    sums: &'a [T],
    gradient: &'a mut [T],
}

impl<C: Connection, T: Real> Operation<T> for FinishEdges<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let Inputs { first, count } = self.inputs;
        let outputs = self.edges.outputs;
        let block_size = EdgeSumsOf::<C, S>::COUNT * count * lanes;
        for i in 0..count {
            for (block, output) in (0..outputs).step_by(lanes).enumerate() {
                let width = lanes.min(outputs - output);
                let sums = EdgeSumsOf::<C, S>::from_fn(
                    #[inline(always)]
                    |k| simd.load(&self.sums[block * block_size + (k * count + i) * lanes..]),
                );
                let edge = self.edges.stage::<C, S>(simd, first + i, output);
                let gradient = C::finish_edge(simd, edge, sums);
                let gradient = gradient.as_slice();
                let kept = self.edges.kept(simd, first + i, output);
                for (k, &value) in gradient.iter().enumerate() {
                    let place = (i * gradient.len() + k) * outputs + output;
                    kept.or_zero(value)
                        .add_first(&mut self.gradient[place..], width);
                }
            }
        }
    }
}

/// ∂x of some samples and inputs from their sums over the outputs,
/// `[sum][block of inputs][sample][lane]`.
struct FinishInputs<'a, 'd, C, T> {
    connection: PhantomData<C>,
    x: &'a [T],
    width: usize,
    inputs: Inputs,
    /// The first of the inputs among the columns of `dx`.
    local: usize,
    /// The first of the samples.
    first: usize,
    rows: usize,
    sums: &'a [T],
    dx: &'a mut ArrayViewMut2<'d, T>,
}

impl<C: Connection, T: Real> Operation<T> for FinishInputs<'_, '_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let Inputs { first, count } = self.inputs;
        let blocks = count.div_ceil(lanes);
        for n in 0..self.rows {
            let row = self.first + n;
            let x = &self.x[row * self.width + first..][..count];
            let mut dx = self.dx.row_mut(row);
            let Some(dx) = dx.as_slice_mut() else {
                continue;
            };
            let dx = dx[self.local..][..count].chunks_mut(lanes);
            for (block, (dx, x)) in dx.zip(x.chunks(lanes)).enumerate() {
                let totals = InputSumsOf::<C, S>::from_fn(
                    #[inline(always)]
                    |k| simd.load(&self.sums[((k * blocks + block) * self.rows + n) * lanes..]),
                );
                let input = input_stage::<C, S>(simd, simd.load_partial(x));
                C::finish_input(simd, input, totals).store_partial(dx);
            }
        }
    }
}
