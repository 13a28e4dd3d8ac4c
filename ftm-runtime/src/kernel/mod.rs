//! Loop nests over edges and samples, generic over the connection.
//!
//! | file | |
//! |---|---|
//! | `forward` | `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])` |
//! | `backward` | its ∂x, ∂θ and ∂b |
//! | `diagonal` | `y[n,o] = f(x[n,o]; θ[o])` and its gradients: activations |
//! | `edges` | how parameters lie in memory, and their way into vectors |
//! | `scratch` | the memory that a pass works in |
//! | `tuning` | every constant that was chosen by measurement |

mod backward;
mod diagonal;
mod edges;
mod forward;
mod scratch;
mod tuning;

pub(crate) use backward::backward;
pub(crate) use diagonal::{backward as diagonal_backward, forward as diagonal_forward};
pub(crate) use edges::{Edges, count};
pub(crate) use forward::forward;
