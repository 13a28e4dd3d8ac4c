//! What a layer is given for one pass over a batch, and where its results go.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::simd::Level;

/// One forward pass of a layer over a batch. All arrays are in standard (row-major) layout.
pub struct Forward<'a, T> {
    /// Instruction set to run on.
    pub level: Level,
    /// Input, batch × inputs.
    pub x: ArrayView2<'a, T>,
    /// Output, batch × outputs.
    pub y: ArrayViewMut2<'a, T>,
    /// State before this step, batch × state size.
    pub state: &'a [T],
    /// State after this step, batch × state size.
    pub next_state: &'a mut [T],
    /// Memory that the layer may use and grow; it persists between passes.
    pub scratch: &'a mut Vec<T>,
}

/// One backward pass of a layer over a batch. All arrays are in standard (row-major) layout.
pub struct Backward<'a, T> {
    /// Instruction set to run on.
    pub level: Level,
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
    /// State before the step of the forward pass, batch × state size.
    pub state: &'a [T],
    /// ∂L/∂(state after the step), batch × state size.
    pub next_dstate: &'a [T],
    /// ∂L/∂(state before the step), batch × state size, overwritten.
    pub dstate: &'a mut [T],
    /// Memory that the layer may use and grow; it persists between passes.
    pub scratch: &'a mut Vec<T>,
}
