//! Gradients against finite differences, for layers and losses written by hand.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use crate::connection::Initializer;
use crate::data::Dataset;
use crate::error::Error;
use crate::init::fill;
use crate::layer::Layer;
use crate::loss::Loss;
use crate::network::{BackThroughTime, Network};
use crate::simd::{Level, Real};
use crate::train::Steps;

/// Random directions that each tensor is moved along.
const DIRECTIONS: usize = 4;

/// The slope of the loss along a direction in the space of one tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// Index of the layer, from 0.
    pub layer: usize,
    /// Name of the layer.
    pub name: String,
    /// Name of the parameter tensor.
    pub tensor: String,
    /// The slope by the backward pass.
    pub backward: f64,
    /// The slope by differences of the loss.
    pub difference: f64,
    /// Length of the tensor's gradient by the backward pass: the steepest slope there is.
    pub steepest: f64,
}

impl Slope {
    /// How far the two slopes are apart, relative to the steepest there is; 0 when all are 0.
    #[must_use]
    pub fn error(&self) -> f64 {
        let error = (self.backward - self.difference).abs();
        let size = self.steepest.max(self.difference.abs());
        if error == 0.0 { 0.0 } else { error / size }
    }
}

/// Slopes of the mean loss of `network` over all of `data`, with its penalties, along random directions, four for
/// each tensor of parameters, by the backward pass (back through all of time) and by central
/// differences with Richardson's extrapolation.
///
/// In `f64` the two agree to about 1e-8 for smooth functions, in `f32` to about 1e-2. Functions
/// with kinks, such as `relu`, may differ by more where a step crosses one. The network keeps its
/// parameters.
///
/// # Errors
/// Those of data that does not fit the network or the loss.
///
/// ```
/// # use ftm_runtime::{data::Dataset, error::Error, loss::MeanSquaredError, network::Network};
/// # fn check(network: &mut Network<f64>, data: &Dataset<f64>) -> Result<(), Error> {
/// for slope in ftm_runtime::gradient_check::check(network, &MeanSquaredError, data)? {
///     assert!(slope.error() < 1e-6, "{slope:?}");
/// }
/// # Ok(())
/// # }
/// ```
pub fn check<T: Real>(
    network: &mut Network<T>,
    loss: &dyn Loss<T>,
    data: &Dataset<T>,
) -> Result<Vec<Slope>, Error> {
    data.check_widths(network.inputs(), network.outputs())?;
    let samples: Vec<usize> = (0..data.len()).collect();
    let mut steps = Steps::new(Level::current());
    steps.forward(network, loss, data, &samples)?;
    steps.backward(network, BackThroughTime::Full)?;
    let gradients: Vec<Vec<T>> = steps.workspace.gradients().map(<[T]>::to_vec).collect();
    let start = network.snapshot();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    let mut slopes = Vec::new();
    for (layer, gradient) in gradients.iter().enumerate() {
        let name = network.layers()[layer].name();
        for tensor in network.layers()[layer].tensors() {
            let places: Vec<usize> = tensor.runs().into_iter().flatten().collect();
            for _ in 0..DIRECTIONS {
                let direction = direction(places.len(), &mut random);
                let mut loss_at = |distance: f64| {
                    move_along(
                        network.layers_mut()[layer].as_mut(),
                        &places,
                        &direction,
                        distance,
                    );
                    let value = steps
                        .forward(network, loss, data, &samples)
                        .and_then(|loss| Ok(loss + network.penalty(&mut steps.workspace)?));
                    network.restore(&start)?;
                    value
                };
                let mut central =
                    |h: f64| -> Result<f64, Error> { Ok((loss_at(h)? - loss_at(-h)?) / (2.0 * h)) };
                let h = step::<T>();
                let difference = (4.0 * central(h / 2.0)? - central(h)?) / 3.0;
                let along = places.iter().zip(&direction);
                slopes.push(Slope {
                    layer,
                    name: name.clone(),
                    tensor: tensor.name.clone(),
                    backward: along.map(|(&p, d)| gradient[p].to_f64() * d).sum(),
                    difference,
                    steepest: places
                        .iter()
                        .map(|&p| gradient[p].to_f64().powi(2))
                        .sum::<f64>()
                        .sqrt(),
                });
            }
        }
    }
    Ok(slopes)
}

/// The distance of a difference: the truncation h⁴ and the rounding ε/h about balanced.
fn step<T: Real>() -> f64 {
    T::EPSILON.to_f64().powf(0.2)
}

/// A direction of length 1.
fn direction(length: usize, random: &mut Xoshiro256PlusPlus) -> Vec<f64> {
    let mut direction = vec![0.0; length];
    fill(Initializer::Normal(0.0, 1.0), random, &mut direction);
    let size = direction.iter().map(|d| d * d).sum::<f64>().sqrt();
    for d in &mut direction {
        *d /= size;
    }
    direction
}

/// Moves the parameters at `places` along the direction.
fn move_along<T: Real>(
    layer: &mut dyn Layer<T>,
    places: &[usize],
    direction: &[f64],
    distance: f64,
) {
    let parameters = layer.parameters_mut();
    for (&place, d) in places.iter().zip(direction) {
        parameters[place] = T::from_f64(parameters[place].to_f64() + distance * d);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::data::Targets;
    use crate::loss::SoftmaxCrossEntropy;
    use crate::test_layers::{Dense, Leaky};

    fn sequences<T: Real>() -> Dataset<T> {
        let x = Array3::from_shape_fn((6, 4, 3), |(n, t, i)| {
            T::from_f64(((n * 5 + t * 7 + i) as f64).sin())
        });
        Dataset::sequences(
            x,
            Targets::Classes {
                labels: (0..24).map(|n| n % 2).collect(),
                classes: 2,
            },
        )
        .expect("good data")
    }

    fn network<T: Real>() -> Network<T> {
        Network::new(3)
            .layer(|inputs| Dense::new(inputs, 4))
            .layer(Leaky::new)
            .layer(|inputs| Dense::new(inputs, 2))
            .build(1)
            .expect("a good network")
    }

    #[test]
    fn right_gradients_pass_and_leave_the_network_as_it_was() {
        let mut network = network::<f64>();
        let before = network.snapshot();
        let slopes = check(&mut network, &SoftmaxCrossEntropy, &sequences()).expect("it fits");
        assert_eq!(slopes.len(), 5 * DIRECTIONS);
        for slope in &slopes {
            assert!(slope.steepest > 1e-3, "{slope:?}");
            assert!(slope.error() < 1e-8, "{slope:?}");
        }
        assert_eq!(network.snapshot(), before);
        let slopes = check(
            &mut self::network(),
            &SoftmaxCrossEntropy,
            &sequences::<f32>(),
        );
        for slope in slopes.expect("it fits") {
            assert!(slope.error() < 1e-2, "{slope:?}");
        }
    }

    /// A loss whose gradient is wrong by a factor.
    struct Wrong;

    impl Loss<f64> for Wrong {
        fn evaluate(
            &self,
            y: ndarray::ArrayView2<'_, f64>,
            targets: crate::data::TargetsView<'_, f64>,
            dy: Option<ndarray::ArrayViewMut2<'_, f64>>,
        ) -> Result<f64, Error> {
            let loss = SoftmaxCrossEntropy.evaluate(y, targets, dy)?;
            Ok(1.01 * loss)
        }
    }

    #[test]
    fn wrong_gradients_show() {
        let slopes = check(&mut network(), &Wrong, &sequences()).expect("it fits");
        let worst = slopes.iter().map(Slope::error).fold(0.0, f64::max);
        assert!(worst > 1e-3, "{worst}");
    }
}
