//! Inputs brought to mean 0 and standard deviation 1.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::dataset::check_finite;
use crate::error::{Error, check_length, not_negative};
use crate::simd::Real;

/// Mean and standard deviation of each column, of the training set usually, to be applied to
/// every set. A column that does not vary is only centred.
///
/// ```
/// use ftm_runtime::data::Standardizer;
/// use ndarray::array;
///
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let mut x = array![[1.0_f32, 5.0], [3.0, 5.0]];
/// Standardizer::of(x.view())?.apply(&mut x)?;
/// assert_eq!(x, array![[-1.0, 0.0], [1.0, 0.0]]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standardizer {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Standardizer {
    /// Measures the columns of `x`, rows × columns.
    ///
    /// # Errors
    /// [`Error::Empty`] without rows; [`Error::NonFiniteData`] where a number is not finite;
    /// [`Error::Argument`] when the deviation of a column is not, as of numbers that are too large.
    pub fn of<T: Real>(x: ArrayView2<'_, T>) -> Result<Self, Error> {
        if x.is_empty() {
            return Err(Error::Empty {
                what: "the array to measure",
            });
        }
        check_finite("the array to measure", x)?;
        let rows = x.nrows() as f64;
        let columns = x.columns().into_iter();
        let scales = columns.map(|column| {
            let mean = column.iter().map(|v| v.to_f64()).sum::<f64>() / rows;
            let squares = column.iter().map(|v| (v.to_f64() - mean).powi(2));
            let deviation = (squares.sum::<f64>() / rows).sqrt();
            Ok((mean, not_negative("the deviation of a column", deviation)?))
        });
        let (mean, deviation) = scales.collect::<Result<_, Error>>()?;
        Ok(Self { mean, deviation })
    }

    /// Whether it is one of so many columns.
    pub(crate) fn is_of(&self, columns: usize) -> bool {
        self.mean.len() == columns && self.deviation.len() == columns
    }

    /// Brings the columns of `x` to the measured scale.
    ///
    /// # Errors
    /// [`Error::Length`] when there are more or fewer columns than were measured.
    pub fn apply<T: Real>(&self, x: &mut Array2<T>) -> Result<(), Error> {
        check_length("the row of input", self.mean.len(), x.ncols())?;
        for mut row in x.rows_mut() {
            for ((value, mean), deviation) in row.iter_mut().zip(&self.mean).zip(&self.deviation) {
                let scale = if *deviation > 0.0 { *deviation } else { 1.0 };
                *value = T::from_f64((value.to_f64() - mean) / scale);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_widths_are_refused() {
        let standardizer = Standardizer::of(Array2::<f32>::zeros((3, 2)).view()).expect("rows");
        let error = standardizer.apply(&mut Array2::<f32>::zeros((1, 3)));
        assert!(matches!(
            error,
            Err(Error::Length {
                expected: 2,
                given: 3,
                ..
            })
        ));
        let error = Standardizer::of(Array2::<f32>::zeros((0, 2)).view());
        assert!(matches!(error, Err(Error::Empty { .. })));
    }

    /// A file could not hold it.
    #[test]
    fn a_scale_is_finite() {
        let of = |number: f64| Standardizer::of(ndarray::array![[0.0, number], [1.0, 0.5]].view());
        for number in [f64::NAN, f64::INFINITY] {
            let error = of(number).expect_err("not finite");
            assert!(
                matches!(error, Error::NonFiniteData { column: 1, .. }),
                "{error}"
            );
        }
        for number in [1e308, 1e200] {
            let error = of(number).expect_err("too large");
            assert!(matches!(error, Error::Argument { .. }), "{error}");
        }
    }
}
