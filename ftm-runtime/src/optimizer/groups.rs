//! Groups of parameters, with an optimiser each.

use std::ops::Range;

use super::{Optimizer, Update};
use crate::error::{Error, check_length};
use crate::layer::{Layer, Tensor};
use crate::record::Exchange;
use crate::simd::Real;

/// Groups of tensors, each trained by an optimiser of its own: other rates, other weight decay,
/// other rules, or [`Frozen`].
///
/// ```
/// use ftm_runtime::optimizer::{Adam, Frozen, Groups, Sgd};
/// # use ftm_runtime::{error::Error, network::Network};
/// # fn groups(network: &Network<f32>) -> Result<(), Error> {
/// let optimizer = Groups::new(network.layers(), Adam::new(1e-3)?.weight_decay(0.01)?)
///     .group(|_, tensor| tensor == "bias", Adam::new(1e-3)?)?
///     .group(|layer, _| layer == 0, Sgd::new(0.1)?.momentum(0.9)?)?
///     .group(|layer, tensor| layer == 2 && tensor == "w", Frozen)?;
/// # Ok(())
/// # }
/// ```
pub struct Groups<T> {
    optimizers: Vec<Box<dyn Optimizer<T>>>,
    layers: Vec<LayerTensors>,
    /// A tensor and its gradient, side by side.
    values: Vec<T>,
    gradient: Vec<T>,
}

/// The tensors of a layer.
struct LayerTensors {
    parameters: usize,
    tensors: Vec<Member>,
}

/// A tensor in a group.
struct Member {
    name: String,
    /// Index of its optimiser.
    group: usize,
    /// Index of it among all slices that the optimisers see, after those of whole layers.
    slice: usize,
    runs: Vec<Range<usize>>,
}

impl<T: Real> Groups<T> {
    /// One group of all parameters of a network's layers.
    pub fn new(layers: &[Box<dyn Layer<T>>], optimizer: impl Optimizer<T> + 'static) -> Self {
        let mut slices = layers.len()..;
        let mut member = |tensor: Tensor| Member {
            group: 0,
            slice: slices.next().unwrap_or_default(),
            runs: tensor.runs(),
            name: tensor.name,
        };
        let layers = layers.iter().map(|layer| LayerTensors {
            parameters: layer.parameters().len(),
            tensors: layer.tensors().into_iter().map(&mut member).collect(),
        });
        Self {
            layers: layers.collect(),
            optimizers: vec![Box::new(optimizer)],
            values: Vec::new(),
            gradient: Vec::new(),
        }
    }

    /// Moves the tensors that `select` chooses, by index of the layer and name of the tensor, to
    /// a group of their own, out of the groups before.
    ///
    /// # Errors
    /// [`Error::Empty`] when it chooses none.
    pub fn group(
        mut self,
        mut select: impl FnMut(usize, &str) -> bool,
        optimizer: impl Optimizer<T> + 'static,
    ) -> Result<Self, Error> {
        let mut found = false;
        for (index, layer) in self.layers.iter_mut().enumerate() {
            for tensor in &mut layer.tensors {
                if select(index, &tensor.name) {
                    tensor.group = self.optimizers.len();
                    found = true;
                }
            }
        }
        if !found {
            return Err(Error::Empty {
                what: "a group of parameters",
            });
        }
        self.optimizers.push(Box::new(optimizer));
        Ok(self)
    }
}

impl<T: Real> Optimizer<T> for Groups<T> {
    /// That of the group that all others are taken from.
    fn learning_rate(&self) -> f64 {
        self.optimizers[0].learning_rate()
    }

    fn state_per_parameter(&self) -> usize {
        let each = self.optimizers.iter().map(Optimizer::state_per_parameter);
        each.max().unwrap_or_default()
    }

    fn begin_step(&mut self) {
        for optimizer in &mut self.optimizers {
            optimizer.begin_step();
        }
    }

    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error> {
        let count = update.parameters.len();
        check_length("the gradient", count, update.gradient.len())?;
        let known = self.layers.get(update.slice);
        let expected = known.map_or(0, |layer| layer.parameters);
        check_length("the slice of parameters", expected, count)?;
        let Some(LayerTensors { tensors, .. }) = known else {
            return Ok(());
        };
        let Some(first) = tensors.first() else {
            return Ok(());
        };
        if tensors.iter().all(|tensor| tensor.group == first.group) {
            return self.optimizers[first.group].update(update);
        }
        for tensor in tensors {
            self.values.clear();
            self.gradient.clear();
            for run in &tensor.runs {
                self.values
                    .extend_from_slice(&update.parameters[run.clone()]);
                self.gradient
                    .extend_from_slice(&update.gradient[run.clone()]);
            }
            self.optimizers[tensor.group].update(Update {
                level: update.level,
                slice: tensor.slice,
                factor: update.factor,
                parameters: &mut self.values,
                gradient: &self.gradient,
            })?;
            let mut values = &*self.values;
            for run in &tensor.runs {
                let (here, rest) = values.split_at(run.len());
                update.parameters[run.clone()].copy_from_slice(here);
                values = rest;
            }
        }
        Ok(())
    }

    fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error> {
        let tensors = self.layers.iter().flat_map(|layer| &layer.tensors);
        let groups: Vec<_> = tensors.map(|tensor| tensor.group.to_string()).collect();
        exchange.same("groups", groups.join(","))?;
        for (group, optimizer) in self.optimizers.iter_mut().enumerate() {
            exchange.within(&group.to_string(), |exchange| optimizer.exchange(exchange))?;
        }
        Ok(())
    }
}

