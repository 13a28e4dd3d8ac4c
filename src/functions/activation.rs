//! Functions of one number without parameters, or with one for each node: activations.

use super::{ActivationEntry, Entry};
use crate::ftm_fn;
use ftm_runtime::simd::Real;

ftm_fn! {
    /// The rectifier.
    pub fn Relu(x) { relu(x) }

    /// The logistic function.
    pub fn Sigmoid(x) { sigmoid(x) }

    /// The hyperbolic tangent.
    pub fn Tanh(x) { tanh(x) }

    /// The smooth rectifier ln(1 + eˣ).
    pub fn Softplus(x) { softplus(x) }

    /// The sigmoid-weighted input, also called SiLU (Elfwing, Uchibe, Doya 2017).
    pub fn Swish(x) { x * sigmoid(x) }

    /// The Gaussian error linear unit (Hendrycks, Gimpel 2016), by the error function.
    pub fn Gelu(x) { 0.5 * x * (1.0 + erf(x * FRAC_1_SQRT_2)) }

    /// The rectifier with a trained slope for negative inputs (He et al. 2015).
    pub fn ParametricRelu(x; slope ~ value(0.25)) { if x > 0.0 { x } else { slope * x } }
}

use std::f64::consts::FRAC_1_SQRT_2;

/// Every activation of this module, to choose from at run time.
pub(super) fn entries<T: Real>() -> Vec<ActivationEntry<T>> {
    vec![
        Entry::activation_of::<Relu>(&[]),
        Entry::activation_of::<Sigmoid>(&[]),
        Entry::activation_of::<Tanh>(&[]),
        Entry::activation_of::<Softplus>(&[]),
        Entry::activation_of::<Swish>(&[]),
        Entry::activation_of::<Gelu>(&[]),
        Entry::activation_of::<ParametricRelu>(&[]),
    ]
}
