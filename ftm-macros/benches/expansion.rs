//! How long the macro takes for each function of the library, in milliseconds; without optimisation,
//! as cargo builds macros unless told otherwise.
//!
//! ```text
//! cargo bench -p ftm-macros --bench expansion --config profile.bench.opt-level=0
//! ```
//!
//! A program cannot link a macro crate, so its passes are compiled into this one. They run on
//! tokens of their own here, inside the compiler on the compiler's. `first` is the time of a
//! function's first expansion, `least` that of the fastest of many.

#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    reason = "modules of a crate and its tests"
)]

use std::hint::black_box;
use std::time::Instant;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

#[path = "../src/check/mod.rs"]
mod check;
#[path = "../src/diagnostics.rs"]
mod diagnostics;
#[path = "../src/differentiate/mod.rs"]
mod differentiate;
#[path = "../src/emit/mod.rs"]
mod emit;
#[path = "../src/explain/mod.rs"]
mod explain;
#[path = "../src/graph/mod.rs"]
mod graph;
#[path = "../src/pipeline.rs"]
mod pipeline;
#[path = "../src/plan/mod.rs"]
mod plan;
#[path = "../src/primitives/mod.rs"]
mod primitives;
#[path = "../src/simplify/mod.rs"]
mod simplify;
#[path = "../src/syntax/mod.rs"]
mod syntax;
#[path = "../../benches/support/table.rs"]
mod table;
#[cfg(test)]
#[path = "../src/tests/mod.rs"]
mod tests;

/// Twice the coefficients of the library's.
const LARGER: &str = "ftm_fn! {
    pub fn Spline16(x; b, c[16] ~ normal(0.0, 0.1)) {
        let t = 6.5 * x + 7.5;
        b * x * sigmoid(x) + sum(k in 0..16, c[k] * bspline(3, t - k))
    }
    pub fn Bells16(x; c[16]) {
        sum(k in 0..16, {
            let bell = relu(9.0 * x - k + 2.0) * relu(k + 2.0 - 9.0 * x) / 4.0;
            c[k] * bell * bell
        })
    }
    pub fn Chebyshev16(x; c[16]) {
        let t = tanh(x);
        sum(k in 0..16, c[k] * chebyshev(k, t))
    }
}";

/// Expansions after the first.
const RUNS: usize = 100;

fn main() {
    let mut functions = Vec::new();
    for file in ["paper", "kan"] {
        let path = format!("{}/../src/functions/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        match std::fs::read_to_string(&path) {
            Ok(text) => functions.extend(declarations(&text)),
            Err(error) => return eprintln!("error: {path}: {error}"),
        }
    }
    functions.extend(declarations(LARGER));
    let columns = ["function", "first, ms", "least, ms", "emitted, kB"];
    let mut table = table::Table::new("expansion", &columns);
    for tokens in functions {
        let compile = || {
            let tokens = tokens.clone();
            let start = Instant::now();
            let emitted = black_box(pipeline::compile(tokens));
            (start.elapsed().as_secs_f64() * 1e3, emitted)
        };
        let (first, emitted) = compile();
        let least = (0..RUNS).map(|_| compile().0).fold(first, f64::min);
        table.row(vec![
            name(&tokens),
            format!("{first:.2}"),
            format!("{least:.2}"),
            format!("{:.1}", emitted.to_string().len() as f64 / 1e3),
        ]);
    }
    table.finish();
}

/// The functions in the first use of `ftm_fn!` in a file: each ends at its braces.
fn declarations(text: &str) -> Vec<TokenStream> {
    let tokens = text.parse::<TokenStream>().unwrap_or_default();
    let tokens: Vec<_> = tokens.into_iter().collect();
    let uses = tokens.windows(3).find_map(|tokens| match tokens {
        [
            TokenTree::Ident(name),
            TokenTree::Punct(_),
            TokenTree::Group(group),
        ] if name == "ftm_fn" && is_body(group) => Some(group.stream()),
        _ => None,
    });
    let mut functions = vec![TokenStream::new()];
    for token in uses.into_iter().flatten() {
        let ends = matches!(&token, TokenTree::Group(group) if is_body(group));
        if let Some(last) = functions.last_mut() {
            last.extend([token]);
        }
        if ends {
            functions.push(TokenStream::new());
        }
    }
    functions.retain(|tokens| !tokens.is_empty());
    functions
}

fn is_body(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

/// The identifier after `fn`.
fn name(tokens: &TokenStream) -> String {
    let mut tokens = tokens.clone().into_iter().map(|token| token.to_string());
    tokens
        .find(|token| token == "fn")
        .and_then(|_| tokens.next())
        .unwrap_or_default()
}
