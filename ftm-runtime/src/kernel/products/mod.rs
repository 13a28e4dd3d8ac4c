//! Kernels of separable functions, f = Σ c(θ)·g(x): products of matrices.
//!
//! | sum | rows | depth | columns |
//! |---|---|---|---|
//! | y | samples | terms of inputs | outputs |
//! | over samples, for ∂θ | inputs | samples | outputs |
//! | over outputs, for ∂x | inputs | outputs | samples |
//!
//! The products themselves are `simd::multiply`. In training the stages of the function are run while matrices
//! are packed, a range of inputs at a time, so that no matrix of all coefficients or all derivatives exists.
//! Inference keeps the coefficients.
//!
//! | file | |
//! |---|---|
//! | `pack` | matrices from the stages |
//! | `forward`, `backward` | the passes |

mod backward;
mod forward;
mod pack;

pub(super) use backward::backward;
pub(super) use forward::{coefficients, forward};

use crate::connection::{Connection, Products};

/// Whether the passes of a function may be products.
pub(super) const fn apply<C: Connection>() -> bool {
    C::PRODUCTS.is_some() && !C::STATEFUL
}

/// The products of a function that has them.
const fn products<C: Connection>() -> Products {
    match C::PRODUCTS {
        Some(products) => products,
        None => Products {
            forward: &[],
            edge_sums: &[],
            input_sums: &[],
        },
    }
}
