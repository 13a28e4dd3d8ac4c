//! The forward kernel: `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])`.
//!
//! A task takes a tile of samples through a range of inputs, one by one, so that parameters are read
//! once per tile, in order; the sums of the tile wait in the cache as vectors.

use std::marker::PhantomData;

use super::at_zero::{self, AtZero};
use super::column::{self, Column};
use super::order::{Evaluated, InPairs, Order, are_enough};
use crate::connection::Connection;
use crate::kernel::edges::{
    EdgeOf, Edges, input_stage, largest, may_pair, spread, spread_both, stage_inputs, stride, twice,
};
use crate::kernel::tiles::{Tile, in_tiles};
use crate::kernel::tuning;
use crate::pass::Forward;
use crate::simd::{MAX_LANES, Operation, Pair, Pairs, Real, Simd, Vector};

/// Computes `pass.y`, and `pass.next_state` for a function with a memory. States lie
/// `[sample][input][output]`.
pub(in crate::kernel) fn forward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    bias: &[T],
    pass: Forward<'_, T>,
) {
    const {
        assert!(
            !(C::STATEFUL && C::ZEROS_APART),
            "with a state, f(0) is not one number"
        );
    }
    let shape = [pass.x.nrows(), edges.inputs, edges.outputs];
    let tiling = tuning::mixed_tiling(shape, C::STATEFUL);
    let staged = column::vectors(tiling.tile) * stride(C::FORWARD_INPUTS);
    let before = match edges.kept {
        [] => 0,
        _ => tiling.tile * MAX_LANES,
    };
    let at_zero = match C::ZEROS_APART {
        true => at_zero::size(tiling.columns.min(edges.outputs)),
        false => 0,
    };
    let level = pass.level;
    in_tiles(
        tiling,
        bias,
        &[staged, before, at_zero],
        pass,
        &|mut tile| {
            level.run(Task {
                connection: PhantomData::<C>,
                edges,
                staged: tile.scratch.take(staged),
                before: tile.scratch.take(before),
                at_zero: tile.scratch.take(at_zero),
                tile,
            });
        },
    );
}

/// A tile.
struct Task<'a, C, T> {
    connection: PhantomData<C>,
    edges: Edges<'a, T>,
    tile: Tile<'a, T>,
    /// `[sample][value]`
    staged: &'a mut [T],
    /// `[sample][lane]`: the sums of a block some of whose edges are pruned, before it is added.
    before: &'a mut [T],
    /// That of [`AtZero`].
    at_zero: &'a mut [T],
}

impl<C: Connection, T: Real> Operation<T> for Task<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let Tile { rows, x, .. } = self.tile;
        let (inputs, outputs) = (self.edges.inputs, self.edges.outputs);
        let keep = stride(C::FORWARD_INPUTS);
        let block_size = rows * lanes;
        let blocks = self.tile.outputs.len().div_ceil(lanes);
        let sums = &mut self.tile.sums[..blocks * block_size];
        let staged = &mut self.staged[..column::vectors(rows) * keep];
        sums.fill(T::ZERO);

        let (mut column, mut order) = (Column::new(), Order::new());
        let mut at_zero = AtZero::new(self.at_zero);
        let zero = simd.number(0.0);
        let input_of_zero = input_stage::<C, S>(simd, zero);
        for i in self.tile.inputs {
            column.gather(&x[i..], inputs, rows);
            if C::ZEROS_APART {
                let zeros = order.compare(column.samples(rows));
                if are_enough(zeros, rows) {
                    order.take_apart(zeros);
                }
            }
            stage_inputs::<C, S>(simd, column.vectors(rows), keep, staged);
            let largest = largest::<C, S>(simd, rows, &staged[..rows * keep]);
            for (block, sums) in sums.chunks_exact_mut(block_size).enumerate() {
                let output = self.tile.outputs.start + block * lanes;
                let kept = self.edges.kept(simd, i, output);
                if kept.none {
                    if C::ZEROS_APART && order.is_apart() {
                        at_zero.of_block(block, lanes).fill(T::ZERO);
                    }
                    continue;
                }
                if !kept.all {
                    self.before[..sums.len()].copy_from_slice(sums);
                }
                let edge = self.edges.stage::<C, S>(simd, i, output);
                if C::ZEROS_APART && order.is_apart() {
                    let value = C::forward(simd, input_of_zero, edge, zero, zero);
                    (kept.or_zero(value)).store(at_zero.of_block(block, lanes));
                }
                let abreast = may_pair::<C, S>(simd, rows, largest, edge);
                if C::STATEFUL {
                    let states = State {
                        first: i * outputs + output,
                        stride: inputs * outputs,
                        width: lanes.min(outputs - output),
                        before: self.tile.state,
                        after: &mut *self.tile.next_state,
                    };
                    with_state::<C, S>(simd, edge, staged, sums, states);
                } else if C::ZEROS_APART && (abreast || order.is_apart()) {
                    in_order::<C, S>(simd, edge, staged, sums, order.evaluated(abreast));
                } else {
                    in_turn::<C, S>(simd, edge, staged, sums);
                }
                if !kept.all {
                    kept.restore(simd, self.before, sums);
                }
            }
            if C::ZEROS_APART && order.is_apart() {
                at_zero.end_input(simd, &order, sums, rows);
            }
        }
        at_zero.add(simd, sums, rows);
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
    let (lanes, keep) = (S::Vector::LANES, stride(C::FORWARD_INPUTS));
    for (n, sum) in sums.chunks_exact_mut(lanes).enumerate() {
        let input = spread::<C, S>(simd, &staged[n * keep..], keep);
        C::forward(simd, input, edge, simd.number(0.0), simd.load(sum)).store(sum);
    }
}

