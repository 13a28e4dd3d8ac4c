//! Rounding parameters to simple numbers, where the fit allows: the last step from a trained
//! network to a formula.

use crate::data::Dataset;
use crate::error::{Error, not_negative};
use crate::formula::simple::{Kind, Simple};
use crate::layer::LayerEdges;
use crate::loss::Loss;
use crate::metrics::evaluate_in;
use crate::network::{Network, Workspace};
use crate::simd::Real;

/// Moves parameters to the simplest numbers near them: integers, fractions p/q, pπ/q and √(p/q) of
/// small integers.
///
/// It measures the loss for each candidate of each parameter, so it is meant for networks of a
/// hundred parameters, not of a million.
///
/// ```
/// # use ftm_runtime::{data::Dataset, error::Error, loss::MeanSquaredError, network::Network};
/// use ftm_runtime::rounding::Rounding;
///
/// # fn round(network: &mut Network<f64>, data: &Dataset<f64>) -> Result<(), Error> {
/// let rounded = Rounding::new(0.02, 1e-4)?
///     .of(|layer, tensor| layer == 0 && tensor != "bias")
///     .apply(network, &MeanSquaredError, data)?;
/// println!("loss {} → {}", rounded.before, rounded.after);
/// # Ok(())
/// # }
/// ```
#[must_use = "parameters are rounded by `apply`"]
pub struct Rounding<'a> {
    distance: f64,
    loss: f64,
    chosen: Choice<'a>,
    /// The largest denominator, where only fractions are wanted.
    ratios: Option<i32>,
}

/// Whether a tensor is to be rounded.
type Choice<'a> = Box<dyn Fn(usize, &str) -> bool + 'a>;

/// What rounding came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounded {
    /// The loss before.
    pub before: f64,
    /// The loss after.
    pub after: f64,
    /// The chosen parameters that are simple numbers now, those included that were before.
    pub parameters: Vec<RoundedParameter>,
    /// How many of the chosen parameters are no simple numbers.
    pub left: usize,
}

/// A parameter that is a simple number now.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundedParameter {
    /// The index of its layer, from 0.
    pub layer: usize,
    /// Its tensor.
    pub tensor: String,
    /// Its place among the parameters of the layer.
    pub place: usize,
    /// What it was.
    pub from: f64,
    /// What it is.
    pub to: f64,
}

impl<'a> Rounding<'a> {
    /// No parameter p moves by more than `distance` · max(1, |p|), and none makes the loss grow past
    /// `loss`, or at all where it is above that.
    ///
    /// # Errors
    /// [`Error::Argument`] when one of them is negative or not finite.
    pub fn new(distance: f64, loss: f64) -> Result<Self, Error> {
        Ok(Self {
            distance: not_negative("the distance of rounding", distance)?,
            loss: not_negative("the loss of rounding", loss)?,
            chosen: Box::new(|_, _| true),
            ratios: None,
        })
    }

    /// Only of the tensors that `choose` says, by index of the layer and name of the tensor.
    pub fn of(mut self, choose: impl Fn(usize, &str) -> bool + 'a) -> Self {
        self.chosen = Box::new(choose);
        self
    }

    /// Only to fractions of denominators up to `denominator`, such as the exponents of laws are: 1
    /// is for integers alone.
    pub fn ratios(mut self, denominator: i32) -> Self {
        self.ratios = Some(denominator);
        self
    }

    /// Rounds the parameters of `network`, those nearest to a simple number first.
    ///
    /// # Errors
    /// Those of the network and the loss, when the data does not fit them; [`Error::Argument`] for
    /// denominators up to less than 1.
    #[inline(never)]
    pub fn apply<T: Real>(
        &self,
        network: &mut Network<T>,
        loss: &dyn Loss<T>,
        data: &Dataset<T>,
    ) -> Result<Rounded, Error> {
        if let Some(denominator) = self.ratios.filter(|&denominator| denominator < 1) {
            return Err(Error::Argument {
                name: "the largest denominator of ratios",
                given: denominator.to_string(),
                allowed: "at least 1",
            });
        }
        let mut workspace = Workspace::new();
        let before = evaluate_in(&mut workspace, network, loss, data)?.loss;
        let mut rounded = Rounded {
            before,
            after: before,
            parameters: Vec::new(),
            left: 0,
        };
        for (parameter, candidates) in self.candidates(network) {
            let number = |to: f64| T::from_f64(to);
            let mut found = false;
            for to in candidates {
                *place(network, &parameter)? = number(to);
                let after = evaluate_in(&mut workspace, network, loss, data)?.loss;
                if after <= self.loss.max(rounded.after) {
                    rounded.after = after;
                    rounded.parameters.push(RoundedParameter {
                        to,
                        ..parameter.clone()
                    });
                    found = true;
                    break;
                }
            }
            if !found {
                *place(network, &parameter)? = number(parameter.from);
                rounded.left += 1;
            }
        }
        Ok(rounded)
    }

