//! The MNIST database of handwritten digits, and others of its form (Fashion-MNIST, KMNIST).

use std::ops::Range;
use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::{Dataset, Idx};
use crate::error::Error;
use crate::error::check_length;
use crate::simd::Real;

/// Images with values in \[0, 1\] and their classes 0–9, in three sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Mnist<T> {
    /// The training images without the last ones: 50,000.
    pub train: Dataset<T>,
    /// The last training images: 10,000.
    pub validation: Dataset<T>,
    /// The test images: 10,000.
    pub test: Dataset<T>,
}

/// The four files, in this order: training images, training labels, test images, test labels.
pub(super) const STEMS: [(&str, &str); 4] = [
    ("train-images", "idx3-ubyte"),
    ("train-labels", "idx1-ubyte"),
    ("t10k-images", "idx3-ubyte"),
    ("t10k-labels", "idx1-ubyte"),
];

impl<T: Real> Mnist<T> {
    /// Classes of the database.
    pub const CLASSES: usize = 10;

    /// Reads the four files in `directory`, plain or compressed (`.gz`), and named like
    /// `train-images-idx3-ubyte` or `train-images.idx3-ubyte`. The last 10,000 training images
    /// are for validation.
    ///
    /// # Errors
    /// [`Error::NoFile`], [`Error::File`] or [`Error::Idx`] for a file that is missing or bad,
    /// [`Error::Length`] when images and labels do not agree, [`Error::Label`] for a label above
    /// 9, [`Error::Empty`] when there are no more than 10,000 training images.
    pub fn load(directory: impl AsRef<Path>) -> Result<Self, Error> {
        Self::load_split(directory, 10_000)
    }

    /// As [`Mnist::load`], with the last `validation` training images for validation.
    ///
    /// # Errors
    /// As [`Mnist::load`]; [`Error::Empty`] also when a set would have no image.
    pub fn load_split(directory: impl AsRef<Path>, validation: usize) -> Result<Self, Error> {
        let directory = directory.as_ref();
        let images = Idx::open(&find(directory, STEMS[0])?, 3)?;
        let labels = Idx::open(&find(directory, STEMS[1])?, 1)?;
        let test_images = Idx::open(&find(directory, STEMS[2])?, 3)?;
        let test_labels = Idx::open(&find(directory, STEMS[3])?, 1)?;
        let count = images.dimensions[0];
        check_length("the list of training labels", count, labels.elements.len())?;
        let tests = test_images.dimensions[0];
        check_length("the list of test labels", tests, test_labels.elements.len())?;
        if images.dimensions[1..] != test_images.dimensions[1..] {
            return Err(Error::Shape {
                what: "a test image",
                expected: images.dimensions[1..].to_vec(),
                given: test_images.dimensions[1..].to_vec(),
            });
        }
        let first = count.saturating_sub(validation);
        Ok(Self {
            train: set(&images, &labels, 0..first)?,
            validation: set(&images, &labels, first..count)?,
            test: set(&test_images, &test_labels, 0..tests)?,
        })
    }
}

/// The path of a file under one of its names.
pub(super) fn find(directory: &Path, (stem, kind): (&str, &str)) -> Result<PathBuf, Error> {
    let names = [
        format!("{stem}-{kind}"),
        format!("{stem}.{kind}"),
        format!("{stem}-{kind}.gz"),
        format!("{stem}.{kind}.gz"),
    ];
    match names.iter().find(|name| directory.join(name).is_file()) {
        Some(name) => Ok(directory.join(name)),
        None => Err(Error::NoFile {
            directory: directory.to_owned(),
            names: names.into(),
        }),
    }
}

