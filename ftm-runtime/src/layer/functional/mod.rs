//! The dense layer of functions: `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])`, or
//! `y[n,o] = b[o] + Σ_i (f(x[n,i]; θ[i,o]) − f(r[i]; θ[i,o]))` when it is anchored at r.

mod anchor;
mod edges;

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use ndarray::{Array2, ArrayView1, ArrayView2, ShapeBuilder};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    Backward, Expectation, Forward, Functions, KEPT, Kind, Layer, LayerEdges, Mapping, Penalty,
    PenaltyPass, Tensor,
};
use crate::connection::{Connection, Description, Initializer, Parameter};
use crate::error::Error;
use crate::init::{Distributions, Scaling, Signal, rounded};
use crate::kernel::{self, Edges};
use crate::simd::{Level, Real};

/// A layer whose every edge is the function `C`, followed by a bias.
///
/// Parameters lie `[input][parameter][output]`, the bias after them; constants lie
/// `[input][constant][output]`, the anchor after them, if there is one, and then which edges are
/// kept, if some are pruned.
#[derive(Clone)]
pub struct FunctionalLayer<C, T> {
    connection: PhantomData<C>,
    inputs: usize,
    outputs: usize,
    parameters: Vec<T>,
    constants: Vec<T>,
    distributions: Distributions,
    penalty: Penalty,
    /// Of an anchored layer: `b[o] − Σ_i f(r[i]; θ[i,o])`, once a pass has needed it.
    anchored: Option<OnceLock<Vec<T>>>,
}

impl<C: Connection, T: Real> FunctionalLayer<C, T> {
    /// A layer from `inputs` to `outputs` numbers, all parameters 0 until it is initialised.
    ///
    /// # Errors
    /// [`Error::EmptyLayer`] when a width is 0, [`Error::LayerTooLarge`] when the parameters
    /// cannot be counted in memory, [`Error::Distribution`] when a declared distribution does
    /// not exist.
    pub fn new(inputs: usize, outputs: usize) -> Result<Self, Error> {
        let description = C::description();
        super::check_widths(description.name, inputs, outputs)?;
        let size = |each: usize, more: usize| {
            super::checked_size(description.name, &[inputs, each, outputs], more)
        };
        let mut distributions = Distributions::of::<C>()?;
        distributions.solve(inputs, &Signal::standard(), Scaling::Undeclared)?;
        Ok(Self {
            connection: PhantomData,
            inputs,
            outputs,
            parameters: vec![T::ZERO; size(description.parameters.len(), outputs)?],
            constants: vec![T::ZERO; size(description.constants.len(), 0)?],
            distributions,
            penalty: Penalty::default(),
            anchored: None,
        })
    }

