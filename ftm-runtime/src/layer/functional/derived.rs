//! What passes take of a layer's numbers alone, kept until these change.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::FunctionalLayer;
use crate::simd::{Level, Real};

/// Numbers that follow from those of a layer.
///
/// They are made by the thread that needs them, before it keeps them: to wait for another thread of a
/// pool, which may wait for this one, could take for ever.
#[derive(Clone, Debug)]
pub(super) struct Derived<V>(OnceLock<V>);

impl<V> Default for Derived<V> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<V> Derived<V> {
    pub(super) fn get_or_make(&self, make: impl FnOnce() -> V) -> &V {
        if let Some(value) = self.0.get() {
            return value;
        }
        let value = make();
        self.0.get_or_init(|| value)
    }

    /// What they follow from has changed.
    pub(super) fn forget(&mut self) {
        self.0.take();
    }
}

/// The coefficients of all blocks, for the instruction set of the pass that made them: others do without.
///
/// The second pass after a change makes them, and passes meanwhile do without. So do those of training,
/// where each step changes the parameters: they pack coefficients as they go.
#[derive(Debug)]
pub(super) struct Coefficients<T> {
    /// Since the change, until they were made.
    passes: AtomicUsize,
    made: Derived<(Level, Vec<Vec<T>>)>,
}

impl<T> Coefficients<T> {
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl<T> Default for Coefficients<T> {
    fn default() -> Self {
        Self {
            passes: AtomicUsize::new(0),
            made: Derived::default(),
        }
    }
}

/// A copy of a layer makes its own.
impl<T> Clone for Coefficients<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T: Real> FunctionalLayer<T> {
    /// The coefficients of each block, or nothing, where a pass on this instruction set is to make them.
    pub(super) fn coefficients(&self, level: Level) -> &[Vec<T>] {
        let Coefficients { passes, made } = &self.coefficients;
        if made.0.get().is_none() && passes.fetch_add(1, Ordering::Relaxed) != 1 {
            return &[];
        }
        let (of, coefficients) = made.get_or_make(|| {
            let parts = self.parts();
            let each = parts.map(|part| part.function.coefficients(part.edges, level));
            (level, each.collect())
        });
        if *of == level { coefficients } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayView2};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::SeedableRng as _;

    use super::super::{Blocks, Forward, Layer};
    use super::*;
    use crate::parallel::with_threads;
    use crate::test_layers::Parabola;

    const SHAPE: (usize, usize) = (40, 24);

    fn outputs(layer: &FunctionalLayer<f32>, level: Level, x: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut y = Array2::from_elem((x.nrows(), layer.outputs()), f32::NAN);
        layer.forward(Forward {
            level,
            noise: None,
            x,
            y: y.view_mut(),
            state: &[],
            next_state: &mut [],
            values: &mut Vec::new(),
            scratch: &mut Vec::new(),
        });
        y
    }

    /// A layer of functions that are products, in two blocks.
    fn layer() -> FunctionalLayer<f32> {
        let half = SHAPE.1 / 2;
        let blocks = Blocks::of_outputs()
            .edges(Parabola::<false, true>, half)
            .edges(Parabola::<false, true>, half);
        let mut layer = blocks.layer(SHAPE.0).expect("a layer");
        layer.initialize(&mut Xoshiro256PlusPlus::seed_from_u64(1));
        layer
    }

    #[test]
    fn coefficients_are_made_anew_after_every_change() {
        type Change = fn(&mut FunctionalLayer<f32>);
        let changes: [Change; 5] = [
            |_| {},
            |layer| layer.parameters_mut()[3] += 1.0,
            |layer| layer.initialize(&mut Xoshiro256PlusPlus::seed_from_u64(2)),
            |layer| {
                let kept = Array2::from_shape_fn(SHAPE, |(i, o)| (i + o) % 3 > 0);
                let edges = layer.edges_mut().expect("it has edges");
                edges.keep(kept.view()).expect("a mask of the layer");
            },
            |layer| layer.set_anchored().expect("it may be"),
        ];
        let x = Array2::from_shape_fn((7, SHAPE.0), |(n, i)| ((n * 7 + i * 3) as f32).sin());
        let mut layer = layer();
        for change in changes {
            change(&mut layer);
            for level in Level::available() {
                layer.changed();
                // A copy has none.
                let expected = outputs(&layer.clone(), level, x.view());
                for _ in 0..3 {
                    assert_eq!(outputs(&layer, level, x.view()), expected);
                }
                assert_eq!(layer.coefficients(level).len(), 2);
            }
        }
    }

    #[test]
    fn what_one_instruction_set_made_no_other_takes() {
        let mut layer = FunctionalLayer::of::<Parabola<false, false>>(40, 24).expect("a layer");
        layer.set_anchored().expect("it may be");
        layer.initialize(&mut Xoshiro256PlusPlus::seed_from_u64(1));
        for constant in layer.constants_mut() {
            *constant = 0.3;
        }
        let x = Array2::from_shape_fn((7, 40), |(n, i)| ((n * 7 + i * 3) as f32).sin());
        let levels = Level::available();
        let alone = |&level: &Level| outputs(&layer.clone(), level, x.view());
        let expected: Vec<_> = levels.iter().map(alone).collect();
        for _ in 0..2 {
            for (&level, expected) in levels.iter().zip(&expected) {
                assert_eq!(outputs(&layer, level, x.view()), expected, "{level}");
            }
        }
    }

    #[test]
    fn training_makes_none() {
        let mut layer = layer();
        for _ in 0..3 {
            assert!(layer.coefficients(Level::best()).is_empty());
            layer.parameters_mut()[0] += 1.0;
        }
    }

    /// Many passes at once, each of which has parts for other threads while the bias at the anchor is made.
    #[test]
    fn threads_do_not_wait_for_each_other() {
        let mut layer = FunctionalLayer::of::<Parabola<false, false>>(512, 512).expect("a layer");
        layer.set_anchored().expect("it may be");
        layer.initialize(&mut Xoshiro256PlusPlus::seed_from_u64(1));
        let x = Array2::from_elem((1, 512), 0.5);
        let expected = outputs(&layer.clone(), Level::best(), x.view());
        for _ in 0..20 {
            layer.parameters_mut();
            let done = with_threads(4, || {
                rayon::scope(|scope| {
                    for _ in 0..50 {
                        scope.spawn(|_| {
                            assert_eq!(outputs(&layer, Level::best(), x.view()), expected);
                        });
                    }
                });
            });
            assert!(done.is_ok());
        }
    }
}
