//! The backward kernel: `∂x[n,i] = Σ_o g ∂f/∂x`, `∂θ[i,o] = Σ_n g ∂f/∂θ`, `∂b[o] = Σ_n g`.
//!
//! A task owns a range of inputs: their parameters' gradients, and their column of ∂x. It goes
//! edge by edge through the samples, so that the sums over samples stay in registers; the sums
//! over outputs stay in the cache as vectors until all outputs are done.

use std::marker::PhantomData;

use ndarray::{ArrayViewMut2, ArrayViewMut3, Axis};

use super::column::{Column, assign_columns, finish_inputs};
use super::order::Order;
use super::terms::{in_order, one};
use crate::connection::{Connection, Values};
use crate::kernel::edges::{EdgeSumsOf, Edges, count, load_sums, spread, stage_inputs, store_sums};
use crate::kernel::errors::{PackErrors, load_zero_padded};
use crate::kernel::scratch::{Scratch, cut, padded};
use crate::kernel::tuning::{BACKWARD_ROWS, MIXED_TASK, inputs_of_a_task};
use crate::parallel;
use crate::pass::Backward;
use crate::simd::{MAX_LANES, Operation, Real, Simd, Vector};

/// Adds to `gradient` (`[input][parameter][output]`), and overwrites `pass.dx` where it is wanted,
/// and `pass.dstate`. `pass.gradient` is not used.
pub(in crate::kernel) fn backward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    gradient: &mut [T],
    pass: Backward<'_, T>,
) {
    let (rows, inputs, outputs) = (pass.x.nrows(), edges.inputs, edges.outputs);
    let x = pass.x.to_slice().unwrap_or_default();
    let dy = pass.dy.to_slice().unwrap_or_default();
    let inputs_each = inputs_of_a_task(MIXED_TASK, rows, inputs, outputs);
    let tasks = inputs.div_ceil(inputs_each);
    let tile = BACKWARD_ROWS.min(rows.max(1));
    let columns = outputs.next_multiple_of(MAX_LANES);
    let (level, mut dx) = (pass.level, pass.dx);
    let want_dx = dx.is_some();
    let dx_columns = if want_dx { rows } else { 0 };
    let sizes = Sizes {
        staged: (tile + 1) * count::<C::Input<f32>>(),
        // Where edges are pruned, what they were before is kept beside them.
        input_sums: if edges.kept.is_empty() { 1 } else { 2 }
            * (tile + 1)
            * count::<C::InputSums<f32>>()
            * MAX_LANES,
        edge_sums: columns * count::<C::EdgeSums<f32>>(),
        dx: inputs_each * dx_columns,
    };
    let mut scratch = Scratch::new(
        pass.scratch,
        padded::<T>(rows * columns) + tasks * sizes.padded::<T>(),
    );

    let g = scratch.take(rows * columns);
    level.run(PackErrors {
        dy,
        outputs,
        rows,
        target: &mut *g,
    });

    let g = &*g;
    let per_edge = count::<C::Parameters<f32>>() * outputs;
    let mut gradient_rest = gradient;
    let mut dx_rest = (dx.as_mut()).map(|dx| dx.axis_chunks_iter_mut(Axis(1), inputs_each));
    let states = if C::STATEFUL { inputs } else { 0 };
    let mut dstate = ArrayViewMut3::from_shape((rows, states, outputs), pass.dstate).ok();
    let mut dstate_rest =
        (dstate.as_mut()).map(|dstate| dstate.axis_chunks_iter_mut(Axis(1), inputs_each));
    let ranges = (0..inputs).step_by(inputs_each).map(|first| {
        let count = inputs_each.min(inputs - first);
        Range {
            connection: PhantomData::<C>,
            edges,
            first,
            rows,
            x,
            g,
            gradient: cut(&mut gradient_rest, count * per_edge),
            dx: dx_rest.as_mut().and_then(Iterator::next),
            state: pass.state,
            next_dstate: pass.next_dstate,
            dstate: dstate_rest.as_mut().and_then(Iterator::next),
            dx_columns: scratch.take(sizes.dx),
            staged: scratch.take(sizes.staged),
            input_sums: scratch.take(sizes.input_sums),
            edge_sums: scratch.take(sizes.edge_sums),
            count,
        }
    });
    parallel::for_each(ranges, |range| {
        if want_dx {
            level.run(WithInputGradient(range));
        } else {
            level.run(range);
        }
    });
}

