//! Every constant that was chosen by measurement.

use super::tiles::Tiling;
use crate::parallel;
use crate::simd::MAX_LANES;

/// Samples that a backward task takes at a time.
pub(super) const BACKWARD_ROWS: usize = 256;

/// Edge-samples below which a task of the mixed backward pass is not worth a thread.
pub(super) const MIXED_BACKWARD: usize = 32 * 1024;

/// The same of products, which take an edge-sample in a tenth of the time.
pub(super) const PRODUCT_BACKWARD: usize = 256 * 1024;

/// The same of the forward pass.
const MIXED_FORWARD: usize = 32 * 1024;
const PRODUCT_FORWARD: usize = 128 * 1024;

/// Tasks that a backward pass is cut into at most.
const BACKWARD_TASKS: usize = 128;

/// Inputs of a backward product.
pub(super) const PRODUCT_INPUTS: usize = 32;

/// Inputs times terms of a forward product whose edge values wait in the cache, about.
const PRODUCT_DEPTH: usize = 256;

/// Ranges of inputs of a forward pass at most: the sums of each are written, and added up afterwards. Where
/// there are more of them, threads wait for each other less; passes of products are short, and have fewer.
const PRODUCT_RANGES: usize = 4;
const MIXED_RANGES: usize = 8;

/// Inputs of a range that make up for that, at least; of products, inputs times terms.
const MIXED_RANGE: usize = 32;
const PRODUCT_RANGE: usize = 64;

/// Samples of a tile of the mixed forward pass at most.
const MIXED_ROWS: usize = 64;

/// The same of layers with so many outputs at most, and outputs of such a tile, whose sums stay in the cache:
/// many samples share what is done once for a vector of edges. Of more outputs, a tile that takes few at a
/// time would read the parameters in small pieces, far apart.
const NARROW: usize = 256;
const NARROW_ROWS: usize = 128;
const NARROW_COLUMNS: usize = 128;

/// Samples of a tile of a forward product at most, and what they are a multiple of: rows of a small
/// register tile.
const PRODUCT_ROWS: usize = 128;
const PRODUCT_STEP: usize = 4;

/// How the mixed forward pass is cut. Ranges, and tiles, whose samples with an input of 0 are taken at
/// once, depend on the shape alone. The outputs, of which each is a sum of its own, are shared where there are
/// fewer of them than threads, or where tiles are too tall for all.
pub(super) fn mixed_tiling(shape: [usize; 3], stateful: bool) -> Tiling {
    let [rows, inputs, outputs] = shape;
    let most = match outputs <= NARROW {
        true => NARROW_ROWS,
        false => MIXED_ROWS,
    };
    let tiles = rows.div_ceil(most).max(1);
    let tile = rows.div_ceil(tiles).max(1);
    let least = match tile > MIXED_ROWS {
        true => outputs.div_ceil(NARROW_COLUMNS),
        false => 1,
    };
    let tasks = tiles * least;
    let worth = worth(shape, MIXED_FORWARD) / tasks;
    let ranges = even((MIXED_RANGES / tasks).min(worth).min(inputs / MIXED_RANGE));
    let shares = (parallel::threads() / (tasks * ranges)).min(worth / ranges);
    // The states of a task are one piece of memory: those of its samples.
    let (ranges, shares) = match stateful {
        true => (1, 1),
        false => (ranges, shares.max(1) * least),
    };
    Tiling {
        shape,
        tile,
        range: inputs.div_ceil(ranges).max(1),
        columns: outputs.div_ceil(shares).next_multiple_of(MAX_LANES),
        each: each(MIXED_FORWARD, shape, tasks * ranges),
    }
}

/// How a forward product is cut. Ranges depend on the layer alone, so that a row's outputs do not depend
/// on how many there are. Unless that was done for all passes, every tile packs the edges of its range again,
/// so there are few.
pub(super) fn product_tiling(shape: [usize; 3], terms: usize) -> Tiling {
    let [rows, inputs, outputs] = shape;
    let range = product_range(inputs, terms);
    let ranges = inputs.div_ceil(range);
    let tiles = (parallel::threads() / ranges).min(worth(shape, PRODUCT_FORWARD) / ranges);
    let tiles = tiles.max(rows.div_ceil(PRODUCT_ROWS)).max(1);
    Tiling {
        shape,
        tile: rows.div_ceil(tiles).next_multiple_of(PRODUCT_STEP),
        range,
        columns: outputs.next_multiple_of(MAX_LANES),
        each: each(PRODUCT_FORWARD, shape, tiles * ranges),
    }
}

