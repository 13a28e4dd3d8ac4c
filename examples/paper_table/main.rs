//! Trains networks of each of the paper's twenty functions at each depth from 1 to 10 on MNIST,
//! with one recipe, and ordinary networks of equal width and of equal size beside them.
//!
//! ```text
//! cargo run --release --example fetch_mnist
//! cargo run --release --example paper_table -- --data data/mnist
//! cargo run --release --example paper_table -- --report
//! ```
//!
//! The first run takes some hours on two cores, and may be ended at any time: every row is in
//! `docs/results/paper_table.csv` (or in the folder of `--results`) as soon as it is measured, and the next
//! run goes on from there. Where all rows are there, nothing is trained.
//! `--functions F12,F13 --depths 1,2` measures some rows only. The last command writes tables to
//! `docs/results.md` and draws pictures in `docs/results`.

mod comparison;
#[path = "../names/mod.rs"]
mod names;
#[path = "../options/mod.rs"]
mod options;
#[path = "../output/mod.rs"]
mod output;
mod pictures;
#[path = "../program/mod.rs"]
mod program;
mod recipe;
mod report;
mod table;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use ftm::data::Mnist;
use indicatif::{ProgressBar, ProgressStyle};

use program::say;
use recipe::{Kind, Recipe};
use table::Table;

/// Accuracies of the paper's functions by depth.
#[derive(Parser)]
#[command(mut_args(options::with_negative_numbers))]
struct Options {
    /// Functions to train, such as `F12` or `sine`; all without it.
    #[arg(long, value_delimiter = ',')]
    functions: Vec<String>,
    /// Numbers of hidden layers, in the order of the runs.
    #[arg(long, value_delimiter = ',', default_value = "1,10,5,3,2,7,4,8,6,9")]
    depths: Vec<usize>,
    /// Kinds of rows to measure.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "formula,linear,declared,declared-at-common-rate"
    )]
    kinds: Vec<Kind>,
    /// Seeds, each of which makes a row of its own; without it, those of the table.
    #[arg(long, value_delimiter = ',')]
    seeds: Vec<u64>,
    #[command(flatten)]
    recipe: Recipe,
    /// Threads; 0 means one for each core.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Folder with the four files of MNIST.
    #[arg(long, default_value = "data/mnist")]
    data: PathBuf,
    /// Folder of the measured rows, and of the pictures.
    #[arg(long, default_value = "docs/results")]
    results: PathBuf,
    /// Only write the tables and draw the pictures.
    #[arg(long)]
    report: bool,
    /// The document whose section the tables are.
    #[arg(long, default_value = "docs/results.md")]
    document: PathBuf,
}

fn main() {
    let options = Options::parse();
    program::run(options.threads, || match options.report {
        true => report::write(&options.results, &options.document),
        false => measure(&options),
    });
}

/// Trains the networks of all rows that are asked for and not in the table yet.
fn measure(options: &Options) -> Result<(), Box<dyn Error>> {
    let recipe = &options.recipe;
    recipe.check()?;
    let rows = recipe::rows(
        &options.functions,
        &options.depths,
        &options.seeds,
        &options.kinds,
    )?;
    let mut table = Table::open(&options.results)?;
    let description = recipe.description();
    table.keep_recipe(&description)?;
    table.check_writable()?;
    let missing: Vec<_> = (rows.into_iter())
        .filter(|row| !table.contains(&row.name(), row.depth, row.seed))
        .collect();
    if missing.is_empty() {
        say!("all rows are measured");
        return Ok(());
    }
    let mnist = Mnist::load(&options.data)?;
    let bar = ProgressBar::new(missing.len().saturating_mul(recipe.epochs) as u64);
    bar.set_style(ProgressStyle::with_template(
        "{wide_bar} {pos}/{len} epochs, {eta} left, {msg}",
    )?);
    for row in missing {
        let name = row.name();
        bar.set_message(format!("{name}, depth {}", row.depth));
        let trained = recipe.train(&row, &mnist, &bar);
        let (result, curve) = trained
            .map_err(|error| format!("{name}, depth {}, seed {}: {error}", row.depth, row.seed))?;
        let line = format!(
            "{name:24} depth {:>2}  test {:.2}%  validation {:.2}%  {:.1} s",
            row.depth,
            100.0 * result.test_accuracy,
            100.0 * result.validation_accuracy,
            result.seconds,
        );
        table.add(&description, result, curve)?;
        bar.suspend(|| say!("{line}"));
    }
    bar.finish_and_clear();
    Ok(())
}
