//! Programs: a trained network as Rust source that needs neither this library nor memory of a heap.
//!
//! ```
//! # use ftm_runtime::network::Network;
//! # fn of(network: &Network<f32>) -> Result<(), Box<dyn std::error::Error>> {
//! std::fs::write("digits.rs", ftm_runtime::source::rust(network)?)?;
//! # Ok(())
//! # }
//! ```
//!
//! Another crate, which may be `no_std`, adds the file as a module and calls
//! `digits::network(&x)`. It depends on [`libm`](https://docs.rs/libm) for the elementary functions.
//! The source grows with the parameters alone: they lie in tables, a function for each connection
//! function is called in loops over them.

mod function;
mod layer;

use std::fmt::Write as _;

use crate::error::Error;
use crate::formula::notation::HELPERS;
use crate::network::Network;
use crate::simd::Real;
use function::Functions;

/// The source of a module with `network`, a function that computes what `network` does, in double
/// precision.
///
/// # Errors
/// Those of [`Network::mappings`].
#[inline(never)]
pub fn rust<T: Real>(network: &Network<T>) -> Result<String, Error> {
    let mappings = network.mappings()?;
    let (inputs, outputs) = (network.inputs(), network.outputs());
    let mut source = format!(
        "// A trained network of the layers
{}//
// Made from parameters in {} precision; computes in double precision, needs nothing but the
// crate `libm` (0.2), and neither allocates nor panics.

/// Width of the input.
pub const INPUTS: usize = {inputs};

/// Width of the output.
pub const OUTPUTS: usize = {outputs};

/// What the network computes of one sample.
pub fn network(x: &[f64; INPUTS]) -> [f64; OUTPUTS] {{
",
        names(network),
        if T::NAME == "f64" { "double" } else { "single" },
    );
    let last = mappings.len().saturating_sub(1);
    for index in 0..last {
        let argument = if index == 0 { "x" } else { "&x" };
        let _ = writeln!(source, "    let x = layer_{index}({argument});");
    }
    let argument = if last == 0 { "x" } else { "&x" };
    let _ = writeln!(source, "    layer_{last}({argument})\n}}");

    let mut functions = Functions::default();
    for (index, (layer, mapping)) in network.layers().iter().zip(&mappings).enumerate() {
        let _ = writeln!(source, "\n/// {}.", layer.name());
        let widths = (layer.inputs(), layer.outputs());
        source.push_str(&layer::layer(index, widths, mapping, &mut functions));
    }
    source.push_str(functions.source());
    for (name, helper) in HELPERS {
        if calls(&source, name) {
            let _ = write!(source, "\n{helper}");
        }
    }
    Ok(source)
}

/// Whether a source calls a function: its name, and not the end of a longer one, is followed by a
/// parenthesis.
fn calls(source: &str, name: &str) -> bool {
    let call = format!("{name}(");
    source.match_indices(&call).any(|(place, _)| {
        let before = source[..place].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':'))
    })
}

/// The layers, a line of a comment for each.
fn names<T: Real>(network: &Network<T>) -> String {
    let mut lines = String::new();
    for layer in network.layers() {
        let _ = writeln!(lines, "//   {}", layer.name());
    }
    lines
}
