//! Networks whose connections are functions.
pub use ftm_runtime::*;
