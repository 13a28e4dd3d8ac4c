//! Plain layers for tests, written without any kernel, and a function.

use ndarray::ArrayViewMut2;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::connection::{Connection, Description, Initializer, Parameter, Products};
use crate::error::Error;
use crate::init::fill;
use crate::layer::{Backward, Forward, Layer, Tensor};
use crate::registry::{Entry, Functions};
use crate::simd::{Real, Simd, Vector};

/// y = x W + b.
pub(crate) struct Dense<T> {
    inputs: usize,
    outputs: usize,
    /// `weight` in × out, then `bias`.
    parameters: Vec<T>,
}

impl<T: Real> Dense<T> {
    pub(crate) fn new(inputs: usize, outputs: usize) -> Result<Self, Error> {
        if outputs == 0 {
            return Err(Error::Empty { what: "the output" });
        }
        Ok(Self {
            inputs,
            outputs,
            parameters: vec![T::ZERO; (inputs + 1) * outputs],
        })
    }
}

impl<T: Real> Layer<T> for Dense<T> {
    fn name(&self) -> String {
        format!("Dense {} → {}", self.inputs, self.outputs)
    }
    fn inputs(&self) -> usize {
        self.inputs
    }
    fn outputs(&self) -> usize {
        self.outputs
    }
    fn parameters(&self) -> &[T] {
        &self.parameters
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.parameters
    }
    fn tensors(&self) -> Vec<Tensor> {
        vec![
            Tensor {
                name: "weight".to_owned(),
                offset: 0,
                shape: vec![self.inputs, self.outputs],
                strides: vec![self.outputs, 1],
            },
            Tensor {
                name: "bias".to_owned(),
                offset: self.inputs * self.outputs,
                shape: vec![self.outputs],
                strides: vec![1],
            },
        ]
    }
    fn initialize(&mut self, random: &mut Xoshiro256PlusPlus) {
        fill(
            Initializer::Uniform(-0.5, 0.5),
            random,
            &mut self.parameters,
        );
    }
    fn forward(&self, mut pass: Forward<'_, T>) {
        for (x, mut y) in pass.x.outer_iter().zip(pass.y.outer_iter_mut()) {
            for (o, y) in y.iter_mut().enumerate() {
                *y = self.parameters[self.inputs * self.outputs + o];
                for (i, &x) in x.iter().enumerate() {
                    *y += x * self.parameters[i * self.outputs + o];
                }
            }
        }
    }
    fn backward(&self, mut pass: Backward<'_, T>) {
        if let Some(dx) = &mut pass.dx {
            dx.fill(T::ZERO);
        }
        for (n, (x, dy)) in pass.x.outer_iter().zip(pass.dy.outer_iter()).enumerate() {
            for (o, &dy) in dy.iter().enumerate() {
                pass.gradient[self.inputs * self.outputs + o] += dy;
                for (i, &x) in x.iter().enumerate() {
                    pass.gradient[i * self.outputs + o] += dy * x;
                    if let Some(dx) = &mut pass.dx {
                        dx[[n, i]] += dy * self.parameters[i * self.outputs + o];
                    }
                }
            }
        }
    }
}

/// h ← x + r h, y = h², a recurrence per node.
pub(crate) struct Leaky<T> {
    decay: Vec<T>,
}

impl<T: Real> Leaky<T> {
    pub(crate) fn new(inputs: usize) -> Result<Self, Error> {
        Ok(Self {
            decay: vec![T::ZERO; inputs],
        })
    }
}

