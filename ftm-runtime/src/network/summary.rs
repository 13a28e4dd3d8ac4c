//! What a network is, before it runs: layers, shapes, parameters, memory.

use std::fmt;

use super::Network;
use crate::simd::Real;

/// Bytes that training takes, without the optimiser's own state and the scratch of layers. Inference keeps the
/// coefficients of separable functions besides: a number for each of their terms and edge, and up to as many zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Of the parameters.
    pub parameters: usize,
    /// Of their gradients.
    pub gradients: usize,
    /// Of inputs, outputs and states of all layers, kept for the backward pass.
    pub activations: usize,
    /// Of the gradients that pass from layer to layer.
    pub transmitted: usize,
}

impl Memory {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> usize {
        [self.gradients, self.activations, self.transmitted]
            .into_iter()
            .fold(self.parameters, usize::saturating_add)
    }
}

impl<T: Real> Network<T> {
    /// The bytes that training with batches of `batch` rows takes.
    #[must_use]
    pub fn memory(&self, batch: usize) -> Memory {
        self.sequence_memory(batch, 1)
    }

    /// The bytes that training with batches of `batch` sequences of `steps` steps takes;
    /// `usize::MAX` where it is more than that.
    #[must_use]
    pub fn sequence_memory(&self, batch: usize, steps: usize) -> Memory {
        let parameters = self.parameter_count() * size_of::<T>();
        let layers = self.layers.iter();
        let numbers = layers.map(|l| l.outputs()).chain([self.inputs]);
        let numbers = numbers.fold(0, usize::saturating_add);
        let states: usize = self.layers.iter().map(|l| l.state_size()).sum();
        let widest = self.layers.iter().map(|l| l.outputs()).max().unwrap_or(0);
        // Of a sequence: numbers of each step, and others.
        let bytes = |of_step: usize, others: usize| {
            let all = steps.saturating_mul(of_step).saturating_add(others);
            batch.saturating_mul(all).saturating_mul(size_of::<T>())
        };
        Memory {
            parameters,
            gradients: parameters,
            activations: bytes(numbers.saturating_add(states), states),
            transmitted: bytes(widest.saturating_mul(2), 2 * states),
        }
    }
}

/// A table of the layers with their outputs, states and parameters.
impl<T: Real> fmt::Display for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.layers.iter().map(|l| shortened(&l.name())).collect();
        let widest = names.iter().map(|name| name.chars().count());
        let width = widest.max().unwrap_or(0).max("layer".len());
        writeln!(
            f,
            "    {:width$}  {:>8}  {:>12}",
            "layer", "outputs", "parameters"
        )?;
        for (index, (name, layer)) in names.iter().zip(&self.layers).enumerate() {
            writeln!(
                f,
                "{index:>2}  {name:width$}  {:>8}  {:>12}{}{}",
                layer.outputs(),
                grouped(layer.parameters().len()),
                match layer.state_size() {
                    0 => String::new(),
                    size => format!("  state {}", grouped(size)),
                },
                if self.is_frozen(index) {
                    "  frozen"
                } else {
                    ""
                },
            )?;
        }
        write!(
            f,
            "    {:width$}  {:>8}  {:>12}  {}, {} bytes",
            "",
            "",
            grouped(self.parameter_count()),
            T::NAME,
            grouped(self.parameter_count() * size_of::<T>()),
        )
    }
}

/// A name for a table: the beginning of a long one.
pub(super) fn shortened(name: &str) -> String {
    const LONGEST: usize = 60;
    match name.chars().count() {
        ..=LONGEST => name.to_owned(),
        _ => name.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

/// A number with its digits in groups of three: `1,234,567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_names_are_cut() {
        let of = |length| super::shortened(&"→".repeat(length));
        assert_eq!(of(60), "→".repeat(60));
        assert_eq!(of(61), "→".repeat(59) + "…");
        assert_eq!(of(70_000), of(61));
    }

    #[test]
    fn digits_are_grouped_from_the_right() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(super::grouped(number), text);
        }
    }
}
