//! Clipping of gradients.

use crate::error::{Error, positive};
use crate::network::Workspace;
use crate::parallel;
use crate::simd::Real;

/// How gradients are kept small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// Every element is moved into ±this.
    Value(f64),
    /// All gradients together are scaled so that their Euclidean norm is at most this (Pascanu,
    /// Mikolov, Bengio 2013).
    GlobalNorm(f64),
}

impl Clip {
    /// Clips the gradients in `workspace`. Elements that are NaN stay NaN.
    ///
    /// # Errors
    /// [`Error::Argument`] unless the limit is finite and above 0.
    pub fn apply<T: Real>(self, workspace: &mut Workspace<T>) -> Result<(), Error> {
        self.check()?;
        match self {
            Self::Value(limit) => {
                workspace.gradients_mut().for_each(|g| by_value(g, limit));
            }
            Self::GlobalNorm(limit) => {
                let norm = global_norm(workspace.gradients());
                if norm > limit {
                    let factor = T::from_f64(limit / norm);
                    for gradient in workspace.gradients_mut() {
                        parallel::for_parts(gradient, |part| {
                            part.iter_mut().for_each(|value| *value = *value * factor);
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the limit makes sense.
    pub(crate) fn check(self) -> Result<(), Error> {
        let (Self::Value(limit) | Self::GlobalNorm(limit)) = self;
        positive("the limit of gradients", limit).map(drop)
    }
}

/// Moves every element into ±`limit`.
pub fn by_value<T: Real>(gradient: &mut [T], limit: f64) {
    let (high, low) = (T::from_f64(limit), T::from_f64(-limit));
    for value in gradient {
        let below = if *value > high { high } else { *value };
        *value = if below < low { low } else { below };
    }
}

/// The Euclidean norm of all elements of all slices, summed in double precision, always in the
/// same order.
pub fn global_norm<'a, T: Real>(slices: impl IntoIterator<Item = &'a [T]> + Clone) -> f64 {
    let norm = norm_of_multiples(slices.clone(), 1.0);
    if norm.is_finite() {
        return norm;
    }
    // Squares of numbers above 10¹⁵⁴ are infinite.
    let factor = 2.0_f64.powi(-600);
    norm_of_multiples(slices, factor) / factor
}

/// The norm of all elements times `factor`.
fn norm_of_multiples<'a, T: Real>(slices: impl IntoIterator<Item = &'a [T]>, factor: f64) -> f64 {
    let of_part = |part: &[T]| sum_of_squares(part, factor);
    let squares = |slice| parallel::combine(slice, &of_part, &|one, other| one + other);
    slices.into_iter().map(squares).sum::<f64>().sqrt()
}

fn sum_of_squares<T: Real>(values: &[T], factor: f64) -> f64 {
    // Eight sums at a time, which is what a compiler makes vectors of.
    let mut sums = [0.0; 8];
    let (eights, rest) = values.as_chunks::<8>();
    for eight in eights {
        for (sum, value) in sums.iter_mut().zip(eight) {
            let value = factor * value.to_f64();
            *sum += value * value;
        }
    }
    let rest = rest.iter().map(|v| (factor * v.to_f64()).powi(2));
    let rest = rest.sum::<f64>();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use crate::test_layers::Dense;
    use ndarray::array;

    #[test]
    fn values_are_moved_into_the_limits() {
        let mut gradient = [-3.0_f32, -0.5, 0.0, 2.0, f32::INFINITY, f32::NAN];
        by_value(&mut gradient, 1.0);
        assert_eq!(gradient[..5], [-1.0, -0.5, 0.0, 1.0, 1.0]);
        assert!(gradient[5].is_nan());
    }

    #[test]
    fn the_norm_is_of_all_slices() {
        let ones = [1.0_f32; 21];
        assert_eq!(global_norm([&ones[..], &[2.0, 0.0]]), 5.0);
        assert_eq!(global_norm::<f32>([]), 0.0);
        let large = [3e200, -4e200, 0.0];
        assert!((global_norm([&large[..]]) / 5e200 - 1.0).abs() < 1e-15);
        assert_eq!(global_norm([&[1.0, f64::INFINITY][..]]), f64::INFINITY);
        assert!(global_norm([&[1.0, f64::NAN][..]]).is_nan());
    }

    #[test]
    fn a_large_gradient_keeps_its_direction_and_a_small_one_everything() {
        let network = Network::<f64>::new(2)
            .layer(|inputs| Dense::new(inputs, 1))
            .build(0)
            .expect("a good network");
        let mut workspace = Workspace::new();
        let mut gradient = |clip: Clip| {
            network
                .forward(&mut workspace, array![[2.0, 2.0]].view())
                .expect("a pass");
            network
                .backward(&mut workspace, array![[1.0]].view())
                .expect("a pass");
            clip.apply(&mut workspace).expect("a good limit");
            workspace.gradients().flatten().copied().collect::<Vec<_>>()
        };
        // The gradient is (2, 2, 1), of norm 3.
        assert_eq!(gradient(Clip::GlobalNorm(1.5)), [1.0, 1.0, 0.5]);
        assert_eq!(gradient(Clip::GlobalNorm(3.0)), [2.0, 2.0, 1.0]);
        assert_eq!(gradient(Clip::Value(1.5)), [1.5, 1.5, 1.0]);
    }

    #[test]
    fn impossible_limits_are_refused() {
        for limit in [0.0, -1.0, f64::NAN] {
            let error = Clip::Value(limit).apply(&mut Workspace::<f32>::new());
            assert!(matches!(error, Err(Error::Argument { .. })));
        }
    }
}
