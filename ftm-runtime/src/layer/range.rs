//! Numbers brought to the interval that the grid of a function covers.

use ndarray::{ArrayView2, Axis};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Backward, Expectation, Forward, Kind, Layer, Mapping, Tensor};
use crate::error::Error;
use crate::formula::Graph;
use crate::init::Signal;
use crate::simd::Real;

/// Brings the numbers of each place from the range that they had in a batch to an interval:
/// `y[i] = factor[i] · x[i] + offset[i]`, factors and offsets not trained.
///
/// Splines and other functions with a grid only have basis functions on an interval, and an input
/// outside of it learns nothing. Until [`Network::fit_ranges`](crate::network::Network::fit_ranges)
/// has seen a batch the layer changes nothing.
///
/// What layers below make changes while they are trained. Behind a
/// [`NormalizationLayer`](super::NormalizationLayer) its range stays about the same; elsewhere ranges
/// may be fitted again at any time, which changes what the network computes.
#[derive(Clone, Debug)]
pub struct RangeLayer<T> {
    width: usize,
    low: f64,
    high: f64,
    /// All factors, and then all offsets.
    constants: Vec<T>,
}

impl<T: Real> RangeLayer<T> {
    /// A layer of `width` numbers that brings them to the interval from `low` to `high`.
    ///
    /// # Errors
    /// [`Error::EmptyLayer`] when the width is 0, [`Error::LayerTooLarge`] when the constants
    /// do not fit in memory, [`Error::Argument`] unless, as numbers of the layer's type, `low` is
    /// below `high` and their distance is finite.
    pub fn new(width: usize, low: f64, high: f64) -> Result<Self, Error> {
        const NAME: &str = "Range";
        super::check_widths(NAME, width, width)?;
        let [least, greatest] = [low, high].map(T::from_f64);
        if !(least < greatest && (greatest - least).is_finite()) {
            return Err(Error::Argument {
                name: "the interval of a range",
                given: format!("{low:?} to {high:?}"),
                allowed: "from a number to a larger one, at a finite distance in the layer's type",
            });
        }
        let mut constants: Vec<T> = super::zeros(NAME, &[2, width], 0)?;
        constants[..width].fill(T::ONE);
        Ok(Self {
            width,
            low,
            high,
            constants,
        })
    }
}

/// The least and the greatest number.
fn range<'a, T: Real>(values: impl IntoIterator<Item = &'a T>) -> (f64, f64) {
    let nothing = (f64::INFINITY, f64::NEG_INFINITY);
    values.into_iter().fold(nothing, |(low, high), value| {
        (low.min(value.to_f64()), high.max(value.to_f64()))
    })
}

/// Whether a range is one of finite numbers, and wider than what they are rounded to.
fn varies<T: Real>(&(low, high): &(f64, f64)) -> bool {
    let rounding = 64.0 * T::EPSILON.to_f64() * low.abs().max(high.abs());
    high - low > rounding && (high - low).is_finite()
}

