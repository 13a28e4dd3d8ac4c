//! Scales from the formula beside the functions' own distributions.

use std::error::Error;
use std::fmt::Write as _;

use ftm::init::Signal;

use crate::recipe::{self, DECLARED_DEPTHS, WIDTH, declared_at_common_rate, declared_name};
use crate::report::{accuracy, cell, functions};
use crate::table::{Row, Table};

/// Both tables.
pub(crate) fn write(text: &mut String, table: &Table) -> Result<(), Box<dyn Error>> {
    means(text, table)?;
    differences(text, table)
}

/// With and without initial scales from the formula, and what all outputs have in common.
fn means(text: &mut String, table: &Table) -> Result<(), Box<dyn Error>> {
    writeln!(
        text,
        "The same rows with parameters drawn as the paper has them, and at scales solved from \
         the formula, as means over the seeds that were measured; for functions with a learning rate \
         of their own, *declared* also at that of the others. *Common* is the variance that all \
         outputs of a layer share, by the formula, for each unit of what tells them apart: where it \
         is not 0, a deep network needs layer normalisation, which takes the shared part away.\n"
    )?;
    writeln!(
        text,
        "| | | common | depth 5, declared | at the common rate | formula \
         | depth 10, declared | at the common rate | formula |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|")?;
    for entry in recipe::functions() {
        let number = entry.also[0];
        let layer = entry.layer(WIDTH, WIDTH)?;
        let spread = layer.expect(&Signal::standard())?.spread;
        let common = spread.map_or(0.0, |spread| spread.common / spread.own);
        let names = [
            declared_name(number),
            declared_at_common_rate(number),
            number.to_owned(),
        ];
        let cells: Vec<String> = (DECLARED_DEPTHS.iter())
            .flat_map(|&depth| names.iter().map(move |name| (name, depth)))
            .map(|(name, depth)| cell(accuracy(table, name, depth)))
            .collect();
        writeln!(
            text,
            "| {number} | {} | {common:.2} | {} |",
            entry.description.name,
            cells.join(" | ")
        )?;
    }
    writeln!(text)?;
    Ok(())
}

/// What scales from the formula gain, where it was measured with some seeds.
fn differences(text: &mut String, table: &Table) -> Result<(), Box<dyn Error>> {
    writeln!(
        text,
        "What scales from the formula gain in percent of the samples: means over seeds of the \
         difference between two rows of the same seed, with their standard errors. First from the \
         same row as declared, then from that at the common rate.\n"
    )?;
    writeln!(
        text,
        "| | | depth | seeds | on the test set | on the validation set |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|")?;
    let same = |number: &str| (declared_name(number), "");
    let common = |number: &str| (declared_at_common_rate(number), ", common rate");
    for depth in DECLARED_DEPTHS {
        for (number, name) in functions() {
            for (declared, which) in [same(number), common(number)] {
                let gains = |of: fn(&Row) -> f64| gains(table, number, &declared, depth, of);
                let test = gains(|row| row.test_accuracy);
                let validation = gains(|row| row.validation_accuracy);
                let count = test.len();
                if let (Some(test), Some(validation)) = (with_error(&test), with_error(&validation))
                {
                    writeln!(
                        text,
                        "| {number} | {name}{which} | {depth} | {count} | {test} | {validation} |"
                    )?;
                }
            }
        }
    }
    writeln!(text)?;
    Ok(())
}

/// For each seed of both rows of a function, what the formula gains in percent.
fn gains(
    table: &Table,
    number: &str,
    declared: &str,
    depth: usize,
    of: fn(&Row) -> f64,
) -> Vec<f64> {
    let rows = (table.rows.iter()).filter(|row| row.function == number && row.depth == depth);
    rows.filter_map(|row| {
        let declared = table.find(declared, depth, row.seed)?;
        Some(100.0 * (of(row) - of(declared)))
    })
    .collect()
}

/// The mean and its standard error, of two values or more.
fn with_error(values: &[f64]) -> Option<String> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    let error = (squares.sum::<f64>() / (count - 1.0) / count).sqrt();
    (values.len() > 1).then(|| format!("{mean:+.2} ± {error:.2}"))
}
