//! Vectors of lanes, and the choice of the instruction set they run on.
//!
//! Everything numeric is written once, generic over [`Simd`]: a capability that proves an
//! instruction set and fixes the scalar type. [`Level::run`] picks the instruction set at run
//! time. Functions between it and a vector operation must be `#[inline(always)]` and carry no
//! attribute of their own, otherwise they are compiled without the instruction set; [`Simd::apart`] makes one
//! that is compiled with it.

mod lanes;
mod level;
mod multiply;
mod pair;
mod real;
mod vector;

pub use level::Level;
pub(crate) use multiply::{Columns, Left, Multiply, Order, Right};
pub(crate) use pair::{Pair, Pairs};
pub use real::Real;
pub use vector::{Bits, Mask, Operation, Simd, Vector};
pub(crate) use vector::{MAX_LANES, PAIR_LANES};
