//! Building a network: layer after layer, all mistakes reported at the end.

use super::{Network, in_layer};
use crate::connection::{Connection, Initializer};
use crate::error::Error;
use crate::init::{Scaling, Signal};
use crate::layer::{
    ActivationLayer, Blocks, Dropout, EdgeFunction, Layer, NormalizationLayer, Penalty, RangeLayer,
    Tensor,
};
use crate::simd::Real;

/// A network being built; see [`Network::new`].
#[must_use = "a network is made by `build`"]
pub struct NetworkBuilder<T: Real> {
    inputs: usize,
    layers: Vec<Result<Box<dyn Layer<T>>, Error>>,
    /// Width of what the next layer is fed with, as far as it is known.
    width: usize,
    signal: Signal,
    scaling: Scaling,
}

impl<T: Real> NetworkBuilder<T> {
    pub(super) fn new(inputs: usize) -> Self {
        Self {
            inputs,
            layers: Vec::new(),
            width: inputs,
            signal: Signal::standard(),
            scaling: Scaling::default(),
        }
    }

    /// Adds the layer that `make` gives for a number of inputs.
    pub fn layer<L: Layer<T> + 'static>(
        self,
        make: impl FnOnce(usize) -> Result<L, Error>,
    ) -> Self {
        self.boxed(|inputs| Ok(Box::new(make(inputs)?)))
    }

    /// Adds the boxed layer that `make` gives for a number of inputs.
    pub fn boxed(self, make: impl FnOnce(usize) -> Result<Box<dyn Layer<T>>, Error>) -> Self {
        let made = make(self.width);
        self.push(made)
    }

    #[inline(never)]
    fn push(mut self, made: Result<Box<dyn Layer<T>>, Error>) -> Self {
        let index = self.layers.len();
        let made = made.map_err(|source| in_layer(index, source));
        let checked = made.and_then(|layer| {
            if layer.inputs() == 0 || layer.outputs() == 0 {
                return Err(in_layer(
                    index,
                    Error::Empty {
                        what: "one side of the layer",
                    },
                ));
            }
            let given = std::mem::replace(&mut self.width, layer.outputs());
            if layer.inputs() != given {
                return Err(Error::LayerWidth {
                    index,
                    layer: layer.name(),
                    expected: layer.inputs(),
                    given,
                });
            }
            Ok(layer)
        });
        self.layers.push(checked);
        self
    }

    /// Adds a layer of `outputs` numbers whose every edge is the function `connection`.
    pub fn functional<C: Connection>(self, connection: C, outputs: usize) -> Self {
        let _ = connection;
        self.blocks(Blocks::of_outputs().function(EdgeFunction::of::<C>(), outputs))
    }

    /// Adds a layer whose edges are of different functions: see [`Blocks`].
    #[inline(never)]
    pub fn blocks(self, blocks: Blocks<T>) -> Self {
        self.layer(|inputs| blocks.layer(inputs))
    }

    /// Adds the function `connection`, applied to each number.
    pub fn activation<C: Connection>(self, connection: C) -> Self {
        let _ = connection;
        self.layer(ActivationLayer::<C, T>::new)
    }

    /// Sets each number to 0 with probability `rate` in training.
    #[inline(never)]
    pub fn dropout(self, rate: f64) -> Self {
        self.layer(|inputs| Dropout::new(inputs, rate))
    }

    /// Adds layer normalisation: see [`NormalizationLayer`].
    #[inline(never)]
    pub fn normalization(self) -> Self {
        self.layer(NormalizationLayer::new)
    }

    /// Brings all numbers to the interval from `low` to `high`: see [`RangeLayer`].
    #[inline(never)]
    pub fn range(self, low: f64, high: f64) -> Self {
        self.layer(|inputs| RangeLayer::new(inputs, low, high))
    }

    /// Draws all parameters at scales solved from their functions' formulas, whatever these
    /// declare, for inputs from `signal`. Without this, only parameters declared without a
    /// distribution are, for inputs of mean 0 and variance 1. [`Network::levels`] compares what
    /// is expected with what a batch gives.
    ///
    /// ```
    /// # use ftm_runtime::{init::Signal, network::Network};
    /// // Pixels from 0 to 1.
    /// let network = Network::<f32>::new(784).from_formula(Signal::uniform(0.0, 1.0));
    /// ```
    pub fn from_formula(mut self, signal: Signal) -> Self {
        self.signal = signal;
        self.scaling = Scaling::All;
        self
    }

    /// Draws the parameter or constant `name` of the layer added last from `initializer`,
    /// instead of from what its function declares. In a layer of several [`Blocks`] it is that of
    /// every block that has it, or as `1.name` that of the second.
    #[inline(never)]
    pub fn initial(self, name: &str, initializer: Initializer) -> Self {
        self.change_last(|layer| layer.set_initializer(name, initializer))
    }

    /// Measures what the edges of the layer added last give from what they give at an anchor r, the
    /// mean of the inputs that the network is built for: y = b + Σ (f(x; θ) − f(r; θ)).
    ///
    /// The layer can compute what it could without, with another bias. But a parameter no longer
    /// moves all samples alike, as `a` in `a * sigmoid(w * x + p)` does by a half of its step on
    /// every edge: that needs a small rate, at which little else is learnt. A gradient costs one
    /// sample more.
    #[inline(never)]
    pub fn anchored(self) -> Self {
        self.change_last(|layer| layer.set_anchored())
    }

    /// Adds `penalty` on the edges of the layer added last to the loss.
    #[inline(never)]
    pub fn penalty(self, penalty: Penalty) -> Self {
        self.change_last(|layer| layer.set_penalty(penalty))
    }

    fn change_last(mut self, change: impl FnOnce(&mut dyn Layer<T>) -> Result<(), Error>) -> Self {
        let index = self.layers.len().saturating_sub(1);
        match self.layers.last_mut() {
            Some(last) => {
                if let Ok(layer) = last
                    && let Err(source) = change(layer.as_mut())
                {
                    *last = Err(in_layer(index, source));
                }
            }
            None => self.layers.push(Err(Error::Empty {
                what: "the stack of layers before a change of the last one",
            })),
        }
        self
    }

    /// The network, its parameters drawn with `seed`.
    ///
    /// # Errors
    /// [`Error::Empty`] without inputs or without layers, [`Error::InLayer`] when a layer could
    /// not be made or initialised with finite numbers, [`Error::LayerWidth`] when a layer does not fit on the one
    /// before; [`Error::Several`] when there is more than one mistake.
    #[inline(never)]
    pub fn build(self, seed: u64) -> Result<Network<T>, Error> {
        let (mut signal, scaling) = (self.signal.clone(), self.scaling);
        let mut network = self.build_empty()?;
        for (index, layer) in network.layers.iter_mut().enumerate() {
            let adapted = layer.adapt(&signal, scaling);
            let expected = adapted.and_then(|()| layer.expect(&signal));
            signal = expected.map_err(|source| in_layer(index, source))?.output;
        }
        network.initialize(seed);
        for (index, layer) in network.layers.iter().enumerate() {
            let parameters = check_initial(layer.parameters(), || layer.tensors());
            parameters
                .and_then(|()| check_initial(layer.constants(), || layer.constant_tensors()))
                .map_err(|source| in_layer(index, source))?;
        }
        Ok(network)
    }

    /// The network, nothing drawn yet.
    pub(crate) fn build_empty(self) -> Result<Network<T>, Error> {
        let mut errors = Vec::new();
        if self.inputs == 0 {
            errors.push(Error::Empty {
                what: "the input of the network",
            });
        }
        if self.layers.is_empty() {
            errors.push(Error::Empty {
                what: "the stack of layers",
            });
        }
        let mut layers = Vec::with_capacity(self.layers.len());
        for layer in self.layers {
            match layer {
                Ok(layer) => layers.push(layer),
                Err(error) => errors.push(error),
            }
        }
        if errors.len() > 1 {
            return Err(Error::Several(errors));
        }
        if let Some(error) = errors.pop() {
            return Err(error);
        }
        Ok(Network {
            inputs: self.inputs,
            frozen: vec![false; layers.len()],
            layers,
        })
    }
}

/// Refuses initial values of a layer that are not finite.
fn check_initial<T: Real>(
    numbers: &[T],
    tensors: impl FnOnce() -> Vec<Tensor>,
) -> Result<(), Error> {
    let Some(place) = numbers.iter().position(|number| !number.is_finite()) else {
        return Ok(());
    };
    let tensors = tensors();
    // A layer of the user's own may have numbers in no tensor.
    let name = Tensor::name_at(&tensors, place).map(|name| format!(" (`{name}`)"));
    Err(Error::Argument {
        name: "an initial value",
        given: format!("{}{}", numbers[place], name.unwrap_or_default()),
        allowed: "finite: see its distribution or, where it is solved from the formula, f at inputs of the signal",
    })
}
