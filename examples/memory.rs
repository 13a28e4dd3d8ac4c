//! Learns the first digits of π by heart, and recites them.
//!
//! Every edge of the first layer is the paper's memory function tanh(w x + r h + p), where h is
//! the edge's own previous output; every edge of the second one is a wave. Expect a table with a
//! row for each run, a second or two each, and `recited: 400 of 400` from
//!
//! ```text
//! cargo run --release --example memory
//! cargo run --release --example memory -- --seed 1,2,3,4,5 --rule one-step,full
//! cargo run --release --example memory -- --digits 1000
//! cargo run --release --example memory -- --task constant
//! ```
//!
//! Two tasks:
//!
//! - `digits`: the input is the digit said before, one-hot. In training that is the right one. To
//!   recite, the network begins with states of 0 and an input of ten zeros, and from then on
//!   hears only what it says itself (its greatest output, one-hot): nothing is given to it.
//! - `constant`: the input is 1 at every step, and the states alone must carry the position. An
//!   edge is then a map of one number, h ↦ tanh(w + p + r h), which sooner or later rests (or
//!   alternates, for r < −1). With the paper's initial values it rests within ten steps
//!   (`--declared` shows how far that goes). So for this task edges are drawn as slow clocks, r
//!   near 1 and a small w and p, and the waves fast enough to tell neighbouring times apart. The
//!   rate of the memory layer is small, as its numbers are.

mod options;
mod output;
mod pi;
mod plots;
mod program;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use ftm::connection::Initializer;
use ftm::data::Targets;
use ftm::functions::paper::{Memory, Sine};
use ftm::metrics::greatest;
use ftm::ndarray::{Array2, Array3, ArrayView1, ArrayView2, Axis};
use ftm::network::{BackThroughTime, Workspace};
use ftm::optimizer::Groups;
use ftm::prelude::*;
use ftm::train::{History, Next};
use plots::{Cell, Chart, Line};
use program::say;

/// Trains a network with a memory to recite digits of π.
#[derive(Parser)]
#[command(mut_args(options::with_negative_numbers))]
struct Options {
    /// Digits to learn, 10,000 at most.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    digits: u32,
    /// What the network hears at each step.
    #[arg(long, value_enum, default_value = "digits")]
    task: Task,
    /// How far gradients go back through time; more than one rule to compare them.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "one-step")]
    rule: Vec<Rule>,
    /// Seed of the initial parameters; more than one for a run each.
    #[arg(long, value_delimiter = ',', default_value = "1")]
    seed: Vec<u64>,
    /// Outputs of the memory layer; unless given, one for every five digits.
    #[arg(long)]
    hidden: Option<usize>,
    /// Learning rate of Adam.
    #[arg(long, default_value_t = 0.01)]
    rate: f64,
    /// Learning rate of the memory layer; unless given, that of the others, and a 100,000th of
    /// it for clocks.
    #[arg(long)]
    memory_rate: Option<f64>,
    /// Draw parameters as the functions declare, in the task `constant` too.
    #[arg(long)]
    declared: bool,
    /// Passes over the digits at most; training ends when all digits come out right.
    #[arg(long, default_value_t = 5000)]
    epochs: usize,
    /// Threads; 0 means one for each core. One is enough for networks this small.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Folder to draw the last run and all loss curves in, as SVG.
    #[arg(long)]
    plots: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Task {
    Digits,
    Constant,
}

/// How far gradients go back through time.
#[derive(Clone, Copy, ValueEnum)]
enum Rule {
    /// Not at all: every step takes its state as given. The paper's rule.
    OneStep,
    /// To the first step.
    Full,
}

impl Rule {
    fn name(self) -> &'static str {
        match self {
            Self::OneStep => "one-step",
            Self::Full => "full",
        }
    }
}

impl Options {
    /// Whether the memory layer is a set of slow clocks.
    fn clocks(&self) -> bool {
        self.task == Task::Constant && !self.declared
    }

    fn inputs(&self) -> usize {
        match self.task {
            Task::Digits => 10,
            Task::Constant => 1,
        }
    }

    /// What is heard after `said`, or at first.
    fn heard(&self, said: Option<usize>) -> Vec<f32> {
        match self.task {
            Task::Digits => (0..10)
                .map(|d| f32::from(u8::from(said == Some(d))))
                .collect(),
            Task::Constant => vec![1.0],
        }
    }

