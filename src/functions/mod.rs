//! Functions declared once for everybody.

use ftm_runtime::registry::Functions;
pub use ftm_runtime::registry::{ActivationEntry, Entry, FunctionalEntry};
use ftm_runtime::simd::Real;

pub mod activation;
pub mod kan;
pub mod paper;

/// The scalar types, each with the functions of this library: `f32` and `f64`.
///
/// Their kernels are compiled with this crate, once, and not again in each program that chooses
/// a function at run time.
pub trait Library: Real {
    /// Every function of [`paper`]: the linear one, F01 to F20 in order, the memory function.
    fn functional() -> Vec<FunctionalEntry<Self>>;
    /// Every function of [`kan`].
    fn kan() -> Vec<FunctionalEntry<Self>>;
    /// Every function of [`activation`].
    fn activations() -> Vec<ActivationEntry<Self>>;

    /// All of these, to make networks in files of them: see
    /// [`Model::network`](ftm_runtime::model::Model::network).
    fn functions() -> Functions<Self> {
        let mut functions = Functions::default();
        functions.functional.extend(Self::functional());
        functions.functional.extend(Self::kan());
        functions.activations.extend(Self::activations());
        functions
    }
}

macro_rules! library {
    ($($scalar:ident)+) => {
        $(impl Library for $scalar {
            fn functional() -> Vec<FunctionalEntry<Self>> {
                paper::entries()
            }
            fn kan() -> Vec<FunctionalEntry<Self>> {
                kan::entries()
            }
            fn activations() -> Vec<ActivationEntry<Self>> {
                activation::entries()
            }
        })+
    };
}
library!(f32 f64);
