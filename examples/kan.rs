//! A Kolmogorov–Arnold network learns MNIST, or without it the digits that come with the library.
//!
//! Expect a test accuracy of 97.2 to 97.7 % on MNIST at the end, or of about 92 % on the digits of the
//! library:
//!
//! ```text
//! cargo run --release --example fetch_mnist
//! cargo run --release --example kan -- --data data/mnist
//! cargo run --release --example kan -- --data data/mnist --function rbf
//! cargo run --release --example kan -- --data data/mnist --function chebyshev
//! ```
//!
//! As in the originals each number is brought to where a function has its grid: those of the
//! images from their range to its interval, those of a hidden layer by layer normalisation.
//!
//! `--prune 0.01` prunes the edges that are a hundredth as important as their layer's most
//! important one, or less, and trains the rest for some more epochs; `--plot kan` draws edges of
//! each layer into the folder `kan`.

#[path = "plots/edges.rs"]
mod edges;
mod names;
mod options;
mod output;
#[allow(dead_code, reason = "not all plots are of edges")]
mod plots;
mod program;
mod training;

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use ftm::data::Dataset;
use ftm::functions::{FunctionalEntry, Library as _};
use ftm::ndarray::{ArrayView2, Axis, s};
use ftm::network::{Network, NetworkBuilder, Workspace};
use names::find;
use program::say;
use training::{Sets, Steps, Training, accuracy, report};

/// Trains a Kolmogorov–Arnold network to read handwritten digits.
#[derive(Parser)]
#[command(mut_args(options::with_negative_numbers))]
struct Options {
    /// Family of functions on the edges, such as `spline`, `rbf` or `chebyshev`.
    #[arg(long, default_value = "spline")]
    function: String,
    /// Widths of the hidden layers.
    #[arg(long, value_delimiter = ',', default_value = "64")]
    hidden: Vec<usize>,
    /// How the numbers of the images are brought to where the functions have their grid.
    #[arg(long, value_enum, default_value = "range")]
    input: Scale,
    /// The same of those of hidden layers.
    #[arg(long, value_enum, default_value = "normalisation")]
    between: Scale,
    /// Learning rate at the start.
    #[arg(long, default_value_t = 2e-3)]
    rate: f64,
    /// Samples of a step.
    #[arg(long, default_value_t = 64)]
    batch: usize,
    /// Prune edges less important than this share of their layer's most important one, and train
    /// again.
    #[arg(long, conflicts_with = "checkpoint", value_parser = share)]
    prune: Option<f64>,
    /// Folder to draw edges in, as SVG.
    #[arg(long)]
    plot: Option<PathBuf>,
    #[command(flatten)]
    training: Training,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scale {
    /// From their range in the training set to the interval of the function.
    Range,
    /// Each sample to mean 0 and variance 1.
    Normalisation,
    /// Not at all.
    None,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().map_err(|error| error.to_string())?;
    match (0.0..1.0).contains(&share) {
        true => Ok(share),
        false => Err("it must be at least 0 and below 1".to_owned()),
    }
}

/// Training samples that ranges and importances are taken from.
const SAMPLES: usize = 2000;

fn main() {
    let options = Options::parse();
    program::run(options.training.threads, || run(&options));
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = &options.plot {
        plots::make_folder(folder)?;
    }
    let sets = options.training.sets()?;
    let mut network = network(options, &sets.train)?;
    say!("{network}");
    let steps = Steps {
        rate: options.rate,
        batch: options.batch,
    };
    options.training.train(&mut network, &sets, steps)?;
    if let Some(threshold) = options.prune {
        prune(options, &mut network, &sets, threshold)?;
    }
    if let Some(folder) = &options.plot {
        draw(&network, some(&sets.train), folder)?;
    }
    report(&network, &sets)?;
    Ok(())
}

/// The first samples of a set.
fn some(set: &Dataset<f32>) -> ArrayView2<'_, f32> {
    let inputs = set.inputs();
    inputs.slice_move(s![..SAMPLES.min(set.len()), ..])
}

fn network(options: &Options, train: &Dataset<f32>) -> Result<Network<f32>, Box<dyn Error>> {
    let functions = f32::kan();
    let edge = *find(&functions, &options.function)?;
    let mut builder = scaled(Network::new(train.features()), &edge, options.input);
    for &width in &options.hidden {
        builder = functional(builder, edge, width);
        builder = scaled(builder, &edge, options.between);
    }
    let mut network = functional(builder, edge, train.outputs()).build(options.training.seed)?;
    network.fit_ranges(some(train))?;
    Ok(network)
}

fn scaled(
    builder: NetworkBuilder<f32>,
    edge: &FunctionalEntry<f32>,
    scale: Scale,
) -> NetworkBuilder<f32> {
    match scale {
        Scale::Range => {
            let (low, high) = interval(edge.description.name);
            builder.range(low, high)
        }
        Scale::Normalisation => builder.normalization(),
        Scale::None => builder,
    }
}

/// Where a family has its grid, or tells numbers apart best.
fn interval(family: &str) -> (f64, f64) {
    match family {
        "RadialBasis" => (-2.0, 2.0),
        "ReluBell" => (0.0, 1.0),
        _ => (-1.0, 1.0),
    }
}

fn functional(
    builder: NetworkBuilder<f32>,
    edge: FunctionalEntry<f32>,
    width: usize,
) -> NetworkBuilder<f32> {
    builder.boxed(move |inputs| edge.layer(inputs, width))
}

/// Prunes, and trains what is left.
fn prune(
    options: &Options,
    network: &mut Network<f32>,
    sets: &Sets,
    threshold: f64,
) -> Result<(), Box<dyn Error>> {
    say!(
        "test accuracy with all edges: {:.2}%",
        100.0 * accuracy(network, sets)?
    );
    let left = network.prune(some(&sets.train), threshold)?;
    say!("left: {left}");
    say!(
        "test accuracy with these: {:.2}%",
        100.0 * accuracy(network, sets)?
    );
    let steps = Steps {
        rate: 0.5 * options.rate,
        batch: options.batch,
    };
    options.training.train(network, sets, steps)
}

/// Draws the most important edges of each layer.
fn draw(
    network: &Network<f32>,
    x: ArrayView2<'_, f32>,
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut workspace = Workspace::new();
    network.forward(&mut workspace, x)?;
    for (index, layer) in network.layers().iter().enumerate() {
        let Some(of_layer) = layer.edges() else {
            continue;
        };
        let given = match index.checked_sub(1) {
            Some(before) => workspace
                .layer_output(before)
                .map(|y| y.index_axis_move(Axis(0), 0)),
            None => Some(x),
        };
        if let Some(given) = given {
            let path = folder.join(format!("layer-{index}.svg"));
            edges::draw(&path, &layer.name(), of_layer, given)?;
            say!("drawn: {}", path.display());
        }
    }
    Ok(())
}
