//! Formulas: what a network computes, written down.
//!
//! [`Network::formula`](crate::network::Network::formula) gives the [`Formula`] of an output:
//! simplified, and ready to be printed, evaluated, or set in LaTeX. For the whole network as a
//! program see [`source`](crate::source).
//!
//! ```
//! use ftm_runtime::formula::{Formula, Function, Graph};
//!
//! let mut graph = Graph::default();
//! let (m, r) = (graph.input(0), graph.input(1));
//! let ln_r = graph.call(Function::Ln, &[r]);
//! let exponent = graph.scale(-2.0, ln_r);
//! let power = graph.call(Function::Exp, &[exponent]);
//! let force = graph.mul(m, power);
//! let force = graph.scale(0.5, force);
//!
//! let formula = Formula::new(&graph, force, 2).named(["m", "r"]);
//! assert_eq!(formula.text(), "0.5·m/r²");
//! assert_eq!(formula.latex(), r"\frac{0.5 m}{r^{2}}");
//! assert_eq!(formula.evaluate(&[8.0, 2.0]), 1.0);
//! ```
//!
//! | file | |
//! |---|---|
//! | `node` | a declared function as a list, as the macro emits it |
//! | `graph` | the arena that formulas are built in |
//! | `algebra` | its constructors, which simplify |
//! | `simple` | numbers such as 2/3, π/2 and √2 |
//! | `derivation` | a declared function and its derivatives, for its description |
//! | `render` | from terms to paper, in the notations of `notation`: text, LaTeX, Rust |

mod algebra;
pub(crate) mod derivation;
mod graph;
mod node;
pub(crate) mod notation;
pub(crate) mod render;
pub(crate) mod simple;
#[cfg(test)]
mod tests;

use std::fmt;

pub use graph::{Graph, Term};
pub use node::{Comparison, Function, Node, Symbol};

use notation::{Latex, Notation, Text};
use render::{Names, Renderer};

/// A formula of inputs x₀, x₁, …
#[derive(Clone, Debug)]
pub struct Formula {
    graph: Graph,
    value: Term,
    names: Names,
}

impl Formula {
    /// The formula of `value`, a term of `graph`, in `inputs` inputs.
    #[must_use]
    pub fn new(graph: &Graph, value: Term, inputs: usize) -> Self {
        let names = match inputs {
            1 => vec!["x".to_owned()],
            _ => (0..inputs).map(|index| format!("x{index}")).collect(),
        };
        let names = Names {
            inputs: names,
            ..Names::default()
        };
        Self::kept(graph, value, names, |number| number)
    }

    /// Only what the value is made of, its numbers as `number` makes them.
    fn kept(graph: &Graph, value: Term, names: Names, number: impl Fn(f64) -> f64) -> Self {
        let mut own = Graph::default();
        let symbol = |graph: &mut Graph, symbol| Some(graph.symbol(symbol));
        let made = own
            .copy(graph, &[value], symbol, number)
            .unwrap_or_default();
        let value = made
            .first()
            .copied()
            .unwrap_or_else(|| own.number(f64::NAN));
        Self {
            graph: own,
            value,
            names,
        }
    }

    /// The same with other names of the inputs, the first ones first. Further names are ignored.
    #[must_use]
    pub fn named<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        for (own, name) in self.names.inputs.iter_mut().zip(names) {
            *own = name.into();
        }
        self
    }

    /// The same with every number rounded to this many significant digits, simplified again. Simple
    /// numbers, such as 2π and 1/3, stay what they are.
    #[must_use]
    pub fn rounded(&self, digits: usize) -> Self {
        let round = |number: f64| {
            if simple::Simple::of(number).is_some() {
                return number;
            }
            let text = format!("{number:.*e}", digits.clamp(1, 17) - 1);
            text.parse().unwrap_or(number)
        };
        Self::kept(&self.graph, self.value, self.names.clone(), round)
    }

    /// Plain text, such as `0.5·m·v²`. Long parts that occur more than once follow in lines of
    /// their own, as `where t1 = …`.
    #[must_use]
    pub fn text(&self) -> String {
        self.written(Text, "\nwhere ", "\n      ")
    }

    /// LaTeX for mathematics mode. Long parts that occur more than once follow after commas.
    #[must_use]
    pub fn latex(&self) -> String {
        self.written(Latex, r", \quad ", r", \quad ")
    }

    fn written(&self, notation: impl Notation, first: &str, next: &str) -> String {
        let renderer = Renderer::new(&self.graph, &self.names, notation, &[self.value]);
        let mut text = renderer.text(self.value);
        for (place, (name, part)) in renderer.definitions().enumerate() {
            text.push_str(if place == 0 { first } else { next });
            text.push_str(&format!("{name} = {part}"));
        }
        text
    }

    /// The value at a point; NaN when it is about more inputs than there are.
    #[must_use]
    pub fn evaluate(&self, inputs: &[f64]) -> f64 {
        let symbol = |symbol| match symbol {
            Symbol::Input(index) => inputs.get(index).copied().unwrap_or(f64::NAN),
            _ => f64::NAN,
        };
        let values = self.graph.values(&[self.value], symbol);
        values.first().copied().unwrap_or(f64::NAN)
    }

    /// How many numbers, symbols and operations it is made of, equal parts counted once.
    #[must_use]
    pub fn size(&self) -> usize {
        self.graph.reachable(&[self.value]).len()
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
