//! The tasks of a forward pass: `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])`.
//!
//! A task takes a tile of samples through a range of inputs: it reads a piece of the parameters, in
//! order, the piece that tasks of the backward pass read and an optimiser changes. What the ranges give
//! is added up afterwards, in their order.

use std::ops::Range;

use super::scratch::{Scratch, for_threads, padded};
use crate::parallel::{self, Divide};
use crate::pass::Forward;
use crate::simd::{Operation, Real, Simd, Vector};

/// How samples, inputs and outputs are cut.
#[derive(Clone, Copy)]
pub(crate) struct Tiling {
    /// Samples, inputs and outputs.
    pub shape: [usize; 3],
    /// Samples of a tile.
    pub tile: usize,
    /// Inputs of a range.
    pub range: usize,
    /// Outputs of a share, a multiple of the most lanes.
    pub columns: usize,
    /// Tasks that are worth a thread.
    pub each: usize,
}

impl Tiling {
    pub(super) fn tiles(self) -> usize {
        self.shape[0].div_ceil(self.tile)
    }
    pub(super) fn ranges(self) -> usize {
        self.shape[1].div_ceil(self.range)
    }
    /// Parts of the outputs.
    pub(super) fn shares(self) -> usize {
        self.shape[2].div_ceil(self.columns)
    }
    fn tasks(self) -> usize {
        self.ranges() * self.tiles() * self.shares()
    }
    /// The samples of some tiles.
    fn samples(self, tiles: Range<usize>) -> Range<usize> {
        let place = |tile: usize| (tile * self.tile).min(self.shape[0]);
        place(tiles.start)..place(tiles.end)
    }
    /// Numbers that the sums of a task take.
    fn sums<T>(self) -> usize {
        padded::<T>(self.tile * self.columns)
    }
}

/// What a task is given.
pub(crate) struct Tile<'a, T> {
    pub rows: usize,
    /// Its inputs and outputs, among those of the layer.
    pub inputs: Range<usize>,
    pub outputs: Range<usize>,
    /// The samples, `[sample][input]`, of all inputs.
    pub x: &'a [T],
    /// States of the samples, `[sample][input][output]`.
    pub state: &'a [T],
    pub next_state: &'a mut [T],
    /// What it computes, `[block of outputs][sample][lane]`.
    pub sums: &'a mut [T],
    /// Memory to work in.
    pub scratch: Scratch<'a, T>,
}

/// Runs `work` on all tiles and ranges, each with scratch memory for pieces of these lengths, and
/// computes `pass.y`. Compiled once for a type of numbers. A function with a memory must have one range
/// and one share.
#[inline(never)]
pub(crate) fn in_tiles<T: Real>(
    tiling: Tiling,
    bias: &[T],
    scratch: &[usize],
    pass: Forward<'_, T>,
    work: &(dyn Fn(Tile<'_, T>) + Sync),
) {
    let Forward {
        level,
        x,
        mut y,
        state,
        next_state,
        scratch: memory,
        ..
    } = pass;
    let count = tiling.tasks();
    let scratch = for_threads::<T>(count.div_ceil(tiling.each), scratch);
    let sums = count * tiling.sums::<T>();
    let mut memory = Scratch::new(memory, scratch + sums);
    let (scratch, sums) = (memory.take(scratch), memory.take(sums));
    let tasks = Tasks {
        tiling,
        tasks: 0..count,
        x: x.to_slice().unwrap_or_default(),
        state,
        state_size: state.len() / tiling.shape[0].max(1),
        next_state,
        sums: &mut *sums,
    };
    parallel::for_each_with(tasks, count, tiling.each, scratch, |mut tasks, scratch| {
        while !tasks.tasks.is_empty() {
            work(tasks.cut(1).tile(scratch));
        }
    });

    let [rows, _, outputs] = tiling.shape;
    let totals = Totals {
        tiling,
        samples: 0..rows,
        sums,
        bias,
        y: y.as_slice_mut().unwrap_or_default(),
    };
    let read = tiling.ranges() * outputs;
    parallel::in_parts(totals, rows, read, |totals| level.run(totals));
}

/// Tasks: the shares of the first tile of the first range, of its second tile, and so on.
struct Tasks<'a, T> {
    tiling: Tiling,
    tasks: Range<usize>,
    x: &'a [T],
    state: &'a [T],
    /// Of a sample.
    state_size: usize,
    next_state: &'a mut [T],
    sums: &'a mut [T],
}

impl<T: Real> Divide for Tasks<'_, T> {
    fn cut(&mut self, length: usize) -> Self {
        let tasks = self.tasks.cut(length);
        let states = match self.state_size {
            0 => 0,
            size => self.tiling.samples(tasks.clone()).len() * size,
        };
        Self {
            next_state: self.next_state.cut(states),
            sums: self.sums.cut(length * self.tiling.sums::<T>()),
            tasks,
            ..*self
        }
    }
}

