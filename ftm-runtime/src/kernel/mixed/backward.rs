//! The backward kernel: `∂x[n,i] = Σ_o g ∂f/∂x`, `∂θ[i,o] = Σ_n g ∂f/∂θ`, `∂b[o] = Σ_n g`.
//!
//! A task owns a range of inputs: their parameters' gradients, and their column of ∂x. It goes
//! edge by edge through the samples, so that the sums over samples stay in registers; the sums
//! over outputs stay in the cache as vectors until all outputs are done. Samples with an input of 0 are
//! taken apart where that is worth it (`order.rs`).

use std::marker::PhantomData;

use ndarray::{ArrayViewMut3, Axis};

use super::column::{self, Column, assign_columns, finish_inputs};
use super::errors_at_zero::{self, ErrorsAtZero};
use super::order::Order;
use super::terms::{in_order, one};

use crate::connection::{Connection, Values};
use crate::kernel::edges::{
    EdgeSumsOf, Edges, count, largest, load_sums, may_pair, spread, stage_inputs, store_sums,
    stride,
};
use crate::kernel::errors::{load_zero_padded, pack_errors};
use crate::kernel::ranges::{OwnInputs, in_ranges};
use crate::kernel::scratch::{Scratch, for_threads, padded};
use crate::kernel::tuning::{BACKWARD_ROWS, MIXED_BACKWARD, inputs_of_a_task};
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
    let mut inputs_each = inputs_of_a_task(MIXED_BACKWARD, [rows, inputs, outputs]);
    if C::ZEROS_APART {
        inputs_each = inputs_each
            .next_multiple_of(errors_at_zero::STEP)
            .min(inputs.max(1));
    }
    let tile = BACKWARD_ROWS.min(rows.max(1));
    let columns = outputs.next_multiple_of(MAX_LANES);
    let (level, want_dx) = (pass.level, pass.dx.is_some());
    // Where edges are pruned, what they were before is kept beside them.
    let versions = if edges.kept.is_empty() { 1 } else { 2 };
    let of_samples = versions * tile * MAX_LANES;
    let apart = if C::ZEROS_APART { inputs_each } else { 0 };
    let [counts, ones, errors] = errors_at_zero::sizes(apart, rows, outputs);
    let sizes = [
        column::vectors(tile) * stride(count::<C::Input<f32>>()),
        of_samples * stride(count::<C::InputSums<f32>>()),
        columns * count::<C::EdgeSums<f32>>(),
        if want_dx { inputs_each * rows } else { 0 },
        counts,
        ones,
        errors,
    ];
    let memory = for_threads::<T>(inputs.div_ceil(inputs_each), &sizes);
    let mut scratch = Scratch::new(pass.scratch, memory + padded::<T>(rows * columns));

    let (memory, g) = (scratch.take(memory), scratch.take(rows * columns));
    pack_errors(level, dy, [rows, outputs], g);

    let g = &*g;
    let states = ArrayViewMut3::from_shape((rows, inputs, outputs), pass.dstate);
    let all = OwnInputs {
        range: 0..inputs,
        per_input: count::<C::Parameters<f32>>() * outputs,
        gradient,
        dx: pass.dx,
        dstate: states.ok().filter(|_| C::STATEFUL),
    };
    in_ranges(all, inputs_each, memory, &|inputs, mut scratch| {
        let [
            staged,
            input_sums,
            edge_sums,
            dx_columns,
            counts,
            ones,
            errors,
        ] = sizes.map(|size| scratch.take(size));
        let at_zero = C::ZEROS_APART.then(|| {
            let own = errors_at_zero::Inputs {
                first: inputs.range.start,
                count: inputs.range.len(),
                x,
                width: edges.inputs,
            };
            ErrorsAtZero::new(level, own, (g, outputs), [counts, ones, errors])
        });
        let range = Range {
            connection: PhantomData::<C>,
            edges,
            inputs,
            rows,
            x,
            g,
            state: pass.state,
            next_dstate: pass.next_dstate,
            dx_columns,
            at_zero,
            staged,
            input_sums,
            edge_sums,
        };
        if want_dx {
            level.run(WithInputGradient(range));
        } else {
            level.run(range);
        }
    });
}

