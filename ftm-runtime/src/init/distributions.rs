//! What the numbers of a layer are drawn from.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::function::Function;
use super::{Signal, fill};
use crate::connection::{Connection, Description, Initializer, Parameter};
use crate::error::Error;
use crate::simd::Real;

/// The distributions of the parameters and constants of a layer's function.
#[derive(Clone, Debug)]
pub struct Distributions {
    pub(super) description: &'static Description,
    pub(super) function: Function,
    pub(super) parameters: Vec<Distribution>,
    pub(super) constants: Vec<Initializer>,
    /// What the bias is made for, once scales have been solved.
    pub(super) centred: Option<Signal>,
    /// Whether edges give f(x; θ) − f(r; θ), r being the mean of the inputs.
    pub(crate) anchored: bool,
}

/// What a parameter is drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Distribution {
    pub(super) initializer: Initializer,
    pub(super) origin: Origin,
    /// Factor of what is drawn, solved from the formula.
    pub(super) scale: f64,
}

/// Who chose a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The declaration of the function.
    Declared,
    /// Nobody: a normal one, of the scale that the formula wants.
    Formula,
    /// The user of the layer.
    Set,
}

impl Distributions {
    /// Those that `C` declares. A parameter declared without a distribution gets a normal one,
    /// of a scale that [`Distributions::solve`] finds.
    ///
    /// # Errors
    /// [`Error::Distribution`] when a declared distribution does not exist, or a constant has
    /// none.
    pub fn of<C: Connection>() -> Result<Self, Error> {
        let description = C::description();
        let parameter = |parameter: &Parameter| {
            let (initializer, origin) = match parameter.initializer {
                Some(declared) => (
                    checked(description, parameter.name, declared)?,
                    Origin::Declared,
                ),
                None => (Initializer::Normal(0.0, 1.0), Origin::Formula),
            };
            Ok(Distribution {
                initializer,
                origin,
                scale: 1.0,
            })
        };
        let constant = |constant: &Parameter| match constant.initializer {
            Some(declared) => checked(description, constant.name, declared),
            None => Err(Error::Distribution {
                function: description.name.to_owned(),
                parameter: constant.name.to_owned(),
                distribution: "nothing".to_owned(),
                reason: "a constant needs a distribution of its own",
            }),
        };
        Ok(Self {
            description,
            function: Function::of::<C>(),
            centred: None,
            anchored: false,
            parameters: description
                .parameters
                .iter()
                .map(parameter)
                .collect::<Result<_, _>>()?,
            constants: description
                .constants
                .iter()
                .map(constant)
                .collect::<Result<_, _>>()?,
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
        let called = |symbol: &Parameter| symbol.name == name || symbol.array() == Some(name);
        let mut found = false;
        for (symbol, place) in parameters.iter().zip(&mut self.parameters) {
            if called(symbol) {
                *place = Distribution {
                    initializer: checked(self.description, symbol.name, initializer)?,
                    origin: Origin::Set,
                    scale: 1.0,
                };
                found = true;
            }
        }
        for (symbol, place) in constants.iter().zip(&mut self.constants) {
            if called(symbol) {
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
        let rows =
            |each: usize, values: usize| (0..values / width.max(1)).map(move |r| r % each.max(1));
        let all = rows(self.parameters.len(), parameters.len());
        for (row, kind) in parameters.chunks_mut(width.max(1)).zip(all) {
            let Distribution {
                initializer, scale, ..
            } = self.parameters[kind];
            fill(initializer.scaled(scale), random, row);
        }
        let all = rows(self.constants.len(), constants.len());
        for (row, kind) in constants.chunks_mut(width.max(1)).zip(all) {
            fill(self.constants[kind], random, row);
        }
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