impl<T: Real> Layer<T> for Leaky<T> {
    fn name(&self) -> String {
        format!("Leaky {}", self.decay.len())
    }
    fn inputs(&self) -> usize {
        self.decay.len()
    }
    fn outputs(&self) -> usize {
        self.decay.len()
    }
    fn parameters(&self) -> &[T] {
        &self.decay
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.decay
    }
    fn tensors(&self) -> Vec<Tensor> {
        vec![Tensor {
            name: "decay".to_owned(),
            offset: 0,
            shape: vec![self.decay.len()],
            strides: vec![1],
        }]
    }
    fn initialize(&mut self, random: &mut Xoshiro256PlusPlus) {
        fill(Initializer::Uniform(0.2, 0.9), random, &mut self.decay);
    }
    fn state_size(&self) -> usize {
        self.decay.len()
    }
    fn forward(&self, mut pass: Forward<'_, T>) {
        let width = self.decay.len();
        for ((n, i), y) in pass.y.indexed_iter_mut() {
            let h = pass.x[[n, i]] + self.decay[i] * pass.state[n * width + i];
            pass.next_state[n * width + i] = h;
            *y = h * h;
        }
    }
    fn backward(&self, pass: Backward<'_, T>) {
        let width = self.decay.len();
        let mut dx: Option<ArrayViewMut2<'_, T>> = pass.dx;
        for ((n, i), &dy) in pass.dy.indexed_iter() {
            let before = pass.state[n * width + i];
            let h = pass.x[[n, i]] + self.decay[i] * before;
            let dh = (h + h) * dy + pass.next_dstate[n * width + i];
            pass.gradient[i] += dh * before;
            pass.dstate[n * width + i] = dh * self.decay[i];
            if let Some(dx) = &mut dx {
                dx[[n, i]] = dh;
            }
        }
    }
}

/// y[o] = Σ_i x[i] (p[i,o] + q[i,o]² + r[i,o]), its parameters laid out as those of a functional
/// layer without a bias.
pub(crate) struct Interleaved<T> {
    inputs: usize,
    outputs: usize,
    /// `[input][p, q, r][output]`
    parameters: Vec<T>,
}

impl<T: Real> Interleaved<T> {
    pub(crate) fn new(inputs: usize, outputs: usize) -> Self {
        Self {
            inputs,
            outputs,
            parameters: vec![T::ZERO; inputs * 3 * outputs],
        }
    }
}

impl<T: Real> Layer<T> for Interleaved<T> {
    fn name(&self) -> String {
        format!("Interleaved {} → {}", self.inputs, self.outputs)
    }
    fn inputs(&self) -> usize {
        self.inputs
    }
    fn outputs(&self) -> usize {
        self.outputs
    }
    fn parameters(&self) -> &[T] {
        &self.parameters
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.parameters
    }
    fn tensors(&self) -> Vec<Tensor> {
        let names = ["p", "q", "r"].into_iter().enumerate();
        names
            .map(|(index, name)| Tensor {
                name: name.to_owned(),
                offset: index * self.outputs,
                shape: vec![self.inputs, self.outputs],
                strides: vec![3 * self.outputs, 1],
            })
            .collect()
    }
    fn initialize(&mut self, random: &mut Xoshiro256PlusPlus) {
        fill(
            Initializer::Uniform(-0.5, 0.5),
            random,
            &mut self.parameters,
        );
    }
    fn forward(&self, mut pass: Forward<'_, T>) {
        pass.y.fill(T::ZERO);
        for ((n, i), &x) in pass.x.indexed_iter() {
            for o in 0..self.outputs {
                let [p, q, r] = [0, 1, 2].map(|k| self.parameters[(3 * i + k) * self.outputs + o]);
                pass.y[[n, o]] += x * (p + q * q + r);
            }
        }
    }
    fn backward(&self, mut pass: Backward<'_, T>) {
        if let Some(dx) = &mut pass.dx {
            dx.fill(T::ZERO);
        }
        for ((n, i), &x) in pass.x.indexed_iter() {
            for o in 0..self.outputs {
                let places = [0, 1, 2].map(|k| (3 * i + k) * self.outputs + o);
                let [p, q, r] = places.map(|place| self.parameters[place]);
                let dy = pass.dy[[n, o]];
                for (place, slope) in places.into_iter().zip([T::ONE, q + q, T::ONE]) {
                    pass.gradient[place] += dy * x * slope;
                }
                if let Some(dx) = &mut pass.dx {
                    dx[[n, i]] += dy * (p + q * q + r);
                }
            }
        }
    }
}

/// y = tanh(x).
pub(crate) struct Bend(pub(crate) usize);