    fn network(&self, seed: u64) -> Result<Network<f32>, ftm::error::Error> {
        let steps = f64::from(self.digits);
        let hidden = self.hidden.unwrap_or((self.digits as usize).div_ceil(5));
        let mut builder = Network::new(self.inputs()).functional(Memory, hidden);
        if self.clocks() {
            // h goes like t at r = 1, bends down below and up above. All of it scales with the
            // number of steps.
            builder = builder
                .initial("w", Initializer::Normal(0.0, 0.04 / steps))
                .initial("p", Initializer::Normal(0.0, 0.04 / steps))
                .initial(
                    "r",
                    Initializer::Uniform(1.0 - 4.0 / steps, 1.0 + 8.0 / steps),
                );
        }
        builder = builder.functional(Sine, 10);
        if self.clocks() {
            builder = builder.initial("w", Initializer::Normal(0.0, 25.0 * steps));
        }
        builder.build(seed)
    }

    fn optimizer(&self, network: &Network<f32>) -> Result<Groups<f32>, ftm::error::Error> {
        let slower = if self.clocks() { 1e-5 } else { 1.0 };
        let memory = Adam::new(self.memory_rate.unwrap_or(slower * self.rate))?;
        Groups::new(network.layers(), Adam::new(self.rate)?).group(|layer, _| layer == 0, memory)
    }
}

/// What came of a run.
struct Run {
    rule: Rule,
    seed: u64,
    network: Network<f32>,
    history: History,
    seconds: f64,
    /// What was said, and the probability that the right digit had.
    said: Vec<(usize, f64)>,
    /// Digits before the first wrong one.
    faultless: usize,
}

fn main() {
    let options = Options::parse();
    program::run(options.threads, || run(&options));
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = &options.plots {
        plots::make_folder(folder)?;
    }
    let digits = pi::digits(options.digits as usize);
    say!("{}\n", options.network(0)?);
    say!("    rule  seed  epochs  seconds    loss  recited");
    let mut runs = Vec::new();
    for &rule in &options.rule {
        for &seed in &options.seed {
            let run = learn(options, &digits, rule, seed)?;
            say!(
                "{:>8}  {:>4}  {:>6}  {:>7.2}  {:>6.4}  {:>7}",
                rule.name(),
                seed,
                run.history.epochs.len(),
                run.seconds,
                run.history
                    .epochs
                    .last()
                    .map_or(f64::NAN, |epoch| epoch.training_loss),
                run.faultless
            );
            runs.push(run);
        }
    }
    if let Some(folder) = &options.plots {
        draw(options, &digits, &runs, folder)?;
        say!("drawn in {}", folder.display());
    }
    let least = runs.iter().map(|run| run.faultless).min().unwrap_or(0);
    say!("recited: {least} of {}", digits.len());
    Ok(())
}

/// One sequence: at each step what is heard, and the digit to say.
fn lesson(options: &Options, digits: &[usize]) -> Result<Dataset<f32>, ftm::error::Error> {
    let said = std::iter::once(None).chain(digits.iter().copied().map(Some));
    let heard = said.take(digits.len()).flat_map(|said| options.heard(said));
    let inputs = Array3::from_shape_vec((1, digits.len(), options.inputs()), heard.collect());
    let targets = Targets::Classes {
        labels: digits.to_vec(),
        classes: 10,
    };
    Dataset::sequences(inputs.unwrap_or_default(), targets)
}

/// Trains a network until every digit comes out right, and has it recite.
fn learn(
    options: &Options,
    digits: &[usize],
    rule: Rule,
    seed: u64,
) -> Result<Run, ftm::error::Error> {
    let lesson = lesson(options, digits)?;
    let mut network = options.network(seed)?;
    let start = Instant::now();
    let history = Trainer::new(SoftmaxCrossEntropy, options.optimizer(&network)?)
        .epochs(options.epochs)
        .back_through_time(match rule {
            Rule::OneStep => BackThroughTime::Truncated(1),
            Rule::Full => BackThroughTime::Full,
        })
        .validation(&lesson)
        .after_epoch(|report| match report.validation.and_then(|v| v.accuracy) {
            // It will also recite them, for then it hears what it heard here.
            Some(1.0) => Next::Stop,
            _ => Next::Continue,
        })
        .fit(&mut network, &lesson)?;
    let seconds = start.elapsed().as_secs_f64();
    let said = recite(options, &network, digits)?;
    let right = said
        .iter()
        .zip(digits)
        .take_while(|(said, digit)| said.0 == **digit);
    let faultless = right.count();
    Ok(Run {
        rule,
        seed,
        network,
        history,
        seconds,
        said,
        faultless,
    })
}

