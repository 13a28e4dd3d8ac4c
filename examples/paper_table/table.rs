//! The measured rows: two files of comma-separated values, replaced as a whole with each row, and
//! the recipe that they were all trained by.

use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) function: String,
    pub(crate) depth: usize,
    pub(crate) seed: u64,
    /// Highest learning rate.
    pub(crate) rate: f64,
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
/// How all rows were trained, in words.
const RECIPE: &str = "paper_table_recipe.txt";
const EPOCHS: &str = "paper_table_epochs.csv";
const ROW_COLUMNS: &str =
    "function,depth,seed,rate,test_accuracy,validation_accuracy,epochs,seconds,parameters";
const EPOCH_COLUMNS: &str = "function,depth,seed,epoch,training_loss,validation_accuracy";

impl Table {
    /// The table kept in `folder`; empty when there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut table = Self {
            folder: folder.to_owned(),
            rows: Vec::new(),
            epochs: Vec::new(),
        };
        let row = |fields: &[String]| {
            Ok(Row {
                function: fields[0].clone(),
                depth: number(&fields[1])?,
                seed: number(&fields[2])?,
                rate: number(&fields[3])?,
                test_accuracy: part(&fields[4])?,
                validation_accuracy: part(&fields[5])?,
                epochs: number(&fields[6])?,
                seconds: number(&fields[7])?,
                parameters: number(&fields[8])?,
            })
        };
        let epoch = |fields: &[String]| {
            Ok(Epoch {
                function: fields[0].clone(),
                depth: number(&fields[1])?,
                seed: number(&fields[2])?,
                epoch: number(&fields[3])?,
                training_loss: number(&fields[4])?,
                validation_accuracy: part(&fields[5])?,
            })
        };
        table.rows = read(&folder.join(ROWS), ROW_COLUMNS, row)?;
        table.epochs = read(&folder.join(EPOCHS), EPOCH_COLUMNS, epoch)?;
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

    /// How the rows were trained.
    pub(crate) fn recipe(&self) -> Result<String, Box<dyn Error>> {
        let path = self.folder.join(RECIPE);
        fs::read_to_string(&path).map_err(|error| named(&path, &error))
    }

    /// Begins to train rows by a recipe: another one than that of the rows before is refused.
    pub(crate) fn keep_recipe(&self, recipe: &str) -> Result<(), Box<dyn Error>> {
        let path = self.folder.join(RECIPE);
        if self.rows.is_empty() {
            fs::create_dir_all(&self.folder)
                .and_then(|()| fs::write(&path, recipe))
                .map_err(|error| named(&path, &error))?;
        }
        self.check_recipe(recipe)
    }

    fn check_recipe(&self, recipe: &str) -> Result<(), Box<dyn Error>> {
        if self.recipe()? == recipe {
            return Ok(());
        }
        let folder = self.folder.display();
        Err(format!(
            "the rows in {folder} were trained by another recipe, that of {RECIPE}: choose \
             another folder with --results"
        )
        .into())
    }

    /// Adds a row that was trained by this recipe, and keeps it, unless another process that works in
    /// the same folder has added it. The epochs are written first: what has a row has them.
    pub(crate) fn add(
        &mut self,
        recipe: &str,
        row: Row,
        epochs: Vec<Epoch>,
    ) -> Result<(), Box<dyn Error>> {
        // One process at a time, until the file is closed.
        let path = self.folder.join(RECIPE);
        let recipe_file = File::open(&path).map_err(|error| named(&path, &error))?;
        recipe_file.lock().map_err(|error| named(&path, &error))?;
        *self = Self::open(&self.folder)?;
        self.check_recipe(recipe)?;
        if self.contains(&row.function, row.depth, row.seed) {
            return Ok(());
        }
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
                "{},{},{},{},{:.4},{:.4},{},{:.1},{}",
                row.function,
                row.depth,
                row.seed,
                row.rate,
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

fn named(path: &Path, error: &dyn fmt::Display) -> Box<dyn Error> {
    format!("{}: {error}", path.display()).into()
}

/// What the lines of a file below its heading say; nothing when there is no file.
fn read<V>(
    path: &Path,
    columns: &str,
    value: impl Fn(&[String]) -> Result<V, String>,
) -> Result<Vec<V>, Box<dyn Error>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).map_err(|error| named(path, &error))?;
    let mut lines = text.lines();
    if lines.next() != Some(columns) {
        return Err(named(path, &format!("the columns are not {columns}")));
    }
    let count = columns.split(',').count();
    let parse = |line: &str| {
        let fields: Vec<String> = line.split(',').map(str::to_owned).collect();
        if fields.len() != count {
            return Err(named(path, &format!("`{line}` has not {count} fields")));
        }
        value(&fields).map_err(|error| named(path, &format!("`{line}`: {error}")))
    };
    lines.map(parse).collect()
}

fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not such a number as there should be"))
}

/// A part of 1.
fn part(text: &str) -> Result<f64, String> {
    let value = number(text)?;
    match (0.0..=1.0).contains(&value) {
        true => Ok(value),
        false => Err(format!("`{text}` is not from 0 to 1")),
    }
}

/// Writes a file beside the old one and puts it in its place, so that there is always a whole one.
fn replace(
    path: &Path,
    columns: &str,
    lines: impl Iterator<Item = String>,
) -> Result<(), Box<dyn Error>> {
    let mut text = String::from(columns);
    for line in lines {
        text.push('\n');
        text.push_str(&line);
    }
    text.push('\n');
    let beside = path.with_extension("csv.part");
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| named(path, &error))
}
