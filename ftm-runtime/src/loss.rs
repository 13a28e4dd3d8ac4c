//! Losses: how far outputs are from what they should be.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::data::TargetsView;
use crate::error::Error;
use crate::error::check_length;
use crate::simd::Real;

/// A loss over a batch of rows.
pub trait Loss<T: Real>: Send + Sync {
    /// The mean loss over the rows of `y`, batch × outputs. Writes ∂loss/∂y, batch × outputs, to
    /// `dy` where it is given.
    ///
    /// # Errors
    /// [`Error::TargetKind`] for targets of the other kind, [`Error::Length`], [`Error::Shape`]
    /// or [`Error::Label`] for targets that do not fit, [`Error::Empty`] without rows.
    fn evaluate(
        &self,
        y: ArrayView2<'_, T>,
        targets: TargetsView<'_, T>,
        dy: Option<ArrayViewMut2<'_, T>>,
    ) -> Result<f64, Error>;
}

impl<T: Real, L: Loss<T> + ?Sized> Loss<T> for Box<L> {
    fn evaluate(
        &self,
        y: ArrayView2<'_, T>,
        targets: TargetsView<'_, T>,
        dy: Option<ArrayViewMut2<'_, T>>,
    ) -> Result<f64, Error> {
        (**self).evaluate(y, targets, dy)
    }
}

/// Softmax and cross-entropy in one: −ln softmax(y)\[label\], for classes.
///
/// ```
/// use ftm_runtime::data::TargetsView;
/// use ftm_runtime::loss::{Loss, SoftmaxCrossEntropy};
/// use ndarray::array;
///
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let y = array![[0.0_f32, 0.0]];
/// let loss = SoftmaxCrossEntropy.evaluate(y.view(), TargetsView::Classes(&[1]), None)?;
/// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoftmaxCrossEntropy;

impl<T: Real> Loss<T> for SoftmaxCrossEntropy {
    #[inline(never)]
    fn evaluate(
        &self,
        y: ArrayView2<'_, T>,
        targets: TargetsView<'_, T>,
        mut dy: Option<ArrayViewMut2<'_, T>>,
    ) -> Result<f64, Error> {
        let TargetsView::Classes(labels) = targets else {
            return Err(Error::TargetKind {
                loss: "softmax cross-entropy",
                expected: "classes",
                given: targets.kind(),
            });
        };
        check_rows(y, labels.len(), dy.as_ref())?;
        let classes = y.ncols();
        let rows = y.nrows() as f64;
        let mut total = 0.0;
        for (sample, (y, &label)) in y.outer_iter().zip(labels).enumerate() {
            if label >= classes {
                return Err(Error::Label {
                    sample,
                    label,
                    classes,
                });
            }
            // ln Σ exp(y) = top + ln Σ exp(y − top): no exponential exceeds 1, and one is 1.
            let top = y
                .iter()
                .fold(f64::NEG_INFINITY, |top, y| top.max(y.to_f64()));
            let exponentials = y.iter().map(|y| libm::exp(y.to_f64() - top));
            let sum = match &mut dy {
                None => exponentials.sum(),
                Some(dy) => {
                    // Each is computed once, and waits where its derivative goes.
                    let mut dy = dy.row_mut(sample);
                    let sum: f64 = (dy.iter_mut().zip(exponentials))
                        .map(|(dy, exponential)| {
                            *dy = T::from_f64(exponential);
                            exponential
                        })
                        .sum();
                    for (class, dy) in dy.iter_mut().enumerate() {
                        let wanted = if class == label { 1.0 } else { 0.0 };
                        *dy = T::from_f64((dy.to_f64() / sum - wanted) / rows);
                    }
                    sum
                }
            };
            total += libm::log(sum) - (y[label].to_f64() - top);
        }
        Ok(total / rows)
    }
}

/// The mean of (y − target)² over all rows and columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanSquaredError;

impl<T: Real> Loss<T> for MeanSquaredError {
    #[inline(never)]
    fn evaluate(
        &self,
        y: ArrayView2<'_, T>,
        targets: TargetsView<'_, T>,
        mut dy: Option<ArrayViewMut2<'_, T>>,
    ) -> Result<f64, Error> {
        let TargetsView::Values(values) = targets else {
            return Err(Error::TargetKind {
                loss: "mean squared error",
                expected: "values",
                given: targets.kind(),
            });
        };
        check_rows(y, values.nrows(), dy.as_ref())?;
        if values.dim() != y.dim() {
            return Err(Error::Shape {
                what: "the array of target values",
                expected: y.shape().to_vec(),
                given: values.shape().to_vec(),
            });
        }
        let count = y.len() as f64;
        let mut total = 0.0;
        for (row, (y, target)) in y.outer_iter().zip(values.outer_iter()).enumerate() {
            for (column, (y, target)) in y.iter().zip(target).enumerate() {
                let difference = y.to_f64() - target.to_f64();
                total += difference * difference;
                if let Some(dy) = &mut dy {
                    dy[[row, column]] = T::from_f64(2.0 * difference / count);
                }
            }
        }
        Ok(total / count)
    }
}