/// What the network says, hearing itself alone; the digits are only looked up for the
/// probability that it gave to each.
fn recite(
    options: &Options,
    network: &Network<f32>,
    digits: &[usize],
) -> Result<Vec<(usize, f64)>, ftm::error::Error> {
    let mut state = network.state(1);
    let mut heard = options.heard(None);
    let mut all = Vec::new();
    for &digit in digits {
        let x = Array2::from_shape_fn((1, heard.len()), |(_, i)| heard[i]);
        let y = network.step(x.view(), &mut state)?;
        let said = greatest(y.iter().copied());
        all.push((said, probability(y.row(0), digit)));
        heard = options.heard(Some(said));
    }
    Ok(all)
}

fn probability(y: ArrayView1<'_, f32>, class: usize) -> f64 {
    let of = |other: f32| f64::from(other - y[class]).exp();
    1.0 / y.iter().copied().map(of).sum::<f64>()
}

/// Draws the loss curves of all runs, and of the last one what it recites, what it remembers, and
/// some of its waves.
fn draw(
    options: &Options,
    digits: &[usize],
    runs: &[Run],
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    draw_losses(runs, &folder.join("loss.svg"))?;
    let Some(run) = runs.last() else {
        return Ok(());
    };
    let cells = run.said.iter().zip(digits).map(|(said, digit)| Cell {
        text: said.0.to_string(),
        right: said.0 == *digit,
        shade: said.1,
    });
    plots::grid(
        &folder.join("recitation.svg"),
        "what was said; the darker, the surer; red: wrong",
        &cells.collect::<Vec<_>>(),
    )?;
    let mut workspace = Workspace::new();
    let lesson = lesson(options, digits)?;
    let heard = lesson.inputs().insert_axis(Axis(1));
    run.network.forward_sequence(&mut workspace, heard, None)?;
    let Some(remembered) = workspace.layer_output(0) else {
        return Ok(());
    };
    let remembered = remembered.index_axis(Axis(1), 0);
    let steps = match options.task {
        Task::Digits => 60,
        Task::Constant => digits.len(),
    };
    draw_memory(remembered, steps, &folder.join("memory.svg"))?;
    draw_waves(options, run, remembered, &folder.join("functions.svg"))
}

fn draw_losses(runs: &[Run], path: &Path) -> Result<(), Box<dyn Error>> {
    let line = |run: &Run| {
        let epochs = run.history.epochs.iter();
        let points = epochs.map(|report| ((report.epoch + 1) as f64, report.training_loss));
        Line::new(run.rule.name().to_owned(), points)
    };
    let chart = Chart {
        caption: "loss while learning",
        x: "epoch",
        y: "cross-entropy of a digit",
    };
    chart.draw(path, runs.iter().map(line))
}

/// Draws the first outputs of the memory layer, given steps × outputs.
fn draw_memory(
    remembered: ArrayView2<'_, f32>,
    steps: usize,
    path: &Path,
) -> Result<(), Box<dyn Error>> {
    let outputs = remembered.columns().into_iter().take(6).enumerate();
    let lines = outputs.map(|(output, values)| {
        let values = values.into_iter().take(steps).enumerate();
        let points = values.map(|(step, &value)| (step as f64, f64::from(value)));
        Line::new(format!("output {output}"), points)
    });
    let chart = Chart {
        caption: "what the memory layer gives",
        x: "step",
        y: "output",
    };
    chart.draw(path, lines)
}

/// Draws the waves that go furthest up and down over what they hear in the first 20 steps, and what
/// they were before training.
fn draw_waves(
    options: &Options,
    run: &Run,
    remembered: ArrayView2<'_, f32>,
    path: &Path,
) -> Result<(), Box<dyn Error>> {
    let range = |input: usize| {
        let heard = remembered.column(input).into_iter().take(20);
        heard.fold((0.0_f32, 0.0_f32), |(low, high), &value| {
            (low.min(value), high.max(value))
        })
    };
    let (trained, drawn) = (&run.network, options.network(run.seed)?);
    let waves = plots::strongest::<Sine>(&*trained.layers()[1], range, 4)?;
    let mut lines = Vec::new();
    for (edge, _) in &waves {
        lines.push(plots::edge::<Sine>(&*drawn.layers()[1], *edge, range(edge.0))?.unnamed());
    }
    lines.extend(waves.into_iter().map(|(_, line)| line));
    let chart = Chart {
        caption: "the strongest waves; grey: before training",
        x: "output of the memory layer",
        y: "a sin(w x + p)",
    };
    chart.draw(path, lines)
}
