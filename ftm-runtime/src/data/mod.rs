//! Data: sets of samples, batches, and the files they come from.

mod batch;
mod checksum;
mod csv;
mod dataset;
mod digits;
mod idx;
mod mnist;
mod order;
mod standardizer;
mod targets;

pub use batch::Batch;
pub use checksum::{sha256, verify_mnist};
pub use csv::csv;
pub use dataset::Dataset;
pub(crate) use dataset::check_finite;
pub use digits::Digits;
pub use idx::Idx;
pub use mnist::Mnist;
pub use order::{shuffle, shuffled};
pub use standardizer::Standardizer;
pub use targets::{Targets, TargetsView};
