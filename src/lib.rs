//! Networks whose connections are functions.
//!
//! In an ordinary network an edge multiplies by a weight. Here an edge is a function f(x; θ)
//! with its own trainable parameters, declared in one line:
//!
//! ```
//! use ftm::functions::activation::Tanh;
//! use ftm::prelude::*;
//!
//! ftm_fn! {
//!     /// A wave of trained amplitude, frequency and phase.
//!     pub fn Wave(x; a ~ uniform(-0.1, 0.1), w ~ uniform(-10.0, 10.0), p ~ uniform(-10.0, 10.0)) {
//!         a * sin(w * x + p)
//!     }
//! }
//!
//! let network = Network::<f32>::new(64)
//!     .functional(Wave, 32)
//!     .activation(Tanh)
//!     .functional(Wave, 10)
//!     .build(1)?;
//! assert_eq!(network.parameter_count(), 64 * 3 * 32 + 32 + 32 * 3 * 10 + 10);
//! # Ok::<(), ftm::error::Error>(())
//! ```
//!
//! The derivatives by x and by every parameter are found symbolically while your crate
//! compiles, and turned into vector kernels specialised for the function. `Wave::explain()`
//! and the documentation of `Wave` show them.
//!
//! | module | |
//! |---|---|
//! | [`language`] | the language of [`ftm_fn!`], rule by rule |
//! | [`functions`] | declared functions: the paper's, those of Kolmogorov–Arnold networks, activations |
//! | [`layer`], [`network`] | layers of functions, and stacks of layers |
//! | [`train`], [`loss`], [`optimizer`], [`schedule`] | training |
//! | [`formula`], [`source`], [`rounding`] | what a network computes: as a formula, as a program |
//! | [`data`] | data sets, their files, and the digits that come with the library |
//! | [`connection`] | the contract of a function, to write one by hand |
//! | [`simd`], [`math`] | vectors of lanes and the functions on them |

#![forbid(unsafe_code)]

pub mod functions;

#[doc = include_str!("../docs/language.md")]
pub mod language {}

/// The code of the guide is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/formulas.md")]
mod guide_to_formulas {}

pub use ftm_runtime::*;

/// What most programs need, in one `use`.
pub mod prelude {
    pub use crate::data::Dataset;
    pub use crate::error::Error;
    pub use crate::ftm_fn;
    pub use crate::loss::{MeanSquaredError, SoftmaxCrossEntropy};
    pub use crate::network::Network;
    pub use crate::optimizer::{Adam, Sgd};
    pub use crate::train::Trainer;
}

/// Declares connection functions.
///
/// ```
/// use ftm::ftm_fn;
///
/// ftm_fn! {
///     /// Signed square: the sign is drawn once per edge and never trained.
///     pub fn SignedSquare(x; w ~ uniform(-0.1, 0.1), const u ~ sign()) { u * w * w * x * x }
///
///     /// `h` is the edge's own previous output, 0 before the first step.
///     pub fn Memory(x; w, r, p, state h) { tanh(w * x + r * h + p) }
///
///     /// A function without parameters serves as activation.
///     pub fn Swish(x) { x * sigmoid(x) }
///
///     /// A Fourier series of four harmonics.
///     pub fn Series(x; a[4] ~ normal(0.0, 0.1), b[4] ~ normal(0.0, 0.1)) {
///         sum(k in 0..4, a[k] * cos((k + 1) * x) + b[k] * sin((k + 1) * x))
///     }
/// }
///
/// assert!(SignedSquare::explain().contains("∂f/∂w"));
/// ```
///
/// - **Parameters** follow the input: trained ones as `name` or `name ~ distribution`,
///   per-edge constants as `const name ~ distribution`, the previous output as `state name`.
///   `name[8]` is an array; its elements are parameters called `name[0]` to `name[7]`.
/// - **Distributions**: `uniform(low, high)`, `normal(mean, deviation)`, `sign()`, `value(v)`.
/// - **Body**: `let`, `if`/`else` with comparisons and `&& || !`, `+ - * /`, literals, `PI`,
///   `TAU`, `E`, and constants of the enclosing scope by path.
/// - **Sums**: `sum(k in 0..8, c[k] * powi(x, k))`, where the index is a number, a subscript, or a
///   part of one. Sizes, bounds and subscripts are known to the macro: literals, indices,
///   constants declared in the invocation as `const N: usize = 8;`, and `+ - * /` of them.
/// - **Functions**, as `sin(x)` or `x.sin()`: `exp ln sqrt recip powi powf sin cos tan asin acos
///   atan sinh cosh tanh sigmoid softplus relu abs sign step min max clamp erf exp_m1 ln_1p`, the
///   bases `chebyshev legendre hermite bspline hat gaussian mexican_hat morlet`, and functions
///   declared above in the same invocation.
/// - `detach(e)` has derivative 0; `straight_through(value, surrogate)` has the value of the
///   first and the derivative of the second.
/// - `crate = path;` first in the invocation names this crate, should another crate re-export it.
///
/// The chapter [`language`](crate::language) has the grammar, with an example of each rule.
///
/// Each declaration makes a unit struct that implements
/// [`Connection`](crate::connection::Connection).
#[macro_export]
macro_rules! ftm_fn {
    (crate = $($tokens:tt)*) => {
        $crate::__private::v1::compile! { crate = $($tokens)* }
    };
    ($($tokens:tt)*) => {
        $crate::__private::v1::compile! { crate = $crate; $($tokens)* }
    };
}

/// What emitted code calls. Not for use by hand: it may change with any version of the macro.
#[doc(hidden)]
pub mod __private {
    /// Names of this version of the macro.
    pub mod v1 {
        pub use core;
        pub use ftm_macros::compile;
        pub use ftm_runtime::connection::{
            Connection, Derivative, Description, Initializer, Operations, Parameter, Products,
        };
        pub use ftm_runtime::formula::{Comparison, Function, Node, Symbol};
        pub use ftm_runtime::math::Elementary;
        pub use ftm_runtime::simd::{Mask, Simd, Vector};
        pub use std::string::String;
    }
}
