//! What a layer is, so that a file can say it.

use super::Arrangement;
use crate::connection::Description;

/// What a layer is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A [`FunctionalLayer`](super::FunctionalLayer) of this function.
    Functional(&'static Description),
    /// One of several blocks: their functions, each with its share of the outputs or inputs.
    Blocks(Arrangement, Vec<(&'static Description, usize)>),
    /// An [`ActivationLayer`](super::ActivationLayer) of this function.
    Activation(&'static Description),
    /// [`Dropout`](super::Dropout) at this rate.
    Dropout(f64),
    /// A [`NormalizationLayer`](super::NormalizationLayer).
    Normalization,
    /// A [`RangeLayer`](super::RangeLayer) to the interval from the first number to the second.
    Range(f64, f64),
    /// A layer that files know by name alone: it can be loaded, but not made from a file.
    Other,
}
