//! What a layer is given for one pass over a batch, and where its results go.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::simd::Level;

/// One forward pass of a layer over a batch. All arrays are in standard (row-major) layout.
pub struct Forward<'a, T> {
    /// Instruction set to run on.
    pub level: Level,
    /// The random numbers of a training pass; `None` at inference.
    pub noise: Option<Noise>,
    /// Input, batch × inputs.
    pub x: ArrayView2<'a, T>,
    /// Output, batch × outputs.
    pub y: ArrayViewMut2<'a, T>,
    /// State before this step: [`crate::layer::Layer::state_size`] numbers for each row, in an order of the
    /// layer's own (blocks one after the other, each batch × its state size).
    pub state: &'a [T],
    /// State after this step, in the same order.
    pub next_state: &'a mut [T],
    /// Memory that the layer may use and grow; it persists between passes.
    pub values: &'a mut Vec<T>,
    /// More of it, which kernels use.
    pub scratch: &'a mut Vec<T>,
}

/// One backward pass of a layer over a batch. All arrays are in standard (row-major) layout.
pub struct Backward<'a, T> {
    /// Instruction set to run on.
    pub level: Level,
    /// The random numbers of the forward pass.
    pub noise: Option<Noise>,
    /// Input of the forward pass, batch × inputs.
    pub x: ArrayView2<'a, T>,
    /// Output of the forward pass, batch × outputs.
    pub y: ArrayView2<'a, T>,
    /// ∂L/∂y, batch × outputs.
    pub dy: ArrayView2<'a, T>,
    /// ∂L/∂x, batch × inputs, overwritten; `None` when nobody needs it.
    pub dx: Option<ArrayViewMut2<'a, T>>,
    /// ∂L/∂parameters, as long as the layer's parameters; added to.
    pub gradient: &'a mut [T],
    /// State before the step of the forward pass, as the forward pass had it.
    pub state: &'a [T],
    /// ∂L/∂(state after the step), in the order of the state.
    pub next_dstate: &'a [T],
    /// ∂L/∂(state before the step), in the same order, overwritten.
    pub dstate: &'a mut [T],
    /// Memory that the layer may use and grow; it persists between passes.
    pub values: &'a mut Vec<T>,
    /// More of it, which kernels use.
    pub scratch: &'a mut Vec<T>,
}

/// What a layer's penalty is computed from and added to, after the passes over a batch.
pub struct PenaltyPass<'a, T> {
    /// Instruction set to run on.
    pub level: Level,
    /// Input of the forward pass, all rows of all steps × inputs.
    pub x: ArrayView2<'a, T>,
    /// ∂L/∂parameters, as long as the layer's parameters; added to. `None` when only the value of
    /// the penalty is wanted.
    pub gradient: Option<&'a mut [T]>,
    /// ∂L/∂x; added to. `None` when nobody needs it.
    pub dx: Option<ArrayViewMut2<'a, T>>,
    /// Memory that the layer may use and grow; it persists between passes.
    pub values: &'a mut Vec<T>,
    /// More of it, which kernels use.
    pub scratch: &'a mut Vec<T>,
}

/// Random numbers for the layers of one training pass.
///
/// A number depends on the seed, the step, the layer and its index alone, and not on what was
/// drawn before: any thread finds the same one, and so does a training that goes on from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise(u64);

impl Noise {
    /// The numbers of the training step `step`, counted from the beginning of training.
    #[must_use]
    pub fn new(seed: u64, step: u64) -> Self {
        Self(split_mix(split_mix(seed, 0), step))
    }

    /// The numbers of one layer.
    pub(crate) fn of_layer(self, layer: usize) -> Self {
        Self(split_mix(self.0, layer as u64))
    }

    /// The number `index`: a multiple of 2⁻⁵³, equally likely on [0, 1).
    #[must_use]
    pub fn unit(self, index: usize) -> f64 {
        const SCALE: f64 = 1.0 / (1u64 << 53) as f64;
        (split_mix(self.0, index as u64) >> 11) as f64 * SCALE
    }
}

/// The output `index` of the generator SplitMix64 with seed `key` (Steele, Lea, Flood 2014).
fn split_mix(key: u64, index: u64) -> u64 {
    const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
    let state = key.wrapping_add(GAMMA.wrapping_mul(index.wrapping_add(1)));
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    /// The first outputs of the generator's reference implementation for this seed.
    #[test]
    fn noise_is_the_published_generator() {
        let outputs = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        for (index, output) in outputs.into_iter().enumerate() {
            assert_eq!(super::split_mix(1_234_567, index as u64), output);
        }
    }
}