/// Some of the images, scaled from 0–255 to 0–1.
fn set<T: Real>(images: &Idx, labels: &Idx, range: Range<usize>) -> Result<Dataset<T>, Error> {
    let pixels: usize = images.dimensions[1..].iter().product();
    let scaled: Vec<T> = (0..=255)
        .map(|v| T::from_f64(f64::from(v) / 255.0))
        .collect();
    let bytes = &images.elements[range.start * pixels..range.end * pixels];
    let values = bytes
        .iter()
        .map(|&byte| scaled[usize::from(byte)])
        .collect();
    let inputs =
        Array2::from_shape_vec((range.len(), pixels), values).map_err(|_| Error::Empty {
            what: "the set of images",
        })?;
    let labels = labels.elements[range]
        .iter()
        .map(|&label| usize::from(label));
    Dataset::classification(inputs, labels.collect(), Mnist::<T>::CLASSES)
}

#[cfg(test)]
mod tests {
    use super::super::TargetsView;
    use super::*;
    use std::fs;

    /// A directory of its own for each test, removed at the end.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("ftm-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a directory");
            Self(path)
        }

        fn write(&self, name: &str, dimensions: &[u32], elements: &[u8]) {
            let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
            bytes.extend(dimensions.iter().flat_map(|length| length.to_be_bytes()));
            bytes.extend(elements);
            fs::write(self.0.join(name), bytes).expect("a file");
        }

        /// Three training images and one test image of 1 × 2 pixels, under both forms of name.
        fn good(name: &str) -> Self {
            let directory = Self::new(name);
            directory.write(
                "train-images-idx3-ubyte",
                &[3, 1, 2],
                &[0, 51, 102, 153, 204, 255],
            );
            directory.write("train-labels-idx1-ubyte", &[3], &[7, 8, 9]);
            directory.write("t10k-images.idx3-ubyte", &[1, 1, 2], &[255, 0]);
            directory.write("t10k-labels.idx1-ubyte", &[1], &[0]);
            directory
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn images_are_scaled_and_split() {
        let directory = Directory::good("mnist-good");
        let mnist = Mnist::<f64>::load_split(&directory.0, 1).expect("good files");
        assert_eq!(
            (mnist.train.len(), mnist.validation.len(), mnist.test.len()),
            (2, 1, 1)
        );
        assert_eq!(
            mnist.train.inputs(),
            ndarray::array![[0.0, 0.2], [0.4, 0.6]]
        );
        assert_eq!(mnist.validation.targets(), TargetsView::Classes(&[9]));
        assert_eq!(mnist.test.inputs(), ndarray::array![[1.0, 0.0]]);
    }

    #[test]
    fn files_that_do_not_agree_are_refused() {
        let directory = Directory::good("mnist-bad");
        let load = || Mnist::<f32>::load_split(&directory.0, 1);
        assert!(matches!(
            Mnist::<f32>::load(&directory.0),
            Err(Error::Empty { .. })
        ));
        directory.write("train-labels-idx1-ubyte", &[3], &[7, 10, 9]);
        assert!(matches!(
            load(),
            Err(Error::Label {
                sample: 1,
                label: 10,
                ..
            })
        ));
        directory.write("train-labels-idx1-ubyte", &[2], &[7, 8]);
        assert!(matches!(
            load(),
            Err(Error::Length {
                expected: 3,
                given: 2,
                ..
            })
        ));
        directory.write("train-labels-idx1-ubyte", &[3], &[7, 8, 9]);
        directory.write("t10k-images.idx3-ubyte", &[1, 2, 1], &[255, 0]);
        assert!(matches!(load(), Err(Error::Shape { .. })));
        fs::remove_file(directory.0.join("t10k-images.idx3-ubyte")).expect("removed");
        let error = load().expect_err("a file is missing");
        assert!(
            error.to_string().contains("t10k-images-idx3-ubyte"),
            "{error}"
        );
        directory.write("t10k-images-idx3-ubyte", &[0, 1, 2], &[]);
        directory.write("t10k-labels.idx1-ubyte", &[0], &[]);
        assert!(matches!(load(), Err(Error::Empty { .. })));
    }
}
