//! A layer with all that its passes need.

use std::marker::PhantomData;

use ftm::connection::Connection;
use ftm::layer::{Backward, Forward, FunctionalLayer, Layer};
use ftm::ndarray::{Array2, ArrayView2};
use ftm::simd::{Level, Real};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

/// A layer, a batch for it, and room for the results.
pub(crate) struct Bed<C: Connection, T: Real> {
    connection: PhantomData<C>,
    layer: FunctionalLayer<T>,
    level: Level,
    x: Array2<T>,
    y: Array2<T>,
    dx: Array2<T>,
    dy: Array2<T>,
    gradient: Vec<T>,
    values: Vec<T>,
    scratch: Vec<T>,
}

impl<C: Connection, T: Real> Bed<C, T> {
    /// A layer of `shape`: batch, inputs, outputs.
    pub(crate) fn new(shape: [usize; 3]) -> Self {
        let [batch, inputs, outputs] = shape;
        let mut layer = FunctionalLayer::of::<C>(inputs, outputs).expect("a layer");
        layer.initialize(&mut Xoshiro256PlusPlus::seed_from_u64(1));
        // Numbers between 0 and 1, and between ±½.
        let x = |(n, i): (usize, usize)| ((n * 31 + i * 17) % 97) as f64 / 97.0;
        let dy = |(n, o): (usize, usize)| ((n * 7 + o * 3) % 19) as f64 / 19.0 - 0.5;
        Self {
            gradient: vec![T::ZERO; layer.parameters().len()],
            level: Level::current(),
            x: Array2::from_shape_fn((batch, inputs), |place| T::from_f64(x(place))),
            y: Array2::zeros((batch, outputs)),
            dx: Array2::zeros((batch, inputs)),
            dy: Array2::from_shape_fn((batch, outputs), |place| T::from_f64(dy(place))),
            connection: PhantomData,
            values: Vec::new(),
            scratch: Vec::new(),
            layer,
        }
    }

    /// Takes these inputs, by sample and input.
    pub(crate) fn set_inputs(&mut self, x: impl FnMut((usize, usize)) -> T) {
        self.x = Array2::from_shape_fn(self.x.dim(), x);
    }

    /// The inputs, to be changed.
    pub(crate) fn inputs_mut(&mut self) -> &mut Array2<T> {
        &mut self.x
    }

    /// The error that comes down, to be changed.
    pub(crate) fn errors_mut(&mut self) -> &mut Array2<T> {
        &mut self.dy
    }

    /// All parameters, to be changed.
    pub(crate) fn parameters_mut(&mut self) -> &mut [T] {
        self.layer.parameters_mut()
    }

    /// Parameters of the layer.
    pub(crate) fn parameters(&self) -> usize {
        self.gradient.len()
    }

    /// The forward pass of training, where each step changes the parameters.
    pub(crate) fn forward(&mut self) {
        self.layer.parameters_mut();
        self.infer();
    }

    /// The forward pass of parameters that stay as they are.
    pub(crate) fn infer(&mut self) {
        self.layer.forward(Forward {
            level: self.level,
            noise: None,
            x: self.x.view(),
            y: self.y.view_mut(),
            state: &[],
            next_state: &mut [],
            values: &mut self.values,
            scratch: &mut self.scratch,
        });
    }

    /// Both passes of training, with all gradients.
    pub(crate) fn passes(&mut self) {
        self.forward();
        self.backward(true);
    }

    /// The backward pass, with ∂x or without, as in a first layer.
    pub(crate) fn backward(&mut self, with_dx: bool) {
        self.layer.backward(Backward {
            level: self.level,
            noise: None,
            x: self.x.view(),
            y: self.y.view(),
            dy: self.dy.view(),
            dx: with_dx.then_some(self.dx.view_mut()),
            gradient: &mut self.gradient,
            state: &[],
            next_dstate: &[],
            dstate: &mut [],
            values: &mut self.values,
            scratch: &mut self.scratch,
        });
    }

    /// The input.
    pub(crate) fn x(&self) -> ArrayView2<'_, T> {
        self.x.view()
    }

    /// The error that comes down.
    pub(crate) fn dy(&self) -> ArrayView2<'_, T> {
        self.dy.view()
    }

    /// The output of the last forward pass.
    pub(crate) fn y(&self) -> &[T] {
        self.y.as_slice().unwrap_or_default()
    }

    /// ∂L/∂x of the last backward pass that made it.
    pub(crate) fn dx(&self) -> &[T] {
        self.dx.as_slice().unwrap_or_default()
    }

    /// The parameters of the edges, `[input][parameter][output]`.
    pub(crate) fn edges(&self) -> &[T] {
        let parameters = self.layer.parameters();
        &parameters[..parameters.len() - self.layer.outputs()]
    }

    /// ∂L/∂θ of the edges, of all backward passes added up.
    pub(crate) fn edge_gradient(&self) -> &[T] {
        &self.gradient[..self.gradient.len() - self.layer.outputs()]
    }
}
