//! Dropout: a random part of the numbers is set to 0 while training.

use ndarray::Zip;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Backward, Expectation, Forward, Kind, Layer, Mapping, Tensor};
use crate::error::{Error, fraction};
use crate::init::Signal;
use crate::pass::Noise;
use crate::simd::Real;

/// Sets each number to 0 with a probability, and scales the others so that the mean stays the
/// same (Srivastava et al. 2014, with the scaling in training). In passes without [`Noise`] it
/// changes nothing.
#[derive(Clone, Debug)]
pub struct Dropout {
    width: usize,
    rate: f64,
}

impl Dropout {
    /// Drops numbers of rows of `width` with probability `rate`.
    ///
    /// # Errors
    /// [`Error::EmptyLayer`] when the width is 0, [`Error::Argument`] unless the rate is at least
    /// 0 and below 1.
    pub fn new(width: usize, rate: f64) -> Result<Self, Error> {
        super::check_widths("dropout", width, width)?;
        let rate = fraction("the rate of dropout", rate)?;
        Ok(Self { width, rate })
    }

    /// The number that the element `index` of a batch is multiplied by.
    fn factor<T: Real>(&self, noise: Option<Noise>, index: usize) -> T {
        match noise {
            Some(noise) if noise.unit(index) < self.rate => T::ZERO,
            Some(_) => T::from_f64(1.0 / (1.0 - self.rate)),
            None => T::ONE,
        }
    }
}

impl<T: Real> Layer<T> for Dropout {
    fn name(&self) -> String {
        format!("Dropout {} ({})", self.width, self.rate)
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
    fn tensors(&self) -> Vec<Tensor> {
        Vec::new()
    }
    fn kind(&self) -> Kind {
        Kind::Dropout(self.rate)
    }
    fn mapping(&self) -> Result<Mapping, Error> {
        Ok(Mapping::identity(self.width))
    }
    fn initialize(&mut self, _: &mut Xoshiro256PlusPlus) {}
    fn expect(&self, input: &Signal) -> Result<Expectation, Error> {
        Ok(Expectation {
            output: input.clone(),
            spread: None,
            errors_add_up_to_zero: false,
        })
    }
    fn forward(&self, pass: Forward<'_, T>) {
        let mut y = pass.y;
        for (index, (y, &x)) in y.iter_mut().zip(pass.x).enumerate() {
            *y = x * self.factor(pass.noise, index);
        }
    }
    fn backward(&self, pass: Backward<'_, T>) {
        let Some(dx) = pass.dx else { return };
        let mut index = 0;
        Zip::from(dx).and(pass.dy).for_each(|dx, &dy| {
            *dx = dy * self.factor(pass.noise, index);
            index += 1;
        });
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayView2};

    use super::*;
    use crate::network::{Network, Workspace};
    use crate::test_layers::Dense;

    fn network() -> Network<f64> {
        Network::new(3)
            .layer(|inputs| Dense::new(inputs, 8))
            .dropout(0.4)
            .layer(|inputs| Dense::new(inputs, 6))
            .dropout(0.4)
            .build(1)
            .expect("a good network")
    }

    fn x() -> Array2<f64> {
        Array2::from_shape_fn((5, 3), |(n, i)| ((n * 3 + i) as f64).cos())
    }

    fn outputs(network: &Network<f64>, noise: Option<Noise>) -> Array2<f64> {
        let mut workspace = Workspace::new();
        workspace.set_noise(noise);
        let y = network.forward(&mut workspace, x().view());
        y.expect("a pass").to_owned()
    }

    #[test]
    fn the_mean_over_training_passes_is_the_inference_pass() {
        let layer = Network::new(4)
            .dropout(0.3)
            .build(0)
            .expect("a good network");
        let x = Array2::from_elem((100, 4), 2.0);
        let mut workspace = Workspace::new();
        let y = layer.forward(&mut workspace, x.view()).expect("a pass");
        assert_eq!(y, x);
        let (mut dropped, mut sum) = (0, 0.0_f64);
        for step in 0..100 {
            workspace.set_noise(Some(Noise::new(7, step)));
            let y = layer.forward(&mut workspace, x.view()).expect("a pass");
            assert!(y.iter().all(|&y| y == 0.0 || y == 2.0 / 0.7));
            dropped += y.iter().filter(|&&y| y == 0.0).count();
            sum += y.sum();
        }
        // Five standard deviations of a binomial count: 5 √(40000 · 0.3 · 0.7) = 458.
        assert!((dropped as f64 - 12_000.0).abs() < 458.0, "{dropped}");
        assert!((sum / 40_000.0 - 2.0).abs() < 0.04);
    }

    #[test]
    fn noise_depends_on_seed_step_and_layer_alone() {
        let network = network();
        let noisy = |seed, step| outputs(&network, Some(Noise::new(seed, step)));
        assert_eq!(noisy(1, 2), noisy(1, 2));
        assert_ne!(noisy(1, 2), noisy(2, 2));
        assert_ne!(noisy(1, 2), noisy(1, 3));
        // Two layers of one width do not drop the same places.
        let twice = Network::new(64).dropout(0.5).dropout(0.5).build(0);
        let twice = twice.expect("a good network");
        let mut workspace = Workspace::new();
        workspace.set_noise(Some(Noise::new(3, 0)));
        let ones = Array2::ones((10, 64));
        let y: ArrayView2<'_, f64> = twice.forward(&mut workspace, ones.view()).expect("a pass");
        let kept = y.iter().filter(|&&y| y != 0.0).count();
        assert!((100..220).contains(&kept), "{kept} of 640");
    }

    #[test]
    fn the_gradient_is_that_of_the_pass_with_its_noise() {
        let mut network = network();
        let noise = Some(Noise::new(5, 11));
        let dy = Array2::from_shape_fn((5, 6), |(n, o)| ((n + 2 * o) as f64).sin());
        let mut workspace = Workspace::new();
        workspace.set_noise(noise);
        network.forward(&mut workspace, x().view()).expect("a pass");
        network.backward(&mut workspace, dy.view()).expect("a pass");
        let gradients: Vec<Vec<f64>> = workspace.gradients().map(<[f64]>::to_vec).collect();
        for layer in [0, 2] {
            for (place, gradient) in gradients[layer].iter().enumerate() {
                let mut loss_at = |distance: f64| {
                    let value = &mut network.layers_mut()[layer].parameters_mut()[place];
                    let before = *value;
                    *value += distance;
                    let loss = (outputs(&network, noise) * &dy).sum();
                    network.layers_mut()[layer].parameters_mut()[place] = before;
                    loss
                };
                // The loss is linear in each parameter.
                let difference = (loss_at(0.5) - loss_at(-0.5)) / 1.0;
                assert!((gradient - difference).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_backward_pass_after_a_change_of_noise_is_refused() {
        let network = network();
        let mut workspace = Workspace::new();
        network.forward(&mut workspace, x().view()).expect("a pass");
        workspace.set_noise(Some(Noise::new(0, 0)));
        let error = network.backward(&mut workspace, Array2::zeros((5, 6)).view());
        assert!(matches!(error, Err(Error::NoForwardPass)));
    }

    #[test]
    fn impossible_arguments_are_refused() {
        for rate in [-0.1, 1.0, f64::NAN] {
            assert!(matches!(Dropout::new(3, rate), Err(Error::Argument { .. })));
        }
        assert!(matches!(
            Dropout::new(0, 0.5),
            Err(Error::EmptyLayer { .. })
        ));
    }
}
