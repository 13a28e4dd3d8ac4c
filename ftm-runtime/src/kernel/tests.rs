//! Kernels against sums written out, of small whole numbers: every sum is exact, in any order.

use ndarray::{Array2, ArrayView2};

use super::*;
use crate::connection::{Description, Products};
use crate::simd::{Level, Simd, Vector};

/// f = a·x² + u·b·x + b, and + b·h with a state h. How kernels may take it, the kind says.
#[derive(Clone, Copy)]
struct Quadratic<const KIND: u8>;

const IN_TURN: u8 = 0;
/// Inputs of 0 at once.
const APART: u8 = 1;
const STATEFUL: u8 = 2;
const SEPARABLE: u8 = 3;
/// With b/x instead of b, and inputs of 0 at once.
const POLE: u8 = 4;

impl<const KIND: u8> Connection for Quadratic<KIND> {
    type Parameters<V: Copy + Send + Sync> = [V; 2];
    type Constants<V: Copy + Send + Sync> = [V; 1];
    type Input<V: Copy + Send + Sync> = [V; 4];
    type Edge<V: Copy + Send + Sync> = [V; 4];
    type EdgeSums<V: Copy + Send + Sync> = [V; 3];
    type InputSums<V: Copy + Send + Sync> = [V; 2];
    const FORWARD_INPUTS: usize = 3;
    const STATEFUL: bool = KIND == STATEFUL;
    const ZEROS_APART: bool = KIND == APART || KIND == POLE;
    const PRODUCTS: Option<Products> = if KIND == SEPARABLE {
        Some(Products {
            forward: &[(0, 0), (1, 1), (2, 2)],
            edge_sums: &[0, 1, 2],
            input_sums: &[0, 1],
        })
    } else {
        None
    };

    fn description() -> &'static Description {
        const { &Description::EMPTY }
    }
    #[inline(always)]
    fn input<S: Simd>(simd: S, x: S::Vector) -> [S::Vector; 4] {
        let one = simd.number(1.0);
        [x * x, x, if KIND == POLE { one / x } else { one }, x + x]
    }
    #[inline(always)]
    fn edge<S: Simd>(_: S, [a, b]: [S::Vector; 2], [u]: [S::Vector; 1]) -> [S::Vector; 4] {
        [a, u * b, b, u]
    }
    #[inline(always)]
    fn forward<S: Simd>(
        _: S,
        [square, x, one, _]: [S::Vector; 4],
        [a, ub, b, _]: [S::Vector; 4],
        h: S::Vector,
        sum: S::Vector,
    ) -> S::Vector {
        let f = a.mul_add(square, ub.mul_add(x, b.mul_add(one, sum)));
        if KIND == STATEFUL { b.mul_add(h, f) } else { f }
    }
    #[inline(always)]
    fn backward<S: Simd>(
        simd: S,
        [square, x, one, _]: [S::Vector; 4],
        [a, ub, b, _]: [S::Vector; 4],
        h: S::Vector,
        g: S::Vector,
        [by_a, by_ub, by_b]: &mut [S::Vector; 3],
        [of_a, of_ub]: &mut [S::Vector; 2],
    ) -> S::Vector {
        *by_a = g.mul_add(square, *by_a);
        *by_ub = g.mul_add(x, *by_ub);
        *by_b = g.mul_add(if KIND == STATEFUL { one + h } else { one }, *by_b);
        *of_a = g.mul_add(a, *of_a);
        *of_ub = g.mul_add(ub, *of_ub);
        if KIND == STATEFUL {
            g * b
        } else {
            simd.number(f64::NAN)
        }
    }
    #[inline(always)]
    fn finish_edge<S: Simd>(
        _: S,
        [_, _, _, u]: [S::Vector; 4],
        [by_a, by_ub, by_b]: [S::Vector; 3],
    ) -> [S::Vector; 2] {
        [by_a, u.mul_add(by_ub, by_b)]
    }
    #[inline(always)]
    fn finish_input<S: Simd>(
        _: S,
        [_, _, _, twice]: [S::Vector; 4],
        [of_a, of_ub]: [S::Vector; 2],
    ) -> S::Vector {
        twice.mul_add(of_a, of_ub)
    }
}