    /// The function on the edges.
    #[must_use]
    pub fn description(&self) -> &'static Description {
        C::description()
    }

    /// The values of a parameter, inputs × outputs, or `None` when the function has none of
    /// that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<ArrayView2<'_, T>> {
        self.plane(&self.parameters, C::description().parameters, name)
    }

    /// The values of a constant, inputs × outputs, or `None` when the function has none of
    /// that name.
    #[must_use]
    pub fn constant(&self, name: &str) -> Option<ArrayView2<'_, T>> {
        self.plane(&self.constants, C::description().constants, name)
    }

    /// The bias of each output.
    #[must_use]
    pub fn bias(&self) -> &[T] {
        &self.parameters[self.parameters.len() - self.outputs..]
    }

    fn plane<'a>(
        &self,
        values: &'a [T],
        names: &[Parameter],
        name: &str,
    ) -> Option<ArrayView2<'a, T>> {
        let index = names.iter().position(|parameter| parameter.name == name)?;
        let shape = (self.inputs, self.outputs).strides((names.len() * self.outputs, 1));
        ArrayView2::from_shape(shape, &values[index * self.outputs..]).ok()
    }

    /// The mean of each output, all inputs drawn from `signal`.
    fn means(&self, signal: &Signal) -> Vec<f64> {
        let points = signal.points();
        let x = Array2::from_shape_fn((points.len(), self.inputs), |(k, _)| {
            T::from_f64(points[k].value)
        });
        let mut y = Array2::from_elem((points.len(), self.outputs), T::ZERO);
        let states = self.state_size() * points.len();
        self.forward(Forward {
            level: Level::current(),
            x: x.view(),
            y: y.view_mut(),
            state: &vec![T::ZERO; states],
            next_state: &mut vec![T::ZERO; states],
            noise: None,
            scratch: &mut Vec::new(),
        });
        let weighted = |column: ArrayView1<'_, T>| {
            let values = column.into_iter().zip(points);
            values.map(|(y, point)| y.to_f64() * point.weight).sum()
        };
        y.columns().into_iter().map(weighted).collect()
    }

    /// A plane of inputs × outputs for each of these, one after the other in each input.
    fn planes(&self, of: &[Parameter]) -> Vec<Tensor> {
        let plane = |(index, parameter): (usize, &Parameter)| Tensor {
            name: parameter.name.to_owned(),
            offset: index * self.outputs,
            shape: vec![self.inputs, self.outputs],
            strides: vec![of.len() * self.outputs, 1],
        };
        of.iter().enumerate().map(plane).collect()
    }

    fn all_edges(&self) -> Edges<'_, T> {
        Edges {
            inputs: self.inputs,
            outputs: self.outputs,
            parameters: &self.parameters[..self.parameters.len() - self.outputs],
            constants: &self.constants[..self.edge_constants()],
            kept: &self.constants[self.first_kept()..],
        }
    }

    /// Constants of all edges.
    fn edge_constants(&self) -> usize {
        self.inputs * C::description().constants.len() * self.outputs
    }

    /// Where the constants say which edges are kept.
    fn first_kept(&self) -> usize {
        let anchor = if self.anchored.is_some() {
            self.inputs
        } else {
            0
        };
        self.edge_constants() + anchor
    }

    /// What all passes took from the parameters is to be taken anew.
    fn changed(&mut self) {
        if let Some(bias) = &mut self.anchored {
            bias.take();
        }
    }
}

