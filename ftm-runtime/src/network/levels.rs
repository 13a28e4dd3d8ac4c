//! How large numbers and errors are from layer to layer before training, expected and measured.

use std::fmt;

use ndarray::{Array2, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use super::summary::shortened;
use super::{Network, Workspace, in_layer};
use crate::connection::Initializer;
use crate::error::Error;
use crate::init::{Signal, Spread, fill};
use crate::layer::Backward;
use crate::simd::Real;

/// A table of [`LayerLevels`], to be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// Layer by layer.
    pub layers: Vec<LayerLevels>,
}

/// Sizes of one layer's numbers and errors.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerLevels {
    /// The layer.
    pub name: String,
    /// Mean square of its outputs, expected.
    pub expected: f64,
    /// Mean square of its outputs on the batch.
    pub measured: f64,
    /// What the layer is expected to do, unless it is an activation.
    pub spread: Option<Spread>,
    /// Mean square of the error at the output of the layer of edges (or the normalisation)
    /// before, divided by that at this layer's; where there is such a layer.
    pub transmitted: Option<Transmitted>,
}

/// How an error grows on its way back through a layer, in mean square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transmitted {
    /// What the formula leads to expect.
    pub expected: f64,
    /// What a batch gives.
    pub measured: f64,
}

impl<T: Real> Network<T> {
    /// Sizes of numbers and errors on a batch of inputs, batch × inputs, beside what the
    /// functions' formulas and the distributions of their parameters lead to expect, given the
    /// numbers of the batch all together. The errors begin as independent normal numbers at the
    /// output.
    ///
    /// # Errors
    /// Those of [`Network::forward`] and [`Network::backward`].
    #[inline(never)]
    pub fn levels(&self, x: ArrayView2<'_, T>) -> Result<Levels, Error> {
        let mut workspace = Workspace::new();
        self.forward(&mut workspace, x)?;
        let mut signal = Signal::of(x.iter().copied());
        let mut layers = Vec::with_capacity(self.layers.len());
        let mut adds_up = Vec::with_capacity(self.layers.len());
        for (index, layer) in self.layers.iter().enumerate() {
            let expectation = (layer.expect(&signal)).map_err(|source| in_layer(index, source))?;
            signal = expectation.output;
            adds_up.push(expectation.errors_add_up_to_zero);
            let output = workspace.layer_output(index).ok_or(Error::NoForwardPass)?;
            layers.push(LayerLevels {
                name: layer.name(),
                expected: signal.mean_square(),
                measured: mean_square(output.iter()),
                spread: expectation.spread,
                transmitted: None,
            });
        }
        self.measure_errors(&mut layers, &adds_up, &workspace, x)?;
        Ok(Levels { layers })
    }

    /// Sends errors back and fills in what is transmitted.
    fn measure_errors(
        &self,
        layers: &mut [LayerLevels],
        adds_up: &[bool],
        workspace: &Workspace<T>,
        x: ArrayView2<'_, T>,
    ) -> Result<(), Error> {
        let batch = x.nrows();
        let output = |layer: usize| -> Result<Array2<T>, Error> {
            let output = workspace.layer_output(layer).ok_or(Error::NoForwardPass)?;
            Ok(output.index_axis_move(ndarray::Axis(0), 0).to_owned())
        };
        let mut dy = Array2::from_elem((batch, self.outputs()), T::ZERO);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
        if let Some(dy) = dy.as_slice_mut() {
            fill(Initializer::Normal(0.0, 1.0), &mut random, dy);
        }
        let mut zero_sums = false;
        // The layer whose share is being measured, and the error at its output.
        let mut begun: Option<Begun> = None;
        let (mut values, mut scratch) = (Vec::new(), Vec::new());
        for (index, layer) in self.layers.iter().enumerate().rev() {
            if let Some(spread) = layers[index].spread {
                let size = mean_square(dy.iter());
                let common = if zero_sums {
                    0.0
                } else {
                    spread.transmitted_common
                };
                let here = Begun {
                    layer: index,
                    size,
                    expected: spread.transmitted + common,
                };
                if let Some(above) = begun.replace(here) {
                    layers[above.layer].transmitted = Some(Transmitted {
                        expected: above.expected,
                        measured: size / above.size,
                    });
                }
            }
            zero_sums = adds_up[index];
            let x = match index {
                0 => x.to_owned(),
                _ => output(index - 1)?,
            };
            let mut dx = Array2::from_elem(x.dim(), T::ZERO);
            let states = vec![T::ZERO; batch * layer.state_size()];
            layer.backward(Backward {
                level: workspace.level(),
                x: x.as_standard_layout().view(),
                y: output(index)?.view(),
                dy: dy.view(),
                dx: Some(dx.view_mut()),
                gradient: &mut vec![T::ZERO; layer.parameters().len()],
                state: &states,
                next_dstate: &states,
                dstate: &mut states.clone(),
                noise: None,
                values: &mut values,
                scratch: &mut scratch,
            });
            dy = dx;
        }
        Ok(())
    }
}

/// A layer whose error has been measured, but not yet what comes out of it.
struct Begun {
    layer: usize,
    size: f64,
    expected: f64,
}

fn mean_square<'a, T: Real>(values: impl ExactSizeIterator<Item = &'a T>) -> f64 {
    let count = values.len() as f64;
    let squares = values.map(|value| value.to_f64() * value.to_f64());
    squares.sum::<f64>() / count
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.layers.iter().map(|layer| shortened(&layer.name));
        let names: Vec<_> = names.collect();
        let widest = names.iter().map(|name| name.chars().count());
        let width = widest.max().unwrap_or(0).max("layer".len());
        writeln!(
            f,
            "    {:width$}  {:^21}  {:^21}  {:>9}",
            "", "mean square, expected", "error back, expected", "common"
        )?;
        for (index, (name, layer)) in names.iter().zip(&self.layers).enumerate() {
            write!(
                f,
                "{index:>2}  {name:width$}  {:>10.3e} {:>10.3e}",
                layer.expected, layer.measured
            )?;
            if let Some(spread) = layer.spread {
                match layer.transmitted {
                    Some(Transmitted { expected, measured }) => {
                        write!(f, "  {expected:>10.3e} {measured:>10.3e}")?;
                    }
                    None => write!(f, "  {:21}", "")?,
                }
                write!(f, "  {:>9.2e}", spread.common / spread.own)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