/// Whole numbers in ±2 without a pattern.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let number = |k: u32| (k.wrapping_mul(2_654_435_761) >> 9) % 5;
    let numbers = (seed * 100_003..).take(count);
    numbers.map(|k| number(k) as f32 - 2.0).collect()
}

/// A layer, and what its passes are given.
struct Layer {
    batch: usize,
    inputs: usize,
    outputs: usize,
    /// One function for each output, of the input of the same place.
    diagonal: bool,
    parameters: Vec<f32>,
    constants: Vec<f32>,
    kept: Vec<f32>,
    bias: Vec<f32>,
    x: Array2<f32>,
    dy: Array2<f32>,
    state: Vec<f32>,
    next_dstate: Vec<f32>,
}

/// What the passes make.
#[derive(Debug, PartialEq)]
struct Results {
    y: Array2<f32>,
    next_state: Vec<f32>,
    dx: Array2<f32>,
    gradient: Vec<f32>,
    bias_gradient: Vec<f32>,
    dstate: Vec<f32>,
}

impl Layer {
    fn new((batch, inputs, outputs): (usize, usize, usize), stateful: bool) -> Self {
        let edges = inputs * outputs;
        let states = if stateful { batch * edges } else { 0 };
        let matrix = |width: usize, seed| {
            let values = numbers(batch * width, seed);
            Array2::from_shape_vec((batch, width), values).expect("as many numbers")
        };
        Self {
            batch,
            inputs,
            outputs,
            diagonal: false,
            parameters: numbers(2 * edges, 1),
            constants: numbers(edges, 2).iter().map(|u| u.signum()).collect(),
            kept: Vec::new(),
            bias: numbers(outputs, 3),
            x: matrix(inputs, 4),
            dy: matrix(outputs, 5),
            state: numbers(states, 6),
            next_dstate: numbers(states, 7),
        }
    }

    /// An activation: inputs, outputs and states are the same nodes.
    fn diagonal(batch: usize, width: usize, stateful: bool) -> Self {
        let x = Self::new((batch, width, width), false).x;
        Self {
            diagonal: true,
            x,
            ..Self::new((batch, 1, width), stateful)
        }
    }

    /// Three of four inputs are 0; the second is never.
    fn sparse(mut self) -> Self {
        for (place, x) in self.x.indexed_iter_mut() {
            *x = if place.1 == 1 {
                x.abs() + 1.0
            } else if (place.0 + place.1) % 4 == 0 {
                *x
            } else {
                0.0
            };
        }
        self
    }

    /// Of the vectors of edges all, some and none are kept, and of the last input none.
    fn pruned(mut self) -> Self {
        let kept = |i: usize, o: usize| match (i + o / 16) % 3 {
            _ if i + 1 == self.inputs => false,
            0 => true,
            1 => o % 5 != 3,
            _ => o.is_multiple_of(2) && o < 16,
        };
        let edges = (0..self.inputs).flat_map(|i| (0..self.outputs).map(move |o| (i, o)));
        self.kept = edges
            .map(|(i, o)| if kept(i, o) { 1.0 } else { 0.0 })
            .collect();
        self
    }

    fn empty_results(&self, fill: f32) -> Results {
        let states = vec![fill; self.state.len()];
        Results {
            y: Array2::from_elem(self.dy.dim(), fill),
            next_state: states.clone(),
            dx: Array2::from_elem(self.x.dim(), fill),
            gradient: vec![1.0; self.parameters.len()],
            bias_gradient: vec![1.0; self.outputs],
            dstate: states,
        }
    }

