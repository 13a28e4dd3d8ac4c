//! The runtime of `ftm`: kernels, layers and training of networks whose connections are
//! functions.

pub mod error;
pub mod simd;
