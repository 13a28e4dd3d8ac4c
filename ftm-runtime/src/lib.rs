//! The runtime of `ftm`: kernels, layers and training of networks whose connections are
//! functions.

pub mod connection;
pub mod error;
pub mod layer;
pub mod simd;