/// One task: some inputs, all samples and outputs.
struct Range<'a, 'd, C, T> {
    connection: PhantomData<C>,
    edges: Edges<'a, T>,
    inputs: OwnInputs<'d, T>,
    rows: usize,
    x: &'a [T],
    /// `[block of outputs][sample][lane]`
    g: &'a [T],
    /// `[sample][input][output]`, of all inputs
    state: &'a [T],
    /// `[sample][input][output]`, of all inputs
    next_dstate: &'a [T],
    /// `[input][sample]`: what `dx` becomes, which neighbouring tasks write to as well.
    dx_columns: &'a mut [T],
    /// Of a function whose samples with an input of 0 are taken apart.
    at_zero: Option<ErrorsAtZero<'a, T>>,
    /// `[sample][value]`
    staged: &'a mut [T],
    /// `[sample][sum][lane]`
    input_sums: &'a mut [T],
    /// `[block of outputs][sum][lane]`
    edge_sums: &'a mut [T],
}

/// A task that computes ∂x as well.
struct WithInputGradient<'a, 'd, C, T>(Range<'a, 'd, C, T>);

impl<C: Connection, T: Real> Operation<T> for Range<'_, '_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(mut self, simd: S) {
        self.inputs::<S, false>(simd);
    }
}

impl<C: Connection, T: Real> Operation<T> for WithInputGradient<'_, '_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(mut self, simd: S) {
        self.0.inputs::<S, true>(simd);
    }
}

impl<C: Connection, T: Real> Range<'_, '_, C, T> {
    /// Goes through the inputs of the task.
    #[inline(always)]
    fn inputs<S: Simd<Scalar = T>, const DX: bool>(&mut self, simd: S) {
        let lanes = S::Vector::LANES;
        let tile = BACKWARD_ROWS.min(self.rows.max(1));
        let blocks = self.edges.outputs.div_ceil(lanes);
        let edge_sums = count::<C::EdgeSums<f32>>() * lanes;
        let (mut column, mut order) = (Column::new(), Order::new());
        for local in 0..self.inputs.range.len() {
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
        if let Some(dx) = &mut self.inputs.dx {
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
        let i = self.inputs.range.start + local;
        let values = stride(count::<C::Input<f32>>());
        let (per_edge, per_sample) = (
            count::<C::EdgeSums<f32>>() * lanes,
            stride(count::<C::InputSums<f32>>()) * lanes,
        );
        let staged = &mut self.staged[..column::vectors(rows) * values];
        column.gather(&self.x[first_row * inputs + i..], inputs, rows);
        stage_inputs::<C, S>(simd, column.vectors(rows), values, staged);
        let column = column.samples(rows);
        let at_zero =
            (self.at_zero.as_ref()).filter(|at_zero| C::ZEROS_APART && at_zero.are_apart(local));
        order.keep(rows);
        if at_zero.is_some() {
            let zeros = order.compare(column);
            order.take_apart(zeros);
            if DX {
                order.list_apart();
            }
        }
        let largest = largest::<C, S>(simd, rows, &staged[..rows * values]);
        let (input_sums, before) = self.input_sums.split_at_mut(rows * per_sample);
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
                    if let Some(all) = &mut self.inputs.dstate {
                        let mut of_sample = all.index_axis_mut(Axis(0), sample);
                        let mut row = of_sample.row_mut(local);
                        if let Some(row) = row.as_slice_mut() {
                            dstate.store_partial(&mut row[block * lanes..][..width]);
                        }
                    }
                }
            } else if C::ZEROS_APART {
                if let Some(at_zero) = at_zero.filter(|_| DX || first_row == 0) {
                    let (of_edge, of_input) = errors_at_zero::terms::<C, S>(simd, edge);
                    if first_row == 0 {
                        let errors = at_zero.sum(simd, local, block);
                        sums = EdgeSumsOf::<C, S>::from_fn(
                            #[inline(always)]
                            |k| errors.mul_add(of_edge.as_slice()[k], sums.as_slice()[k]),
                        );
                    }
                    if DX {
                        let samples = order.set_apart();
                        errors_at_zero::transmit::<C, S>(simd, samples, g, &of_input, input_sums);
                    }
                }
                let abreast = may_pair::<C, S>(simd, rows, largest, edge);
                let order = order.evaluated(abreast);
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
        let i = self.inputs.range.start + local;
        let edge = self.edges.stage::<C, S>(simd, i, output);
        let gradient = C::finish_edge(simd, edge, sums);
        let gradient = gradient.as_slice();
        let kept = self.edges.kept(simd, i, output);
        for (k, &value) in gradient.iter().enumerate() {
            let place = (local * gradient.len() + k) * outputs + output;
            kept.or_zero(value)
                .add_first(&mut self.inputs.gradient[place..], width);
        }
    }
}