impl<T: Real> Layer<T> for RangeLayer<T> {
    fn name(&self) -> String {
        format!("Range {} ({} to {})", self.width, self.low, self.high)
    }
    fn inputs(&self) -> usize {
        self.width
    }
    fn outputs(&self) -> usize {
        self.width
    }
    fn parameters(&self) -> &[T] {
        &[]
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        &mut []
    }
    fn constants(&self) -> &[T] {
        &self.constants
    }
    fn constants_mut(&mut self) -> &mut [T] {
        &mut self.constants
    }
    fn tensors(&self) -> Vec<Tensor> {
        Vec::new()
    }
    fn constant_tensors(&self) -> Vec<Tensor> {
        Tensor::rows(["factor", "offset"], self.width)
    }
    fn kind(&self) -> Kind {
        Kind::Range(self.low, self.high)
    }
    fn mapping(&self) -> Result<Mapping, Error> {
        let mut graph = Graph::default();
        let (factors, offsets) = self.constants.split_at(self.width);
        let places = factors.iter().zip(offsets).enumerate();
        let outputs = places
            .map(|(place, (factor, offset))| {
                let x = graph.input(place);
                graph.sum(offset.to_f64(), [(factor.to_f64(), x)])
            })
            .collect();
        Ok(Mapping::Written { graph, outputs })
    }
    fn initialize(&mut self, _: &mut Xoshiro256PlusPlus) {}
    fn observe(&mut self, x: ArrayView2<'_, T>) {
        let all = range(x);
        for (place, column) in x.axis_iter(Axis(1)).enumerate().take(self.width) {
            // If it does not vary here, then perhaps elsewhere, and like the others.
            let Some((low, high)) = [range(column), all].into_iter().find(varies::<T>) else {
                continue;
            };
            let factor = (self.high - self.low) / (high - low);
            let numbers = [factor, self.low - factor * low].map(T::from_f64);
            if numbers.iter().all(|number| number.is_finite()) {
                [self.constants[place], self.constants[self.width + place]] = numbers;
            }
        }
    }
    fn expect(&self, _: &Signal) -> Result<Expectation, Error> {
        Ok(Expectation {
            output: Signal::uniform(self.low, self.high),
            spread: None,
            errors_add_up_to_zero: false,
        })
    }
    fn forward(&self, mut pass: Forward<'_, T>) {
        let (factors, offsets) = self.constants.split_at(self.width);
        for (x, mut y) in pass.x.outer_iter().zip(pass.y.outer_iter_mut()) {
            let places = y.iter_mut().zip(x).zip(factors.iter().zip(offsets));
            for ((y, &x), (&factor, &offset)) in places {
                *y = factor * x + offset;
            }
        }
    }
    fn backward(&self, pass: Backward<'_, T>) {
        let Some(mut dx) = pass.dx else { return };
        for (dy, mut dx) in pass.dy.outer_iter().zip(dx.outer_iter_mut()) {
            for ((dx, &dy), &factor) in dx.iter_mut().zip(dy).zip(&self.constants) {
                *dx = factor * dy;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::data::Dataset;
    use crate::gradient_check;
    use crate::loss::MeanSquaredError;
    use crate::model::Model;
    use crate::network::Network;
    use crate::test_layers::{Parabola, parabolas};

    fn network() -> Network<f64> {
        Network::new(3)
            .range(-1.0, 1.0)
            .functional(Parabola::<false, false>, 4)
            .range(0.0, 2.0)
            .functional(Parabola::<false, false>, 2)
            .build(3)
            .expect("a good network")
    }

    fn inputs() -> Array2<f64> {
        array![[0.0, 5.0, 7.0], [4.0, 5.0, 9.0], [1.0, 5.0, 8.0]]
    }

    #[test]
    fn numbers_of_a_batch_fill_the_interval() {
        let mut network = network();
        network.fit_ranges(inputs().view()).expect("fits");
        let mut workspace = crate::network::Workspace::new();
        network
            .forward(&mut workspace, inputs().view())
            .expect("fits");
        let output = |layer| workspace.layer_output(layer).expect("a pass").to_owned();
        let first = output(0);
        // The second input does not vary: it lies where it would among all, from 0 to 9.
        let expected = array![
            [-1.0, 1.0 / 9.0, -1.0],
            [1.0, 1.0 / 9.0, 1.0],
            [-0.5, 1.0 / 9.0, 0.0]
        ];
        for (ours, expected) in first.iter().zip(&expected) {
            assert!((ours - expected).abs() < 1e-12, "{first}");
        }
        let second = output(2);
        for column in second.index_axis(Axis(0), 0).columns() {
            let (low, high) = range(column);
            assert!(low.abs() < 1e-12 && (high - 2.0).abs() < 1e-12, "{column}");
        }
    }

    #[test]
    fn gradients_are_exact_and_files_keep_ranges() {
        let mut network = network();
        let y = Array2::from_shape_fn((3, 2), |(n, o)| (n as f64 - o as f64).cos());
        let data = Dataset::regression(inputs(), y).expect("good data");
        network.fit_ranges(data.inputs()).expect("fits");
        let slopes = gradient_check::check(&mut network, &MeanSquaredError, &data);
        for slope in slopes.expect("fits") {
            assert!(slope.error() < 1e-7, "{slope:?}");
        }
        let bytes = Model::of(&network).to_bytes().expect("bytes");
        let model = Model::<f64>::from_bytes("memory", &bytes).expect("a model");
        let made = model.network(&parabolas()).expect("known functions");
        let outputs = |network: &Network<f64>| network.predict(data.inputs()).expect("fits");
        assert_eq!(outputs(&made), outputs(&network));
    }

    #[test]
    fn a_batch_without_a_finite_range_changes_nothing() {
        for bad in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let mut layer = RangeLayer::<f64>::new(2, -1.0, 1.0).expect("an interval");
            layer.observe(array![[bad, bad], [bad, bad]].view());
            assert_eq!(layer.constants(), [1.0, 1.0, 0.0, 0.0], "{bad}");
            layer.observe(array![[bad, 1.0], [0.0, 3.0]].view());
            assert_eq!(layer.constants()[1], 1.0);
            assert_eq!(layer.constants()[3], -2.0);
            assert!(layer.constants().iter().all(|number| number.is_finite()));
        }
        let mut single = RangeLayer::<f32>::new(1, -1.0, 1.0).expect("an interval");
        single.observe(array![[5.0], [5.0_f32.next_up()]].view());
        assert_eq!(single.constants(), [1.0, 0.0]);
    }

    #[test]
    fn impossible_intervals_are_refused() {
        for (low, high) in [
            // In single precision: no interval, one too wide, one of infinite numbers.
            (1.0, 1.0 + 1e-12),
            (-3e38, 3e38),
            (-1e300, 1e300),
            (1.0, 1.0),
            (2.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
        ] {
            let error = RangeLayer::<f32>::new(3, low, high);
            assert!(matches!(error, Err(Error::Argument { .. })));
        }
        assert!(RangeLayer::<f32>::new(0, 0.0, 1.0).is_err());
        let narrow = Array2::zeros((4, 2));
        assert!(network().fit_ranges(narrow.view()).is_err());
        // Finite in the first such layer, and infinite in the second one.
        let mut network = network();
        network.layers_mut()[1].parameters_mut().fill(f64::MAX);
        let error = network.fit_ranges(inputs().view());
        assert_ne!(
            network.layers()[0].constants(),
            [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
        );
        assert_eq!(
            network.layers()[2].constants(),
            [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
        );
        assert!(
            matches!(error, Err(Error::NonFiniteData { .. })),
            "{error:?}"
        );
    }
}