    /// The definition: every edge of every sample, one after the other.
    fn expected(&self) -> Results {
        let mut results = self.empty_results(0.0);
        let (inputs, outputs) = (self.inputs, self.outputs);
        for n in 0..self.batch {
            for o in 0..outputs {
                if !self.diagonal {
                    results.y[[n, o]] += self.bias[o];
                    results.bias_gradient[o] += self.dy[[n, o]];
                }
                for i in 0..inputs {
                    if self.kept.get(i * outputs + o) == Some(&0.0) {
                        continue;
                    }
                    let column = if self.diagonal { o } else { i };
                    let x = self.x[[n, column]];
                    let [at_a, at_b] = [0, 1].map(|k| (2 * i + k) * outputs + o);
                    let (a, b) = (self.parameters[at_a], self.parameters[at_b]);
                    let u = self.constants[i * outputs + o];
                    let at = (n * inputs + i) * outputs + o;
                    let h = self.state.get(at).copied().unwrap_or(0.0);
                    let f = a * x * x + u * b * x + b + b * h;
                    let g = self.dy[[n, o]] + self.next_dstate.get(at).unwrap_or(&0.0);
                    results.y[[n, o]] += f;
                    results.dx[[n, column]] += g * (2.0 * a * x + u * b);
                    results.gradient[at_a] += g * x * x;
                    results.gradient[at_b] += g * (u * x + 1.0 + h);
                    if let (Some(state), Some(dstate)) =
                        (results.next_state.get_mut(at), results.dstate.get_mut(at))
                    {
                        (*state, *dstate) = (f, g * b);
                    }
                }
            }
        }
        results
    }

    /// What the kernels make of it, in memory that was full of NaN.
    fn run<const KIND: u8>(&self, level: Level, want_dx: bool) -> Results {
        let mut results = self.empty_results(f32::NAN);
        let mut scratch = vec![f32::NAN; 4 * self.outputs];
        let mut values = Vec::new();
        let edges = Edges {
            inputs: self.inputs,
            outputs: self.outputs,
            parameters: &self.parameters,
            constants: &self.constants,
            kept: &self.kept,
            coefficients: &[],
        };
        let pass = Forward {
            level,
            noise: None,
            x: self.x.view(),
            y: results.y.view_mut(),
            state: &self.state,
            next_state: &mut results.next_state,
            values: &mut values,
            scratch: &mut scratch,
        };
        if self.diagonal {
            diagonal_forward::<Quadratic<KIND>, f32>(edges, pass);
        } else {
            forward::<Quadratic<KIND>, f32>(edges, &self.bias, pass);
        }
        scratch.fill(f32::NAN);
        let made = coefficients::<Quadratic<KIND>, f32>(edges, level);
        if !made.is_empty() {
            let mut again = Array2::from_elem(results.y.dim(), f32::NAN);
            let edges = Edges {
                parameters: &[],
                coefficients: &made,
                ..edges
            };
            let pass = Forward {
                level,
                noise: None,
                x: self.x.view(),
                y: again.view_mut(),
                state: &[],
                next_state: &mut [],
                values: &mut values,
                scratch: &mut scratch,
            };
            forward::<Quadratic<KIND>, f32>(edges, &self.bias, pass);
            assert_eq!(again, results.y);
            scratch.fill(f32::NAN);
        }
        let unread = ArrayView2::from_shape((0, 0), &[]).expect("no numbers");
        let mut pass = Backward {
            level,
            noise: None,
            x: self.x.view(),
            y: unread,
            dy: self.dy.view(),
            dx: want_dx.then(|| results.dx.view_mut()),
            gradient: &mut results.gradient,
            state: &self.state,
            next_dstate: &self.next_dstate,
            dstate: &mut results.dstate,
            values: &mut values,
            scratch: &mut scratch,
        };
        if self.diagonal {
            diagonal_backward::<Quadratic<KIND>, f32>(edges, pass);
        } else {
            let gradient = std::mem::take(&mut pass.gradient);
            backward::<Quadratic<KIND>, f32>(edges, gradient, &mut results.bias_gradient, pass);
        }
        results
    }

    #[track_caller]
    fn check<const KIND: u8>(&self) {
        let expected = self.expected();
        let shape = (self.batch, self.inputs, self.outputs);
        for level in Level::available() {
            assert_eq!(self.run::<KIND>(level, true), expected, "{level} {shape:?}");
            let Results { dx, .. } = &expected;
            let without = self.run::<KIND>(level, false);
            assert!(without.dx.iter().all(|dx| dx.is_nan()), "{level} {shape:?}");
            let dx = dx.clone();
            assert_eq!(Results { dx, ..without }, expected, "{level} {shape:?}");
        }
    }
}

