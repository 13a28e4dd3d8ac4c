//! Learns the 8×8 handwritten digits that come with the library.
//!
//! Expect at least 95 % test accuracy after a few seconds:
//!
//! ```text
//! cargo run --release --example digits
//! ```

mod plain;
mod program;

use std::error::Error;

use ftm::data::Digits;
use ftm::functions::activation::Relu;
use ftm::metrics;
use ftm::prelude::*;
use ftm::train::Next;
use program::say;

ftm_fn! {
    /// A wave of trained height, frequency and phase.
    pub fn Wave(x; a ~ normal(0.0, 0.1), w ~ normal(0.0, 2.0), p ~ uniform(-PI, PI)) {
        a * sin(w * x + p)
    }
}

fn main() {
    plain::run(
        "Learns the 8×8 handwritten digits that come with the library.",
        run,
    );
}

fn run() -> Result<(), Box<dyn Error>> {
    let digits = Digits::<f32>::load()?;
    let mut network = Network::new(64)
        .functional(Wave, 64)
        .activation(Relu)
        .functional(Wave, 10)
        .build(1)?;
    say!("{}\n{network}\n", Wave::explain());

    Trainer::new(SoftmaxCrossEntropy, Adam::new(3e-3)?)
        .epochs(30)
        .batch(32)
        .seed(1)
        .validation(&digits.validation)
        .after_epoch(|report| {
            say!("{report}");
            Next::Continue
        })
        .fit(&mut network, &digits.train)?;

    let test = metrics::evaluate(&network, &SoftmaxCrossEntropy, &digits.test)?;
    say!(
        "test accuracy: {:.2}%",
        100.0 * test.accuracy.unwrap_or(0.0)
    );
    Ok(())
}
