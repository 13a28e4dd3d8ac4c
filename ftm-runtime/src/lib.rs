//! The runtime of `ftm`: kernels, layers and training of networks whose connections are
//! functions.

pub mod connection;
pub mod error;
pub mod init;
pub mod layer;
pub mod network;
pub mod optimizer;
pub mod simd;
#[cfg(test)]
mod test_layers;
