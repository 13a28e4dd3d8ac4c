//! Where in a network a number is.

use std::fmt;

/// Where in a network a number is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the loss, although all outputs of layers are finite.
    Loss,
    /// In the loss over the validation set.
    ValidationLoss,
    /// In the output of a layer.
    Output {
        /// Index of the layer, from 0.
        layer: usize,
        /// Its name.
        name: String,
    },
    /// In the gradient of a layer's parameters.
    Gradient {
        /// Index of the layer, from 0.
        layer: usize,
        /// Its name.
        name: String,
        /// Name of the parameter tensor.
        tensor: String,
    },
    /// In a layer's parameters, after an update.
    Parameter {
        /// Index of the layer, from 0.
        layer: usize,
        /// Its name.
        name: String,
        /// Name of the parameter tensor.
        tensor: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loss => f.write_str("the loss"),
            Self::ValidationLoss => f.write_str("the loss over the validation set"),
            Self::Output { layer, name } => write!(f, "the output of layer {layer} ({name})"),
            Self::Gradient {
                layer,
                name,
                tensor,
            } => write!(f, "the gradient of `{tensor}` of layer {layer} ({name})"),
            Self::Parameter {
                layer,
                name,
                tensor,
            } => write!(f, "parameter `{tensor}` of layer {layer} ({name})"),
        }
    }
}
