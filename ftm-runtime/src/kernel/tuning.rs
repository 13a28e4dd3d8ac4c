//! Every constant that was chosen by measurement.

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

/// Samples below which products are not worth their packing.
pub(super) const FEWEST_PRODUCT_ROWS: usize = 8;

/// Edge-samples below which a task of a forward pass is not worth a thread.
const FORWARD_TASK: usize = 32 * 1024;

/// How a forward pass is cut into tasks.
pub(super) struct Tasks {
    /// Samples of a task at most.
    pub most_rows: usize,
    /// What the samples of a task are a multiple of.
    pub step: usize,
    /// Tasks at least, where they are worth it.
    pub fewest: usize,
    /// Tasks at most, since each has memory of its own.
    pub most: usize,
}

/// For one loop over edges and samples.
pub(super) const MIXED_FORWARD: Tasks = Tasks {
    most_rows: 32,
    step: 1,
    fewest: 4,
    most: usize::MAX,
};

/// For products, where every task runs the edge stage: few tasks, of whole register tiles.
pub(super) const PRODUCT_FORWARD: Tasks = Tasks {
    most_rows: 64,
    step: 4,
    fewest: 2,
    most: 16,
};

impl Tasks {
    /// Samples that a task takes, all tasks as many. Shapes alone decide, so that results do not
    /// depend on the threads.
    pub(super) fn rows(&self, rows: usize, inputs: usize, outputs: usize) -> usize {
        let worth = rows.saturating_mul(inputs).saturating_mul(outputs) / FORWARD_TASK;
        let tasks = rows
            .div_ceil(self.most_rows)
            .max(worth.min(self.fewest))
            .clamp(1, self.most);
        rows.div_ceil(tasks).max(1).next_multiple_of(self.step)
    }
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
