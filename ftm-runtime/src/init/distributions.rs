//! What the numbers of a layer are drawn from.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::fill;
use crate::connection::{Connection, Description, Initializer, Parameter};
use crate::error::Error;
use crate::simd::Real;

/// The distributions of the parameters and constants of a layer's function.
#[derive(Clone, Debug, PartialEq)]
pub struct Distributions {
    description: &'static Description,
    parameters: Vec<Initializer>,
    constants: Vec<Initializer>,
}

impl Distributions {
    /// Those that `C` declares, for a layer of `inputs` inputs. A parameter declared without a
    /// distribution gets the uniform one on ±1/√inputs, whatever the formula is.
    ///
    /// # Errors
    /// [`Error::Distribution`] when a declared distribution does not exist, or a constant has
    /// none.
    pub fn of<C: Connection>(inputs: usize) -> Result<Self, Error> {
        let description = C::description();
        let bound = 1.0 / (inputs.max(1) as f64).sqrt();
        let fallback = Initializer::Uniform(-bound, bound);
        let all = |symbols: &[Parameter], fallback: Option<Initializer>| -> Result<Vec<_>, Error> {
            symbols
                .iter()
                .map(|symbol| match symbol.initializer.or(fallback) {
                    Some(initializer) => checked(description, symbol.name, initializer),
                    None => Err(Error::Distribution {
                        function: description.name.to_owned(),
                        parameter: symbol.name.to_owned(),
                        distribution: "nothing".to_owned(),
                        reason: "a constant needs a distribution of its own",
                    }),
                })
                .collect()
        };
        Ok(Self {
            description,
            parameters: all(description.parameters, Some(fallback))?,
            constants: all(description.constants, None)?,
        })
    }

    /// Draws the parameter or constant `name` from `initializer` from now on: all elements of
    /// an array by its name, one of them as `c[0]`.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`] when the function has none of that name,
    /// [`Error::Distribution`] when the distribution does not exist.
    pub fn set(&mut self, name: &str, initializer: Initializer) -> Result<(), Error> {
        let Description {
            parameters,
            constants,
            ..
        } = self.description;
        let symbols = parameters.iter().chain(constants.iter());
        let places = self.parameters.iter_mut().chain(&mut self.constants);
        let mut found = false;
        for (symbol, place) in symbols.zip(places) {
            if symbol.name == name || symbol.array() == Some(name) {
                *place = checked(self.description, symbol.name, initializer)?;
                found = true;
            }
        }
        if found {
            return Ok(());
        }
        Err(Error::UnknownParameter {
            layer: self.description.name.to_owned(),
            given: name.to_owned(),
            known: parameters
                .iter()
                .chain(constants.iter())
                .map(|symbol| symbol.name)
                .collect(),
        })
    }

    /// Draws all numbers of a layer of `width` outputs, `[input][parameter][output]` and
    /// `[input][constant][output]`.
    pub fn draw<T: Real>(
        &self,
        width: usize,
        random: &mut Xoshiro256PlusPlus,
        parameters: &mut [T],
        constants: &mut [T],
    ) {
        fill_rows(&self.parameters, width, random, parameters);
        fill_rows(&self.constants, width, random, constants);
    }
}

/// Draws `values`, which are rows of `width`: each row from the next of `initializers`, over and
/// over. This is the order of a layer's edges, `[input][parameter][output]`.
fn fill_rows<T: Real>(
    initializers: &[Initializer],
    width: usize,
    random: &mut Xoshiro256PlusPlus,
    values: &mut [T],
) {
    let rows = values.chunks_mut(width.max(1));
    for (row, &initializer) in rows.zip(initializers.iter().cycle()) {
        fill(initializer, random, row);
    }
}

/// The initializer, if its arguments make sense.
fn checked(
    description: &Description,
    parameter: &str,
    initializer: Initializer,
) -> Result<Initializer, Error> {
    let reason = match initializer {
        Initializer::Uniform(low, high) => {
            if !low.is_finite() || !high.is_finite() || !(high - low).is_finite() {
                "its bounds and their distance must be finite"
            } else if low >= high {
                "the first bound must be below the second"
            } else {
                return Ok(initializer);
            }
        }
        Initializer::Normal(mean, deviation) => {
            if !mean.is_finite() || !deviation.is_finite() {
                "its mean and standard deviation must be finite"
            } else if deviation <= 0.0 {
                "the standard deviation must be above 0"
            } else {
                return Ok(initializer);
            }
        }
        Initializer::Value(value) if !value.is_finite() => "the value must be finite",
        Initializer::Value(_) | Initializer::Sign => return Ok(initializer),
    };
    Err(Error::Distribution {
        function: description.name.to_owned(),
        parameter: parameter.to_owned(),
        distribution: initializer.to_string(),
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_distributions_are_named() {
        let description = Description {
            name: "Sine",
            ..Description::EMPTY
        };
        for (initializer, text) in [
            (Initializer::Uniform(3.0, 1.0), "uniform(3, 1)"),
            (Initializer::Uniform(0.0, f64::INFINITY), "uniform(0, inf)"),
            (Initializer::Uniform(-1e308, 1e308), "their distance"),
            (Initializer::Normal(0.0, 0.0), "normal(0, 0)"),
            (Initializer::Normal(f64::NAN, 1.0), "normal(NaN, 1)"),
            (Initializer::Value(f64::NAN), "value(NaN)"),
        ] {
            let error = checked(&description, "w", initializer).expect_err("impossible");
            let message = error.to_string();
            assert!(message.starts_with("parameter `w` of `Sine` cannot be drawn from"));
            assert!(message.contains(text), "{message}");
        }
    }
}
