//! Kernels of any function: one loop over edges and samples.

mod at_zero;
mod backward;
mod column;
mod errors_at_zero;
mod forward;
mod order;
mod terms;

pub(super) use backward::backward;
pub(crate) use column::assign_columns;
pub(super) use forward::forward;