/// The same of some samples, in an order and in pairs.
#[inline(always)]
fn in_order<C: Connection, S: Simd>(
    simd: S,
    edge: EdgeOf<C, S>,
    staged: &[S::Scalar],
    sums: &mut [S::Scalar],
    (alone, pairs): Evaluated<'_>,
) {
    let (lanes, keep) = (S::Vector::LANES, stride(C::FORWARD_INPUTS));
    for &n in alone {
        let n = usize::from(n);
        let input = spread::<C, S>(simd, &staged[n * keep..], keep);
        let sum = &mut sums[n * lanes..][..lanes];
        C::forward(simd, input, edge, simd.number(0.0), simd.load(sum)).store(sum);
    }
    if S::Vector::ABREAST && pairs.any(sums.len() / lanes) {
        // The loop that takes the time: beside the others, it is short of registers for its constants in
        // one program and not in the next.
        simd.apart(
            #[inline(always)]
            || match C::BOUNDED {
                true => in_pairs::<C, S, true>(simd, edge, staged, sums, pairs),
                false => in_pairs::<C, S, false>(simd, edge, staged, sums, pairs),
            },
        );
    }
}

/// Adds f of pairs of samples to their sums.
#[inline(always)]
fn in_pairs<C: Connection, S: Simd, const NEAR: bool>(
    simd: S,
    edge: EdgeOf<C, S>,
    staged: &[S::Scalar],
    sums: &mut [S::Scalar],
    pairs: InPairs<'_>,
) {
    let (lanes, keep) = (S::Vector::LANES, stride(C::FORWARD_INPUTS));
    let (both, edge) = (Pairs::<S, NEAR>(simd), twice::<C, S, NEAR>(edge));
    match pairs {
        InPairs::From(first) => {
            let sums = &mut sums[first * lanes..];
            let staged = staged[first * keep..].chunks_exact(2 * keep);
            for (sums, staged) in sums.chunks_exact_mut(2 * lanes).zip(staged) {
                let input = spread_both::<C, S, NEAR>(simd, staged, &staged[keep..], keep);
                C::forward(both, input, edge, both.number(0.0), both.load(sums)).store(sums);
            }
        }
        InPairs::These(pairs) => {
            for pair in pairs {
                let [n, m] = pair.map(usize::from);
                let before = Pair(simd.load(&sums[n * lanes..]), simd.load(&sums[m * lanes..]));
                let (one, other) = (&staged[n * keep..], &staged[m * keep..]);
                let input = spread_both::<C, S, NEAR>(simd, one, other, keep);
                let value = C::forward(both, input, edge, both.number(0.0), before);
                value.0.store(&mut sums[n * lanes..]);
                value.1.store(&mut sums[m * lanes..]);
            }
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
    let (lanes, keep) = (S::Vector::LANES, stride(C::FORWARD_INPUTS));
    for (n, sum) in sums.chunks_exact_mut(lanes).enumerate() {
        let place = states.first + n * states.stride;
        let state = simd.load_partial(&states.before[place..][..states.width]);
        let input = spread::<C, S>(simd, &staged[n * keep..], keep);
        let value = C::forward(simd, input, edge, state, simd.number(0.0));
        value.store_partial(&mut states.after[place..][..states.width]);
        (simd.load(sum) + value).store(sum);
    }
}
