//! The compiler behind `ftm_fn!`.
//!
//! ```text
//! tokens → syntax → check → graph → simplify ⇄ differentiate → plan → explain, emit
//! ```
//!
//! Every pass takes and gives ordinary values, so all of it runs in unit tests; only this file
//! touches the compiler's own token type.

#![forbid(unsafe_code)]

mod check;
mod diagnostics;
mod differentiate;
mod emit;
mod explain;
mod graph;
mod pipeline;
mod plan;
mod primitives;
mod simplify;
mod syntax;
#[cfg(test)]
mod tests;

/// Compiles the declarations of connection functions. Called by `ftm::ftm_fn!`, which see.
#[proc_macro]
pub fn compile(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    pipeline::compile(tokens.into()).into()
}
