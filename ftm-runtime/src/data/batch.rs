//! A batch of samples, gathered from a set into memory that is used again.

use ndarray::{ArrayView2, ArrayView3};

use super::{Dataset, Targets, TargetsView};
use crate::error::Error;
use crate::parallel;
use crate::simd::Real;

/// Some samples of a [`Dataset`], laid out as a network takes them: step by step, and in a step
/// sample by sample.
///
/// ```
/// use ftm_runtime::data::{Batch, Dataset};
/// use ndarray::array;
///
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let data = Dataset::classification(array![[1.0_f32], [2.0], [3.0]], vec![0, 1, 0], 2)?;
/// let mut batch = Batch::new();
/// batch.gather(&data, &[2, 0])?;
/// assert_eq!(batch.inputs(), array![[[3.0], [1.0]]]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Batch<T> {
    samples: usize,
    features: usize,
    outputs: usize,
    inputs: Vec<T>,
    labels: Vec<usize>,
    values: Vec<T>,
    of_classes: bool,
}

impl<T: Real> Batch<T> {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self {
            samples: 0,
            features: 1,
            outputs: 1,
            inputs: Vec::new(),
            labels: Vec::new(),
            values: Vec::new(),
            of_classes: false,
        }
    }

    /// Takes the samples with these indices.
    ///
    /// # Errors
    /// [`Error::Argument`] for an index that does not exist; the batch is not changed then.
    pub fn gather(&mut self, data: &Dataset<T>, samples: &[usize]) -> Result<(), Error> {
        data.check_indices(samples)?;
        self.samples = samples.len();
        self.features = data.features();
        self.outputs = data.outputs();
        self.labels.clear();
        copy_rows(&mut self.inputs, data.inputs(), samples, data.steps());
        let steps = data.target_steps();
        match data.owned_targets() {
            Targets::Classes { labels, .. } => {
                self.of_classes = true;
                self.values.clear();
                for step in 0..steps {
                    let of_step = samples.iter().map(|sample| labels[sample * steps + step]);
                    self.labels.extend(of_step);
                }
            }
            Targets::Values(values) => {
                self.of_classes = false;
                copy_rows(&mut self.values, values.view(), samples, steps);
            }
        }
        Ok(())
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples == 0
    }

    /// The inputs, steps × samples × features.
    #[must_use]
    pub fn inputs(&self) -> ArrayView3<'_, T> {
        let steps = self.inputs.len() / (self.samples * self.features).max(1);
        ArrayView3::from_shape((steps, self.samples, self.features), &self.inputs)
            .expect("whole samples were gathered")
    }

    /// The memory of the inputs.
    pub(crate) fn inputs_mut(&mut self) -> &mut Vec<T> {
        &mut self.inputs
    }

    /// The targets of the last steps, step by step and in a step sample by sample.
    #[must_use]
    pub fn targets(&self) -> TargetsView<'_, T> {
        if self.of_classes {
            TargetsView::Classes(&self.labels)
        } else {
            let rows = self.values.len() / self.outputs;
            let values = ArrayView2::from_shape((rows, self.outputs), &self.values);
            TargetsView::Values(values.expect("whole rows were gathered"))
        }
    }
}

impl<T: Real> Default for Batch<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Copies the rows of these samples, step by step.
fn copy_rows<T: Real>(
    target: &mut Vec<T>,
    source: ArrayView2<'_, T>,
    samples: &[usize],
    steps: usize,
) {
    let width = source.ncols();
    target.resize(steps * samples.len() * width, T::ZERO);
    let row_of = |row: usize| samples[row % samples.len()] * steps + row / samples.len();
    match source.to_slice() {
        Some(source) => {
            parallel::copy_rows(target, width, |row| &source[row_of(row) * width..][..width]);
        }
        None => {
            for (row, target) in target.chunks_exact_mut(width.max(1)).enumerate() {
                let source = source.row(row_of(row));
                (target.iter_mut().zip(source)).for_each(|(target, &value)| *target = value);
            }
        }
    }
}

/// A batch of all samples.
impl<T: Real> From<&Dataset<T>> for Batch<T> {
    fn from(data: &Dataset<T>) -> Self {
        let all: Vec<_> = (0..data.len()).collect();
        let mut batch = Self::new();
        batch.gather(data, &all).expect("all of them exist");
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Array3, Axis};

    #[test]
    fn sequences_are_gathered_step_by_step() {
        // Sample n has the input 100 n + 10 t + i at step t, and targets for its last 2 steps.
        let inputs = Array3::from_shape_fn((4, 3, 2), |(n, t, i)| (100 * n + 10 * t + i) as f32);
        let values = Array2::from_shape_fn((8, 1), |(row, _)| row as f32);
        let data = Dataset::sequences(inputs.clone(), Targets::Values(values)).expect("good");
        let mut batch = Batch::new();
        batch.gather(&data, &[3, 1]).expect("samples");
        assert_eq!(batch.inputs().dim(), (3, 2, 2));
        for t in 0..3 {
            for (b, n) in [3, 1].into_iter().enumerate() {
                let row = inputs.index_axis(Axis(0), n);
                let row = row.index_axis(Axis(0), t);
                assert_eq!(batch.inputs().index_axis(Axis(0), t).row(b), row);
            }
        }
        let expected = ndarray::array![[6.0], [2.0], [7.0], [3.0]];
        assert_eq!(batch.targets(), TargetsView::Values(expected.view()));
    }

    #[test]
    fn samples_that_do_not_exist_are_refused() {
        let inputs = Array2::<f64>::zeros((2, 1));
        let data = Dataset::classification(inputs, vec![0, 1], 2).expect("good");
        let mut batch = Batch::from(&data);
        assert!(matches!(
            batch.gather(&data, &[2]),
            Err(Error::Argument { .. })
        ));
        assert_eq!(batch.targets(), TargetsView::Classes(&[0, 1]));
    }
}
