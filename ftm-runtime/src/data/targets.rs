//! What a network is to give: classes or values.

use ndarray::{Array2, ArrayView2};

use crate::simd::Real;

/// The wanted outputs of a number of rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets<T> {
    /// A class for each row.
    Classes {
        /// The class of each row, counted from 0.
        labels: Vec<usize>,
        /// How many classes there are.
        classes: usize,
    },
    /// A row of values for each row.
    Values(Array2<T>),
}

/// A view of [`Targets`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TargetsView<'a, T> {
    /// The class of each row, counted from 0.
    Classes(&'a [usize]),
    /// A row of values for each row.
    Values(ArrayView2<'a, T>),
}

impl<T: Real> Targets<T> {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.view().rows()
    }

    /// The output width of a network for them: the number of classes or of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::Classes { classes, .. } => *classes,
            Self::Values(values) => values.ncols(),
        }
    }

    /// All of them as a view.
    #[must_use]
    pub fn view(&self) -> TargetsView<'_, T> {
        match self {
            Self::Classes { labels, .. } => TargetsView::Classes(labels),
            Self::Values(values) => TargetsView::Values(values.view()),
        }
    }

    /// The rows with these indices, which must exist, in their order.
    pub(super) fn select(&self, rows: impl Iterator<Item = usize>) -> Self {
        match self {
            Self::Classes { labels, classes } => Self::Classes {
                labels: rows.map(|row| labels[row]).collect(),
                classes: *classes,
            },
            Self::Values(values) => {
                let rows: Vec<_> = rows.collect();
                Self::Values(values.select(ndarray::Axis(0), &rows))
            }
        }
    }
}

impl<T: Real> TargetsView<'_, T> {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Classes(labels) => labels.len(),
            Self::Values(values) => values.nrows(),
        }
    }

    /// What they are, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Classes(_) => "classes",
            Self::Values(_) => "values",
        }
    }
}
