//! The backward pass: sums over samples and over outputs as products, then ∂θ and ∂x.
//!
//! A task takes a range of inputs through all samples and outputs, a part of it at a time, so
//! that it owns their gradients and their columns of ∂x.

use std::marker::PhantomData;

use ndarray::{ArrayViewMut2, Axis};

use super::multiply::{Left, Multiply, Order, Right};
use super::pack::{Inputs, PackEdgeRows, PackInputs, TurnErrors};
use super::products;
use crate::connection::{Connection, Values};
use crate::kernel::edges::{EdgeSumsOf, Edges, InputSumsOf, count};
use crate::kernel::errors::PackErrors;
use crate::kernel::scratch::{Scratch, cut, padded};
use crate::kernel::tuning::{BACKWARD_ROWS, PRODUCT_INPUTS, inputs_of_a_task};
use crate::parallel;
use crate::pass::Backward;
use crate::simd::{Level, MAX_LANES, Operation, Real, Simd, Vector};

/// Adds to `gradient`, and overwrites `pass.dx` where it is wanted.
pub(in crate::kernel) fn backward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    gradient: &mut [T],
    pass: Backward<'_, T>,
) {
    let (rows, inputs, outputs) = (pass.x.nrows(), edges.inputs, edges.outputs);
    let x = pass.x.to_slice().unwrap_or_default();
    let dy = pass.dy.to_slice().unwrap_or_default();
    let inputs_each = inputs_of_a_task(rows, inputs, outputs);
    let tasks = inputs.div_ceil(inputs_each);
    let sizes = Sizes::new::<C>(rows, inputs_each, outputs, pass.dx.is_some());
    let mut scratch = Scratch::new(
        pass.scratch,
        padded::<T>(sizes.errors)
            + padded::<T>(sizes.turned_errors)
            + tasks * sizes.of_a_task::<T>(),
    );

    let level = pass.level;
    let errors = scratch.take(sizes.errors);
    let turned_errors = scratch.take(sizes.turned_errors);
    level.run(PackErrors {
        dy,
        outputs,
        rows,
        target: &mut *errors,
    });
    if pass.dx.is_some() {
        level.run(TurnErrors {
            dy,
            outputs,
            target: &mut *turned_errors,
        });
    }

    let per_input = count::<C::Parameters<f32>>() * outputs;
    let mut gradient_rest = gradient;
    let mut dx = pass.dx;
    let mut dx = dx
        .as_mut()
        .map(|dx| dx.axis_chunks_iter_mut(Axis(1), inputs_each));
    let mut work = Vec::with_capacity(tasks);
    for first in (0..inputs).step_by(inputs_each) {
        let count = inputs_each.min(inputs - first);
        work.push(Range {
            connection: PhantomData::<C>,
            level,
            edges,
            first,
            rows,
            x,
            errors: &*errors,
            turned_errors: &*turned_errors,
            gradient: cut(&mut gradient_rest, count * per_input),
            dx: dx.as_mut().and_then(Iterator::next),
            packed_inputs: scratch.take(sizes.packed_inputs),
            packed_edges: scratch.take(sizes.packed_edges),
            sums: scratch.take(sizes.sums),
            count,
        });
    }
    parallel::for_each(work, Range::run);
}

/// Lengths of pieces of memory, in elements.
#[derive(Clone, Copy)]
struct Sizes {
    errors: usize,
    turned_errors: usize,
    packed_inputs: usize,
    packed_edges: usize,
    sums: usize,
}

impl Sizes {
    fn new<C: Connection>(rows: usize, inputs: usize, outputs: usize, want_dx: bool) -> Self {
        let columns = outputs.next_multiple_of(MAX_LANES);
        let samples = rows.next_multiple_of(MAX_LANES);
        let tile = BACKWARD_ROWS.min(samples);
        let inputs = PRODUCT_INPUTS.min(inputs);
        let edge_sums = products::<C>().edge_sums.len() * inputs;
        let input_sums = if want_dx {
            products::<C>().input_sums.len() * inputs
        } else {
            0
        };
        Self {
            errors: rows * columns,
            turned_errors: if want_dx { samples * outputs } else { 0 },
            packed_inputs: tile * edge_sums,
            packed_edges: input_sums * columns,
            sums: (edge_sums * columns).max(input_sums * tile),
        }
    }

    fn of_a_task<T>(self) -> usize {
        padded::<T>(self.packed_inputs) + padded::<T>(self.packed_edges) + padded::<T>(self.sums)
    }
}

