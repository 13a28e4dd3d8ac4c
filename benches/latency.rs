//! How long one sample takes: `Network::forward` of a single row, on one thread, in memory of the
//! caller, single precision.
//!
//! ```text
//! cargo bench --bench latency
//! ```

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use ftm::error::Error;
use ftm::functions::{FunctionalEntry, Library as _};
use ftm::network::{Network, Workspace};
use ndarray::Array2;
use support::Table;
use support::measure::alone;

mod support;

const FUNCTIONS: [&str; 4] = ["linear", "cubic", "sine", "tanh"];
const WIDTHS: [[usize; 3]; 2] = [[64, 32, 10], [784, 128, 10]];

fn main() {
    let mut table = Table::new("latency", &["function", "network", "µs a sample"]);
    let functions = f32::functional();
    for name in FUNCTIONS {
        for widths in WIDTHS {
            let found = functions.iter().find(|entry| entry.is_called(name));
            let Some(entry) = found else { continue };
            let text = widths.map(|width| width.to_string()).join("-");
            match latency(name, &text, *entry, widths) {
                Ok(Some(nanoseconds)) => {
                    let time = format!("{:.2}", nanoseconds / 1e3);
                    table.row(vec![name.to_owned(), text, time]);
                }
                Ok(None) => {}
                Err(error) => eprintln!("error: {error}"),
            }
        }
    }
    table.finish();
}

/// Nanoseconds of a sample, if the command line asks for it.
fn latency(
    name: &str,
    text: &str,
    entry: FunctionalEntry<f32>,
    [inputs, hidden, outputs]: [usize; 3],
) -> Result<Option<f64>, Error> {
    let network = Network::new(inputs)
        .boxed(|inputs| entry.layer(inputs, hidden))
        .boxed(|inputs| entry.layer(inputs, outputs))
        .build(1)?;
    let x = Array2::from_shape_fn((1, inputs), |(_, i)| (i as f32).sin());
    ftm::parallel::with_threads(1, || {
        let mut workspace = Workspace::new();
        let mut criterion = Criterion::default()
            .sample_size(30)
            .measurement_time(Duration::from_secs(1))
            .configure_from_args();
        let group = format!("latency-{name}");
        alone(&mut criterion, [&group, text], || {
            let y = network.forward(&mut workspace, x.view());
            black_box(y.is_ok_and(|y| y[[0, 0]] > 0.0));
        })
    })
}
