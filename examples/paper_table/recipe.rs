//! Which networks there are, and how they are trained: all of them alike.

use std::error::Error;

use clap::{Args, ValueEnum};
use ftm::clip::Clip;
use ftm::data::Mnist;
use ftm::functions::{FunctionalEntry, Library as _};
use ftm::init::Signal;
use ftm::loss::SoftmaxCrossEntropy;
use ftm::metrics;
use ftm::network::{Network, NetworkBuilder};
use ftm::optimizer::Adam;
use ftm::schedule::{Cosine, WarmUp};
use ftm::train::{Next, Trainer};
use indicatif::ProgressBar;

use crate::names::find;
use crate::table::{Epoch, Row};

/// Width of the hidden layers of functions.
pub(crate) const WIDTH: usize = 128;
const INPUTS: usize = 784;
const CLASSES: usize = 10;

/// Hidden layers of a network at most.
const DEEPEST: usize = 100;

/// Depths at which the functions' own distributions are tried too.
pub(crate) const DECLARED_DEPTHS: [usize; 2] = [5, 10];

/// Functions and depths that are measured with all of [`SEEDS`], where seed 1 left it open whether
/// scales from the formula are better; all other rows are of the first seed.
const CLOSE: [(&str, usize); 10] = [
    ("F03", 5),
    ("F05", 5),
    ("F09", 5),
    ("F10", 5),
    ("F17", 5),
    ("F18", 5),
    ("F19", 5),
    ("F20", 5),
    ("F05", 10),
    ("F08", 10),
];
const SEEDS: [u64; 3] = [1, 2, 3];

/// Highest learning rate of Adam.
const RATE: f64 = 6e-3;
/// Functions with another one, which has the better validation accuracy at depth 5.
const RATES: [(&str, f64); 5] = [
    ("F03", 1.2e-2),
    ("F10", 1.2e-2),
    ("F17", 2.4e-2),
    ("F18", 1.8e-2),
    ("F20", 1.2e-2),
];

/// Kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A function, its parameters drawn at scales solved from its formula.
    Formula,
    /// The same rows with parameters drawn as declared, at depths 5 and 10.
    Declared,
    /// These at the rate of all others, for functions with a rate of their own.
    DeclaredAtCommonRate,
    /// Ordinary networks: of the same width, and of as many parameters.
    Linear,
}

/// A network to be trained.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) kind: Kind,
    pub(crate) function: FunctionalEntry<f32>,
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) seed: u64,
}

impl Run {
    /// What stands in the table's first column.
    pub(crate) fn name(&self) -> String {
        match self.kind {
            Kind::Formula => self.function.also[0].to_owned(),
            Kind::Declared => declared_name(self.function.also[0]),
            Kind::DeclaredAtCommonRate => declared_at_common_rate(self.function.also[0]),
            Kind::Linear => linear_name(self.width),
        }
    }
}

pub(crate) fn declared_name(number: &str) -> String {
    format!("{number} as declared")
}

pub(crate) fn declared_at_common_rate(number: &str) -> String {
    format!("{number} as declared at {RATE}")
}

/// The rate of a function, if it has one of its own.
fn own_rate(function: &FunctionalEntry<f32>) -> Option<f64> {
    let mut rates = RATES.iter();
    let found = rates.find(|(name, _)| function.is_called(name));
    found.map(|(_, rate)| *rate)
}

pub(crate) fn linear_name(width: usize) -> String {
    format!("Linear of width {width}")
}

/// Whether a row of a network of one of these functions may have this name.
pub(crate) fn is_name(functions: &[FunctionalEntry<f32>], name: &str) -> bool {
    let width = name.rsplit(' ').next().map(str::parse);
    let is_of = |entry: &FunctionalEntry<f32>| {
        let number = entry.also[0];
        let slow = own_rate(entry).map(|_| declared_at_common_rate(number));
        name == number || name == declared_name(number) || slow.is_some_and(|slow| slow == name)
    };
    functions.iter().any(is_of)
        || width.is_some_and(|width| width.is_ok_and(|width| linear_name(width) == name))
}

/// Parameters of a network.
fn parameters(per_edge: usize, depth: usize, width: usize) -> usize {
    let edges = INPUTS * width + (depth - 1) * width * width + width * CLASSES;
    // A bias, a gain and an offset for each hidden node.
    per_edge * edges + 3 * depth * width + CLASSES
}

/// The width at which an ordinary network has about as many parameters as one of a function with
/// so many on each edge.
pub(crate) fn equal_width(per_edge: usize, depth: usize) -> usize {
    let goal = parameters(per_edge, depth, WIDTH);
    let wider = (WIDTH..).find(|&width| parameters(1, depth, width) >= goal);
    wider
        .map(|width| {
            let over = parameters(1, depth, width) - goal;
            let under = goal.abs_diff(parameters(1, depth, width - 1));
            if under < over { width - 1 } else { width }
        })
        .unwrap_or(WIDTH)
}