impl<T: Real> Layer<T> for Bend {
    fn name(&self) -> String {
        format!("Bend {}", self.0)
    }
    fn inputs(&self) -> usize {
        self.0
    }
    fn outputs(&self) -> usize {
        self.0
    }
    fn parameters(&self) -> &[T] {
        &[]
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        &mut []
    }
    fn tensors(&self) -> Vec<Tensor> {
        Vec::new()
    }
    fn initialize(&mut self, _: &mut Xoshiro256PlusPlus) {}
    fn forward(&self, mut pass: Forward<'_, T>) {
        for (y, x) in pass.y.iter_mut().zip(pass.x) {
            *y = T::from_f64(libm::tanh(x.to_f64()));
        }
    }
    fn backward(&self, pass: Backward<'_, T>) {
        let Some(mut dx) = pass.dx else { return };
        for ((dx, &y), &dy) in dx.iter_mut().zip(pass.y).zip(pass.dy) {
            *dx = dy * (T::ONE - y * y);
        }
    }
}

/// f = a·x² + b, by a loop or by products of matrices.
#[derive(Clone, Copy)]
pub(crate) struct Parabola<const STATEFUL: bool, const PRODUCTS: bool>;

/// What files of networks of parabolas need.
pub(crate) fn parabolas() -> Functions<f64> {
    let mut functions = Functions::default();
    let entry = Entry::functional_of::<Parabola<false, false>>(&[]);
    functions.functional.push(entry);
    functions
}

impl<const STATEFUL: bool, const PRODUCTS: bool> Connection for Parabola<STATEFUL, PRODUCTS> {
    type Parameters<V: Copy + Send + Sync> = [V; 2];
    type Constants<V: Copy + Send + Sync> = [V; 0];
    type Input<V: Copy + Send + Sync> = [V; 3];
    type Edge<V: Copy + Send + Sync> = [V; 2];
    type EdgeSums<V: Copy + Send + Sync> = [V; 2];
    type InputSums<V: Copy + Send + Sync> = [V; 1];
    const FORWARD_INPUTS: usize = 2;
    const STATEFUL: bool = STATEFUL;
    const PRODUCTS: Option<Products> = if PRODUCTS {
        Some(Products {
            forward: &[(0, 0), (1, 1)],
            edge_sums: &[0, 1],
            input_sums: &[0],
        })
    } else {
        None
    };

    fn description() -> &'static Description {
        const fn drawn(name: &'static str) -> Parameter {
            let initializer = Some(Initializer::Uniform(-1.0, 1.0));
            Parameter { name, initializer }
        }
        const DESCRIPTION: Description = Description {
            name: "Parabola",
            parameters: &[drawn("a"), drawn("b")],
            ..Description::EMPTY
        };
        &DESCRIPTION
    }
    #[inline(always)]
    fn input<S: Simd>(simd: S, x: S::Vector) -> [S::Vector; 3] {
        [x * x, simd.number(1.0), x + x]
    }
    #[inline(always)]
    fn edge<S: Simd>(_: S, parameters: [S::Vector; 2], _: [S::Vector; 0]) -> [S::Vector; 2] {
        parameters
    }
    #[inline(always)]
    fn forward<S: Simd>(
        _: S,
        [square, one, _]: [S::Vector; 3],
        [a, b]: [S::Vector; 2],
        _: S::Vector,
        sum: S::Vector,
    ) -> S::Vector {
        a.mul_add(square, b.mul_add(one, sum))
    }
    #[inline(always)]
    fn backward<S: Simd>(
        simd: S,
        [square, _, _]: [S::Vector; 3],
        [a, _]: [S::Vector; 2],
        _: S::Vector,
        g: S::Vector,
        [da, db]: &mut [S::Vector; 2],
        [dx]: &mut [S::Vector; 1],
    ) -> S::Vector {
        *da = g.mul_add(square, *da);
        *db += g;
        *dx = g.mul_add(a, *dx);
        simd.number(0.0)
    }
    #[inline(always)]
    fn finish_edge<S: Simd>(_: S, _: [S::Vector; 2], sums: [S::Vector; 2]) -> [S::Vector; 2] {
        sums
    }
    #[inline(always)]
    fn finish_input<S: Simd>(
        _: S,
        [_, _, twice]: [S::Vector; 3],
        [dx]: [S::Vector; 1],
    ) -> S::Vector {
        dx * twice
    }
}
