//! Formulas as text: `a·sin(w·x + p)`.
//!
//! Long parts that occur more than once get a name, and so does any part past a limit, so that
//! the text stays short however much a graph shares.

use std::collections::BTreeMap;

use syn::ext::IdentExt;

use crate::check::function::{Comparison, Function, Symbol};
use crate::graph::{Graph, Node, NodeId};

/// A part used more than once gets a name from this many characters on.
const SHARED_LENGTH: usize = 28;

/// Any part gets a name from this many characters on.
const LONGEST: usize = 160;

/// Formulas of one function.
pub(super) struct Renderer<'a> {
    graph: &'a Graph,
    texts: BTreeMap<NodeId, Text>,
    definitions: Vec<(String, String)>,
}

/// A formula and how tightly it binds.
#[derive(Clone)]
struct Text {
    text: String,
    precedence: Precedence,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Negation,
    Power,
    Atom,
}

impl<'a> Renderer<'a> {
    /// Renders everything below `roots`.
    pub(super) fn new(graph: &'a Graph, function: &Function, roots: &[NodeId]) -> Self {
        let mut nodes = graph.reachable(roots);
        nodes.sort();
        let mut uses: BTreeMap<NodeId, usize> = BTreeMap::new();
        for &node in &nodes {
            for child in graph.node(node).children() {
                *uses.entry(child).or_insert(0) += 1;
            }
        }
        let mut renderer = Self {
            graph,
            texts: BTreeMap::new(),
            definitions: Vec::new(),
        };
        // Children come before parents in the arena.
        for node in nodes {
            let mut text = renderer.render(function, node);
            let length = text.text.chars().count();
            let shared = uses.get(&node).is_some_and(|&uses| uses > 1);
            let named = !roots.contains(&node) || length >= LONGEST;
            if named && (length >= LONGEST || (shared && length >= SHARED_LENGTH)) {
                let name = renderer.fresh(function);
                renderer.definitions.push((name.clone(), text.text));
                text = Text::atom(name);
            }
            renderer.texts.insert(node, text);
        }
        renderer
    }

    /// The text of a node.
    pub(super) fn text(&self, node: NodeId) -> String {
        self.of(node).text
    }

    /// The text of a product of nodes; 1 of none.
    pub(super) fn product(&self, factors: &[NodeId]) -> String {
        if factors.is_empty() {
            return "1".to_owned();
        }
        let factors: Vec<_> = factors
            .iter()
            .map(|&factor| self.within(factor, Precedence::Product))
            .collect();
        factors.join("·")
    }

    /// Names of long parts, and what they stand for.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (&str, &str)> {
        let definitions = self.definitions.iter();
        definitions.map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Whether a node is a bare symbol.
    pub(super) fn is_symbol(&self, node: NodeId) -> bool {
        matches!(self.graph.node(node), Node::Symbol(_))
    }

    fn of(&self, node: NodeId) -> Text {
        let text = self.texts.get(&node).cloned();
        text.unwrap_or_else(|| Text::atom("…".to_owned()))
    }

    /// The text of an operand, in parentheses where it binds less than its surroundings.
    fn within(&self, node: NodeId, precedence: Precedence) -> String {
        let operand = self.of(node);
        if operand.precedence < precedence {
            format!("({})", operand.text)
        } else {
            operand.text
        }
    }

    /// The same where equal precedence needs parentheses too.
    fn inside(&self, node: NodeId, precedence: Precedence) -> String {
        let operand = self.of(node);
        if operand.precedence <= precedence {
            format!("({})", operand.text)
        } else {
            operand.text
        }
    }