/// Inputs of a range of a forward product.
pub(super) fn product_range(inputs: usize, terms: usize) -> usize {
    let ranges = even(PRODUCT_RANGES.min(inputs * terms / PRODUCT_RANGE));
    inputs.div_ceil(ranges).max(1)
}

/// Inputs of a range of a forward product that are packed at a time.
pub(super) fn product_depth(range: usize, terms: usize) -> usize {
    let times = (range * terms + PRODUCT_DEPTH / 2) / PRODUCT_DEPTH;
    range.div_ceil(times.max(1))
}

/// Tasks' worth of work.
fn worth([rows, inputs, outputs]: [usize; 3], task: usize) -> usize {
    rows.saturating_mul(inputs)
        .saturating_mul(outputs.next_multiple_of(MAX_LANES))
        / task
}

/// As many of `tasks` as are worth a thread.
fn each(task: usize, shape: [usize; 3], tasks: usize) -> usize {
    tasks.div_ceil(worth(shape, task).max(1))
}

/// So many or fewer, that two threads and four can share.
fn even(count: usize) -> usize {
    1 << count.max(1).ilog2()
}

/// Inputs that a task of the backward pass takes, so that it has `least` edge-samples. Shapes
/// alone decide, so that results do not depend on the threads.
pub(super) fn inputs_of_a_task(least: usize, [rows, inputs, outputs]: [usize; 3]) -> usize {
    let per_input = (rows * outputs).max(1);
    least
        .div_ceil(per_input)
        .max(inputs.div_ceil(BACKWARD_TASKS))
        .min(inputs)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::with_threads;

    #[test]
    fn tasks_are_enough_and_worth_it() {
        // Tiles, ranges and shares of the outputs, of one thread, of two and of sixteen.
        let tasks = |of: &(dyn Fn() -> Tiling + Sync)| {
            [1, 2, 16].map(|threads| {
                let tiling = with_threads(threads, of).expect("threads");
                [tiling.tiles(), tiling.ranges(), tiling.shares()]
            })
        };
        let mixed = |shape| tasks(&move || mixed_tiling(shape, false));
        let products = |shape, terms| tasks(&move || product_tiling(shape, terms));
        assert_eq!(mixed([100, 784, 128]), [[1, 8, 1], [1, 8, 1], [1, 8, 2]]);
        assert_eq!(mixed([64, 784, 128]), [[1, 8, 1], [1, 8, 1], [1, 8, 2]]);
        assert_eq!(mixed([100, 128, 128]), [[1, 4, 1], [1, 4, 1], [1, 4, 4]]);
        assert_eq!(mixed([100, 128, 10]), [[1, 4, 1]; 3]);
        assert_eq!(mixed([64, 16, 256]), [[1, 1, 1], [1, 1, 2], [1, 1, 8]]);
        assert_eq!(mixed([100, 512, 512]), [[2, 4, 1], [2, 4, 1], [2, 4, 2]]);
        assert_eq!(mixed([1, 4096, 4096]), [[1, 8, 1], [1, 8, 1], [1, 8, 2]]);
        assert_eq!(mixed([3, 2, 5]), [[1, 1, 1]; 3]);
        let stateful = tasks(&|| mixed_tiling([9, 784, 128], true));
        assert_eq!(stateful, [[1, 1, 1]; 3]);
        assert_eq!(
            products([100, 784, 128], 1),
            [[1, 4, 1], [1, 4, 1], [4, 4, 1]]
        );
        assert_eq!(
            products([100, 128, 128], 3),
            [[1, 4, 1], [1, 4, 1], [3, 4, 1]]
        );
        assert_eq!(products([1, 784, 128], 1), [[1, 4, 1]; 3]);
        assert_eq!(products([300, 20, 10], 1), [[3, 1, 1]; 3]);
    }
}
