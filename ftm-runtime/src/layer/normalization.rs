//! Layer normalisation (Ba, Kiros, Hinton 2016).

use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Backward, Expectation, Forward, Kind, Layer, Mapping, Tensor};
use crate::error::Error;
use crate::formula::Graph;
use crate::init::{Signal, Spread};
use crate::kernel;
use crate::simd::Real;

/// Takes the mean of a sample's numbers from each, divides by their standard deviation, and
/// applies a trained gain and offset to each: `y = gain · (x − mean) / √(variance + 10⁻⁵) + offset`.
///
/// Between a functional layer and its activation it lets a deep network train whatever the
/// function is. A function needs it when its mean over all edges varies with x, as that of `w²x`
/// or `w²x²` does: every output of the layer then gets the same share of a sample's sum, layer by
/// layer that share outgrows what tells outputs apart, and only taking the mean of a *sample*
/// removes it. [`Spread::common`](crate::init::Spread::common) measures the share.
#[derive(Clone, Debug)]
pub struct NormalizationLayer<T> {
    width: usize,
    /// All gains, and then all offsets.
    parameters: Vec<T>,
}

impl<T: Real> NormalizationLayer<T> {
    /// A layer of `width` numbers, all gains 1 and all offsets 0.
    ///
    /// # Errors
    /// [`Error::EmptyLayer`] when the width is 0, [`Error::LayerTooLarge`] when the parameters
    /// do not fit in memory.
    pub fn new(width: usize) -> Result<Self, Error> {
        const NAME: &str = "LayerNorm";
        super::check_widths(NAME, width, width)?;
        let mut layer = Self {
            width,
            parameters: super::zeros(NAME, &[2, width], 0)?,
        };
        layer.parameters[..width].fill(T::ONE);
        Ok(layer)
    }
}

