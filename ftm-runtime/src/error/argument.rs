//! Arguments that must lie in a range.

use super::Error;

/// A number that must be finite and above 0.
pub(crate) fn positive(name: &'static str, value: f64) -> Result<f64, Error> {
    check(
        name,
        value,
        value > 0.0 && value.is_finite(),
        "finite and above 0",
    )
}

/// A number that must be finite and at least 0.
pub(crate) fn not_negative(name: &'static str, value: f64) -> Result<f64, Error> {
    check(
        name,
        value,
        value >= 0.0 && value.is_finite(),
        "finite and at least 0",
    )
}

/// A number that must be at least 0 and below 1.
pub(crate) fn fraction(name: &'static str, value: f64) -> Result<f64, Error> {
    check(
        name,
        value,
        (0.0..1.0).contains(&value),
        "at least 0 and below 1",
    )
}

/// A number that must be above 0 and below 1.
pub(crate) fn inner_fraction(name: &'static str, value: f64) -> Result<f64, Error> {
    check(
        name,
        value,
        value > 0.0 && value < 1.0,
        "above 0 and below 1",
    )
}

/// A count that must not be 0.
pub(crate) fn at_least_one(name: &'static str, count: usize) -> Result<usize, Error> {
    check(name, count, count > 0, "at least 1")
}

fn check<V: ToString>(
    name: &'static str,
    value: V,
    good: bool,
    allowed: &'static str,
) -> Result<V, Error> {
    if good {
        return Ok(value);
    }
    Err(Error::Argument {
        name,
        given: value.to_string(),
        allowed,
    })
}
