//! What a network achieves on a data set.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::data::{Batch, Dataset, TargetsView};
use crate::error::Error;
use crate::loss::Loss;
use crate::network::{Network, Workspace};
use crate::simd::Real;

/// Samples that are computed at a time.
pub(crate) const SAMPLES: usize = 256;

/// Loss and accuracy over a data set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Mean loss over all rows.
    pub loss: f64,
    /// Fraction of rows, from 0 to 1, whose greatest output is that of their class; `None` for
    /// targets that are no classes.
    pub accuracy: Option<f64>,
}

/// Loss and accuracy of `network` on `data`, a batch at a time, on the best instruction set.
///
/// # Errors
/// Those of the network's forward pass and of the loss, when the data does not fit them.
#[inline(never)]
pub fn evaluate<T: Real>(
    network: &Network<T>,
    loss: &dyn Loss<T>,
    data: &Dataset<T>,
) -> Result<Metrics, Error> {
    evaluate_in(&mut Workspace::new(), network, loss, data)
}

/// As [`evaluate`], with the memory and on the instruction set of `workspace`.
///
/// # Errors
/// As [`evaluate`].
#[inline(never)]
pub fn evaluate_in<T: Real>(
    workspace: &mut Workspace<T>,
    network: &Network<T>,
    loss: &dyn Loss<T>,
    data: &Dataset<T>,
) -> Result<Metrics, Error> {
    let (mut total, mut rows, mut right) = (0.0, 0, None);
    each_batch(workspace, network, data, |y, targets| {
        total += loss.evaluate(y, targets, None)? * y.nrows() as f64;
        rows += y.nrows();
        if let TargetsView::Classes(labels) = targets {
            *right.get_or_insert(0) += correct(y, labels);
        }
        Ok(())
    })?;
    Ok(Metrics {
        loss: total / rows as f64,
        accuracy: right.map(|right| right as f64 / rows as f64),
    })
}

/// How often rows of a class (first index) are taken for a class (second index).
///
/// # Errors
/// As [`evaluate`]; [`Error::TargetKind`] for targets that are no classes.
#[inline(never)]
pub fn confusion<T: Real>(network: &Network<T>, data: &Dataset<T>) -> Result<Array2<usize>, Error> {
    let mut counts = Array2::zeros((network.outputs(), network.outputs()));
    each_batch(&mut Workspace::new(), network, data, |y, targets| {
        let TargetsView::Classes(labels) = targets else {
            return Err(Error::TargetKind {
                loss: "a confusion matrix",
                expected: "classes",
                given: targets.kind(),
            });
        };
        for (sample, (y, &label)) in y.outer_iter().zip(labels).enumerate() {
            let guess = greatest(y.iter().copied());
            match counts.get_mut((label, guess)) {
                Some(count) => *count += 1,
                None => {
                    return Err(Error::Label {
                        sample,
                        label,
                        classes: y.len(),
                    });
                }
            }
        }
        Ok(())
    })?;
    Ok(counts)
}

/// The number of rows whose greatest output is that of their class.
#[must_use]
pub fn correct<T: Real>(y: ArrayView2<'_, T>, labels: &[usize]) -> usize {
    let rows = y.outer_iter().zip(labels);
    rows.filter(|(y, label)| greatest(y.iter().copied()) == **label)
        .count()
}

/// The place of the greatest number, the first of equals.
pub fn greatest<T: Real>(values: impl IntoIterator<Item = T>) -> usize {
    let mut best: Option<(usize, T)> = None;
    for (place, value) in values.into_iter().enumerate() {
        if best.is_none_or(|(_, most)| value > most) {
            best = Some((place, value));
        }
    }
    best.map_or(0, |(place, _)| place)
}

/// Runs the network over the data in order, and hands on the outputs that have targets.
fn each_batch<T: Real>(
    workspace: &mut Workspace<T>,
    network: &Network<T>,
    data: &Dataset<T>,
    mut work: impl FnMut(ArrayView2<'_, T>, TargetsView<'_, T>) -> Result<(), Error>,
) -> Result<(), Error> {
    data.check_widths(network.inputs(), network.outputs())?;
    let mut batch = Batch::new();
    let samples: Vec<usize> = (0..data.len()).collect();
    for samples in samples.chunks(SAMPLES) {
        batch.gather(data, samples)?;
        network.forward_sequence(workspace, batch.inputs(), None)?;
        let outputs = workspace.last_outputs(data.target_steps());
        work(outputs, batch.targets())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::loss::{MeanSquaredError, SoftmaxCrossEntropy};
    use crate::test_layers::Dense;

    /// A network whose outputs are its inputs.
    fn identity() -> Network<f64> {
        let mut network = Network::new(3)
            .layer(|inputs| Dense::new(inputs, 3))
            .build(1)
            .expect("a network");
        let parameters = network.layers_mut()[0].parameters_mut();
        for (place, weight) in parameters.iter_mut().enumerate() {
            *weight = f64::from(u8::from(place % 4 == 0 && place < 9));
        }
        network
    }

    fn scores() -> Array2<f64> {
        array![
            [5.0, 1.0, 0.0],
            [0.0, 1.0, 7.0],
            [0.0, 9.0, 1.0],
            [2.0, 2.0, 1.0]
        ]
    }

    #[test]
    fn guesses_are_counted_by_class() {
        let labels = vec![0, 1, 1, 2];
        let data = Dataset::classification(scores(), labels, 3).expect("good data");
        let counts = confusion(&identity(), &data).expect("fits");
        assert_eq!(counts, array![[1, 0, 0], [0, 1, 1], [1, 0, 0]]);
        let metrics = evaluate(&identity(), &SoftmaxCrossEntropy, &data).expect("fits");
        assert_eq!(metrics.accuracy, Some(0.5));
        let scores = scores();
        let expected = scores.outer_iter().zip([0, 1, 1, 2]).map(|(y, label)| {
            let sum: f64 = y.iter().map(|&y| libm::exp(y)).sum();
            libm::log(sum) - y[label]
        });
        let expected = expected.sum::<f64>() / 4.0;
        assert!((metrics.loss - expected).abs() < 1e-12);
    }

    #[test]
    fn batches_add_up() {
        let x = Array2::from_shape_fn((2 * SAMPLES + 7, 3), |(n, i)| ((n * 3 + i) as f64).sin());
        let data = Dataset::regression(x.clone(), Array2::zeros(x.dim())).expect("good data");
        let metrics = evaluate(&identity(), &MeanSquaredError, &data).expect("fits");
        let expected = x.mapv(|x| x * x).mean().expect("numbers");
        assert!((metrics.loss / expected - 1.0).abs() < 1e-12, "{metrics:?}");
        assert_eq!(metrics.accuracy, None);
    }

    #[test]
    fn data_that_does_not_fit_is_refused() {
        let numbers = Dataset::regression(scores(), scores()).expect("good data");
        let error = confusion(&identity(), &numbers);
        assert!(matches!(error, Err(Error::TargetKind { .. })));
        let error = evaluate(&identity(), &SoftmaxCrossEntropy, &numbers);
        assert!(matches!(error, Err(Error::TargetKind { .. })));
        let narrow = Dataset::regression(Array2::zeros((4, 2)), scores()).expect("good data");
        let mut workspace = Workspace::new();
        let error = evaluate_in(&mut workspace, &identity(), &MeanSquaredError, &narrow);
        assert!(matches!(error, Err(Error::Width { .. })));
        let more = Dataset::classification(scores(), vec![0, 1, 1, 3], 4).expect("good data");
        assert!(confusion(&identity(), &more).is_err());
    }
}
