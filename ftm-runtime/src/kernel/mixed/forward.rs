//! The forward kernel: `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])`.
//!
//! A task takes a tile of samples through all edges, input by input, so that parameters are
//! read once per tile, in order; the sums of the tile wait in the cache as vectors.

use std::marker::PhantomData;

use super::zeros::Split;
use crate::connection::Connection;
use crate::kernel::edges::{Edges, count, spread, stage_inputs};
use crate::kernel::scratch::{Scratch, cut, padded};
use crate::kernel::tuning::MIXED_FORWARD;
use crate::parallel;
use crate::pass::Forward;
use crate::simd::{MAX_LANES, Mask, Operation, Real, Simd, Vector};

/// Computes `pass.y`, and `pass.next_state` for a function with a memory. States lie
/// `[sample][input][output]`.
pub(in crate::kernel) fn forward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    bias: &[T],
    pass: Forward<'_, T>,
) {
    let (rows, inputs, outputs) = (pass.x.nrows(), edges.inputs, edges.outputs);
    let Forward {
        level,
        noise: _,
        x,
        mut y,
        state,
        next_state,
        scratch,
    } = pass;
    let x = x.to_slice().unwrap_or_default();
    let y = y.as_slice_mut().unwrap_or_default();
    let tile = MIXED_FORWARD.rows(rows, inputs, outputs);
    let sums = tile * outputs.next_multiple_of(MAX_LANES);
    let staged = tile * C::FORWARD_INPUTS;
    let columns = outputs.next_multiple_of(MAX_LANES);
    let each = padded::<T>(sums) + padded::<T>(staged) + padded::<T>(columns);
    let mut scratch = Scratch::new(scratch, each * rows.div_ceil(tile));

    let state_size = if C::STATEFUL { inputs * outputs } else { 0 };
    let (mut y_rest, mut next_rest) = (y, next_state);
    let mut tasks = Vec::new();
    for first in (0..rows).step_by(tile) {
        let rows = tile.min(rows - first);
        tasks.push(Tile {
            connection: PhantomData::<C>,
            edges,
            bias,
            rows,
            x: &x[first * inputs..][..rows * inputs],
            y: cut(&mut y_rest, rows * outputs),
            state: &state[first * state_size..][..rows * state_size],
            next_state: cut(&mut next_rest, rows * state_size),
            sums: scratch.take(sums),
            staged: scratch.take(staged),
            all: scratch.take(columns),
        });
    }
    parallel::for_each(tasks, |tile| level.run(tile));
}

/// One task: `rows` samples, all edges.
struct Tile<'a, C, T> {
    connection: PhantomData<C>,
    edges: Edges<'a, T>,
    bias: &'a [T],
    rows: usize,
    x: &'a [T],
    y: &'a mut [T],
    state: &'a [T],
    next_state: &'a mut [T],
    /// `[block of outputs][sample][lane]`
    sums: &'a mut [T],
    /// `[sample][value]`
    staged: &'a mut [T],
    /// Sums for all samples, `[block of outputs][lane]`.
    all: &'a mut [T],
}

impl<C: Connection, T: Real> Operation<T> for Tile<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let (inputs, outputs) = (self.edges.inputs, self.edges.outputs);
        let blocks = outputs.div_ceil(lanes);
        let keep = C::FORWARD_INPUTS;
        let sums = &mut self.sums[..blocks * self.rows * lanes];
        let staged = &mut self.staged[..self.rows * keep];
        sums.fill(T::ZERO);
        self.all.fill(T::ZERO);
        let zero = simd.number(0.0);
        let at_zero = C::input(simd, zero);

        for i in 0..inputs {
            let column = self.x[i..].iter().step_by(inputs).copied();
            let split = Split::of::<C, T>(column.clone());
            stage_inputs::<C, S>(simd, column, keep, staged);
            for (block, sums) in sums.chunks_exact_mut(self.rows * lanes).enumerate() {
                let edge = self.edges.stage::<C, S>(simd, i, block * lanes);
                if let Some(split) = &split {
                    let value = C::forward(simd, at_zero, edge, zero, zero);
                    // An infinite value could not be taken off again.
                    if !(value * zero).is_nan().any() {
                        let all = &mut self.all[block * lanes..][..lanes];
                        (simd.load(all) + value).store(all);
                        for n in split.others() {
                            let sum = &mut sums[n * lanes..][..lanes];
                            let input = spread::<C, S>(simd, &staged[n * keep..], keep);
                            let rest = simd.load(sum) - value;
                            C::forward(simd, input, edge, zero, rest).store(sum);
                        }
                        continue;
                    }
                }
                let samples = sums
                    .chunks_exact_mut(lanes)
                    .zip(staged.chunks_exact(keep.max(1)));
                if C::STATEFUL {
                    let width = lanes.min(outputs - block * lanes);
                    for (n, (sum, staged)) in samples.enumerate() {
                        let place = (n * inputs + i) * outputs + block * lanes;
                        let state = simd.load_partial(&self.state[place..][..width]);
                        let input = spread::<C, S>(simd, staged, keep);
                        let value = C::forward(simd, input, edge, state, zero);
                        value.store_partial(&mut self.next_state[place..][..width]);
                        (simd.load(sum) + value).store(sum);
                    }
                } else {
                    for (sum, staged) in samples {
                        let input = spread::<C, S>(simd, staged, keep);
                        C::forward(simd, input, edge, zero, simd.load(sum)).store(sum);
                    }
                }
            }
        }

        for (n, y) in self.y.chunks_exact_mut(outputs).enumerate() {
            for (block, (y, bias)) in y.chunks_mut(lanes).zip(self.bias.chunks(lanes)).enumerate() {
                let sum = simd.load(&sums[(block * self.rows + n) * lanes..]);
                let all = simd.load(&self.all[block * lanes..]) + simd.load_partial(bias);
                (sum + all).store_partial(y);
            }
        }
        debug_assert!(count::<C::Input<f32>>() >= keep);
    }
}
