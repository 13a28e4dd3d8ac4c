//! The tables as text, put into their section of a document.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::output;
use crate::program::say;
use crate::recipe::{self, WIDTH, equal_width, linear_name};
use crate::table::{Row, Table};
use crate::{comparison, pictures};

/// What the section of the document lies between.
const BEGIN: &str = "<!-- paper_table begins -->";
const END: &str = "<!-- paper_table ends -->";

/// Functions of the paper: number and name.
pub(crate) fn functions() -> Vec<(&'static str, &'static str)> {
    let entries = recipe::functions().into_iter();
    entries
        .map(|entry| (entry.also[0], entry.description.name))
        .collect()
}

/// Writes the tables into `document` and draws the pictures in `folder`, linked from the document's own where it
/// is below that.
pub(crate) fn write(folder: &Path, document: &Path) -> Result<(), Box<dyn Error>> {
    let table = Table::open(folder)?;
    if table.rows.is_empty() {
        return Err(format!("{} has no rows yet", folder.display()).into());
    }
    let section = format!(
        "{BEGIN}\n\n{}\n{END}",
        section(&table, linked(folder, document))?
    );
    let text = if document.exists() {
        fs::read_to_string(document)?
    } else {
        "# Results\n".to_owned()
    };
    let (begins, ends) = (text.matches(BEGIN).count(), text.matches(END).count());
    let text = match (text.find(BEGIN), text.find(END)) {
        (Some(begin), Some(end)) if begin < end && begins == 1 && ends == 1 => {
            format!("{}{section}{}", &text[..begin], &text[end + END.len()..])
        }
        (None, None) => format!("{text}\n{section}\n"),
        _ => {
            let document = document.display();
            return Err(format!("{document}: `{BEGIN}` and `{END}` are no pair").into());
        }
    };
    // Nothing is written before all that may be refused.
    let (accuracy, loss) = (folder.join("accuracy.svg"), folder.join("loss.svg"));
    for path in [&*accuracy, &*loss, document] {
        output::check(path)?;
    }
    pictures::heat_map(&table, &accuracy)?;
    pictures::loss_curves(&table, &loss)?;
    fs::write(document, text)?;
    say!("written to {}", document.display());
    Ok(())
}

/// `folder` as links of the document name it.
fn linked<'a>(folder: &'a Path, document: &Path) -> &'a Path {
    let below = document.parent().map(|home| folder.strip_prefix(home));
    below.and_then(Result::ok).unwrap_or(folder)
}

fn section(table: &Table, pictures: &Path) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let picture = |name: &str| pictures.join(name).display().to_string();
    let seeds: BTreeSet<u64> = table.rows.iter().map(|row| row.seed).collect();
    let seconds: f64 = table.rows.iter().map(|row| row.seconds).sum();
    let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
    writeln!(text, "## The paper's functions by depth\n")?;
    writeln!(text, "{}\n", table.recipe()?)?;
    writeln!(
        text,
        "{} rows, seed {}, {:.0} minutes of training; a run that is ended goes on where it was:\n",
        table.rows.len(),
        seeds.join(", "),
        seconds / 60.0
    )?;
    writeln!(
        text,
        "```sh\ncargo run --release --example fetch_mnist\ncargo run --release --example \
         paper_table -- --data data/mnist\ncargo run --release --example paper_table -- --report\n```\n"
    )?;
    writeln!(
        text,
        "![Test accuracy by function and depth]({})\n",
        picture("accuracy.svg")
    )?;
    accuracies(&mut text, table)?;
    goals(&mut text, table)?;
    comparison::write(&mut text, table)?;
    writeln!(text, "![Training loss by epoch]({})\n", picture("loss.svg"))?;
    Ok(text)
}

