//! Every constant that was chosen by measurement.

use crate::parallel;
use crate::simd::MAX_LANES;

/// Samples that a backward task takes at a time.
pub(super) const BACKWARD_ROWS: usize = 256;

/// Edge-samples below which a task of the mixed backward pass is not worth a thread.
pub(super) const MIXED_TASK: usize = 64 * 1024;

/// The same of products, which take an edge-sample in a tenth of the time.
pub(super) const PRODUCT_TASK: usize = 512 * 1024;

/// Tasks that a backward pass is cut into at most; each has scratch memory of its own.
const MOST_TASKS: usize = 64;

/// Depth of a forward product: inputs times terms whose edge values wait in the cache.
pub(super) const PRODUCT_DEPTH: usize = 256;

/// Inputs of a backward product.
pub(super) const PRODUCT_INPUTS: usize = 32;

/// Edge-samples below which a task of a forward pass is not worth a thread.
const FORWARD_TASK: usize = 32 * 1024;

/// Samples of a tile of the mixed forward pass at most: their sums of some outputs stay in the cache.
const MIXED_ROWS: usize = 64;

/// The same where threads cannot share the outputs.
const NARROW_ROWS: usize = 16;

/// Samples of a tile of a forward product at most.
const PRODUCT_ROWS: usize = 128;

/// What they are a multiple of: rows of a small register tile.
const PRODUCT_STEP: usize = 4;

/// The samples and outputs that a task of a forward pass takes through all inputs.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub rows: usize,
    pub outputs: usize,
}

impl Tile {
    /// Samples with an input of 0 are taken at once, so the samples depend on the shape alone. Where
    /// there are fewer tiles than threads, these share the outputs, of which each is a sum of its own.
    pub(super) fn mixed([rows, inputs, outputs]: [usize; 3]) -> Self {
        let most = if outputs > MAX_LANES {
            MIXED_ROWS
        } else {
            NARROW_ROWS
        };
        let tiles = rows.div_ceil(most);
        let worth = tasks_worth([rows, inputs, outputs]) / tiles;
        let parts = parallel::threads().div_ceil(tiles).min(worth).max(1);
        Self {
            rows: rows.div_ceil(tiles),
            outputs: outputs.div_ceil(parts).next_multiple_of(MAX_LANES),
        }
    }
}

/// Samples that a task of a forward product takes. Every task runs the edge stage, so there are as few
/// as there are threads.
pub(super) fn product_rows([rows, inputs, outputs]: [usize; 3]) -> usize {
    let tasks = tasks_worth([rows, inputs, outputs])
        .min(parallel::threads())
        .max(rows.div_ceil(PRODUCT_ROWS));
    rows.div_ceil(tasks).next_multiple_of(PRODUCT_STEP)
}

/// Threads' worth of work.
fn tasks_worth([rows, inputs, outputs]: [usize; 3]) -> usize {
    rows.saturating_mul(inputs).saturating_mul(outputs) / FORWARD_TASK
}

/// Inputs that a task of the backward pass takes, so that it has `least` edge-samples. Shapes
/// alone decide, so that results do not depend on the threads.
pub(super) fn inputs_of_a_task(least: usize, rows: usize, inputs: usize, outputs: usize) -> usize {
    let per_input = (rows * outputs).max(1);
    least
        .div_ceil(per_input)
        .max(inputs.div_ceil(MOST_TASKS))
        .max(1)
}
