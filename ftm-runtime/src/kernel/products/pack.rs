//! Matrices from the stages of a function.

use std::marker::PhantomData;

use super::products;
use crate::connection::{Connection, Values};
use crate::kernel::edges::Edges;
use crate::simd::{MAX_LANES, Operation, Real, Simd, Vector};

/// A range of the inputs of a layer.
#[derive(Clone, Copy)]
pub(super) struct Inputs {
    pub first: usize,
    pub count: usize,
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
                let made = C::input(simd, simd.load_partial(x));
                let made = made.as_slice();
                let mut put = |k: usize, value: S::Vector| {
                    value.store_partial(&mut target[k * count + chunk * lanes..][..x.len()]);
                };
                if self.forward {
                    for (k, &(input, _)) in forward.iter().enumerate() {
                        put(k, made[input]);
                    }
                } else {
                    for (k, &input) in sums.iter().enumerate() {
                        put(k, made[input]);
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
                for (k, &(_, value)) in forward.iter().enumerate() {
                    let place = block * block_size + (k * count + i) * lanes;
                    edge[value].store(&mut self.target[place..]);
                }
            }
        }
    }
}

/// Edge values that the sums over the outputs add up: `[value][input][output]`, a row of
/// outputs filled up to whole vectors.
pub(super) struct PackEdgeRows<'a, C, T> {
    pub connection: PhantomData<C>,
    pub edges: Edges<'a, T>,
    pub inputs: Inputs,
    pub target: &'a mut [T],
}

impl<C: Connection, T: Real> Operation<T> for PackEdgeRows<'_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        let Inputs { first, count } = self.inputs;
        let row = self.edges.outputs.next_multiple_of(MAX_LANES);
        for i in 0..count {
            for output in (0..self.edges.outputs).step_by(lanes) {
                let edge = self.edges.stage::<C, S>(simd, first + i, output);
                let edge = edge.as_slice();
                for (k, &value) in products::<C>().input_sums.iter().enumerate() {
                    let place = (k * count + i) * row + output;
                    edge[value].store(&mut self.target[place..]);
                }
            }
        }
    }
}

/// The error with samples in the lanes: `[block of samples][output][lane]`, with zeros past the
/// last sample and where it is negligible.
pub(super) struct TurnErrors<'a, T> {
    pub dy: &'a [T],
    pub outputs: usize,
    pub target: &'a mut [T],
}

impl<T: Real> Operation<T> for TurnErrors<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, _: S) {
        let lanes = S::Vector::LANES;
        let samples = self.dy.chunks(self.outputs * lanes);
        let blocks = self.target.chunks_exact_mut(self.outputs * lanes);
        for (dy, block) in samples.zip(blocks) {
            if dy.len() < block.len() {
                block.fill(T::ZERO);
            }
            for (n, dy) in dy.chunks_exact(self.outputs).enumerate() {
                for (place, &dy) in block[n..].iter_mut().step_by(lanes).zip(dy) {
                    *place = if dy < T::NEGLIGIBLE && T::ZERO - dy < T::NEGLIGIBLE {
                        T::ZERO
                    } else {
                        dy
                    };
                }
            }
        }
    }
}