    fn render(&self, function: &Function, node: NodeId) -> Text {
        use Precedence::{And, Negation, Or, Power, Product, Sum};
        let infix = |a: NodeId, operator: &str, b: String, precedence| Text {
            text: format!("{}{operator}{b}", self.within(a, precedence)),
            precedence,
        };
        let call = |name: &str, arguments: &[NodeId]| {
            let arguments: Vec<_> = arguments.iter().map(|&a| self.text(a)).collect();
            Text::atom(format!("{name}({})", arguments.join(", ")))
        };
        match self.graph.node(node) {
            Node::Number(number) => Text::number(number.value()),
            Node::Symbol(symbol) => Text::atom(symbol_name(function, *symbol)),
            Node::Neg(a) => Text {
                text: format!("-{}", self.within(*a, Product)),
                precedence: Negation.min(Sum),
            },
            Node::Add(a, b) => infix(*a, " + ", self.within(*b, Sum), Sum),
            Node::Sub(a, b) => infix(*a, " - ", self.inside(*b, Sum), Sum),
            Node::Mul(a, b) => infix(*a, "·", self.within(*b, Product), Product),
            Node::Div(a, b) => infix(*a, "/", self.inside(*b, Product), Product),
            Node::Powi(a, exponent) => Text {
                text: format!("{}{}", self.inside(*a, Power), superscript(*exponent)),
                precedence: Power,
            },
            Node::Call(primitive, arguments) => call(primitive.name, arguments),
            Node::Select(condition, a, b) => Text {
                text: format!(
                    "(if {} then {} else {})",
                    self.text(*condition),
                    self.text(*a),
                    self.text(*b)
                ),
                precedence: Precedence::Atom,
            },
            Node::Detach(a) => call("detach", &[*a]),
            Node::StraightThrough(a, b) => call("straight_through", &[*a, *b]),
            Node::Boolean(value) => Text::atom(value.to_string()),
            Node::Compare(comparison, a, b) => {
                let operator = match comparison {
                    Comparison::Lt => " < ",
                    Comparison::Le => " ≤ ",
                    Comparison::Gt => " > ",
                    Comparison::Ge => " ≥ ",
                    Comparison::Eq => " = ",
                    Comparison::Ne => " ≠ ",
                };
                infix(*a, operator, self.text(*b), Precedence::Comparison)
            }
            Node::And(a, b) => infix(*a, " and ", self.within(*b, And), And),
            Node::Or(a, b) => infix(*a, " or ", self.within(*b, Or), Or),
            Node::Not(a) => Text {
                text: format!("not ({})", self.text(*a)),
                precedence: Precedence::Atom,
            },
        }
    }

    /// A name that nothing of the function has.
    fn fresh(&self, function: &Function) -> String {
        let taken = |name: &String| {
            let parameters = function.parameters.iter().chain(&function.constants);
            let mut names = parameters.map(|parameter| &parameter.name);
            names.any(|other| other == name)
                || function.input == *name
                || function.state.as_ref().is_some_and(|state| state == name)
                || self.definitions.iter().any(|(other, _)| other == name)
        };
        // Those of the definitions before are taken.
        (self.definitions.len() + 1..)
            .map(|index| format!("t{index}"))
            .find(|name| !taken(name))
            .unwrap_or_default()
    }
}

impl Text {
    fn atom(text: String) -> Self {
        Self {
            text,
            precedence: Precedence::Atom,
        }
    }

    fn number(number: f64) -> Self {
        Self {
            text: match number {
                _ if number == std::f64::consts::PI => "π".to_owned(),
                _ if number.abs() >= 1e6 || (number != 0.0 && number.abs() < 1e-4) => {
                    format!("{number:e}")
                }
                _ => number.to_string(),
            },
            precedence: if number < 0.0 {
                Precedence::Sum
            } else {
                Precedence::Atom
            },
        }
    }
}

fn symbol_name(function: &Function, symbol: Symbol) -> String {
    let parameter = |parameters: &[crate::check::function::Parameter], index: usize| {
        let parameter = parameters.get(index);
        parameter.map_or_else(String::new, |p| p.name.clone())
    };
    match symbol {
        Symbol::Input => function.input.unraw().to_string(),
        Symbol::Parameter(index) => parameter(&function.parameters, index),
        Symbol::Constant(index) => parameter(&function.constants, index),
        Symbol::State => function
            .state
            .as_ref()
            .map_or_else(String::new, |state| state.unraw().to_string()),
        Symbol::Path(index) => function.paths.get(index).map_or_else(String::new, |path| {
            let segments: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
            segments.join("::")
        }),
    }
}

fn superscript(exponent: i32) -> String {
    exponent
        .to_string()
        .chars()
        .map(|digit| match digit {
            '-' => '⁻',
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4' => '⁴',
            '5' => '⁵',
            '6' => '⁶',
            '7' => '⁷',
            '8' => '⁸',
            _ => '⁹',
        })
        .collect()
}
