//! Activations: `y[n,o] = f(x[n,o]; θ[o])`, the same function applied along the diagonal.
//!
//! The work is a hundredth of a dense layer's, so it runs on the calling thread.

use std::marker::PhantomData;

use super::edges::{EdgeSumsOf, Edges, InputSumsOf, count, input_stage, zeros};
use crate::connection::{Connection, Values};
use crate::pass;
use crate::simd::{Operation, Real, Simd, Vector};

/// Computes `pass.y`, and `pass.next_state` for a function with a memory. `edges` has one
/// input. States lie `[sample][output]`.
pub(crate) fn forward<C: Connection, T: Real>(edges: Edges<'_, T>, pass: pass::Forward<'_, T>) {
    let level = pass.level;
    level.run(Forward::<'_, '_, C, T> {
        connection: PhantomData,
        edges,
        pass,
    });
}

/// Adds to `pass.gradient`, and overwrites `pass.dx` where it is wanted, and `pass.dstate`.
pub(crate) fn backward<C: Connection, T: Real>(edges: Edges<'_, T>, pass: pass::Backward<'_, T>) {
    let level = pass.level;
    level.run(Backward::<'_, '_, C, T> {
        connection: PhantomData,
        edges,
        pass,
    });
}

struct Forward<'e, 'p, C, T> {
    connection: PhantomData<C>,
    edges: Edges<'e, T>,
    pass: pass::Forward<'p, T>,
}

impl<C: Connection, T: Real> Operation<T> for Forward<'_, '_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let width = self.edges.outputs;
        let mut pass = self.pass;
        let x = pass.x.to_slice().unwrap_or_default();
        let y = pass.y.as_slice_mut().unwrap_or_default();
        for first in (0..width).step_by(S::Vector::LANES) {
            let last = width.min(first + S::Vector::LANES);
            let edge = self.edges.stage::<C, S>(simd, 0, first);
            for row in 0..x.len() / width {
                let place = row * width + first..row * width + last;
                let state = if C::STATEFUL {
                    simd.load_partial(&pass.state[place.clone()])
                } else {
                    simd.number(0.0)
                };
                let input = input_stage::<C, S>(simd, simd.load_partial(&x[place.clone()]));
                let value = C::forward(simd, input, edge, state, simd.number(0.0));
                value.store_partial(&mut y[place.clone()]);
                if C::STATEFUL {
                    value.store_partial(&mut pass.next_state[place]);
                }
            }
        }
    }
}

struct Backward<'e, 'p, C, T> {
    connection: PhantomData<C>,
    edges: Edges<'e, T>,
    pass: pass::Backward<'p, T>,
}

impl<C: Connection, T: Real> Operation<T> for Backward<'_, '_, C, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let width = self.edges.outputs;
        let mut pass = self.pass;
        let x = pass.x.to_slice().unwrap_or_default();
        let dy = pass.dy.to_slice().unwrap_or_default();
        let mut dx = pass.dx.as_mut().and_then(|dx| dx.as_slice_mut());
        for first in (0..width).step_by(S::Vector::LANES) {
            let last = width.min(first + S::Vector::LANES);
            let edge = self.edges.stage::<C, S>(simd, 0, first);
            let mut edge_sums: EdgeSumsOf<C, S> = zeros(simd);
            for row in 0..x.len() / width {
                let place = row * width + first..row * width + last;
                let mut g = simd.load_partial(&dy[place.clone()]);
                let mut state = simd.number(0.0);
                if C::STATEFUL {
                    state = simd.load_partial(&pass.state[place.clone()]);
                    g += simd.load_partial(&pass.next_dstate[place.clone()]);
                }
                let input = input_stage::<C, S>(simd, simd.load_partial(&x[place.clone()]));
                let mut input_sums: InputSumsOf<C, S> = zeros(simd);
                let dstate =
                    C::backward(simd, input, edge, state, g, &mut edge_sums, &mut input_sums);
                if let Some(dx) = &mut dx {
                    C::finish_input(simd, input, input_sums).store_partial(&mut dx[place.clone()]);
                }
                if C::STATEFUL {
                    dstate.store_partial(&mut pass.dstate[place]);
                }
            }
            let gradient = C::finish_edge(simd, edge, edge_sums);
            for (k, &value) in gradient.as_slice().iter().enumerate() {
                let target = &mut pass.gradient[k * width + first..k * width + last];
                (simd.load_partial(target) + value).store_partial(target);
            }
        }
        debug_assert_eq!(pass.gradient.len(), count::<C::Parameters<f32>>() * width);
    }
}
