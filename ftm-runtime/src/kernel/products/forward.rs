//! The forward pass: y = b + Φ Ψ.
//!
//! A task takes a tile of samples through all inputs, a range at a time: the range's part of Ψ
//! stays in the second-level cache while all samples of the tile read it.

use std::marker::PhantomData;

use super::pack::{Inputs, PackEdges, PackInputs};
use super::products;
use crate::connection::Connection;
use crate::kernel::edges::Edges;
use crate::kernel::scratch::{Scratch, cut, padded};
use crate::kernel::tuning::{PRODUCT_DEPTH, product_rows};
use crate::parallel;
use crate::pass::Forward;
use crate::simd::{
    Columns, Left, Level, MAX_LANES, Multiply, Operation, Order, Real, Right, Simd, Vector,
};

/// Computes `pass.y`.
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
        scratch,
        ..
    } = pass;
    let x = x.to_slice().unwrap_or_default();
    let y = y.as_slice_mut().unwrap_or_default();
    let terms = products::<C>().forward.len();
    let tile = product_rows([rows, inputs, outputs]);
    let range = (PRODUCT_DEPTH / terms.max(1)).next_multiple_of(MAX_LANES);
    let range = range.clamp(MAX_LANES, inputs.next_multiple_of(MAX_LANES));
    let columns = outputs.next_multiple_of(MAX_LANES);
    let sizes = [
        tile * columns,
        tile * terms * range,
        terms * range * columns,
    ];
    let each: usize = sizes.iter().map(|&size| padded::<T>(size)).sum();
    let mut scratch = Scratch::new(scratch, each * rows.div_ceil(tile));

    let mut y_rest = y;
    let tiles = (0..rows).step_by(tile).map(|first| {
        let rows = tile.min(rows - first);
        let [sums, packed_inputs, packed_edges] = sizes.map(|size| scratch.take(size));
        Tile {
            connection: PhantomData::<C>,
            level,
            edges,
            bias,
            rows,
            range,
            x: &x[first * inputs..][..rows * inputs],
            y: cut(&mut y_rest, rows * outputs),
            sums,
            packed_inputs,
            packed_edges,
        }
    });
    parallel::for_each(tiles, Tile::run);
}

/// One task: `rows` samples, all edges.
struct Tile<'a, C, T> {
    connection: PhantomData<C>,
    level: Level,
    edges: Edges<'a, T>,
    bias: &'a [T],
    rows: usize,
    /// Inputs at a time.
    range: usize,
    x: &'a [T],
    y: &'a mut [T],
    /// `[block of outputs][sample][lane]`
    sums: &'a mut [T],
    packed_inputs: &'a mut [T],
    packed_edges: &'a mut [T],
}

impl<C: Connection, T: Real> Tile<'_, C, T> {
    fn run(self) {
        let (inputs, outputs, level) = (self.edges.inputs, self.edges.outputs, self.level);
        let terms = products::<C>().forward.len();
        for first in (0..inputs).step_by(self.range) {
            let inputs = Inputs {
                first,
                count: self.range.min(inputs - first),
            };
            PackInputs {
                connection: self.connection,
                x: self.x,
                width: self.edges.inputs,
                inputs,
                forward: true,
                target: &mut *self.packed_inputs,
            }
            .on(level);
            // A pruned edge gives 0 wherever its input is, but infinity times 0 is no number.
            let values = products::<C>().forward.len();
            for input in self.edges.pruned(first..first + inputs.count) {
                for sample in self
                    .packed_inputs
                    .chunks_exact_mut((values * inputs.count).max(1))
                {
                    let of_input = sample[input - first..].iter_mut().step_by(inputs.count);
                    of_input.for_each(|value| *value = T::ZERO);
                }
            }
            level.run(PackEdges {
                connection: self.connection,
                edges: self.edges,
                inputs,
                target: &mut *self.packed_edges,
            });
            let depth = terms * inputs.count;
            Multiply {
                a: Left {
                    values: &*self.packed_inputs,
                    stride: depth,
                    order: Order::ByRow,
                },
                b: Right {
                    values: &*self.packed_edges,
                    steps: depth,
                    first: 0,
                },
                c: &mut *self.sums,
                rows: self.rows,
                depth,
                add: first > 0,
                columns: Columns {
                    groups: 1,
                    each: outputs,
                },
            }
            .on(level);
        }
        level.run(AddBias {
            sums: &*self.sums,
            rows: self.rows,
            bias: self.bias,
            y: self.y,
        });
    }
}

/// y = b + sums
struct AddBias<'a, T> {
    sums: &'a [T],
    rows: usize,
    bias: &'a [T],
    y: &'a mut [T],
}

impl<T: Real> Operation<T> for AddBias<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let lanes = S::Vector::LANES;
        for (n, y) in self.y.chunks_exact_mut(self.bias.len()).enumerate() {
            for (block, (y, bias)) in y.chunks_mut(lanes).zip(self.bias.chunks(lanes)).enumerate() {
                let sum = simd.load(&self.sums[(block * self.rows + n) * lanes..]);
                (sum + simd.load_partial(bias)).store_partial(y);
            }
        }
    }
}
