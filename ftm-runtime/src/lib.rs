//! The runtime of `ftm`: kernels, layers and training of networks whose connections are
//! functions.

pub mod clip;
pub mod connection;
pub mod data;
pub mod error;
pub mod init;
pub mod layer;
pub mod loss;
pub mod network;
pub mod optimizer;
pub mod schedule;
pub mod simd;

#[cfg(test)]
mod test_layers;
