//! The forward kernel: `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])`.
//!
//! A task takes a tile of samples through all edges, input by input, so that parameters are
//! read once per tile, in order; the sums of the tile wait in the cache as vectors.

use std::marker::PhantomData;

use super::order::Order;
use crate::connection::Connection;
use crate::kernel::edges::{EdgeOf, Edges, count, spread, stage_inputs};
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
        values: _,
        x,
        mut y,
        state,
        next_state,
        scratch,
    } = pass;
    let x = x.to_slice().unwrap_or_default();
    let y = y.as_slice_mut().unwrap_or_default();
    let tile = MIXED_FORWARD.rows(rows, inputs, outputs);
    let sums = (tile + 1) * outputs.next_multiple_of(MAX_LANES);
    let staged = (tile + 1) * C::FORWARD_INPUTS;
    let pruned = !edges.kept.is_empty();
    let before = if pruned { (tile + 1) * MAX_LANES } else { 0 };
    let each = padded::<T>(sums) + padded::<T>(staged) + padded::<T>(before);
    let mut scratch = Scratch::new(scratch, each * rows.div_ceil(tile));

    let state_size = if C::STATEFUL { inputs * outputs } else { 0 };
    let (mut y_rest, mut next_rest) = (y, next_state);
    let tiles = (0..rows).step_by(tile).map(|first| {
        let rows = tile.min(rows - first);
        Tile {
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
            before: scratch.take(before),
        }
    });
    parallel::for_each(tiles, |tile| level.run(tile));
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
    /// `[block of outputs][sample][lane]`; past the last sample, what is to be added to all.
    sums: &'a mut [T],
    /// `[sample][value]`; past the last sample, those of an input of 0.
    staged: &'a mut [T],
    /// `[sample][lane]`: the sums of a block some of whose edges are pruned, before it is added.
    before: &'a mut [T],
}

impl<C: Connection, T: Real> Operation<T> for Tile<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let (inputs, outputs) = (self.edges.inputs, self.edges.outputs);
        let blocks = outputs.div_ceil(lanes);
        let keep = C::FORWARD_INPUTS;
        let sums = &mut self.sums[..blocks * (self.rows + 1) * lanes];
        let staged = &mut self.staged[..(self.rows + 1) * keep];
        sums.fill(T::ZERO);
        stage_inputs::<C, S>(
            simd,
            std::iter::once(T::ZERO),
            keep,
            &mut staged[self.rows * keep..],
        );

        for i in 0..inputs {
            let column = self.x[i..].iter().step_by(inputs).copied();
            let order = if C::ZEROS_APART {
                Order::of(column.clone())
            } else {
                Order::every(0)
            };
            stage_inputs::<C, S>(simd, column, keep, staged);
            for (block, sums) in sums.chunks_exact_mut((self.rows + 1) * lanes).enumerate() {
                let kept = self.edges.kept(simd, i, block * lanes);
                if kept.none {
                    continue;
                }
                if !kept.all {
                    self.before[..sums.len()].copy_from_slice(sums);
                }
                let edge = self.edges.stage::<C, S>(simd, i, block * lanes);
                if C::STATEFUL {
                    let states = State {
                        first: i * outputs + block * lanes,
                        stride: inputs * outputs,
                        width: lanes.min(outputs - block * lanes),
                        before: self.state,
                        after: &mut *self.next_state,
                    };
                    with_state::<C, S>(simd, edge, staged, sums, states);
                } else if C::ZEROS_APART && order.takes_zeros_apart() {
                    in_order::<C, S>(simd, edge, staged, sums, &order);
                } else {
                    in_turn::<C, S>(simd, edge, staged, sums);
                }
                if !kept.all {
                    kept.restore(simd, self.before, sums);
                }
            }
        }

        for (n, y) in self.y.chunks_exact_mut(outputs).enumerate() {
            for (block, (y, bias)) in y.chunks_mut(lanes).zip(self.bias.chunks(lanes)).enumerate() {
                let sums = &sums[block * (self.rows + 1) * lanes..];
                let all = simd.load(&sums[self.rows * lanes..]) + simd.load_partial(bias);
                (simd.load(&sums[n * lanes..]) + all).store_partial(y);
            }
        }
        debug_assert!(count::<C::Input<f32>>() >= keep);
    }
}

/// Adds f of every sample to its sums.
#[inline(always)]
fn in_turn<C: Connection, S: Simd>(
    simd: S,
    edge: EdgeOf<C, S>,
    staged: &[S::Scalar],
    sums: &mut [S::Scalar],
) {
    let (lanes, keep) = (S::Vector::LANES, C::FORWARD_INPUTS);
    let rows = sums.len() / lanes - 1;
    let samples = sums.chunks_exact_mut(lanes).take(rows);
    for (sum, staged) in samples.zip(staged.chunks_exact(keep.max(1))) {
        let input = spread::<C, S>(simd, staged, keep);
        C::forward(simd, input, edge, simd.number(0.0), simd.load(sum)).store(sum);
    }
}

/// The same with samples whose input is 0 taken at once.
#[inline(always)]
fn in_order<C: Connection, S: Simd>(
    simd: S,
    edge: EdgeOf<C, S>,
    staged: &[S::Scalar],
    sums: &mut [S::Scalar],
    order: &Order,
) {
    let (lanes, keep, zero) = (S::Vector::LANES, C::FORWARD_INPUTS, simd.number(0.0));
    let rows = sums.len() / lanes - 1;
    let mut at_zero = zero;
    let mut samples = order.evaluated().iter();
    let every = Order::every(rows);
    while let Some(&n) = samples.next() {
        let n = usize::from(n);
        let stands_for_zeros = n == rows;
        let sum = &mut sums[n * lanes..][..lanes];
        let before = simd.load(sum);
        let input = spread::<C, S>(simd, &staged[n * keep..], keep);
        let start = if stands_for_zeros {
            zero
        } else {
            before - at_zero
        };
        let value = C::forward(simd, input, edge, zero, start);
        if !stands_for_zeros {
            value.store(sum);
        } else if (value * zero).is_nan().any() {
            // An infinite value could not be taken off again.
            samples = every.evaluated().iter();
        } else {
            at_zero = value;
            (before + value).store(sum);
        }
    }
}

/// The states of a vector of edges: of each sample, `stride` numbers on.
struct State<'a, T> {
    first: usize,
    stride: usize,
    /// Edges in the vector.
    width: usize,
    before: &'a [T],
    after: &'a mut [T],
}

/// Adds f of every sample to its sums, and keeps it as the new state.
#[inline(always)]
fn with_state<C: Connection, S: Simd>(
    simd: S,
    edge: EdgeOf<C, S>,
    staged: &[S::Scalar],
    sums: &mut [S::Scalar],
    states: State<'_, S::Scalar>,
) {
    let (lanes, keep) = (S::Vector::LANES, C::FORWARD_INPUTS);
    let rows = sums.len() / lanes - 1;
    let samples = sums.chunks_exact_mut(lanes).take(rows);
    for (n, (sum, staged)) in samples.zip(staged.chunks_exact(keep.max(1))).enumerate() {
        let place = states.first + n * states.stride;
        let state = simd.load_partial(&states.before[place..][..states.width]);
        let input = spread::<C, S>(simd, staged, keep);
        let value = C::forward(simd, input, edge, state, simd.number(0.0));
        value.store_partial(&mut states.after[place..][..states.width]);
        (simd.load(sum) + value).store(sum);
    }
}