/// Lengths of a task's own memory.
#[derive(Clone, Copy)]
struct Sizes {
    staged: usize,
    input_sums: usize,
    edge_sums: usize,
    dx: usize,
}

impl Sizes {
    fn padded<T>(self) -> usize {
        let all = [self.staged, self.input_sums, self.edge_sums, self.dx];
        all.map(padded::<T>).iter().sum()
    }
}

/// One task: `count` inputs from `first` on, all samples and outputs.
struct Range<'a, C, T> {
    connection: PhantomData<C>,
    edges: Edges<'a, T>,
    first: usize,
    count: usize,
    rows: usize,
    x: &'a [T],
    /// `[block of outputs][sample][lane]`
    g: &'a [T],
    /// `[input][parameter][output]`
    gradient: &'a mut [T],
    /// `[sample][input]`, of these inputs
    dx: Option<ArrayViewMut2<'a, T>>,
    /// `[sample][input][output]`, of all inputs
    state: &'a [T],
    /// `[sample][input][output]`, of all inputs
    next_dstate: &'a [T],
    /// `[sample][input][output]`, of these inputs
    dstate: Option<ArrayViewMut3<'a, T>>,
    /// `[input][sample]`: what `dx` becomes, which neighbouring tasks write to as well.
    dx_columns: &'a mut [T],
    /// `[sample][value]`
    staged: &'a mut [T],
    /// `[sample][sum][lane]`
    input_sums: &'a mut [T],
    /// `[block of outputs][sum][lane]`
    edge_sums: &'a mut [T],
}

/// A task that computes ∂x as well.
struct WithInputGradient<'a, C, T>(Range<'a, C, T>);

impl<C: Connection, T: Real> Operation<T> for Range<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(mut self, simd: S) {
        self.inputs::<S, false>(simd);
    }
}

impl<C: Connection, T: Real> Operation<T> for WithInputGradient<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(mut self, simd: S) {
        self.0.inputs::<S, true>(simd);
    }
}