/// Checks that there are rows, as many targets, and a place for the gradient of `y`.
fn check_rows<T: Real>(
    y: ArrayView2<'_, T>,
    targets: usize,
    dy: Option<&ArrayViewMut2<'_, T>>,
) -> Result<(), Error> {
    if y.is_empty() {
        return Err(Error::Empty { what: "the batch" });
    }
    check_length("the list of targets", y.nrows(), targets)?;
    match dy {
        Some(dy) if dy.dim() != y.dim() => Err(Error::Shape {
            what: "the place for the gradient of the output",
            expected: y.shape().to_vec(),
            given: dy.shape().to_vec(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    /// The gradient against central differences.
    fn check_gradient(loss: &dyn Loss<f64>, targets: TargetsView<'_, f64>) {
        let y = array![[0.3, -1.2, 2.0], [0.1, 0.0, -0.4]];
        let mut dy = Array2::zeros(y.dim());
        loss.evaluate(y.view(), targets, Some(dy.view_mut()))
            .expect("a loss");
        let h = 1e-5;
        for (index, dy) in dy.indexed_iter() {
            let at = |change: f64| {
                let mut y = y.clone();
                y[index] += change;
                loss.evaluate(y.view(), targets, None).expect("a loss")
            };
            assert!(((at(h) - at(-h)) / (2.0 * h) - dy).abs() < 1e-9);
        }
    }

    #[test]
    fn gradients_are_those_of_the_losses() {
        check_gradient(&SoftmaxCrossEntropy, TargetsView::Classes(&[2, 0]));
        let values = array![[1.0, 2.0, -3.0], [0.0, 0.5, 1.0]];
        check_gradient(&MeanSquaredError, TargetsView::Values(values.view()));
    }

    #[test]
    fn known_values() {
        let y = array![[1.0_f32, 3.0]];
        let values = array![[0.0_f32, 1.0]];
        let loss = MeanSquaredError.evaluate(y.view(), TargetsView::Values(values.view()), None);
        assert_eq!(loss.expect("a loss"), (1.0 + 4.0) / 2.0);
        // −ln(e¹ / (e¹ + e³)) = ln(1 + e²).
        let loss = SoftmaxCrossEntropy.evaluate(y.view(), TargetsView::Classes(&[0]), None);
        assert!((loss.expect("a loss") - 2.0_f64.exp().ln_1p()).abs() < 1e-14);
    }

    #[test]
    fn large_outputs_do_not_overflow_and_bad_ones_show() {
        let y = array![[3e38_f32, -3e38], [1000.0, 999.0]];
        let loss = SoftmaxCrossEntropy.evaluate(y.view(), TargetsView::Classes(&[0, 0]), None);
        let expected = (-1.0_f64).exp().ln_1p() / 2.0;
        assert!((loss.expect("a loss") - expected).abs() < 1e-14);
        for bad in [f32::NAN, f32::INFINITY] {
            let y = array![[0.0, bad]];
            let loss = SoftmaxCrossEntropy.evaluate(y.view(), TargetsView::Classes(&[0]), None);
            assert!(!loss.expect("a number").is_finite());
        }
    }

    #[test]
    fn targets_that_do_not_fit_are_refused() {
        let y = Array2::<f32>::zeros((2, 3));
        let softmax = |labels: &[usize]| {
            SoftmaxCrossEntropy.evaluate(y.view(), TargetsView::Classes(labels), None)
        };
        let squares = |values: &Array2<f32>| {
            MeanSquaredError.evaluate(y.view(), TargetsView::Values(values.view()), None)
        };
        assert!(matches!(
            softmax(&[0]),
            Err(Error::Length {
                expected: 2,
                given: 1,
                ..
            })
        ));
        let label = softmax(&[0, 3]);
        assert!(matches!(
            label,
            Err(Error::Label {
                sample: 1,
                label: 3,
                classes: 3
            })
        ));
        assert!(matches!(
            squares(&Array2::zeros((2, 2))),
            Err(Error::Shape { .. })
        ));
        assert!(matches!(
            squares(&Array2::zeros((1, 3))),
            Err(Error::Length { .. })
        ));
        let kind = SoftmaxCrossEntropy.evaluate(y.view(), TargetsView::Values(y.view()), None);
        assert!(matches!(
            kind,
            Err(Error::TargetKind {
                given: "values",
                ..
            })
        ));
        let kind = MeanSquaredError.evaluate(y.view(), TargetsView::Classes(&[0, 0]), None);
        assert!(matches!(
            kind,
            Err(Error::TargetKind {
                given: "classes",
                ..
            })
        ));
        let none = Array2::<f32>::zeros((0, 3));
        let empty = SoftmaxCrossEntropy.evaluate(none.view(), TargetsView::Classes(&[]), None);
        assert!(matches!(empty, Err(Error::Empty { .. })));
        let mut dy = Array2::zeros((2, 2));
        let place = SoftmaxCrossEntropy.evaluate(
            y.view(),
            TargetsView::Classes(&[0, 0]),
            Some(dy.view_mut()),
        );
        assert!(matches!(place, Err(Error::Shape { .. })));
    }
}
