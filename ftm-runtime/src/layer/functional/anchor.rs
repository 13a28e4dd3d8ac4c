//! What the edges of an anchored layer give at the anchor, and its share of the gradient.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, Axis};

use super::FunctionalLayer;
use crate::layer::{Backward, Forward};
use crate::simd::{Level, Real};

impl<T: Real> FunctionalLayer<T> {
    /// The anchor, 1 × inputs.
    fn anchor(&self) -> ArrayView2<'_, T> {
        row(&self.constants[self.edge_constants()..self.first_kept()])
    }

    /// The bias less what the edges give at the anchor.
    pub(super) fn anchored_bias(
        &self,
        level: Level,
        values: &mut Vec<T>,
        scratch: &mut Vec<T>,
    ) -> Vec<T> {
        let mut bias = vec![T::ZERO; self.outputs];
        let pass = Forward {
            level,
            x: self.anchor(),
            y: ArrayViewMut1::from(&mut bias[..]).insert_axis(Axis(0)),
            state: &[],
            next_state: &mut [],
            noise: None,
            values,
            scratch,
        };
        self.forward_blocks(&self.no_bias, &[], pass);
        for (at_anchor, &bias) in bias.iter_mut().zip(self.bias()) {
            *at_anchor = bias - *at_anchor;
        }
        bias
    }

    /// Adds the gradient by the parameters of −Σ_n dy[n] · F(r).
    pub(super) fn backward_at_anchor(&self, edges: &mut [T], pass: &mut Backward<'_, T>) {
        let errors: Vec<T> = (pass.dy.columns().into_iter())
            .map(|column| column.iter().fold(T::ZERO, |sum, &error| sum - error))
            .collect();
        let pass = Backward {
            level: pass.level,
            x: self.anchor(),
            y: row(self.bias()),
            dy: row(&errors),
            dx: None,
            gradient: &mut [],
            state: &[],
            next_dstate: &[],
            dstate: &mut [],
            noise: None,
            values: pass.values,
            scratch: pass.scratch,
        };
        let mut unused = vec![T::ZERO; self.outputs];
        self.backward_blocks(edges, &mut unused, pass);
    }
}

/// Numbers as a matrix of one row.
fn row<T>(values: &[T]) -> ArrayView2<'_, T> {
    ArrayView1::from(values).insert_axis(Axis(0))
}
