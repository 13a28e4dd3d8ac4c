//! The one error type of the runtime.

mod argument;
mod file;
mod place;
mod record;
mod text;

use std::path::PathBuf;

pub(crate) use argument::{at_least_one, fraction, inner_fraction, not_negative, positive};
pub use file::{CsvProblem, IdxProblem};
pub use place::Place;
pub use record::RecordProblem;
use text::{List, Names, Shape};

/// What can go wrong at a public boundary of the runtime. Each variant names the thing it is
/// about and shows the values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An instruction set was asked for that this machine does not have.
    #[error("no instruction set `{name}` on this machine; available: {}", available.join(", "))]
    UnknownLevel {
        /// The name asked for.
        name: String,
        /// The names that would work.
        available: Vec<&'static str>,
    },
    /// The system refused to start threads.
    #[error("cannot start {threads} threads: {source}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// The system's reason.
        source: rayon::ThreadPoolBuildError,
    },
    /// A layer was asked for without inputs or without outputs.
    #[error(
        "layer of `{function}`: {inputs} inputs and {outputs} outputs; both must be at least 1"
    )]
    EmptyLayer {
        /// The function of the layer.
        function: &'static str,
        /// Inputs asked for.
        inputs: usize,
        /// Outputs asked for.
        outputs: usize,
    },
    /// A layer was asked for whose parameters or constants memory cannot hold.
    #[error(
        "layer of `{function}`: {} numbers are more than memory can hold",
        Shape(factors)
    )]
    LayerTooLarge {
        /// The function of the layer.
        function: &'static str,
        /// The numbers whose product is the size.
        factors: Vec<usize>,
    },
    /// A network that fits in memory, but not together with what its training keeps.
    #[error(
        "training keeps at least {copies} × {parameters} numbers beside the network, and {activations} of a batch, more than memory can hold"
    )]
    TrainingTooLarge {
        /// Gradients, what the optimiser keeps, and copies, for each parameter.
        copies: usize,
        /// Parameters of the network.
        parameters: usize,
        /// What layers keep of a batch, and of one for validation.
        activations: usize,
    },
    /// A function was given too few or too many parameters or constants.
    #[error("`{function}` has {expected} {kind}; {given} given")]
    ParameterCount {
        /// The function.
        function: &'static str,
        /// `parameters` or `constants`.
        kind: &'static str,
        /// How many it has.
        expected: usize,
        /// How many were given.
        given: usize,
    },
    /// A parameter is declared to be drawn from a distribution that does not exist.
    #[error(
        "parameter `{parameter}` of `{function}` cannot be drawn from {distribution}: {reason}"
    )]
    Distribution {
        /// Name of the connection function.
        function: String,
        /// Name of the parameter or constant.
        parameter: String,
        /// The distribution with its arguments.
        distribution: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A layer has no parameter of a name.
    #[error("{layer} has no parameter `{given}`; it has {}", Names(known))]
    UnknownParameter {
        /// The layer, or its function.
        layer: String,
        /// The name given.
        given: String,
        /// The names that it has.
        known: Vec<&'static str>,
    },
    /// A layer cannot be written as a formula.
    #[error("{layer} has no formula: {reason}")]
    NoFormula {
        /// The layer.
        layer: String,
        /// Why.
        reason: &'static str,
    },
    /// An argument is outside of what is allowed.
    #[error("{name} is {given}, but must be {allowed}")]
    Argument {
        /// Name of the argument.
        name: &'static str,
        /// Its value.
        given: String,
        /// The values it may have.
        allowed: &'static str,
    },
    /// Something has no elements.
    #[error("{what} is empty")]
    Empty {
        /// The thing.
        what: &'static str,
    },
    /// Something is about a layer of a network.
    #[error("layer {index}: {source}")]
    InLayer {
        /// Index of the layer, from 0.
        index: usize,
        /// What it is.
        #[source]
        source: Box<Error>,
    },
    /// Something is about the set that a training is validated on.
    #[error("the validation set: {0}")]
    InValidation(#[source] Box<Error>),
    /// A layer does not fit on the one before it.
    #[error("layer {index} ({layer}) takes {expected} inputs, but is given {given}")]
    LayerWidth {
        /// Index of the layer, from 0.
        index: usize,
        /// Name of the layer.
        layer: String,
        /// The inputs it takes.
        expected: usize,
        /// The outputs of the layer before, or the inputs of the network.
        given: usize,
    },
    /// Several mistakes found together, in order.
    #[error("{} mistakes: {}", .0.len(), List(.0))]
    Several(Vec<Error>),
    /// An array has a wrong number of columns.
    #[error("{what} has {given} columns, but {expected} are needed")]
    Width {
        /// The array.
        what: &'static str,
        /// Columns it should have.
        expected: usize,
        /// Columns it has.
        given: usize,
    },
    /// An array has a wrong shape.
    #[error("{what} is {}, but {} is needed", Shape(given), Shape(expected))]
    Shape {
        /// The array.
        what: &'static str,
        /// Its shape as it should be.
        expected: Vec<usize>,
        /// Its shape.
        given: Vec<usize>,
    },
    /// Two things that belong together have different lengths.
    #[error("{what} has {given} elements, but {expected} are needed")]
    Length {
        /// The thing.
        what: &'static str,
        /// Elements it should have.
        expected: usize,
        /// Elements it has.
        given: usize,
    },
    /// A backward pass without the forward pass that belongs to it.
    #[error(
        "a backward pass needs a forward pass of the same network in the same workspace before it"
    )]
    NoForwardPass,
    /// A loss was given the other kind of targets.
    #[error("{loss} needs {expected} as targets, but is given {given}")]
    TargetKind {
        /// Name of the loss.
        loss: &'static str,
        /// The kind it takes.
        expected: &'static str,
        /// The kind it was given.
        given: &'static str,
    },
    /// A class label that does not exist.
    #[error("label of sample {sample} is {label}, but there are {classes} classes")]
    Label {
        /// Index of the sample, from 0.
        sample: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Data that is infinite or not a number.
    #[error("{what} at row {row}, column {column} is {value}, but must be finite")]
    NonFiniteData {
        /// The array.
        what: &'static str,
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// Training arrived at numbers that are infinite or not a number. The network is left with
    /// the parameters of the last good epoch. The message counts epochs and batches from 1, as
    /// reports of epochs do.
    #[error(
        "{place} is not finite in epoch {}, batch {}; the network has the parameters of the last good epoch again",
        epoch + 1,
        batch + 1
    )]
    Diverged {
        /// Index of the epoch, from 0.
        epoch: usize,
        /// Index of the batch in its epoch, from 0.
        batch: usize,
        /// Where in the network the first such number appeared.
        place: Place,
    },
    /// Training was interrupted, and goes on from a file. The message counts from 1.
    #[error(
        "training was interrupted before batch {} of epoch {}; it can go on from {}",
        batch + 1,
        epoch + 1,
        checkpoint.display()
    )]
    Interrupted {
        /// Index of the epoch, from 0.
        epoch: usize,
        /// Index of the batch that comes next, from 0.
        batch: usize,
        /// What was saved.
        checkpoint: PathBuf,
    },
    /// A directory has checkpoints of a training that is not to be resumed.
    #[error(
        "{} has checkpoints of a training: resume it, or choose another directory",
        directory.display()
    )]
    CheckpointsExist {
        /// The directory.
        directory: PathBuf,
    },
    /// A directory is one that another training writes checkpoints in.
    #[error(
        "another training writes checkpoints in {}: wait for its end, or choose another directory",
        directory.display()
    )]
    CheckpointsInUse {
        /// The directory.
        directory: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Something cannot be written.
    #[error("cannot write {what}: {source}")]
    Write {
        /// The thing.
        what: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    WriteFile {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file of parameters is bad, or does not fit.
    #[error("{file}: {problem}")]
    Record {
        /// The file.
        file: String,
        /// What is wrong.
        problem: RecordProblem,
    },
    /// No file of any of the names it may have.
    #[error("none of {} is in {}", names.join(", "), directory.display())]
    NoFile {
        /// Where it was looked for.
        directory: PathBuf,
        /// The names.
        names: Vec<String>,
    },
    /// A file is not a good IDX file.
    #[error("{file} is not a good IDX file: {problem}")]
    Idx {
        /// The file.
        file: String,
        /// What is wrong.
        problem: IdxProblem,
    },
    /// A line of a CSV file is bad.
    #[error("line {line} of {file}: {problem}")]
    Csv {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: CsvProblem,
    },
    /// A file is not the one it should be.
    #[error("{file} has the SHA-256 {given}, but {expected} is needed")]
    Checksum {
        /// The file.
        file: String,
        /// The sum it should have, in hexadecimal.
        expected: String,
        /// The sum it has.
        given: String,
    },
}

/// `Ok` when both lengths are the same.
pub(crate) fn check_length(what: &'static str, expected: usize, given: usize) -> Result<(), Error> {
    if expected == given {
        return Ok(());
    }
    Err(Error::Length {
        what,
        expected,
        given,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_thing() {
        let error = Error::InLayer {
            index: 2,
            source: Box::new(Error::Shape {
                what: "the input",
                expected: vec![100, 784],
                given: vec![100, 785],
            }),
        };
        assert_eq!(
            error.to_string(),
            "layer 2: the input is 100 × 785, but 100 × 784 is needed"
        );
        let error = Error::Interrupted {
            epoch: 0,
            batch: 2,
            checkpoint: "run".into(),
        };
        assert_eq!(
            error.to_string(),
            "training was interrupted before batch 3 of epoch 1; it can go on from run"
        );
        let error = Error::Several(vec![Error::Empty { what: "a" }, Error::NoForwardPass]);
        assert!(
            error
                .to_string()
                .starts_with("2 mistakes: a is empty; a backward pass")
        );
    }

    /// A `Result` is returned by value everywhere.
    #[test]
    fn stays_small() {
        assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
    }
}