/// F01 to F20.
pub(crate) fn functions() -> Vec<FunctionalEntry<f32>> {
    let all = f32::functional().into_iter();
    all.filter(|entry| entry.also.iter().any(|name| name.starts_with('F')))
        .collect()
}

/// Whether the table has the row when no seeds are asked for.
fn is_of_table(row: &Run) -> bool {
    let close = |(name, depth): &(&str, usize)| row.depth == *depth && row.function.is_called(name);
    row.seed == SEEDS[0] || row.kind != Kind::Linear && CLOSE.iter().any(close)
}

/// All networks that are asked for, depth by depth; without seeds, those of the table.
pub(crate) fn rows(
    names: &[String],
    depths: &[usize],
    seeds: &[u64],
    kinds: &[Kind],
) -> Result<Vec<Run>, Box<dyn Error>> {
    let all = functions();
    let mut functions = Vec::new();
    for name in names {
        functions.push(*find(&all, name)?);
    }
    if names.is_empty() {
        functions.extend(all);
    }
    let mut linear = f32::functional().into_iter();
    let linear = linear.find(|entry| entry.is_called("linear"));
    let linear = linear.ok_or("the library has no linear function")?;
    let mut rows: Vec<Run> = Vec::new();
    let of_table = seeds.is_empty();
    for &seed in if of_table { &SEEDS } else { seeds } {
        for &depth in depths {
            if !(1..=DEEPEST).contains(&depth) {
                let allowed = format!("the number of hidden layers, from 1 to {DEEPEST}");
                return Err(format!("the depth is {depth}, but must be {allowed}").into());
            }
            let mut add = |kind, function, width| {
                let row = Run {
                    kind,
                    function,
                    depth,
                    width,
                    seed,
                };
                let same = |other: &Run| {
                    (other.name(), other.depth, other.seed) == (row.name(), depth, seed)
                };
                let is_asked_for = !of_table || is_of_table(&row);
                if is_asked_for && kinds.contains(&kind) && !rows.iter().any(same) {
                    rows.push(row);
                }
            };
            for &function in &functions {
                add(Kind::Formula, function, WIDTH);
            }
            let mut widths: Vec<usize> = (functions.iter())
                .map(|function| equal_width(function.description.parameters.len(), depth))
                .chain([WIDTH])
                .collect();
            widths.sort_unstable();
            widths.dedup();
            for width in widths {
                add(Kind::Linear, linear, width);
            }
            if DECLARED_DEPTHS.contains(&depth) {
                for &function in &functions {
                    add(Kind::Declared, function, WIDTH);
                    if own_rate(&function).is_some() {
                        add(Kind::DeclaredAtCommonRate, function, WIDTH);
                    }
                }
            }
        }
    }
    Ok(rows)
}

/// How every network is trained.
#[derive(Clone, Debug, Args)]
pub(crate) struct Recipe {
    /// Passes over the training set.
    #[arg(long, default_value_t = 10)]
    pub(crate) epochs: usize,
    /// Function behind each hidden layer's normalisation.
    #[arg(long, default_value = "tanh")]
    pub(crate) activation: String,
    /// Samples of a step.
    #[arg(long, default_value_t = 100)]
    pub(crate) batch: usize,
    /// Highest learning rate of Adam, for all rows alike; without it, the table's.
    #[arg(long)]
    pub(crate) rate: Option<f64>,
    /// Epochs in which the learning rate rises from a tenth.
    #[arg(long, default_value_t = 0.5)]
    pub(crate) warm_up: f64,
    /// Weight decay of Adam.
    #[arg(long, default_value_t = 0.0)]
    pub(crate) weight_decay: f64,
    /// Part of the numbers dropped behind each activation in training.
    #[arg(long, default_value_t = 0.0)]
    pub(crate) dropout: f64,
    /// Do not anchor layers at the mean of their inputs.
    #[arg(long)]
    pub(crate) without_anchor: bool,
    /// Greatest norm of the gradient.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) clip: f64,
}

impl Recipe {
    /// Refuses what a schedule cannot do.
    pub(crate) fn check(&self) -> Result<(), Box<dyn Error>> {
        if (0.0..self.epochs as f64).contains(&self.warm_up) {
            return Ok(());
        }
        let (warm_up, epochs) = (self.warm_up, self.epochs);
        Err(format!("the rate cannot rise over {warm_up} of {epochs} epochs").into())
    }

