//! Sets of samples with their targets.

use ndarray::{Array2, Array3, ArrayView2, Axis};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use super::{Targets, TargetsView, shuffled};
use crate::error::Error;
use crate::error::check_length;
use crate::simd::Real;

/// Samples with their targets, checked: not empty, all numbers finite, all labels in range.
///
/// A sample is a row of numbers, or a sequence of such rows. A sequence has a target for each of
/// its last so many steps: for all of them, or for the last one only.
///
/// ```
/// use ftm_runtime::data::Dataset;
/// use ndarray::array;
///
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let inputs = array![[0.0_f32, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let exclusive_or = Dataset::classification(inputs, vec![0, 1, 1, 0], 2)?;
/// assert_eq!(exclusive_or.len(), 4);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset<T> {
    /// Steps of a sample, and how many of them have a target.
    steps: usize,
    target_steps: usize,
    /// (Samples × steps) × features.
    inputs: Array2<T>,
    /// Samples × target steps.
    targets: Targets<T>,
}

impl<T: Real> Dataset<T> {
    /// Rows, samples × features, each with its class, counted from 0.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], [`Error::Label`], [`Error::NonFiniteData`];
    /// [`Error::Argument`] when there are so many classes that no memory holds a number for each
    /// class and row.
    #[inline(never)]
    pub fn classification(
        inputs: Array2<T>,
        labels: Vec<usize>,
        classes: usize,
    ) -> Result<Self, Error> {
        Self::checked(1, inputs, Targets::Classes { labels, classes })
    }

    /// Rows, samples × features, each with its row of values, samples × outputs.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], [`Error::NonFiniteData`].
    #[inline(never)]
    pub fn regression(inputs: Array2<T>, values: Array2<T>) -> Result<Self, Error> {
        Self::checked(1, inputs, Targets::Values(values))
    }

    /// Sequences of equal length, samples × steps × features. The targets follow sample by
    /// sample, and in a sample step by step: as many for each as belong to its last steps.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Label`], [`Error::NonFiniteData`]; [`Error::Length`] when the
    /// number of targets is not a multiple of the samples, or exceeds samples × steps.
    #[inline(never)]
    pub fn sequences(inputs: Array3<T>, targets: Targets<T>) -> Result<Self, Error> {
        let (samples, steps, features) = inputs.dim();
        let inputs = inputs
            .as_standard_layout()
            .into_owned()
            .into_shape_with_order((samples * steps, features))
            .map_err(|_| Error::Empty {
                what: "the array of inputs",
            })?;
        Self::checked(steps, inputs, targets)
    }

    fn checked(steps: usize, inputs: Array2<T>, targets: Targets<T>) -> Result<Self, Error> {
        if inputs.is_empty() {
            return Err(Error::Empty {
                what: "the array of inputs",
            });
        }
        if targets.rows() == 0 || targets.width() == 0 {
            return Err(Error::Empty {
                what: "the set of targets",
            });
        }
        let most = isize::MAX as usize / size_of::<T>();
        if targets.width() > most / targets.rows() {
            return Err(Error::Argument {
                name: "the number of classes",
                given: targets.width().to_string(),
                allowed: "so small that memory could hold a number for each class and row",
            });
        }
        let samples = inputs.nrows() / steps;
        let target_steps = targets.rows() / samples;
        if target_steps * samples != targets.rows() || target_steps > steps {
            return Err(Error::Length {
                what: "the list of targets",
                expected: inputs.nrows(),
                given: targets.rows(),
            });
        }
        check_finite("the input", inputs.view())?;
        match &targets {
            Targets::Values(values) => check_finite("the target", values.view())?,
            Targets::Classes { labels, classes } => {
                if let Some(bad) = labels.iter().position(|label| label >= classes) {
                    return Err(Error::Label {
                        sample: bad / target_steps,
                        label: labels[bad],
                        classes: *classes,
                    });
                }
            }
        }
        Ok(Self {
            steps,
            target_steps,
            inputs,
            targets,
        })
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inputs.nrows() / self.steps
    }

    /// Always false: there is at least one sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Steps of each sample; 1 unless they are sequences.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// How many steps at the end of each sample have a target.
    #[must_use]
    pub fn target_steps(&self) -> usize {
        self.target_steps
    }

    /// Numbers in a row of input.
    #[must_use]
    pub fn features(&self) -> usize {
        self.inputs.ncols()
    }

    /// The output width of a network for this set: the number of classes or of values.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.targets.width()
    }

    /// All inputs, (samples × steps) × features.
    #[must_use]
    pub fn inputs(&self) -> ArrayView2<'_, T> {
        self.inputs.view()
    }

    /// All targets, samples × target steps of them.
    #[must_use]
    pub fn targets(&self) -> TargetsView<'_, T> {
        self.targets.view()
    }

    /// All targets, with the number of classes.
    pub(super) fn owned_targets(&self) -> &Targets<T> {
        &self.targets
    }

    /// The samples with these indices, in their order.
    ///
    /// # Errors
    /// [`Error::Empty`] without indices, [`Error::Argument`] for one that does not exist.
    #[inline(never)]
    pub fn select(&self, samples: &[usize]) -> Result<Self, Error> {
        if samples.is_empty() {
            return Err(Error::Empty {
                what: "the selection of samples",
            });
        }
        self.check_indices(samples)?;
        let rows = |steps: usize| {
            let of_sample = move |&sample: &usize| sample * steps..(sample + 1) * steps;
            samples.iter().flat_map(of_sample)
        };
        let input_rows: Vec<_> = rows(self.steps).collect();
        Ok(Self {
            steps: self.steps,
            target_steps: self.target_steps,
            inputs: self.inputs.select(Axis(0), &input_rows),
            targets: self.targets.select(rows(self.target_steps)),
        })
    }

    /// The first `count` samples and the others. Shuffle before, unless the order is random.
    ///
    /// # Errors
    /// [`Error::Argument`] when a side would be empty.
    pub fn split(&self, count: usize) -> Result<(Self, Self), Error> {
        if count == 0 || count >= self.len() {
            return Err(Error::Argument {
                name: "the number of samples before a split",
                given: format!("{count} of {}", self.len()),
                allowed: "at least 1 and below the number of samples",
            });
        }
        let all: Vec<_> = (0..self.len()).collect();
        let (first, second) = all.split_at(count);
        Ok((self.select(first)?, self.select(second)?))
    }

    /// All samples in an order drawn with `seed`.
    #[must_use]
    #[inline(never)]
    pub fn shuffled(&self, seed: u64) -> Self {
        let order = shuffled(self.len(), &mut Xoshiro256PlusPlus::seed_from_u64(seed));
        self.select(&order).unwrap_or_else(|_| self.clone())
    }

    /// Changes all inputs, as by a [`super::Standardizer`].
    ///
    /// # Errors
    /// [`Error::NonFiniteData`] when a number is not finite afterwards.
    pub fn map_inputs(
        mut self,
        change: impl FnOnce(&mut Array2<T>) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        change(&mut self.inputs)?;
        Self::checked(self.steps, self.inputs, self.targets)
    }

    /// Checks that all samples exist.
    pub(super) fn check_indices(&self, samples: &[usize]) -> Result<(), Error> {
        match samples.iter().find(|&&sample| sample >= self.len()) {
            None => Ok(()),
            Some(sample) => Err(Error::Argument {
                name: "the index of a sample",
                given: sample.to_string(),
                allowed: "below the number of samples",
            }),
        }
    }

    /// Checks that the set fits on a network.
    pub(crate) fn check_widths(&self, inputs: usize, outputs: usize) -> Result<(), Error> {
        if self.features() != inputs {
            return Err(Error::Width {
                what: "the input given to the network",
                expected: inputs,
                given: self.features(),
            });
        }
        check_length("the output of the network", self.outputs(), outputs)
    }
}

