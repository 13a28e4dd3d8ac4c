//! Lists inside of messages.

use std::fmt;

use super::Error;

/// A shape as text: `100 × 784`.
pub(super) struct Shape<'a>(pub(super) &'a [usize]);

impl fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (axis, length) in self.0.iter().enumerate() {
            if axis > 0 {
                f.write_str(" × ")?;
            }
            write!(f, "{length}")?;
        }
        Ok(())
    }
}

/// Errors as text, one after the other.
pub(super) struct List<'a>(pub(super) &'a [Error]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

/// Names as text: `a, w, p`, or `none`.
pub(super) struct Names<'a>(pub(super) &'a [&'static str]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        f.write_str(&self.0.join(", "))
    }
}
