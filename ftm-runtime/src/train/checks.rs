//! Whether memory is enough, and where numbers ceased to be finite.

use std::hint::black_box;

use crate::error::{Error, Place};
use crate::layer::{Layer, Tensor};
use crate::network::{Network, Workspace};
use crate::parallel;
use crate::simd::Real;

/// Refuses parameters of which memory cannot hold so many copies, together with so many numbers of
/// a batch.
pub(super) fn memory<T: Real>(
    copies: usize,
    parameters: usize,
    activations: usize,
) -> Result<(), Error> {
    // In one piece, or the system might promise each of them the same memory. A compiler that sees
    // no use of it would take the answer for granted.
    let mut numbers: Vec<T> = black_box(Vec::new());
    let size = copies.checked_mul(parameters);
    let size = size.and_then(|size| size.checked_add(activations));
    match size.is_some_and(|size| numbers.try_reserve_exact(size).is_ok()) {
        true => {
            black_box(numbers);
            Ok(())
        }
        false => Err(Error::TrainingTooLarge {
            copies,
            parameters,
            activations,
        }),
    }
}

/// An error that is about the validation set.
pub(super) fn in_validation(source: Error) -> Error {
    Error::InValidation(Box::new(source))
}

/// The first layer whose output is not finite; the loss when all are.
pub(super) fn outputs<T: Real>(network: &Network<T>, workspace: &Workspace<T>) -> Place {
    for (layer, kind) in network.layers().iter().enumerate() {
        let output = workspace.layer_output(layer);
        if output.is_some_and(|output| output.iter().any(|value| !value.is_finite())) {
            return Place::Output {
                layer,
                name: kind.name(),
            };
        }
    }
    Place::Loss
}

/// Whether all gradients are finite.
pub(super) fn gradients<T: Real>(
    network: &Network<T>,
    workspace: &Workspace<T>,
) -> Result<(), Place> {
    // The last layer's gradient is computed first, so what is wrong there is the cause.
    let layers = network.layers().iter().zip(workspace.gradients());
    for (layer, (kind, gradient)) in layers.enumerate().rev() {
        if let Some(tensor) = broken(kind.as_ref(), gradient) {
            return Err(Place::Gradient {
                layer,
                name: kind.name(),
                tensor,
            });
        }
    }
    Ok(())
}

/// Whether all parameters are finite.
pub(super) fn parameters<T: Real>(network: &Network<T>) -> Result<(), Place> {
    for (layer, kind) in network.layers().iter().enumerate() {
        if let Some(tensor) = broken(kind.as_ref(), kind.parameters()) {
            return Err(Place::Parameter {
                layer,
                name: kind.name(),
                tensor,
            });
        }
    }
    Ok(())
}

/// The name of the first tensor with a number that is not finite.
fn broken<T: Real>(layer: &dyn Layer<T>, values: &[T]) -> Option<String> {
    if parallel::combine(values, &are_finite, &|one, other| one && other) {
        return None;
    }
    let place = values.iter().position(|value| !value.is_finite())?;
    let tensors = layer.tensors();
    // A layer of the user's own may have numbers in no tensor.
    let name = Tensor::name_at(&tensors, place).unwrap_or("parameters");
    Some(name.to_owned())
}

fn are_finite<T: Real>(values: &[T]) -> bool {
    // Any NaN or infinity makes the sum of 0·value a NaN. Many sums at once, which the compiler
    // turns into vectors: it may not change the order of a single one.
    let mut sums = [T::ZERO; 64];
    for chunk in values.chunks(sums.len()) {
        for (sum, &value) in sums.iter_mut().zip(chunk) {
            *sum += value * T::ZERO;
        }
    }
    sums.iter().all(|&sum| sum == T::ZERO)
}
