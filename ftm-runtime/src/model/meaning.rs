//! What a function is, in numbers: its values at some points. Two functions may be written alike, since
//! constants of the scope have only their names in a formula, and long parts only a letter.

use serde::{Deserialize, Serialize};

use crate::connection::Description;
use crate::formula::{Graph, Symbol};
use crate::layer::value;

/// How many points there are.
const POINTS: usize = 12;

/// Values this far apart, in relation to the larger of them and 1, are not the same.
const DISTANCE: f64 = 1e-6;

/// Values of a function at the test points; `None` where one is not finite. Empty for a function of which
/// no formula is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Meaning(Vec<Option<f64>>);

impl Meaning {
    pub(super) fn of(description: &Description) -> Self {
        let mut graph = Graph::default();
        let f = value(&mut graph, description, |graph, symbol| {
            Some(graph.symbol(symbol))
        });
        let Some(f) = f else {
            return Self::default();
        };
        let at = |point| {
            let values = graph.values(&[f], |symbol| number(symbol, point));
            values.first().copied().and_then(short)
        };
        Self((0..POINTS).map(at).collect())
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// The first values that are not the same: this one's, and the other's. One that is unknown
    /// may be any.
    pub(super) fn difference(&self, other: &Self) -> Option<[String; 2]> {
        let mut pairs = self.0.iter().zip(&other.0);
        let different = pairs.find(|pair| match pair {
            (Some(a), Some(b)) => (a - b).abs() > DISTANCE * a.abs().max(b.abs()).max(1.0),
            (a, b) => a != b,
        });
        different.map(|(a, b)| {
            [a, b].map(|value| value.map_or_else(|| "not finite".to_owned(), |v| v.to_string()))
        })
    }
}

/// The nine leading digits, which are the same on every machine.
fn short(value: f64) -> Option<f64> {
    let digits = format!("{value:.8e}").parse().ok();
    digits.filter(|value: &f64| value.is_finite())
}

/// What a symbol is at a test point: inputs in ±1.8, parameters in ±1.2, constants ±1.
fn number(symbol: Symbol, point: usize) -> f64 {
    let of =
        |step: usize, count: usize| ((step * point + step) % count) as f64 / (count - 1) as f64;
    match symbol {
        Symbol::Input(_) => 3.6 * of(5, POINTS + 1) - 1.8,
        Symbol::Parameter(index) => 2.4 * of(3 * index + 2, 17) - 1.2,
        Symbol::Constant(index) => [1.0, -1.0][(point + index) % 2],
        Symbol::State => 0.8 * of(7, 11) - 0.4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Node;
    use crate::test_layers::Parabola;

    /// x times a number.
    fn line(nodes: &'static [Node]) -> Meaning {
        Meaning::of(&Description {
            nodes,
            roots: &[2],
            ..Description::EMPTY
        })
    }

    const X: Node = Node::Symbol(Symbol::Input(0));

    #[test]
    fn functions_that_are_written_alike_differ() {
        let two = line(&[X, Node::Number(2.0), Node::Mul(0, 1)]);
        assert!(!two.is_unknown());
        assert_eq!(two.difference(&two), None);
        let nearly = line(&[X, Node::Number(2.0 + 1e-9), Node::Mul(0, 1)]);
        assert_eq!(two.difference(&nearly), None);
        let large = [2e6, 2e6 + 1e-3].map(|number| Meaning(vec![Some(number)]));
        assert_eq!(large[0].difference(&large[1]), None);
        let other = line(&[X, Node::Number(2.1), Node::Mul(0, 1)]);
        let [ours, theirs] = two.difference(&other).expect("another number");
        assert_ne!(ours, theirs);
        let infinite = line(&[X, Node::Number(0.0), Node::Div(0, 1)]);
        assert_eq!(infinite.difference(&infinite), None);
        let [ours, theirs] = infinite.difference(&two).expect("another function");
        assert_eq!(ours, "not finite");
        assert!(theirs.parse::<f64>().is_ok());
    }

    #[test]
    fn a_function_by_hand_may_be_any() {
        use crate::connection::Connection as _;
        let unknown = Meaning::of(Parabola::<false, false>::description());
        assert!(unknown.is_unknown());
        let two = line(&[X, Node::Number(2.0), Node::Mul(0, 1)]);
        assert_eq!(two.difference(&unknown), None);
    }
}
