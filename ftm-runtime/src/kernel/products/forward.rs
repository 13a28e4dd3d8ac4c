//! The forward pass: y = b + Φ Ψ.
//!
//! A task takes a tile of samples through a range of inputs: the range's part of Ψ stays in the
//! second-level cache while all samples of the tile read it.

use std::marker::PhantomData;

use super::pack::{Inputs, PackEdges, PackInputs};
use super::products;
use crate::connection::Connection;
use crate::kernel::edges::Edges;
use crate::kernel::tiles::{Tile, in_tiles};
use crate::kernel::tuning;
use crate::pass::Forward;
use crate::simd::{Columns, Left, Level, MAX_LANES, Multiply, Order, Real, Right};

/// Computes `pass.y`.
pub(in crate::kernel) fn forward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    bias: &[T],
    pass: Forward<'_, T>,
) {
    let shape = [pass.x.nrows(), edges.inputs, edges.outputs];
    let terms = products::<C>().forward.len();
    let tiling = tuning::product_tiling(shape, terms);
    let depth = tuning::product_depth(tiling.range, terms);
    let packed_edges = match edges.coefficients {
        [] => depth * per_input::<C, T>(edges),
        _ => 0,
    };
    let sizes = [tiling.tile * terms * depth, packed_edges];
    let level = pass.level;
    in_tiles(tiling, bias, &sizes, pass, &|mut tile| {
        let [packed_inputs, packed_edges] = sizes.map(|size| tile.scratch.take(size));
        let task = Task {
            connection: PhantomData::<C>,
            level,
            edges,
            depth,
            packed_inputs,
            packed_edges,
            tile,
        };
        task.run();
    });
}

/// Coefficients of an input.
fn per_input<C: Connection, T: Real>(edges: Edges<'_, T>) -> usize {
    products::<C>().forward.len() * edges.outputs.next_multiple_of(MAX_LANES)
}

/// The coefficients of all inputs, packed as the passes take them; none of layers so narrow that most of
/// the memory would be zeros past the last output.
pub(in crate::kernel) fn coefficients<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    level: Level,
) -> Vec<T> {
    if 2 * edges.outputs < MAX_LANES {
        return Vec::new();
    }
    let (terms, per_input) = (products::<C>().forward.len(), per_input::<C, T>(edges));
    let range = tuning::product_range(edges.inputs, terms);
    let depth = tuning::product_depth(range, terms);
    let mut all = vec![T::ZERO; edges.inputs * per_input];
    for start in (0..edges.inputs).step_by(range) {
        for inputs in Inputs::pieces(start..edges.inputs.min(start + range), depth) {
            level.run(PackEdges {
                connection: PhantomData::<C>,
                edges,
                inputs,
                target: &mut all[inputs.first * per_input..][..inputs.count * per_input],
            });
        }
    }
    all
}

/// A tile.
struct Task<'a, C, T> {
    connection: PhantomData<C>,
    level: Level,
    edges: Edges<'a, T>,
    tile: Tile<'a, T>,
    /// Inputs at a time.
    depth: usize,
    packed_inputs: &'a mut [T],
    packed_edges: &'a mut [T],
}

impl<C: Connection, T: Real> Task<'_, C, T> {
    fn run(self) {
        let (level, terms) = (self.level, products::<C>().forward.len());
        for inputs in Inputs::pieces(self.tile.inputs.clone(), self.depth) {
            let first = inputs.first;
            PackInputs {
                connection: self.connection,
                x: self.tile.x,
                width: self.edges.inputs,
                inputs,
                forward: true,
                target: &mut *self.packed_inputs,
            }
            .on(level);
            // A pruned edge gives 0 wherever its input is, but infinity times 0 is no number.
            for input in self.edges.pruned(first..first + inputs.count) {
                let packed = &mut *self.packed_inputs;
                for sample in packed.chunks_exact_mut((terms * inputs.count).max(1)) {
                    let of_input = sample[input - first..].iter_mut().step_by(inputs.count);
                    of_input.for_each(|value| *value = T::ZERO);
                }
            }
            let per_input = per_input::<C, T>(self.edges);
            let packed_edges = match self.edges.coefficients {
                [] => {
                    level.run(PackEdges {
                        connection: self.connection,
                        edges: self.edges,
                        inputs,
                        target: &mut *self.packed_edges,
                    });
                    &*self.packed_edges
                }
                all => &all[first * per_input..][..inputs.count * per_input],
            };
            let depth = terms * inputs.count;
            Multiply {
                a: Left {
                    values: &*self.packed_inputs,
                    stride: depth,
                    order: Order::ByRow,
                },
                b: Right {
                    values: packed_edges,
                    steps: depth,
                    first: 0,
                },
                c: &mut *self.tile.sums,
                rows: self.tile.rows,
                depth,
                add: first > self.tile.inputs.start,
                columns: Columns {
                    groups: 1,
                    each: self.edges.outputs,
                },
            }
            .on(level);
        }
    }
}
