//! The measured rows: two files of comma-separated values, replaced as a whole with each row.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) function: String,
    pub(crate) depth: usize,
    pub(crate) seed: u64,
    /// At the epoch with the best validation accuracy, both as parts of 1.
    pub(crate) test_accuracy: f64,
    pub(crate) validation_accuracy: f64,
    pub(crate) epochs: usize,
    pub(crate) seconds: f64,
    pub(crate) parameters: usize,
}

/// One epoch of a network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Epoch {
    pub(crate) function: String,
    pub(crate) depth: usize,
    pub(crate) seed: u64,
    pub(crate) epoch: usize,
    pub(crate) training_loss: f64,
    pub(crate) validation_accuracy: f64,
}

/// All rows, and where they are kept.
pub(crate) struct Table {
    folder: PathBuf,
    pub(crate) rows: Vec<Row>,
    pub(crate) epochs: Vec<Epoch>,
}

const ROWS: &str = "paper_table.csv";
const EPOCHS: &str = "paper_table_epochs.csv";
const ROW_COLUMNS: &str =
    "function,depth,seed,test_accuracy,validation_accuracy,epochs,seconds,parameters";
const EPOCH_COLUMNS: &str = "function,depth,seed,epoch,training_loss,validation_accuracy";

impl Table {
    /// The table kept in `folder`; empty when there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut table = Self {
            folder: folder.to_owned(),
            rows: Vec::new(),
            epochs: Vec::new(),
        };
        for fields in read(&folder.join(ROWS), ROW_COLUMNS)? {
            table.rows.push(Row {
                function: fields[0].clone(),
                depth: number(&fields[1])?,
                seed: number(&fields[2])?,
                test_accuracy: number(&fields[3])?,
                validation_accuracy: number(&fields[4])?,
                epochs: number(&fields[5])?,
                seconds: number(&fields[6])?,
                parameters: number(&fields[7])?,
            });
        }
        for fields in read(&folder.join(EPOCHS), EPOCH_COLUMNS)? {
            table.epochs.push(Epoch {
                function: fields[0].clone(),
                depth: number(&fields[1])?,
                seed: number(&fields[2])?,
                epoch: number(&fields[3])?,
                training_loss: number(&fields[4])?,
                validation_accuracy: number(&fields[5])?,
            });
        }
        Ok(table)
    }

    /// The row of a network.
    pub(crate) fn find(&self, function: &str, depth: usize, seed: u64) -> Option<&Row> {
        (self.rows.iter())
            .find(|row| row.function == function && row.depth == depth && row.seed == seed)
    }

    pub(crate) fn contains(&self, function: &str, depth: usize, seed: u64) -> bool {
        self.find(function, depth, seed).is_some()
    }

    /// Adds a row and keeps it. The epochs are written first: what has a row has them.
    pub(crate) fn add(&mut self, row: Row, epochs: Vec<Epoch>) -> Result<(), Box<dyn Error>> {
        let same = |epoch: &Epoch| {
            epoch.function == row.function && epoch.depth == row.depth && epoch.seed == row.seed
        };
        self.epochs.retain(|epoch| !same(epoch));
        self.epochs.extend(epochs);
        self.rows.push(row);
        let epochs = self.epochs.iter().map(|epoch| {
            format!(
                "{},{},{},{},{:.6},{:.4}",
                epoch.function,
                epoch.depth,
                epoch.seed,
                epoch.epoch,
                epoch.training_loss,
                epoch.validation_accuracy
            )
        });
        replace(&self.folder.join(EPOCHS), EPOCH_COLUMNS, epochs)?;
        let rows = self.rows.iter().map(|row| {
            format!(
                "{},{},{},{:.4},{:.4},{},{:.1},{}",
                row.function,
                row.depth,
                row.seed,
                row.test_accuracy,
                row.validation_accuracy,
                row.epochs,
                row.seconds,
                row.parameters
            )
        });
        replace(&self.folder.join(ROWS), ROW_COLUMNS, rows)
    }
}

/// The lines of a file below its heading, in fields; none when there is no file.
fn read(path: &Path, columns: &str) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines();
    if lines.next() != Some(columns) {
        return Err(format!("{}: the columns are not {columns}", path.display()).into());
    }
    let count = columns.split(',').count();
    lines
        .map(|line| {
            let fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            if fields.len() == count {
                Ok(fields)
            } else {
                Err(format!("{}: `{line}` has not {count} fields", path.display()).into())
            }
        })
        .collect()
}

fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| format!("`{text}` in the table is not a number"))
}

/// Writes a file beside the old one and puts it in its place, so that there is always a whole one.
fn replace(
    path: &Path,
    columns: &str,
    lines: impl Iterator<Item = String>,
) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut text = String::from(columns);
    for line in lines {
        text.push('\n');
        text.push_str(&line);
    }
    text.push('\n');
    let beside = path.with_extension("csv.part");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)?;
    Ok(())
}
