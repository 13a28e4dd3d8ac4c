//! What can be wrong with a file of parameters, or not fit.

use super::text::Shape;

/// What is wrong with a file of parameters, or with what it is to be loaded into.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordProblem {
    /// It is not what was once written.
    #[error("it is damaged: {reason}")]
    Damaged {
        /// How that is known.
        reason: String,
    },
    /// It was written by a newer version of this library.
    #[error("it has format version {given}, but this program knows versions up to {known}")]
    Newer {
        /// The newest version that can be read.
        known: u64,
        /// The version of the file.
        given: u64,
    },
    /// It has numbers of another type.
    #[error(
        "`{tensor}` has numbers of type {given}, but {expected} is needed{}",
        hint(given)
    )]
    Scalar {
        /// The tensor.
        tensor: String,
        /// The type of the network.
        expected: &'static str,
        /// The type in the file.
        given: String,
    },
    /// A tensor or value is not there.
    #[error("it has no `{name}`")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A tensor that the network does not have.
    #[error("it has a tensor `{name}`, which the network does not have")]
    Unexpected {
        /// Its name.
        name: String,
    },
    /// A value is not what it should be.
    #[error("`{name}` is wrong: {reason}")]
    Value {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor has another shape.
    #[error("`{tensor}` is {}, but {} is needed", Shape(given), Shape(expected))]
    Shape {
        /// Its name.
        tensor: String,
        /// The shape in the network.
        expected: Vec<usize>,
        /// The shape in the file.
        given: Vec<usize>,
    },
    /// A tensor has numbers that are infinite or not a number.
    #[error("`{tensor}` has numbers that are not finite")]
    NotFinite {
        /// Its name.
        tensor: String,
    },
    /// The state of a training is to be taken up with another setting.
    #[error("it was made with `{name}` = {given}, but here it is {expected}")]
    Setting {
        /// The setting.
        name: String,
        /// Its value here.
        expected: String,
        /// Its value in the file.
        given: String,
    },
    /// The network has more or fewer layers.
    #[error("it has {given} layers, but the network has {expected}")]
    Layers {
        /// Layers of the network.
        expected: usize,
        /// Layers of the file.
        given: usize,
    },
    /// A layer is another one.
    #[error("layer {layer} is {given}, but in the network it is {expected}")]
    Layer {
        /// Its index, from 0.
        layer: usize,
        /// The layer of the network.
        expected: String,
        /// The layer of the file.
        given: String,
    },
    /// A function of this name is now another one.
    #[error("layer {layer}: the function was `{given}`, but now is `{expected}`")]
    Formula {
        /// Index of the layer, from 0.
        layer: usize,
        /// The function here.
        expected: String,
        /// The function of the file.
        given: String,
    },
    /// The function has another name here.
    #[error(
        "layer {layer}: the file has the function `{given}`; what computes the same here is called `{expected}`"
    )]
    Renamed {
        /// Index of the layer, from 0.
        layer: usize,
        /// The name here.
        expected: String,
        /// The name in the file.
        given: String,
    },
    /// No function of this name is registered.
    #[error("layer {layer}: no function `{name}` is registered")]
    UnknownFunction {
        /// Index of the layer, from 0.
        layer: usize,
        /// The name in the file.
        name: String,
    },
    /// A layer that only its own program can make.
    #[error("layer {layer} ({name}) can only be loaded into a network that has it")]
    OwnLayer {
        /// Index of the layer, from 0.
        layer: usize,
        /// Its name.
        name: String,
    },
}

/// What a file with numbers of this type is of, where the library can make such.
fn hint(given: &str) -> &'static str {
    match given {
        "F32" => ": it is the file of a network of `f32`",
        "F64" => ": it is the file of a network of `f64`",
        _ => "",
    }
}
