//! Sizes past which a function is refused, although its source is short.

/// Numbers of one edge: parameters and constants, the elements of arrays each for itself.
pub(super) const SYMBOLS: usize = 512;

/// Operations of a body whose sums and calls are written out.
pub(super) const OPERATIONS: usize = 20_000;
