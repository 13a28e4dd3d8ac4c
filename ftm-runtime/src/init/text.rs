//! Distributions as text, as they are written in declarations.

use std::fmt;
use std::str::FromStr;

use crate::connection::Initializer;
use crate::error::Error;

impl fmt::Display for Initializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uniform(low, high) => write!(f, "uniform({low}, {high})"),
            Self::Normal(mean, deviation) => write!(f, "normal({mean}, {deviation})"),
            Self::Sign => f.write_str("sign()"),
            Self::Value(value) => write!(f, "value({value})"),
        }
    }
}

/// Reads `uniform(-0.1, 0.1)`, `normal(0, 1)`, `sign()` or `value(0.5)`.
///
/// ```
/// use ftm_runtime::connection::Initializer;
///
/// let initializer: Initializer = "uniform(-1, 1)".parse()?;
/// assert_eq!(initializer, Initializer::Uniform(-1.0, 1.0));
/// # Ok::<(), ftm_runtime::error::Error>(())
/// ```
impl FromStr for Initializer {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let (name, rest) = text.trim().split_once('(')?;
            let inside = rest.strip_suffix(')')?.trim();
            let number = |text: &str| {
                text.trim()
                    .parse()
                    .ok()
                    .filter(|number: &f64| number.is_finite())
            };
            let numbers = match inside {
                "" => Vec::new(),
                _ => inside.split(',').map(number).collect::<Option<_>>()?,
            };
            match (name.trim(), numbers.as_slice()) {
                ("uniform", &[low, high]) => Some(Self::Uniform(low, high)),
                ("normal", &[mean, deviation]) => Some(Self::Normal(mean, deviation)),
                ("sign", []) => Some(Self::Sign),
                ("value", &[value]) => Some(Self::Value(value)),
                _ => None,
            }
        };
        read().ok_or_else(|| Error::Argument {
            name: "the distribution",
            given: format!("`{text}`"),
            allowed: "`uniform(low, high)`, `normal(mean, deviation)`, `sign()` or `value(v)`, of finite numbers",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_back() {
        for initializer in [
            Initializer::Uniform(-0.5, 1e-3),
            Initializer::Normal(0.0, 2.0),
            Initializer::Sign,
            Initializer::Value(-1.0),
        ] {
            let read: Initializer = initializer.to_string().parse().expect("its own text");
            assert_eq!(read, initializer);
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "uniform",
            "uniform(1)",
            "uniform(1, x)",
            "sign(1)",
            "value()",
            "gauss(0, 1)",
            "normal(NaN, 1)",
            "uniform(0, inf)",
        ] {
            let error = text.parse::<Initializer>().expect_err(text).to_string();
            assert!(
                error.starts_with(&format!("the distribution is `{text}`")),
                "{error}"
            );
        }
    }
}
