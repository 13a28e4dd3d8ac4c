//! Passes through one layer: all time steps as one batch for a layer without a state, step by step
//! for one with a state.

use ndarray::{ArrayView2, ArrayViewMut2, Axis, Slice};

use super::pass::BackThroughTime;
use super::workspace::{LayerMemory, rows};
use crate::layer::{Backward, Forward, Layer, Noise};
use crate::simd::{Level, Real};

/// Runs a layer over all steps.
pub(super) fn forward_layer<T: Real>(
    layer: &dyn Layer<T>,
    level: Level,
    noise: Option<Noise>,
    x: ArrayView2<'_, T>,
    batch: usize,
    memory: &mut LayerMemory<T>,
) {
    let rows = x.nrows();
    let at_once = if memory.state_size == 0 { rows } else { batch };
    let size = batch * memory.state_size;
    let mut y = ArrayViewMut2::from_shape((rows, memory.outputs), &mut memory.output)
        .expect("the output is as long as the pass");
    for (step, first) in (0..rows).step_by(at_once).enumerate() {
        let range = Slice::from(first..first + at_once);
        let (before, after) = memory.states[step * size..].split_at_mut(size);
        layer.forward(Forward {
            level,
            noise,
            x: x.slice_axis(Axis(0), range),
            y: y.slice_axis_mut(Axis(0), range),
            state: before,
            next_state: &mut after[..size],
            values: &mut memory.values,
            scratch: &mut memory.scratch,
        });
    }
}

/// Runs a layer backward over all steps, the last one first, given (x, ∂L/∂y, place of ∂L/∂x).
pub(super) fn backward_layer<T: Real>(
    layer: &dyn Layer<T>,
    level: Level,
    noise: Option<Noise>,
    (x, dy, mut dx): (
        ArrayView2<'_, T>,
        ArrayView2<'_, T>,
        Option<ArrayViewMut2<'_, T>>,
    ),
    batch: usize,
    back: BackThroughTime,
    memory: &mut LayerMemory<T>,
) {
    let count = x.nrows();
    let at_once = if memory.state_size == 0 { count } else { batch };
    let size = batch * memory.state_size;
    let y = rows(&memory.output, memory.outputs);
    memory.dstate.resize(size, T::ZERO);
    memory.next_dstate.resize(size, T::ZERO);
    memory.next_dstate.fill(T::ZERO);
    for step in (0..count / at_once).rev() {
        if !back.connects(step) {
            memory.next_dstate.fill(T::ZERO);
        }
        let range = Slice::from(step * at_once..(step + 1) * at_once);
        layer.backward(Backward {
            level,
            noise,
            x: x.slice_axis(Axis(0), range),
            y: y.slice_axis(Axis(0), range),
            dy: dy.slice_axis(Axis(0), range),
            dx: dx.as_mut().map(|dx| dx.slice_axis_mut(Axis(0), range)),
            gradient: &mut memory.gradient,
            state: &memory.states[step * size..(step + 1) * size],
            next_dstate: &memory.next_dstate,
            dstate: &mut memory.dstate,
            values: &mut memory.values,
            scratch: &mut memory.scratch,
        });
        std::mem::swap(&mut memory.dstate, &mut memory.next_dstate);
    }
}
