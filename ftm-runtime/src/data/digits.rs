//! A small set of handwritten digits that comes with the crate.

use std::io::BufReader;

use flate2::read::GzDecoder;
use ndarray::{Axis, Slice};

use super::{Dataset, csv};
use crate::error::Error;
use crate::simd::Real;

/// 1,797 images of 8×8, values in \[0, 1\], and their classes 0–9, in three sets.
///
/// Source: E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine
/// Learning Repository, 1998, CC BY 4.0.
///
/// ```
/// let digits = ftm_runtime::data::Digits::<f32>::load()?;
/// assert_eq!(digits.train.len(), 1297);
/// assert_eq!((digits.train.features(), digits.train.outputs()), (64, 10));
/// # Ok::<(), ftm_runtime::error::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Digits<T> {
    /// 1,297 images.
    pub train: Dataset<T>,
    /// 200 images.
    pub validation: Dataset<T>,
    /// 300 images.
    pub test: Dataset<T>,
}

impl<T: Real> Digits<T> {
    /// Classes of the set.
    pub const CLASSES: usize = 10;
    /// The file has its writers one after the other; this seed mixes them.
    const SEED: u64 = 1998;

    /// The three sets, always the same.
    ///
    /// # Errors
    /// None, unless the crate's own copy of the data is damaged.
    #[inline(never)]
    pub fn load() -> Result<Self, Error> {
        let bytes = include_bytes!("../../data/digits.csv.gz");
        let table = csv("digits.csv.gz", BufReader::new(GzDecoder::new(&bytes[..])))?;
        let pixels = table.ncols() - 1;
        let images = table.slice_axis(Axis(1), Slice::from(..pixels));
        let images = images.mapv(|value| T::from_f64(value / 16.0));
        let labels = table.column(pixels);
        let labels = labels.iter().map(|&label| label as usize);
        let all = Dataset::classification(images, labels.collect(), Self::CLASSES)?;
        let (rest, test) = all.shuffled(Self::SEED).split(1497)?;
        let (train, validation) = rest.split(1297)?;
        Ok(Self {
            train,
            validation,
            test,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::TargetsView;
    use super::*;

    #[test]
    fn all_classes_are_in_every_set() {
        let digits = Digits::<f32>::load().expect("the copy is good");
        let sets = [&digits.train, &digits.validation, &digits.test];
        assert_eq!(sets.map(Dataset::len), [1297, 200, 300]);
        for set in sets {
            let TargetsView::Classes(labels) = set.targets() else {
                panic!("classes")
            };
            for class in 0..10 {
                let share = labels.iter().filter(|&&l| l == class).count() * 100 / labels.len();
                assert!((5..=16).contains(&share), "{share}% of class {class}");
            }
            assert!(set.inputs().iter().all(|v| (0.0..=1.0).contains(v)));
        }
    }
}