    /// Highest learning rate of Adam in a row.
    pub(crate) fn rate(&self, row: &Run) -> f64 {
        let own = match row.kind {
            Kind::Formula | Kind::Declared => own_rate(&row.function),
            Kind::DeclaredAtCommonRate | Kind::Linear => None,
        };
        self.rate.or(own).unwrap_or(RATE)
    }

    /// All learning rates in words.
    fn rates(&self) -> String {
        let own = RATES.map(|(name, rate)| format!("{name}: {rate}"));
        self.rate.map_or_else(
            || format!("{RATE} ({})", own.join(", ")),
            |rate| rate.to_string(),
        )
    }

    /// The recipe in words.
    pub(crate) fn description(&self) -> String {
        format!(
            "784 inputs from 0 to 1, hidden layers of {WIDTH} (functions and bias, {}anchored \
             at the mean of their inputs; layer normalisation, {}, dropout of {}), 10 outputs, softmax and cross-entropy. Adam with a learning \
             rate of {}, risen to over {} epochs and down to 0 along a cosine until epoch {}, batches \
             of {}, gradients clipped to norm {}, weight decay {}. 50,000 training, 10,000 \
             validation and 10,000 test samples; the test set is used once, with the parameters of \
             the epoch with the best validation accuracy.",
            if self.without_anchor { "not " } else { "" },
            self.activation,
            self.dropout,
            self.rates(),
            self.warm_up,
            self.epochs,
            self.batch,
            self.clip,
            self.weight_decay
        )
    }

    /// Trains a network; gives its row and its epochs.
    pub(crate) fn train(
        &self,
        row: &Run,
        mnist: &Mnist<f32>,
        bar: &ProgressBar,
    ) -> Result<(Row, Vec<Epoch>), Box<dyn Error>> {
        let mut network = self.network(row, mnist)?;
        let mut epochs = Vec::new();
        let optimizer = Adam::new(self.rate(row))?.weight_decay(self.weight_decay)?;
        let history = Trainer::new(SoftmaxCrossEntropy, optimizer)
            .epochs(self.epochs)
            .batch(self.batch)
            .seed(row.seed)
            .clip(Clip::GlobalNorm(self.clip))
            .schedule(WarmUp {
                epochs: self.warm_up,
                from: 0.1,
                then: Cosine {
                    epochs: self.epochs as f64 - self.warm_up,
                    floor: 0.0,
                },
            })
            .validation(&mnist.validation)
            .progress(false)
            .after_epoch(|report| {
                let accuracy = report.validation.and_then(|metrics| metrics.accuracy);
                epochs.push(Epoch {
                    function: row.name(),
                    depth: row.depth,
                    seed: row.seed,
                    epoch: report.epoch + 1,
                    training_loss: report.training_loss,
                    validation_accuracy: accuracy.unwrap_or(0.0),
                });
                bar.inc(1);
                Next::Continue
            })
            .fit(&mut network, &mnist.train)?;
        let test = metrics::evaluate(&network, &SoftmaxCrossEntropy, &mnist.test)?;
        let best = history.best_epoch().and_then(|epoch| epoch.validation);
        let row = Row {
            function: row.name(),
            depth: row.depth,
            seed: row.seed,
            rate: self.rate(row),
            test_accuracy: test.accuracy.unwrap_or(0.0),
            validation_accuracy: best.and_then(|metrics| metrics.accuracy).unwrap_or(0.0),
            epochs: history.epochs.len(),
            seconds: history.epochs.iter().map(|epoch| epoch.seconds).sum(),
            parameters: network.parameter_count(),
        };
        Ok((row, epochs))
    }

    fn network(&self, row: &Run, mnist: &Mnist<f32>) -> Result<Network<f32>, Box<dyn Error>> {
        let Run {
            function, width, ..
        } = *row;
        let activation = (f32::activations().into_iter())
            .find(|entry| entry.is_called(&self.activation))
            .ok_or_else(|| format!("no activation is called `{}`", self.activation))?;
        let mut network = Network::new(INPUTS);
        if matches!(row.kind, Kind::Formula | Kind::Linear) {
            let pixels = mnist.train.inputs();
            let some = pixels.iter().copied().step_by(397);
            network = network.from_formula(Signal::of(some));
        }
        let edges = |network: NetworkBuilder<f32>, width| {
            let network = network.boxed(move |inputs| function.layer(inputs, width));
            match self.without_anchor {
                true => network,
                false => network.anchored(),
            }
        };
        for _ in 0..row.depth {
            network = edges(network, width)
                .normalization()
                .boxed(move |width| activation.layer(width));
            if self.dropout != 0.0 {
                network = network.dropout(self.dropout);
            }
        }
        Ok(edges(network, CLASSES).build(row.seed)?)
    }
}