/// One task: `count` inputs from `first` on, all samples and outputs.
struct Range<'a, C, T> {
    connection: PhantomData<C>,
    level: Level,
    edges: Edges<'a, T>,
    first: usize,
    count: usize,
    rows: usize,
    x: &'a [T],
    /// `[block of outputs][sample][lane]`
    errors: &'a [T],
    /// `[block of samples][output][lane]`
    turned_errors: &'a [T],
    /// `[input][parameter][output]`
    gradient: &'a mut [T],
    /// The columns of ∂x that are this task's.
    dx: Option<ArrayViewMut2<'a, T>>,
    packed_inputs: &'a mut [T],
    packed_edges: &'a mut [T],
    sums: &'a mut [T],
}

impl<C: Connection, T: Real> Range<'_, C, T> {
    fn run(mut self) {
        for local in (0..self.count).step_by(PRODUCT_INPUTS) {
            let inputs = Inputs {
                first: self.first + local,
                count: PRODUCT_INPUTS.min(self.count - local),
            };
            self.parameters(inputs, local);
            if self.dx.is_some() {
                self.transmit(inputs, local);
            }
        }
    }

    /// ∂θ of some inputs.
    fn parameters(&mut self, inputs: Inputs, local: usize) {
        let (width, outputs) = (self.edges.inputs, self.edges.outputs);
        let sums = products::<C>().edge_sums.len() * inputs.count;
        self.sums.fill(T::ZERO);
        for first in (0..self.rows).step_by(BACKWARD_ROWS) {
            let rows = BACKWARD_ROWS.min(self.rows - first);
            self.level.run(PackInputs {
                connection: self.connection,
                x: &self.x[first * width..][..rows * width],
                width,
                inputs,
                forward: false,
                target: &mut *self.packed_inputs,
            });
            self.level.run(Multiply {
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
                columns: outputs,
            });
        }
        let per_input = count::<C::Parameters<f32>>() * outputs;
        self.level.run(FinishEdges {
            connection: self.connection,
            edges: self.edges,
            inputs,
            sums: &*self.sums,
            gradient: &mut self.gradient[local * per_input..][..inputs.count * per_input],
        });
    }

    /// ∂x of some inputs.
    fn transmit(&mut self, inputs: Inputs, local: usize) {
        let outputs = self.edges.outputs;
        let sums = products::<C>().input_sums.len() * inputs.count;
        self.level.run(PackEdgeRows {
            connection: self.connection,
            edges: self.edges,
            inputs,
            target: &mut *self.packed_edges,
        });
        for first in (0..self.rows).step_by(BACKWARD_ROWS) {
            let rows = BACKWARD_ROWS.min(self.rows - first);
            self.sums.fill(T::ZERO);
            self.level.run(Multiply {
                a: Left {
                    values: &*self.packed_edges,
                    stride: outputs.next_multiple_of(MAX_LANES),
                    order: Order::ByRow,
                },
                b: Right {
                    values: &self.turned_errors[first * outputs..],
                    steps: outputs,
                    first: 0,
                },
                c: &mut *self.sums,
                rows: sums,
                depth: outputs,
                columns: rows,
            });
            if let Some(dx) = &mut self.dx {
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
                let sums = EdgeSumsOf::<C, S>::from_fn(|k| {
                    simd.load(&self.sums[block * block_size + (k * count + i) * lanes..])
                });
                let edge = self.edges.stage::<C, S>(simd, first + i, output);
                let gradient = C::finish_edge(simd, edge, sums);
                let gradient = gradient.as_slice();
                for (k, &value) in gradient.iter().enumerate() {
                    let place = (i * gradient.len() + k) * outputs + output;
                    let target = &mut self.gradient[place..][..width];
                    (simd.load_partial(target) + value).store_partial(target);
                }
            }
        }
    }
}

/// ∂x of some samples and inputs from their sums over the outputs,
/// `[block of samples][sum][input][lane]`.
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
        let values = InputSumsOf::<C, S>::COUNT;
        for (block, sample) in (0..self.rows).step_by(lanes).enumerate() {
            let samples = lanes.min(self.rows - sample);
            let sums = &self.sums[block * values * count * lanes..][..values * count * lanes];
            for i in (0..count).step_by(lanes) {
                let width = lanes.min(count - i);
                for n in 0..samples {
                    let row = self.first + sample + n;
                    let totals = InputSumsOf::<C, S>::from_fn(|k| {
                        let column = &sums[(k * count + i) * lanes..][..width * lanes];
                        let mut turned = [T::ZERO; MAX_LANES];
                        let neighbours = column[n..].iter().step_by(lanes);
                        for (to, &from) in turned.iter_mut().zip(neighbours) {
                            *to = from;
                        }
                        simd.load(&turned)
                    });
                    let x = &self.x[row * self.width + first + i..][..width];
                    let input = C::input(simd, simd.load_partial(x));
                    let dx = C::finish_input(simd, input, totals);
                    let mut target = self.dx.row_mut(row);
                    if let Some(target) = target.as_slice_mut() {
                        dx.store_partial(&mut target[self.local + i..][..width]);
                    }
                }
            }
        }
    }
}
