//! One function of an edge: its value, its derivatives, and how they were derived.
//!
//! Expect the derivation that the compiler made of one line, then a table in which every
//! derivative agrees with a difference quotient to at least nine digits:
//!
//! ```text
//! cargo run --example function
//! ```

mod plain;
mod program;

use std::error::Error;

use ftm::evaluate::{Point, evaluate};
use ftm::prelude::*;
use ftm::simd::Level;
use program::say;

ftm_fn! {
    /// A wave of trained height, frequency and phase.
    pub fn Wave(x; a, w, p) { a * sin(w * x + p) }
}

fn main() {
    plain::run(
        "Shows one function of an edge: its value, its derivatives, and how they were derived.",
        run,
    );
}

fn run() -> Result<(), Box<dyn Error>> {
    // What the macro derived while this example compiled. `cargo doc` shows the same.
    say!("{}", Wave::explain());

    let value = |x: f64, parameters: &[f64]| {
        evaluate::<Wave, f64>(Level::current(), Point::new(x, parameters))
    };
    let (x, parameters) = (0.4, [1.5, 3.0, -0.7]);
    let at = value(x, &parameters)?;
    say!(
        "Wave at x = {x}, (a, w, p) = {parameters:?}: {:.12}\n",
        at.value
    );

    // The same numbers again, by central differences.
    let step = 1e-5;
    let quotient = |up: f64, down: f64| (up - down) / (2.0 * step);
    let by_x = quotient(
        value(x + step, &parameters)?.value,
        value(x - step, &parameters)?.value,
    );
    say!("        derived         measured");
    say!("∂f/∂x {:>15.12} {by_x:>15.12}", at.by_input);
    for (k, name) in ["a", "w", "p"].into_iter().enumerate() {
        let moved = |by: f64| {
            let mut parameters = parameters;
            parameters[k] += by;
            value(x, &parameters)
        };
        let by_parameter = quotient(moved(step)?.value, moved(-step)?.value);
        say!(
            "∂f/∂{name} {:>15.12} {by_parameter:>15.12}",
            at.by_parameters[k]
        );
    }
    Ok(())
}