impl<C: Connection, T: Real> Range<'_, C, T> {
    /// Goes through the inputs of the task.
    #[inline(always)]
    fn inputs<S: Simd<Scalar = T>, const DX: bool>(&mut self, simd: S) {
        let lanes = S::Vector::LANES;
        let tile = BACKWARD_ROWS.min(self.rows.max(1));
        let blocks = self.edges.outputs.div_ceil(lanes);
        let edge_sums = count::<C::EdgeSums<f32>>() * lanes;
        let (mut column, mut order) = (Column::new(), Order::new());
        for local in 0..self.count {
            self.edge_sums[..blocks * edge_sums].fill(T::ZERO);
            for first_row in (0..self.rows).step_by(tile) {
                let rows = tile.min(self.rows - first_row);
                let memory = (&mut column, &mut order);
                self.samples::<S, DX>(simd, local, first_row, rows, memory);
            }
            for block in 0..blocks {
                let sums = load_sums(simd, &self.edge_sums[block * edge_sums..]);
                self.add_gradient(simd, local, block * lanes, sums);
            }
        }
        if let Some(dx) = &mut self.dx {
            assign_columns(dx, self.dx_columns);
        }
    }

    /// Takes a tile of samples through all outputs of one input.
    #[inline(always)]
    fn samples<S: Simd<Scalar = T>, const DX: bool>(
        &mut self,
        simd: S,
        local: usize,
        first_row: usize,
        rows: usize,
        (column, order): (&mut Column<T>, &mut Order),
    ) {
        let lanes = S::Vector::LANES;
        let (inputs, outputs) = (self.edges.inputs, self.edges.outputs);
        let i = self.first + local;
        let values = count::<C::Input<f32>>();
        let (per_edge, per_sample) = (
            count::<C::EdgeSums<f32>>() * lanes,
            count::<C::InputSums<f32>>() * lanes,
        );
        let staged = &mut self.staged[..(rows + 1) * values];
        let column = column.gather(&self.x[first_row * inputs + i..], inputs, rows);
        stage_inputs::<C, S>(simd, column, values, staged);
        if C::ZEROS_APART {
            stage_inputs::<C, S>(simd, &[T::ZERO], values, &mut staged[rows * values..]);
            order.sort(column);
        }
        let (input_sums, before) = self.input_sums.split_at_mut((rows + 1) * per_sample);
        if DX {
            input_sums.fill(T::ZERO);
        }

        for block in 0..outputs.div_ceil(lanes) {
            let kept = self.edges.kept(simd, i, block * lanes);
            if kept.none {
                continue;
            }
            if !kept.all {
                before[..input_sums.len()].copy_from_slice(input_sums);
            }
            let edge = self.edges.stage::<C, S>(simd, i, block * lanes);
            let edge_sums = &mut self.edge_sums[block * per_edge..][..per_edge];
            let mut sums: EdgeSumsOf<C, S> = load_sums(simd, edge_sums);
            let g = &self.g[(block * self.rows + first_row) * lanes..][..rows * lanes];
            if C::STATEFUL {
                let width = lanes.min(outputs - block * lanes);
                for (n, g) in g.chunks_exact(lanes).enumerate() {
                    let sample = first_row + n;
                    let place = (sample * inputs + i) * outputs + block * lanes;
                    let state = simd.load_partial(&self.state[place..][..width]);
                    let next = load_zero_padded(simd, &self.next_dstate[place..][..width]);
                    let input = spread::<C, S>(simd, &staged[n * values..], values);
                    let across = &mut input_sums[n * per_sample..][..per_sample];
                    let g = simd.load(g) + next;
                    let dstate;
                    (sums, dstate) = one::<C, S, DX>(simd, input, edge, state, g, sums, across);
                    if let Some(all) = &mut self.dstate {
                        let mut of_sample = all.index_axis_mut(Axis(0), sample);
                        let mut row = of_sample.row_mut(local);
                        if let Some(row) = row.as_slice_mut() {
                            dstate.store_partial(&mut row[block * lanes..][..width]);
                        }
                    }
                }
            } else if C::ZEROS_APART {
                sums = in_order::<C, S, DX>(simd, edge, g, staged, sums, input_sums, order);
            } else {
                let none = simd.number(0.0);
                for (n, g) in g.chunks_exact(lanes).enumerate() {
                    let input = spread::<C, S>(simd, &staged[n * values..], values);
                    let across = &mut input_sums[n * per_sample..][..per_sample];
                    let g = simd.load(g);
                    sums = one::<C, S, DX>(simd, input, edge, none, g, sums, across).0;
                }
            }
            store_sums(&sums, edge_sums);
            if !kept.all {
                kept.restore(simd, before, input_sums);
            }
        }

        if DX {
            let dx = &mut self.dx_columns[local * self.rows + first_row..][..rows];
            if self.edges.is_pruned(i) {
                dx.fill(T::ZERO);
            } else {
                finish_inputs::<C, S>(simd, column, &input_sums[..rows * per_sample], dx);
            }
        }
    }

    /// Adds ∂θ of a vector of edges, from their sums over the samples.
    #[inline(always)]
    fn add_gradient<S: Simd<Scalar = T>>(
        &mut self,
        simd: S,
        local: usize,
        output: usize,
        sums: EdgeSumsOf<C, S>,
    ) {
        let outputs = self.edges.outputs;
        let width = S::Vector::LANES.min(outputs - output);
        let edge = self.edges.stage::<C, S>(simd, self.first + local, output);
        let gradient = C::finish_edge(simd, edge, sums);
        let gradient = gradient.as_slice();
        let kept = self.edges.kept(simd, self.first + local, output);
        for (k, &value) in gradient.iter().enumerate() {
            let place = (local * gradient.len() + k) * outputs + output;
            kept.or_zero(value)
                .add_first(&mut self.gradient[place..], width);
        }
    }
}
