//! How long an epoch takes: 60,000 random pictures of 784 numbers, a 784-128-10 network with a
//! tanh activation, batch 100, Adam, single precision, on all cores. With 4 of 5 numbers 0, as in
//! handwritten digits, and without zeros.
//!
//! ```text
//! cargo bench --bench epoch
//! cargo bench --bench epoch -- sine
//! ```
//!
//! Times are of the faster of two epochs.

use ftm::connection::Connection;
use ftm::data::Dataset;
use ftm::functions::activation::Tanh;
use ftm::functions::paper::{CubedWeight, Cubic, Exponential, HyperbolicTangent, Rectifier, Sine};
use ftm::loss::SoftmaxCrossEntropy;
use ftm::optimizer::Adam;
use ftm::train::{Next, Trainer};
use support::step::{new_network, pictures};
use support::{Table, is_asked_for};

mod support;

const PICTURES: usize = 60_000;

fn main() {
    let data = [pictures(PICTURES, 0.8), pictures(PICTURES, 0.0)];
    let columns = ["function", "4 of 5 inputs 0, s", "no input 0, s"];
    let mut table = Table::new("epoch", &columns);
    function::<Sine>("sine", &data, &mut table);
    function::<HyperbolicTangent>("tanh", &data, &mut table);
    function::<Exponential>("exp", &data, &mut table);
    function::<Rectifier>("relu", &data, &mut table);
    function::<Cubic>("cubic", &data, &mut table);
    function::<CubedWeight>("w3x", &data, &mut table);
    table.finish();
}

fn function<C: Connection + Default>(name: &str, data: &[Dataset<f32>], table: &mut Table) {
    if !is_asked_for(name) {
        return;
    }
    let mut row = vec![name.to_owned()];
    row.extend(data.iter().map(|data| format!("{:.3}", epoch::<C>(data))));
    table.row(row);
}

/// Seconds of an epoch.
fn epoch<C: Connection + Default>(data: &Dataset<f32>) -> f64 {
    let mut network = new_network(|network| {
        network
            .functional(C::default(), 128)
            .activation(Tanh)
            .functional(C::default(), 10)
    });
    let mut least = f64::INFINITY;
    let mut trainer = Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a rate"))
        .epochs(2)
        .progress(false)
        .after_epoch(|report| {
            least = least.min(report.seconds);
            Next::Continue
        });
    trainer.fit(&mut network, data).expect("training");
    drop(trainer);
    least
}
