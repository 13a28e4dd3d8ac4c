//! How long an epoch of a Kolmogorov–Arnold network takes: 60,000 random pictures of 784 numbers, a
//! 784-64-10 network with normalisation between its layers, batch 64, AdamW, single precision, on all
//! cores.
//!
//! ```text
//! cargo bench --bench kan
//! cargo bench --bench kan -- BSpline
//! ```
//!
//! Times are of the faster of two epochs.

use ftm::data::Dataset;
use ftm::functions::{FunctionalEntry, Library as _};
use ftm::loss::SoftmaxCrossEntropy;
use ftm::network::Network;
use ftm::optimizer::Adam;
use ftm::train::{Next, Trainer};
use support::step::{new_network, pictures};
use support::{Table, is_asked_for};

mod support;

const PICTURES: usize = 60_000;
const HIDDEN: usize = 64;
const BATCH: usize = 64;

fn main() {
    let data = pictures(PICTURES, 0.8);
    let mut table = Table::new("kan", &["function", "parameters of an edge", "s an epoch"]);
    for entry in f32::kan() {
        let description = entry.description;
        if !is_asked_for(description.name) {
            continue;
        }
        table.row(vec![
            description.name.to_owned(),
            description.parameters.len().to_string(),
            format!("{:.2}", epoch(entry, &data)),
        ]);
    }
    table.finish();
}

/// Seconds of an epoch.
fn epoch(edge: FunctionalEntry<f32>, data: &Dataset<f32>) -> f64 {
    let mut network: Network<f32> = new_network(|network| {
        network
            .range(-1.0, 1.0)
            .boxed(move |inputs| edge.layer(inputs, HIDDEN))
            .normalization()
            .boxed(move |inputs| edge.layer(inputs, data.outputs()))
    });
    network.fit_ranges(data.inputs()).expect("ranges");
    let mut least = f64::INFINITY;
    let optimizer = Adam::new(2e-3).and_then(|adam| adam.weight_decay(1e-4));
    let mut trainer = Trainer::new(SoftmaxCrossEntropy, optimizer.expect("a rate"))
        .epochs(2)
        .batch(BATCH)
        .progress(false)
        .after_epoch(|report| {
            least = least.min(report.seconds);
            Next::Continue
        });
    trainer.fit(&mut network, data).expect("training");
    drop(trainer);
    least
}
