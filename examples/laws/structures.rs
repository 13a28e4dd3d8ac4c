//! What a law may look like: small networks, the same for all laws.
//!
//! A layer of logarithms with an exponential after it makes monomials c·x₀ᵃ·x₁ᵇ·…: exponents are
//! parameters of edges then.

use ftm::connection::Initializer;
use ftm::ftm_fn;
use ftm::network::{Network, NetworkBuilder};

ftm_fn! {
    /// Adds up to the logarithm of a monomial.
    pub(crate) fn Logarithm(x; a ~ uniform(-1.0, 1.0)) { a * ln(x) }
    /// The same for inputs that may pass 0 on the way of training.
    pub(crate) fn GuardedLogarithm(x; a ~ uniform(-1.0, 1.0)) { a * ln(max(abs(x), 1e-6)) }
    pub(crate) fn Exponential(x) { exp(x) }
    pub(crate) fn Scale(x; c ~ uniform(0.2, 1.0)) { c * x }
    /// The input itself where u is 1, its exponential where u is 0.
    pub(crate) fn Growth(x; c ~ uniform(-0.5, 0.5), const u ~ value(0.0)) { u * x + (1 - u) * c * exp(x) }
    pub(crate) fn Wave(x; a ~ value(1.0), w ~ uniform(0.5, 1.5), p ~ uniform(-1.0, 1.0)) {
        a * sin(w * x + p)
    }
}

/// A kind of network.
pub(crate) struct Structure {
    pub name: &'static str,
    /// The layers, for values of this mean; guarded while they are trained.
    layers: fn(NetworkBuilder<f64>, f64, bool) -> NetworkBuilder<f64>,
    /// Layer and tensor of the exponents.
    pub exponents: &'static [(usize, &'static str)],
    /// Those that stay 0: another one says the same.
    pub unused: &'static [(usize, &'static str)],
    /// Constants of the first edges of a layer to be set to 1.
    first: Option<usize>,
}

pub(crate) const STRUCTURES: &[Structure] = &[
    Structure {
        name: "a monomial",
        layers: |network, mean, _| {
            let network = network.functional(Logarithm, 1).activation(Exponential);
            let network = network.functional(Scale, 1);
            network.initial("c", Initializer::Value(mean))
        },
        exponents: &[(0, "a")],
        unused: &[(0, "bias"), (2, "bias")],
        first: None,
    },
    Structure {
        name: "a sum of two monomials",
        layers: |network, mean, _| {
            let network = network.functional(Logarithm, 2).activation(Exponential);
            let network = network.functional(Scale, 1);
            network.initial("c", Initializer::Uniform(0.2 * mean, 0.8 * mean))
        },
        exponents: &[(0, "a")],
        unused: &[(0, "bias")],
        first: None,
    },
    Structure {
        name: "a power of a sum of two monomials",
        layers: |network, _, guarded| {
            let network = network.functional(Logarithm, 2).activation(Exponential);
            let network = network.functional(Scale, 1);
            let network = if guarded {
                network.functional(GuardedLogarithm, 1)
            } else {
                network.functional(Logarithm, 1)
            };
            network.activation(Exponential)
        },
        exponents: &[(0, "a"), (3, "a")],
        unused: &[(0, "bias"), (3, "bias")],
        first: None,
    },
    Structure {
        name: "a monomial times the exponential of another",
        layers: |network, mean, _| {
            let network = network.functional(Logarithm, 2).functional(Growth, 1);
            let network = network.activation(Exponential).functional(Scale, 1);
            network.initial("c", Initializer::Value(mean))
        },
        exponents: &[(0, "a")],
        unused: &[(0, "bias"), (1, "bias"), (3, "bias")],
        first: Some(1),
    },
    Structure {
        name: "the sine of a monomial",
        layers: |network, _, _| {
            let network = network.functional(Logarithm, 1).activation(Exponential);
            network.functional(Wave, 1)
        },
        exponents: &[(0, "a")],
        unused: &[(0, "bias")],
        first: None,
    },
];

impl Structure {
    /// A network of this kind.
    pub(crate) fn network(
        &self,
        inputs: usize,
        mean: f64,
        guarded: bool,
        seed: u64,
    ) -> Result<Network<f64>, ftm::error::Error> {
        let mut network = (self.layers)(Network::new(inputs), mean, guarded).build(seed)?;
        if let Some(layer) = self.first {
            network.layers_mut()[layer].constants_mut()[0] = 1.0;
        }
        Ok(network)
    }
}
