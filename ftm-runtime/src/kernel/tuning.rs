//! Every constant that was chosen by measurement.

/// Samples that a forward task takes through all edges. The sums of a tile, and its inputs,
/// stay in the first-level cache, and the edge stage runs once per tile.
pub(super) const FORWARD_ROWS: usize = 32;

/// Samples that a backward task takes at a time.
pub(super) const BACKWARD_ROWS: usize = 256;

/// Edge-samples below which a task of the backward pass is not worth a thread.
pub(super) const TASK_EDGE_SAMPLES: usize = 64 * 1024;

/// Tasks that a backward pass is cut into at most; each has scratch memory of its own.
pub(super) const MOST_TASKS: usize = 64;
