//! Loop nests over edges and samples, generic over the connection.
//!
//! | file | |
//! |---|---|
//! | `mixed` | any function: `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])` and its gradients |
//! | `products` | the same of a separable function, as products of matrices |
//! | `diagonal` | `y[n,o] = f(x[n,o]; θ[o])` and its gradients: activations |
//! | `normalize` | layer normalisation |
//! | `edges` | how parameters lie in memory, and their way into vectors |
//! | `errors` | the error that comes down to a layer, in vectors |
//! | `tiles`, `ranges` | the tasks of a forward and of a backward pass |
//! | `scratch` | the memory that a pass works in |
//! | `tuning` | every constant that was chosen by measurement |

mod diagonal;
mod edges;
mod errors;
mod mixed;
mod normalize;
mod products;
mod ranges;
mod scratch;
#[cfg(test)]
mod tests;
mod tiles;
mod tuning;

use crate::connection::Connection;
use crate::pass::{Backward, Forward};
use crate::simd::{Level, Real};

pub(crate) use diagonal::{backward as diagonal_backward, forward as diagonal_forward};
pub(crate) use edges::Edges;
pub(crate) use errors::{copy_errors, pack_errors};
pub(crate) use mixed::assign_columns;
pub(crate) use normalize::{
    EPSILON as NORMALIZE_EPSILON, backward as normalize_backward, forward as normalize_forward,
};
pub(crate) use ranges::in_ranges;
pub(crate) use tiles::in_tiles;

/// Computes `pass.y`, and `pass.next_state` for a function with a memory. States lie
/// `[sample][input][output]`.
pub(crate) fn forward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    bias: &[T],
    pass: Forward<'_, T>,
) {
    if pass.x.nrows() == 0 {
        return;
    }
    // Known when compiling: kernels that are never called are not compiled.
    if const { products::apply::<C>() } {
        products::forward::<C, T>(edges, bias, pass);
    } else {
        mixed::forward::<C, T>(edges, bias, pass);
    }
}

/// What a forward pass on this instruction set takes of the edges alone, to be made once for many of them;
/// empty where there is nothing to gain. One number for each term of the function and edge, and up to as many
/// zeros again past the last output.
pub(crate) fn coefficients<C: Connection, T: Real>(edges: Edges<'_, T>, level: Level) -> Vec<T> {
    if const { products::apply::<C>() } {
        products::coefficients::<C, T>(edges, level)
    } else {
        Vec::new()
    }
}

/// Adds to `gradient` (parameters, `[input][parameter][output]`) and `bias_gradient`, and
/// overwrites `pass.dx` where it is wanted, and `pass.dstate`. `pass.gradient` is not used.
pub(crate) fn backward<C: Connection, T: Real>(
    edges: Edges<'_, T>,
    gradient: &mut [T],
    bias_gradient: &mut [T],
    pass: Backward<'_, T>,
) {
    if pass.dy.nrows() == 0 {
        return;
    }
    for dy in pass.dy.outer_iter() {
        for (sum, &dy) in bias_gradient.iter_mut().zip(dy) {
            *sum += dy;
        }
    }
    if const { products::apply::<C>() } {
        products::backward::<C, T>(edges, gradient, pass);
    } else {
        mixed::backward::<C, T>(edges, gradient, pass);
    }
}