/// Checks that all numbers are finite.
pub(crate) fn check_finite<T: Real>(
    what: &'static str,
    values: ArrayView2<'_, T>,
) -> Result<(), Error> {
    match values.indexed_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some(((row, column), value)) => Err(Error::NonFiniteData {
            what,
            row,
            column,
            value: value.to_f64(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array, array};

    fn numbered(samples: usize) -> Dataset<f32> {
        let inputs = Array::from_shape_fn((samples, 2), |(n, i)| (10 * n + i) as f32);
        Dataset::classification(inputs, (0..samples).collect(), samples).expect("good data")
    }

    #[test]
    fn splits_and_orders_keep_inputs_and_targets_together() {
        let (first, second) = numbered(5).split(3).expect("two parts");
        assert_eq!((first.len(), second.len()), (3, 2));
        assert_eq!(second.inputs(), array![[30.0, 31.0], [40.0, 41.0]]);
        assert_eq!(second.targets(), TargetsView::Classes(&[3, 4]));
        let shuffled = numbered(50).shuffled(1);
        assert_eq!(shuffled, numbered(50).shuffled(1));
        assert_ne!(shuffled, numbered(50));
        let TargetsView::Classes(labels) = shuffled.targets() else {
            panic!("classes")
        };
        for (row, &label) in shuffled.inputs().outer_iter().zip(labels) {
            assert_eq!(row[0], 10.0 * label as f32);
        }
    }

    #[test]
    fn sequences_may_have_targets_for_their_last_steps() {
        let inputs = Array3::<f64>::zeros((4, 3, 2));
        for (count, steps) in [(4, 1), (8, 2), (12, 3)] {
            let targets = Targets::Values(Array2::zeros((count, 1)));
            let set = Dataset::sequences(inputs.clone(), targets).expect("good data");
            assert_eq!((set.len(), set.steps(), set.target_steps()), (4, 3, steps));
        }
        for count in [5, 16] {
            let targets = Targets::Values(Array2::zeros((count, 1)));
            let error = Dataset::sequences(inputs.clone(), targets);
            assert!(matches!(error, Err(Error::Length { .. })), "{count}");
        }
    }

    #[test]
    fn bad_data_is_refused_with_its_place() {
        let ok = || Array2::<f32>::zeros((2, 2));
        let mut bad = ok();
        bad[[1, 0]] = f32::NAN;
        let error = Dataset::classification(bad.clone(), vec![0, 0], 1);
        assert!(matches!(
            error,
            Err(Error::NonFiniteData {
                row: 1,
                column: 0,
                ..
            })
        ));
        let error = Dataset::regression(ok(), bad);
        let what = "the target";
        assert!(matches!(error, Err(Error::NonFiniteData { what: w, .. }) if w == what));
        let error = Dataset::classification(ok(), vec![0, 7], 3);
        assert!(matches!(
            error,
            Err(Error::Label {
                sample: 1,
                label: 7,
                classes: 3
            })
        ));
        for classes in [1 << 63, usize::MAX] {
            let error = Dataset::classification(ok(), vec![0, 7], classes);
            let message = error.expect_err("too many classes").to_string();
            let start = format!("the number of classes is {classes}, but must be");
            assert!(message.starts_with(&start), "{message}");
        }
        let error = Dataset::classification(ok(), vec![0], 3);
        assert!(matches!(
            error,
            Err(Error::Length {
                expected: 2,
                given: 1,
                ..
            })
        ));
        let error = Dataset::regression(Array2::<f32>::zeros((0, 2)), ok());
        assert!(matches!(error, Err(Error::Empty { .. })));
        let error = Dataset::regression(ok(), Array2::zeros((2, 0)));
        assert!(matches!(error, Err(Error::Empty { .. })));
        let error = Dataset::sequences(
            Array3::<f32>::zeros((2, 0, 1)),
            Targets::Values(Array2::zeros((2, 1))),
        );
        assert!(matches!(error, Err(Error::Empty { .. })));
        for count in [0, 3, 4] {
            let error = numbered(3).split(count);
            assert!(matches!(error, Err(Error::Argument { .. })), "{count}");
        }
        assert!(matches!(
            numbered(3).select(&[3]),
            Err(Error::Argument { .. })
        ));
        let error = numbered(2).map_inputs(|x| {
            x[[0, 0]] = f32::INFINITY;
            Ok(())
        });
        assert!(matches!(error, Err(Error::NonFiniteData { .. })));
    }
}
