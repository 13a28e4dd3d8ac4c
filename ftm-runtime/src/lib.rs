//! The runtime of `ftm`: kernels, layers and training of networks whose connections are
//! functions.

#![forbid(unsafe_code)]

pub mod checkpoint;
pub mod clip;
pub mod connection;
pub mod data;
pub mod error;
pub mod evaluate;
mod file;
pub mod formula;
pub mod gradient_check;
mod history;
pub mod init;
mod kernel;
pub mod layer;
pub mod loss;
pub mod math;
pub mod memory;
pub mod metrics;
pub mod model;
pub mod network;
pub mod optimizer;
pub mod parallel;
mod pass;
mod precompiled;
pub mod record;
pub mod registry;
pub mod rounding;
pub mod schedule;
pub mod simd;
pub mod source;
pub mod train;

#[cfg(test)]
mod test_layers;

#[doc(hidden)]
pub use precompiled::for_both_scalar_types as __precompiled;

/// The arrays that data and predictions are made of.
pub use ndarray;
