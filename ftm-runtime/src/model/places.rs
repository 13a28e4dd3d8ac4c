//! The tensors of a layer by the names that they have in a file.

use super::LAYERS;
use crate::layer::{KEPT, Layer, Tensor};
use crate::simd::Real;

/// A tensor of a layer.
pub(super) struct Place {
    /// Its name in a file, such as `layers.0.w`.
    pub(super) name: String,
    /// Where it is.
    pub(super) tensor: Tensor,
    /// Whether that is among the constants, not the parameters.
    pub(super) is_constant: bool,
}

impl Place {
    /// Whether it says which edges are kept.
    pub(super) fn says_kept(&self) -> bool {
        self.is_constant && self.tensor.name == KEPT
    }

    /// The places of its elements, in order.
    pub(super) fn elements(&self) -> impl Iterator<Item = usize> + use<> {
        self.tensor.runs().into_iter().flatten()
    }
}

/// All tensors of a layer.
pub(super) fn places<T: Real>(index: usize, layer: &dyn Layer<T>) -> Vec<Place> {
    let parameters = layer.tensors().into_iter().map(|tensor| (tensor, false));
    let constants = layer.constant_tensors().into_iter();
    let all = parameters.chain(constants.map(|tensor| (tensor, true)));
    let mut places: Vec<Place> = Vec::new();
    for (tensor, is_constant) in all {
        let mut name = format!("{LAYERS}.{index}.{}", tensor.name);
        // A function may call a parameter `bias` too.
        while places.iter().any(|place| place.name == name) {
            name.push('\'');
        }
        places.push(Place {
            name,
            tensor,
            is_constant,
        });
    }
    places
}
