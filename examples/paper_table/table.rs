//! The measured rows: two files of comma-separated values, replaced as a whole with each row, and
//! the recipe that they were all trained by.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::{FromStr, Split};

use ftm::functions::FunctionalEntry;

use crate::output;
use crate::recipe;

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
        let functions = recipe::functions();
        let row = |fields: &mut Fields<'_>| {
            Ok(Row {
                function: fields.next(|text| name(&functions, text))?,
                depth: fields.next(count)?,
                seed: fields.next(number)?,
                rate: fields.next(positive)?,
                test_accuracy: fields.next(part)?,
                validation_accuracy: fields.next(part)?,
                epochs: fields.next(count)?,
                seconds: fields.next(not_negative)?,
                parameters: fields.next(count)?,
            })
        };
        let epoch = |fields: &mut Fields<'_>| {
            Ok(Epoch {
                function: fields.next(|text| name(&functions, text))?,
                depth: fields.next(count)?,
                seed: fields.next(number)?,
                epoch: fields.next(count)?,
                training_loss: fields.next(not_negative)?,
                validation_accuracy: fields.next(part)?,
            })
        };
        let network = |row: &Row| (row.function.clone(), row.depth, row.seed);
        table.rows = read(&folder.join(ROWS), ROW_COLUMNS, row, network)?;
        let of_network = |epoch: &Epoch| {
            let function = epoch.function.clone();
            (function, epoch.depth, epoch.seed, epoch.epoch)
        };
        table.epochs = read(&folder.join(EPOCHS), EPOCH_COLUMNS, epoch, of_network)?;
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

    /// Refuses a folder that rows could not be added in.
    pub(crate) fn check_writable(&self) -> Result<(), String> {
        let files = [ROWS, EPOCHS].map(|name| self.folder.join(name));
        (files.iter()).try_for_each(|path| output::check(path).and(output::check(&beside(path))))
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

/// What the lines of a file below its heading say, each of another `subject`; nothing when there is
/// no file.
fn read<V, S: Ord>(
    path: &Path,
    columns: &str,
    value: impl Fn(&mut Fields<'_>) -> Result<V, String>,
    subject: impl Fn(&V) -> S,
) -> Result<Vec<V>, Box<dyn Error>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).map_err(|error| named(path, &error))?;
    let mut lines = text.lines().zip(1..);
    if lines.next().is_none_or(|(line, _)| line != columns) {
        return Err(named(path, &format!("the columns are not {columns}")));
    }
    let mut seen = BTreeMap::new();
    let mut read = |line, number: usize| {
        let value = value(&mut Fields::of(line, columns)?)?;
        match seen.insert(subject(&value), number) {
            Some(before) => Err(format!(
                "`{line}`: line {before} is of the same network or epoch"
            )),
            None => Ok(value),
        }
    };
    let values = lines.map(|(line, number)| {
        read(line, number).map_err(|error| named(path, &format!("line {number}, {error}")))
    });
    values.collect()
}

/// The fields of a line from left to right, with their columns.
struct Fields<'a>(std::iter::Zip<Split<'a, char>, Split<'a, char>>);

impl<'a> Fields<'a> {
    fn of(line: &'a str, columns: &'a str) -> Result<Self, String> {
        let (columns, fields) = (columns.split(','), line.split(','));
        match (columns.clone().count(), fields.clone().count()) {
            (needed, given) if needed != given => {
                Err(format!("`{line}`: {given} fields, but {needed} are needed"))
            }
            _ => Ok(Self(columns.zip(fields))),
        }
    }

    /// The value of the next field.
    fn next<V>(&mut self, value: impl FnOnce(&str) -> Result<V, String>) -> Result<V, String> {
        let (column, text) = self.0.next().ok_or("no column is left")?;
        value(text).map_err(|reason| format!("column `{column}`: `{text}` {reason}"))
    }
}

fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| "is not such a number as there should be".to_owned())
}

/// A number that is as it should be.
fn checked<N: FromStr>(text: &str, is_good: fn(&N) -> bool, allowed: &str) -> Result<N, String> {
    let value = number(text)?;
    match is_good(&value) {
        true => Ok(value),
        false => Err(format!("is not {allowed}")),
    }
}

fn count(text: &str) -> Result<usize, String> {
    checked(text, |&value| value > 0, "at least 1")
}

/// A part of 1.
fn part(text: &str) -> Result<f64, String> {
    checked(text, |value| (0.0..=1.0).contains(value), "from 0 to 1")
}

fn positive(text: &str) -> Result<f64, String> {
    let is_good = |value: &f64| value.is_finite() && *value > 0.0;
    checked(text, is_good, "finite and above 0")
}

fn not_negative(text: &str) -> Result<f64, String> {
    let is_good = |value: &f64| value.is_finite() && *value >= 0.0;
    checked(text, is_good, "finite and at least 0")
}

/// The name of a row of one of these functions.
fn name(functions: &[FunctionalEntry<f32>], text: &str) -> Result<String, String> {
    match recipe::is_name(functions, text) {
        true => Ok(text.to_owned()),
        false => Err("is not the name of a row".to_owned()),
    }
}

/// Where a file is written until it is whole.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("csv.part")
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
    let beside = beside(path);
    fs::write(&beside, text).map_err(|error| named(&beside, &error))?;
    fs::rename(&beside, path).map_err(|error| named(path, &error))
}