    /// The chosen parameters with what they may become, the simplest first.
    fn candidates<T: Real>(&self, network: &Network<T>) -> Vec<(RoundedParameter, Vec<f64>)> {
        let mut all = Vec::new();
        for (layer, of) in network.layers().iter().enumerate() {
            for tensor in of.tensors() {
                if !(self.chosen)(layer, &tensor.name) {
                    continue;
                }
                // What a pruned edge has changes no loss, and would count as rounded.
                let kept = of.edges().and_then(LayerEdges::kept);
                let kept = kept.zip(of.first_edge(&tensor)).into_iter();
                let kept = kept.flat_map(|(kept, first)| {
                    let edges = tensor.edges(first);
                    edges.map(move |edge| kept[edge] != T::ZERO)
                });
                let kept = kept.chain(std::iter::repeat(true));
                let places = tensor.runs().into_iter().flatten().zip(kept);
                for (place, _) in places.filter(|(_, kept)| *kept) {
                    let from = of.parameters()[place].to_f64();
                    let near = Simple::near(from, self.distance * from.abs().max(1.0));
                    let wanted = |simple: &Simple| match self.ratios {
                        Some(most) => simple.kind == Kind::Ratio && simple.denominator <= most,
                        None => true,
                    };
                    let candidates = near.into_iter().filter(wanted).map(Simple::value);
                    let candidates: Vec<f64> = candidates.collect();
                    let tensor = tensor.name.clone();
                    let parameter = RoundedParameter {
                        layer,
                        tensor,
                        place,
                        from,
                        to: from,
                    };
                    all.push((parameter, candidates));
                }
            }
        }
        let distance = |(parameter, candidates): &(RoundedParameter, Vec<f64>)| {
            let first = candidates.first();
            first.map_or(f64::INFINITY, |to| (to - parameter.from).abs())
        };
        all.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        all
    }
}

/// Where a parameter lies.
fn place<'n, T: Real>(
    network: &'n mut Network<T>,
    parameter: &RoundedParameter,
) -> Result<&'n mut T, Error> {
    let layer = network.layers_mut().get_mut(parameter.layer);
    let place = layer.and_then(|layer| layer.parameters_mut().get_mut(parameter.place));
    place.ok_or(Error::Empty {
        what: "a tensor of the network",
    })
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::loss::MeanSquaredError;
    use crate::test_layers::{Dense, Parabola};

    /// y = 2 x₀ - x₁/3 + 0.1234567, and its data.
    fn fitted() -> (Network<f64>, Dataset<f64>) {
        let mut network = Network::new(2)
            .layer(|inputs| Dense::new(inputs, 1))
            .build(1)
            .expect("a network");
        let numbers = [2.003, -0.332, 0.123_456_7];
        network.layers_mut()[0]
            .parameters_mut()
            .copy_from_slice(&numbers);
        let x = Array2::from_shape_fn((50, 2), |(n, i)| ((n * 3 + i) as f64).sin());
        let y = Array2::from_shape_fn((50, 1), |(n, _)| {
            2.0 * x[[n, 0]] - x[[n, 1]] / 3.0 + 0.123_456_7
        });
        (network, Dataset::regression(x, y).expect("data"))
    }

    #[test]
    fn what_fits_is_rounded_and_the_rest_left() {
        let (mut network, data) = fitted();
        let rounding = Rounding::new(0.01, 1e-6).expect("good limits");
        let rounded = rounding.apply(&mut network, &MeanSquaredError, &data);
        let rounded = rounded.expect("a rounding");
        let numbers = network.layers()[0].parameters();
        assert_eq!(numbers, [2.0, -1.0 / 3.0, 0.123_456_7]);
        assert_eq!((rounded.parameters.len(), rounded.left), (2, 1));
        assert!(rounded.before > 1e-6 && rounded.after < 1e-20);
        assert_eq!(rounded.parameters.iter().map(|p| p.place).sum::<usize>(), 1);
    }

    #[test]
    fn limits_and_choices_hold() {
        let (mut network, data) = fitted();
        let rounding = Rounding::new(0.0001, 1.0).expect("good limits");
        let rounded = rounding.apply(&mut network, &MeanSquaredError, &data);
        assert_eq!(rounded.expect("a rounding").left, 3);
        let rounding = Rounding::new(1.0, 1.0).expect("good limits");
        let rounding = rounding.of(|_, tensor| tensor == "bias");
        let rounded = rounding.apply(&mut network, &MeanSquaredError, &data);
        assert_eq!(rounded.expect("a rounding").parameters[0].to, 0.0);
        assert_eq!(network.layers()[0].parameters()[0], 2.003);
        let rounding = Rounding::new(0.01, 1.0).expect("good limits").ratios(2);
        let rounded = rounding.apply(&mut network, &MeanSquaredError, &data);
        assert_eq!(
            rounded.expect("a rounding").left,
            1,
            "-1/3 has the denominator 3"
        );
        assert!(Rounding::new(-1.0, 0.0).is_err());
        assert!(Rounding::new(0.0, f64::NAN).is_err());
    }

    #[test]
    fn denominators_below_1_are_refused() {
        let (mut network, data) = fitted();
        for denominator in [0, -3] {
            let rounding = Rounding::new(0.1, 1.0).expect("limits").ratios(denominator);
            let done = rounding.apply(&mut network, &MeanSquaredError, &data);
            assert!(matches!(done, Err(Error::Argument { .. })));
        }
    }

    #[test]
    fn numbers_of_pruned_edges_are_left_alone() {
        let mut network = Network::<f64>::new(2)
            .functional(Parabola::<false, false>, 1)
            .build(1)
            .expect("a network");
        let layer = &mut network.layers_mut()[0];
        // `[input][a, b]`, and the bias.
        let numbers = [2.003, 0.998, 2.997, 1.004, 0.0];
        layer.parameters_mut().copy_from_slice(&numbers);
        let edges = layer.edges_mut().expect("edges");
        let kept = Array2::from_shape_fn((2, 1), |(input, _)| input == 0);
        edges.keep(kept.view()).expect("the shape");
        let data = Dataset::regression(Array2::ones((4, 2)), Array2::ones((4, 1))).expect("data");
        let rounding = Rounding::new(0.01, 100.0).expect("good limits");
        let rounded = rounding.apply(&mut network, &MeanSquaredError, &data);
        assert_eq!(rounded.expect("a rounding").parameters.len(), 3);
        let expected = [2.0, 1.0, 2.997, 1.004, 0.0];
        assert_eq!(network.layers()[0].parameters(), expected);
    }
}