impl<'a, T: Real> Tasks<'a, T> {
    /// The tile of the first task.
    fn tile<'s>(self, scratch: &'s mut [T]) -> Tile<'s, T>
    where
        'a: 's,
    {
        let (tiling, task) = (self.tiling, self.tasks.start);
        let [_, inputs, outputs] = tiling.shape;
        let (tile, share) = (task / tiling.shares(), task % tiling.shares());
        let (range, tile) = (tile / tiling.tiles(), tile % tiling.tiles());
        let part = |k: usize, each: usize, all: usize| k * each..((k + 1) * each).min(all);
        let samples = tiling.samples(tile..tile + 1);
        let of =
            |values: &'a [T], width: usize| &values[samples.start * width..samples.end * width];
        Tile {
            rows: samples.len(),
            inputs: part(range, tiling.range, inputs),
            outputs: part(share, tiling.columns, outputs),
            x: of(self.x, inputs),
            state: of(self.state, self.state_size),
            next_state: self.next_state,
            sums: self.sums,
            scratch: Scratch::over(scratch),
        }
    }
}

/// y of some samples, from the sums of all ranges.
struct Totals<'a, T> {
    tiling: Tiling,
    samples: Range<usize>,
    sums: &'a [T],
    bias: &'a [T],
    y: &'a mut [T],
}

impl<T: Real> Divide for Totals<'_, T> {
    fn cut(&mut self, length: usize) -> Self {
        Self {
            samples: self.samples.cut(length),
            y: self.y.cut(length * self.bias.len()),
            ..*self
        }
    }
}

impl<T: Real> Operation<T> for Totals<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(mut self, simd: S) {
        let (lanes, tiling, size) = (S::Vector::LANES, self.tiling, self.tiling.sums::<T>());
        let outputs = self.bias.len();
        let range = tiling.tiles() * tiling.shares() * size;
        while !self.samples.is_empty() {
            // Those of one tile.
            let tile = self.samples.start / tiling.tile;
            let of_tile = tiling.samples(tile..tile + 1);
            let skipped = self.samples.start - of_tile.start;
            let here = of_tile.end.min(self.samples.end) - self.samples.start;
            let part = self.cut(here);
            let block = of_tile.len() * lanes;
            for first in (0..outputs).step_by(lanes) {
                let last = (first + lanes).min(outputs);
                let (share, within) = (first / tiling.columns, first % tiling.columns);
                let place = (tile * tiling.shares() + share) * size + within / lanes * block;
                let of_ranges = || self.sums[place..].chunks(range);
                let bias = simd.load_partial(&self.bias[first..last]);
                for (n, y) in part.y.chunks_exact_mut(outputs).enumerate() {
                    let mut total = bias;
                    for sums in of_ranges() {
                        total += simd.load(&sums[(skipped + n) * lanes..]);
                    }
                    total.store_partial(&mut y[first..last]);
                }
            }
        }
    }
}