impl<T: Real> Layer<T> for NormalizationLayer<T> {
    fn name(&self) -> String {
        format!("LayerNorm {}", self.width)
    }
    fn inputs(&self) -> usize {
        self.width
    }
    fn outputs(&self) -> usize {
        self.width
    }
    fn parameters(&self) -> &[T] {
        &self.parameters
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.parameters
    }
    fn tensors(&self) -> Vec<Tensor> {
        Tensor::rows(["gain", "offset"], self.width)
    }
    fn kind(&self) -> Kind {
        Kind::Normalization
    }
    fn mapping(&self) -> Result<Mapping, Error> {
        let mut graph = Graph::default();
        let x: Vec<_> = (0..self.width).map(|index| graph.input(index)).collect();
        let share = 1.0 / self.width as f64;
        let mean = graph.sum(0.0, x.iter().map(|&x| (share, x)));
        let distances: Vec<_> = x.iter().map(|&x| graph.sub(x, mean)).collect();
        let squares: Vec<_> = distances.iter().map(|&d| graph.power(d, 2.0)).collect();
        let variance = squares.into_iter().map(|square| (share, square));
        let variance = graph.sum(kernel::NORMALIZE_EPSILON, variance);
        let (gains, offsets) = self.parameters.split_at(self.width);
        let outputs = distances.iter().zip(gains.iter().zip(offsets));
        let outputs = outputs
            .map(|(&distance, (gain, offset))| {
                let unit = graph.product([(distance, 1.0), (variance, -0.5)]);
                graph.sum(offset.to_f64(), [(gain.to_f64(), unit)])
            })
            .collect();
        Ok(Mapping::Written { graph, outputs })
    }
    fn initialize(&mut self, _: &mut Xoshiro256PlusPlus) {
        let (gain, offset) = self.parameters.split_at_mut(self.width);
        gain.fill(T::ONE);
        offset.fill(T::ZERO);
    }
    fn expect(&self, input: &Signal) -> Result<Expectation, Error> {
        let variance = input.own_variance() + kernel::NORMALIZE_EPSILON;
        Ok(Expectation {
            output: Signal::standard(),
            errors_add_up_to_zero: true,
            spread: Some(Spread {
                mean: 0.0,
                own: input.own_variance() / variance,
                common: 0.0,
                transmitted: 1.0 / variance,
                transmitted_common: 0.0,
            }),
        })
    }
    fn forward(&self, pass: Forward<'_, T>) {
        kernel::normalize_forward(&self.parameters, pass);
    }
    fn backward(&self, pass: Backward<'_, T>) {
        kernel::normalize_backward(&self.parameters, pass);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Level;
    use ndarray::{Array2, Axis};

    fn matrix(rows: usize, width: usize, phase: f64) -> Array2<f64> {
        Array2::from_shape_fn((rows, width), |(n, o)| {
            3.0 + 2.0 * (phase + (n * 17 + o * 5) as f64).sin()
        })
    }

    /// Outputs, ∂L/∂x and the gradient of the parameters, in places filled with NaN.
    fn run(level: Level, width: usize) -> (Array2<f64>, Array2<f64>, Vec<f64>) {
        let mut layer = NormalizationLayer::<f64>::new(width).expect("a width");
        for (k, value) in layer.parameters_mut().iter_mut().enumerate() {
            *value = 0.5 + 0.1 * k as f64;
        }
        let (x, dy) = (matrix(3, width, 0.0), matrix(3, width, 1.0));
        let nan = || Array2::from_elem((3, width), f64::NAN);
        let (mut y, mut dx) = (nan(), nan());
        let mut gradient = vec![1.0; 2 * width];
        let (mut values, mut scratch) = (Vec::new(), Vec::new());
        layer.forward(Forward {
            level,
            x: x.view(),
            y: y.view_mut(),
            state: &[],
            next_state: &mut [],
            noise: None,
            values: &mut values,
            scratch: &mut scratch,
        });
        layer.backward(Backward {
            level,
            x: x.view(),
            y: y.view(),
            dy: dy.view(),
            dx: Some(dx.view_mut()),
            gradient: &mut gradient,
            state: &[],
            next_dstate: &[],
            dstate: &mut [],
            noise: None,
            values: &mut values,
            scratch: &mut scratch,
        });
        (y, dx, gradient)
    }

    #[test]
    fn as_defined_at_every_width_and_level() {
        for level in Level::available() {
            for width in 1..=35 {
                let (y, dx, gradient) = run(level, width);
                let (x, dy) = (matrix(3, width, 0.0), matrix(3, width, 1.0));
                let mut expected = vec![1.0; 2 * width];
                for n in 0..3 {
                    let row = x.index_axis(Axis(0), n);
                    let mean = row.sum() / width as f64;
                    let variance = row.mapv(|x| (x - mean) * (x - mean)).sum() / width as f64;
                    let scale = 1.0 / (variance + 1e-5).sqrt();
                    let h = row.mapv(|x| (x - mean) * scale);
                    let gain = |o: usize| 0.5 + 0.1 * o as f64;
                    let e: Vec<f64> = (0..width).map(|o| gain(o) * dy[[n, o]]).collect();
                    let e_mean = e.iter().sum::<f64>() / width as f64;
                    let eh_mean = (0..width).map(|o| e[o] * h[o]).sum::<f64>() / width as f64;
                    for o in 0..width {
                        let value = gain(o) * h[o] + 0.5 + 0.1 * (width + o) as f64;
                        let slope = scale * (e[o] - e_mean - h[o] * eh_mean);
                        assert!((y[[n, o]] - value).abs() < 1e-12, "{level:?} {width}");
                        assert!((dx[[n, o]] - slope).abs() < 1e-9, "{level:?} {width}");
                        expected[o] += dy[[n, o]] * h[o];
                        expected[width + o] += dy[[n, o]];
                    }
                }
                for (value, expected) in gradient.iter().zip(&expected) {
                    assert!((value - expected).abs() < 1e-12, "{level:?} {width}");
                }
            }
        }
    }

    #[test]
    fn no_width_is_refused() {
        assert!(matches!(
            NormalizationLayer::<f32>::new(0),
            Err(Error::EmptyLayer { .. })
        ));
    }
}
