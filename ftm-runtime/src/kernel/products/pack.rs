//! Matrices from the stages of a function.

use std::marker::PhantomData;
use std::ops::Range;

use super::products;
use crate::connection::{Connection, Values};
use crate::kernel::edges::{EdgeOf, Edges, input_stage, zeros};
use crate::simd::{Level, MAX_LANES, Operation, Real, Simd, Vector};

/// A range of the inputs of a layer.
#[derive(Clone, Copy)]
pub(super) struct Inputs {
    pub first: usize,
    pub count: usize,
}

impl Inputs {
    /// A range, `each` inputs at a time.
    pub(super) fn pieces(range: Range<usize>, each: usize) -> impl Iterator<Item = Self> {
        let end = range.end;
        range.step_by(each).map(move |first| Self {
            first,
            count: each.min(end - first),
        })
    }
}

/// Input values of some samples: `[sample][value][input]`.
pub(super) struct PackInputs<'a, C, T> {
    pub connection: PhantomData<C>,
    /// Rows of the layer's whole width.
    pub x: &'a [T],
    pub width: usize,
    pub inputs: Inputs,
    /// Those that f multiplies, or those that the sums over the samples do.
    pub forward: bool,
    pub target: &'a mut [T],
}

impl<C: Connection, T: Real> PackInputs<'_, C, T> {
    /// Compiled once for both passes.
    #[inline(never)]
    pub(super) fn on(self, level: Level) {
        level.run(self);
    }
}

impl<C: Connection, T: Real> Operation<T> for PackInputs<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let Inputs { first, count } = self.inputs;
        let forward = products::<C>().forward;
        let sums = products::<C>().edge_sums;
        let values = if self.forward {
            forward.len()
        } else {
            sums.len()
        };
        if values == 0 {
            return;
        }
        let samples = self.x.chunks_exact(self.width);
        for (x, target) in samples.zip(self.target.chunks_exact_mut(values * count)) {
            let x = &x[first..][..count];
            for (chunk, x) in x.chunks(lanes).enumerate() {
                let made = input_stage::<C, S>(simd, simd.load_partial(x));
                let made = made.as_slice();
                if self.forward {
                    for (k, &(input, _)) in forward.iter().enumerate() {
                        let target = &mut target[k * count + chunk * lanes..];
                        made[input].store_partial(&mut target[..x.len()]);
                    }
                } else {
                    for (k, &input) in sums.iter().enumerate() {
                        let target = &mut target[k * count + chunk * lanes..];
                        made[input].store_partial(&mut target[..x.len()]);
                    }
                }
            }
        }
    }
}

/// Edge values that f multiplies: `[block of outputs][value][input][lane]`.
pub(super) struct PackEdges<'a, C, T> {
    pub connection: PhantomData<C>,
    pub edges: Edges<'a, T>,
    pub inputs: Inputs,
    pub target: &'a mut [T],
}

impl<C: Connection, T: Real> Operation<T> for PackEdges<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let Inputs { first, count } = self.inputs;
        let forward = products::<C>().forward;
        let block_size = forward.len() * count * lanes;
        for i in 0..count {
            for block in 0..self.edges.outputs.div_ceil(lanes) {
                let edge = self.edges.stage::<C, S>(simd, first + i, block * lanes);
                let edge = edge.as_slice();
                let kept = self.edges.kept(simd, first + i, block * lanes);
                for (k, &(_, value)) in forward.iter().enumerate() {
                    let place = block * block_size + (k * count + i) * lanes;
                    kept.or_zero(edge[value]).store(&mut self.target[place..]);
                }
            }
        }
    }
}

/// Edge values that the sums over the outputs add up, with inputs in the lanes:
/// `[value][block of inputs][output][lane]`, with zeros past the last input.
pub(super) struct TurnEdges<'a, C, T> {
    pub connection: PhantomData<C>,
    pub edges: Edges<'a, T>,
    pub inputs: Inputs,
    pub target: &'a mut [T],
}

impl<C: Connection, T: Real> Operation<T> for TurnEdges<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let Inputs { first, count } = self.inputs;
        let outputs = self.edges.outputs;
        let blocks = count.div_ceil(lanes);
        for block in 0..blocks {
            let there = lanes.min(count - block * lanes);
            for output in (0..outputs).step_by(lanes) {
                let width = lanes.min(outputs - output);
                let first = first + block * lanes;
                let mut edges: [EdgeOf<C, S>; MAX_LANES] = [zeros(simd); MAX_LANES];
                let mut kept = [self.edges.kept(simd, first, output); MAX_LANES];
                for i in 0..there {
                    edges[i] = self.edges.stage::<C, S>(simd, first + i, output);
                    kept[i] = self.edges.kept(simd, first + i, output);
                }
                for (k, &value) in products::<C>().input_sums.iter().enumerate() {
                    let mut rows = [simd.number(0.0); MAX_LANES];
                    for (i, row) in rows.iter_mut().take(there).enumerate() {
                        *row = kept[i].or_zero(edges[i].as_slice()[value]);
                    }
                    let turned = turn(rows);
                    let place = ((k * blocks + block) * outputs + output) * lanes;
                    let target = self.target[place..].chunks_exact_mut(lanes);
                    for (vector, target) in turned.iter().take(width).zip(target) {
                        vector.store(target);
                    }
                }
            }
        }
    }
}

/// Rows to columns: as many vectors as lanes, the others unused. Each round turns the bits of
/// (vector, lane) left by one.
#[inline(always)]
fn turn<V: Vector>(mut vectors: [V; MAX_LANES]) -> [V; MAX_LANES] {
    let half = V::LANES / 2;
    for _ in 0..V::LANES.trailing_zeros() {
        let before = vectors;
        for j in 0..half {
            let (low, high) = before[j].interleave(before[j + half]);
            vectors[2 * j] = low;
            vectors[2 * j + 1] = high;
        }
    }
    vectors
}