impl<C: Connection, T: Real> Layer<T> for FunctionalLayer<C, T> {
    fn name(&self) -> String {
        format!(
            "{} {} → {}",
            C::description().name,
            self.inputs,
            self.outputs
        )
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
        self.changed();
        &mut self.parameters
    }
    fn constants(&self) -> &[T] {
        &self.constants
    }
    fn constants_mut(&mut self) -> &mut [T] {
        self.changed();
        &mut self.constants
    }
    fn tensors(&self) -> Vec<Tensor> {
        let mut tensors = self.planes(C::description().parameters);
        tensors.push(Tensor {
            name: "bias".to_owned(),
            offset: self.parameters.len() - self.outputs,
            shape: vec![self.outputs],
            strides: vec![1],
        });
        tensors
    }
    fn constant_tensors(&self) -> Vec<Tensor> {
        let mut tensors = self.planes(C::description().constants);
        if self.anchored.is_some() {
            tensors.push(Tensor {
                name: "anchor".to_owned(),
                offset: self.edge_constants(),
                shape: vec![self.inputs],
                strides: vec![1],
            });
        }
        if self.kept().is_some() {
            tensors.push(Tensor {
                name: KEPT.to_owned(),
                offset: self.first_kept(),
                shape: vec![self.inputs, self.outputs],
                strides: vec![self.outputs, 1],
            });
        }
        tensors
    }
    fn edges(&self) -> Option<&dyn LayerEdges<T>> {
        (!C::STATEFUL).then_some(self)
    }
    fn edges_mut(&mut self) -> Option<&mut dyn LayerEdges<T>> {
        (!C::STATEFUL).then_some(self)
    }
    fn kind(&self) -> Kind {
        Kind::Functional(C::description())
    }
    fn mapping(&self) -> Result<Mapping, Error> {
        let edges = self.all_edges();
        let shape = (self.inputs, self.outputs);
        let (parameters, constants) = (edges.parameters, edges.constants);
        let functions = Functions::new(
            || self.name(),
            C::description(),
            shape,
            parameters,
            constants,
        )?
        .keep(edges.kept);
        let bias = match self.anchored {
            Some(_) => self.anchored_bias(Level::current(), &mut Vec::new()),
            None => self.bias().to_vec(),
        };
        let bias = bias.iter().map(|bias| bias.to_f64()).collect();
        Ok(Mapping::Edges { functions, bias })
    }
    fn initialize(&mut self, random: &mut Xoshiro256PlusPlus) {
        self.changed();
        let edges = self.parameters.len() - self.outputs;
        let constants = self.edge_constants();
        let (parameters, bias) = self.parameters.split_at_mut(edges);
        let constants = &mut self.constants[..constants];
        (self.distributions).draw(self.outputs, random, parameters, constants);
        bias.fill(T::ZERO);
        if let Some(signal) = self.distributions.centred() {
            let means = self.means(signal);
            for (bias, mean) in self.parameters[edges..].iter_mut().zip(means) {
                *bias = T::from_f64(-rounded(mean));
            }
            self.changed();
        }
    }
    fn set_initializer(&mut self, name: &str, initializer: Initializer) -> Result<(), Error> {
        self.distributions.set(name, initializer)
    }
    fn set_penalty(&mut self, penalty: Penalty) -> Result<(), Error> {
        let penalty = penalty.checked()?;
        let of_importances = penalty.importance + penalty.entropy;
        if C::STATEFUL && of_importances > 0.0 {
            return Err(Error::Argument {
                name: "the penalty on importances",
                given: of_importances.to_string(),
                allowed: "0 for a function with a state",
            });
        }
        self.penalty = penalty;
        Ok(())
    }
    fn penalty(&self, pass: PenaltyPass<'_, T>) -> f64 {
        let edges = self.all_edges();
        let gradient = pass.gradient;
        let gradient = gradient.map(|all| &mut all[..edges.parameters.len()]);
        let pass = PenaltyPass { gradient, ..pass };
        self.penalty.apply::<C, T>(edges, pass)
    }
    fn set_anchored(&mut self) -> Result<(), Error> {
        if C::STATEFUL {
            return Err(Error::Argument {
                name: "the layer to be anchored",
                given: self.name(),
                allowed: "one of a function without a state",
            });
        }
        if self.anchored.is_none() {
            let (place, anchor) = (self.first_kept(), vec![T::ZERO; self.inputs]);
            self.constants.splice(place..place, anchor);
        }
        self.anchored = Some(OnceLock::new());
        self.distributions.anchored = true;
        Ok(())
    }
    fn adapt(&mut self, input: &Signal, scaling: Scaling) -> Result<(), Error> {
        if self.anchored.is_some() {
            let anchor = self.edge_constants()..self.first_kept();
            self.constants_mut()[anchor].fill(T::from_f64(rounded(input.mean())));
        }
        self.distributions.solve(self.inputs, input, scaling)
    }
    fn expect(&self, input: &Signal) -> Result<Expectation, Error> {
        let spread = (self.distributions).spread(self.inputs, self.outputs, input);
        Ok(Expectation {
            output: Signal::normal(spread.mean, spread.own + spread.common)
                .with_own_variance(spread.own),
            spread: Some(spread),
            errors_add_up_to_zero: false,
        })
    }
    fn state_size(&self) -> usize {
        if C::STATEFUL {
            self.inputs * self.outputs
        } else {
            0
        }
    }
    fn forward(&self, pass: Forward<'_, T>) {
        let bias = match &self.anchored {
            Some(bias) => bias.get_or_init(|| self.anchored_bias(pass.level, pass.scratch)),
            None => self.bias(),
        };
        kernel::forward::<C, T>(self.all_edges(), bias, pass);
    }
    fn backward(&self, mut pass: Backward<'_, T>) {
        let gradient = std::mem::take(&mut pass.gradient);
        let (edges, bias) = gradient.split_at_mut(self.parameters.len() - self.outputs);
        if self.anchored.is_some() {
            self.backward_at_anchor(edges, &mut pass);
        }
        kernel::backward::<C, T>(self.all_edges(), edges, bias, pass);
    }
}

impl<C: Connection, T: Real> fmt::Debug for FunctionalLayer<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FunctionalLayer({}, {})", self.name(), T::NAME)
    }
}