/// Changes nothing: for a group of parameters that is not trained. A whole layer is better frozen
/// by [`Network::freeze`](crate::network::Network::freeze), which saves its share of the backward
/// pass too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frozen;

impl<T: Real> Optimizer<T> for Frozen {
    fn learning_rate(&self) -> f64 {
        0.0
    }
    fn begin_step(&mut self) {}
    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error> {
        check_length(
            "the gradient",
            update.parameters.len(),
            update.gradient.len(),
        )
    }
    fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error> {
        exchange.same("rule", "frozen")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Adam, Sgd};
    use super::*;
    use crate::connection::Initializer;
    use crate::init::fill;
    use crate::network::Network;
    use crate::simd::Level;
    use crate::test_layers::{Dense, Interleaved};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::SeedableRng as _;

    fn network() -> Network<f64> {
        Network::new(3)
            .layer(|inputs| Dense::new(inputs, 4))
            .layer(|inputs| Ok(Interleaved::new(inputs, 5)))
            .build(1)
            .expect("a good network")
    }

    /// The parameters of a layer after three steps.
    fn train(optimizer: &mut dyn Optimizer<f64>, slice: usize, start: &[f64]) -> Vec<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut parameters = start.to_vec();
        let mut gradient = vec![0.0; start.len()];
        for _ in 0..3 {
            fill(Initializer::Normal(0.0, 1.0), &mut random, &mut gradient);
            optimizer.begin_step();
            optimizer
                .update(Update {
                    level: Level::current(),
                    slice,
                    factor: 0.5,
                    parameters: &mut parameters,
                    gradient: &gradient,
                })
                .expect("equal lengths");
        }
        parameters
    }

    #[test]
    fn each_tensor_follows_the_optimiser_of_its_group() {
        let network = network();
        let adam = || Adam::new(0.1).expect("a good rate");
        let sgd = || Sgd::new(0.3).and_then(|s| s.momentum(0.9)).expect("good");
        for (index, layer) in network.layers().iter().enumerate() {
            let mut groups = Groups::new(network.layers(), adam())
                .group(|_, tensor| tensor == "q" || tensor == "bias", sgd())
                .and_then(|g| g.group(|layer, tensor| layer == 1 && tensor == "r", Frozen))
                .expect("tensors");
            assert_eq!(groups.learning_rate(), 0.1);
            let start = layer.parameters();
            let seen = train(&mut groups, index, start);
            let by_adam = train(&mut adam(), index, start);
            let by_sgd = train(&mut sgd(), index, start);
            for tensor in layer.tensors() {
                let expected = match &*tensor.name {
                    "q" | "bias" => &by_sgd,
                    "r" => start,
                    _ => &*by_adam,
                };
                for place in tensor.runs().into_iter().flatten() {
                    assert_eq!(seen[place], expected[place], "{}", tensor.name);
                }
            }
        }
    }

    #[test]
    fn groups_are_saved_with_what_each_remembers() {
        use crate::record::Record;
        let network = network();
        let layers = network.layers();
        let groups = |frozen: &'static str, rate| {
            Groups::new(layers, Adam::new(0.1).expect("a good rate"))
                .group(
                    |_, tensor| tensor == "q",
                    Sgd::new(rate).expect("a good rate"),
                )
                .and_then(|groups| groups.group(|_, tensor| tensor == frozen, Frozen))
                .expect("tensors")
        };
        let start = layers[1].parameters();
        let mut optimizer = groups("r", 0.3);
        let now = train(&mut optimizer, 1, start);
        let mut record = Record::new();
        let given = optimizer.exchange(&mut Exchange::give(&mut record, "o"));
        given.expect("written");
        let mut again = groups("r", 0.3);
        let taken = again.exchange(&mut Exchange::take(&record, "o"));
        taken.expect("the same groups");
        let expected = train(&mut optimizer, 1, &now);
        assert_eq!(train(&mut again, 1, &now), expected);
        for (mut other, name) in [
            (groups("p", 0.3), "o.groups"),
            (groups("r", 0.2), "o.1.rate"),
        ] {
            let refused = other.exchange(&mut Exchange::take(&record, "o"));
            let refused = refused.expect_err("other groups").to_string();
            assert!(refused.contains(name), "{refused}");
        }
        let frozen = Optimizer::<f64>::exchange(&mut Frozen, &mut Exchange::take(&record, "o.0"));
        let refused = frozen.expect_err("Adam").to_string();
        assert!(refused.contains("o.0.rule"), "{refused}");
        assert_eq!(Optimizer::<f64>::learning_rate(&Frozen), 0.0);
    }

    #[test]
    fn a_group_of_nothing_and_other_networks_are_refused() {
        let network = network();
        let groups = || Groups::new(network.layers(), Sgd::new(0.1).expect("a good rate"));
        let empty = groups().group(|_, tensor| tensor == "no such", Frozen);
        assert!(matches!(empty, Err(Error::Empty { .. })));
        for (slice, count) in [(0, 15), (2, 16), (7, 1)] {
            let error = groups().update(Update {
                level: Level::current(),
                slice,
                factor: 1.0,
                parameters: &mut vec![0.0; count],
                gradient: &vec![0.0; count],
            });
            assert!(matches!(error, Err(Error::Length { .. })));
        }
        let error = Optimizer::<f64>::update(
            &mut Frozen,
            Update {
                level: Level::current(),
                slice: 0,
                factor: 1.0,
                parameters: &mut [1.0],
                gradient: &[],
            },
        );
        assert!(matches!(error, Err(Error::Length { .. })));
    }
}