/// Batch, inputs and outputs: single, below, at and past the lanes of every vector, the rows of
/// every register tile, the samples of a tile, and more than one task of each loop.
const SIZES: [(usize, usize, usize); 14] = [
    (1, 1, 1),
    (1, 3, 16),
    (2, 5, 7),
    (3, 2, 33),
    (4, 7, 15),
    (5, 1, 17),
    (8, 130, 5),
    (11, 4, 40),
    (14, 3, 9),
    (33, 4, 9),
    (65, 40, 18),
    (259, 16, 37),
    // Of several ranges of inputs in the forward pass, of loops and of products.
    (70, 66, 40),
    (100, 130, 100),
];

/// More than one task of products, and more than two tiles of samples.
const LARGE: (usize, usize, usize) = (600, 33, 33);

#[test]
fn all_edges_are_summed_in_turn() {
    for size in SIZES {
        Layer::new(size, false).check::<IN_TURN>();
        Layer::new(size, false).pruned().check::<IN_TURN>();
    }
}

#[test]
fn inputs_of_zero_are_taken_at_once() {
    for size in SIZES.into_iter().chain([LARGE]) {
        Layer::new(size, false).check::<APART>();
        Layer::new(size, false).sparse().check::<APART>();
        Layer::new(size, false).sparse().pruned().check::<APART>();
    }
}

#[test]
fn states_go_from_step_to_step() {
    for size in SIZES {
        Layer::new(size, true).check::<STATEFUL>();
    }
}

#[test]
fn separable_functions_are_products() {
    for size in SIZES.into_iter().chain([LARGE]) {
        Layer::new(size, false).check::<SEPARABLE>();
        Layer::new(size, false)
            .sparse()
            .pruned()
            .check::<SEPARABLE>();
    }
}

#[test]
fn activations_follow_the_diagonal() {
    for (batch, _, width) in SIZES {
        Layer::diagonal(batch, width, false).check::<IN_TURN>();
        Layer::diagonal(batch, width, true).check::<STATEFUL>();
    }
}

/// What is infinite where the input is 0 cannot be taken off again.
#[test]
fn infinite_at_zero() {
    for (batch, inputs, outputs) in [(12, 1, 3), (64, 70, 40)] {
        let mut layer = Layer::new((batch, inputs, outputs), false);
        layer.parameters.fill(1.0);
        layer.constants.fill(1.0);
        layer.bias.fill(1.0);
        layer.x.fill(2.0);
        layer.x.column_mut(inputs - 1).fill(0.0);
        layer.x[[3, inputs - 1]] = 2.0;
        for level in Level::available() {
            let y = layer.run::<POLE>(level, false).y;
            for ((n, _), &y) in y.indexed_iter() {
                let expected = match n {
                    3 => 1.0 + 6.5 * inputs as f32,
                    _ => f32::INFINITY,
                };
                assert_eq!(y, expected, "{level} sample {n}");
            }
        }
    }
}

/// Whatever a pruned edge would have given, it gives nothing.
#[test]
fn pruned_edges_may_be_infinite() {
    fn check<const KIND: u8>((batch, inputs, outputs): (usize, usize, usize)) {
        let mut layer = Layer::new((batch, inputs, outputs), false)
            .sparse()
            .pruned();
        let expected = layer.expected();
        for (edge, &kept) in layer.kept.iter().enumerate() {
            if kept == 0.0 {
                let (i, o) = (edge / outputs, edge % outputs);
                layer.parameters[2 * i * outputs + o] = f32::INFINITY;
                layer.parameters[(2 * i + 1) * outputs + o] = f32::NAN;
            }
        }
        for i in 0..inputs {
            let edges = &layer.kept[i * outputs..][..outputs];
            if edges.iter().all(|&kept| kept == 0.0) {
                layer.x.column_mut(i).fill(f32::INFINITY);
            }
        }
        for level in Level::available() {
            assert_eq!(layer.run::<KIND>(level, true), expected, "{level}");
        }
    }
    for size in [(12, 5, 40), (64, 70, 40)] {
        check::<IN_TURN>(size);
        check::<APART>(size);
        check::<SEPARABLE>(size);
    }
}