/// Test accuracy in percent over all seeds, or nothing.
pub(crate) fn accuracy(table: &Table, function: &str, depth: usize) -> Option<f64> {
    let rows = |row: &&Row| row.function == function && row.depth == depth;
    let values: Vec<f64> = (table.rows.iter().filter(rows))
        .map(|row| 100.0 * row.test_accuracy)
        .collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// A percentage of 10,000 samples, with a third decimal where a mean over seeds has one: what is
/// printed is then on the side of a whole number that it is counted on.
pub(crate) fn cell(value: Option<f64>) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    let text = format!("{value:.3}");
    text.strip_suffix('0').unwrap_or(&text).to_owned()
}

/// Accuracies of a function over depths 1 to 10.
fn by_depth(table: &Table, function: impl Fn(usize) -> String) -> Vec<Option<f64>> {
    (1..=10)
        .map(|depth| accuracy(table, &function(depth), depth))
        .collect()
}

fn best(values: &[Option<f64>]) -> Option<f64> {
    values.iter().flatten().copied().reduce(f64::max)
}

/// Learning rates of a function's rows.
fn rates(table: &Table, function: impl Fn(usize) -> String) -> String {
    let rows = (table.rows.iter()).filter(|row| row.function == function(row.depth));
    let rates: BTreeSet<String> = rows.map(|row| row.rate.to_string()).collect();
    Vec::from_iter(rates).join(", ")
}

fn accuracies(text: &mut String, table: &Table) -> Result<(), Box<dyn Error>> {
    writeln!(
        text,
        "Learning rate, and test accuracy in percent by the number of hidden layers. What is printed is \
         what is counted below: a mean over seeds has a third decimal where that is not 0.\n"
    )?;
    let depths: Vec<String> = (1..=10).map(|depth: usize| depth.to_string()).collect();
    writeln!(text, "| | | rate | {} | best |", depths.join(" | "))?;
    writeln!(text, "|---|---|---|{}---|", "---|".repeat(10))?;
    let mut line = |number: &str, name: &str, function: &dyn Fn(usize) -> String| {
        let values = by_depth(table, function);
        let cells: Vec<String> = values.iter().map(|&value| cell(value)).collect();
        writeln!(
            text,
            "| {number} | {name} | {} | {} | {} |",
            rates(table, function),
            cells.join(" | "),
            cell(best(&values))
        )
    };
    for (number, name) in functions() {
        line(number, name, &|_| number.to_owned())?;
    }
    line(
        "",
        "linear, equal width; or as many parameters as with 1 on an edge",
        &|_| linear_name(WIDTH),
    )?;
    for per_edge in [2, 3] {
        line(
            "",
            &format!("linear, as many parameters as with {per_edge} on an edge"),
            &|depth| linear_name(equal_width(per_edge, depth)),
        )?;
    }
    writeln!(text)?;
    Ok(())
}

/// How many functions reach what.
fn goals(text: &mut String, table: &Table) -> Result<(), Box<dyn Error>> {
    let all: Vec<Vec<Option<f64>>> = (functions().into_iter())
        .map(|(number, ..)| by_depth(table, |_| number.to_owned()))
        .collect();
    let bests: Vec<f64> = all.iter().filter_map(|values| best(values)).collect();
    let at =
        |depth: usize| -> Vec<f64> { all.iter().filter_map(|values| values[depth - 1]).collect() };
    let count = |values: &[f64], least: f64| values.iter().filter(|&&v| v >= least).count();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (first, last) = (at(1), at(10));
    writeln!(text, "| functions of {} | |", all.len())?;
    writeln!(text, "|---|---|")?;
    for (name, values, levels) in [
        ("best over depth", &bests, &[98.0, 97.0, 95.0][..]),
        ("at depth 10", &last, &[96.0, 90.0][..]),
    ] {
        for &least in levels {
            writeln!(
                text,
                "| {name} at least {least:.0}% | {} |",
                count(values, least)
            )?;
        }
    }
    writeln!(text, "| mean at depth 1 | {:.2}% |", mean(&first))?;
    writeln!(text, "| mean at depth 10 | {:.2}% |\n", mean(&last))?;
    Ok(())
}
