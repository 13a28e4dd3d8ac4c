//! From terms to what stands on paper, in any notation.
//!
//! Long parts that occur more than once get a name, so that what is written is no longer than the
//! graph, however much that shares.

use std::collections::HashMap;

use super::graph::{Graph, Operation, Term};
use super::node::Symbol;
use super::notation::{Notation, Precedence, Written};

/// What symbols are called.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    pub inputs: Vec<String>,
    pub parameters: Vec<String>,
    pub constants: Vec<String>,
    pub state: String,
}

impl Names {
    fn of(&self, symbol: Symbol) -> &str {
        let name = match symbol {
            Symbol::Input(index) => self.inputs.get(index),
            Symbol::Parameter(index) => self.parameters.get(index),
            Symbol::Constant(index) => self.constants.get(index),
            Symbol::State => Some(&self.state),
        };
        name.map_or("?", String::as_str)
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let symbols = self.inputs.iter().chain(&self.parameters);
        symbols.chain(&self.constants).chain([&self.state])
    }
}

/// Formulas in a notation.
pub(crate) struct Renderer<'a, N> {
    graph: &'a Graph,
    names: &'a Names,
    notation: N,
    written: HashMap<Term, Written>,
    /// Those that have got a name.
    named: HashMap<Term, String>,
    definitions: Vec<(String, String)>,
    /// How many names were tried for them.
    tried: usize,
}

impl<'a, N: Notation> Renderer<'a, N> {
    /// Writes everything that `roots` are made of.
    pub(crate) fn new(graph: &'a Graph, names: &'a Names, notation: N, roots: &[Term]) -> Self {
        let terms = graph.reachable(roots);
        let mut uses: HashMap<Term, usize> = HashMap::new();
        for &term in &terms {
            for operand in graph.operation(term).operands() {
                *uses.entry(operand).or_insert(0) += 1;
            }
        }
        let mut renderer = Self {
            graph,
            names,
            notation,
            written: HashMap::with_capacity(terms.len()),
            named: HashMap::new(),
            definitions: Vec::new(),
            tried: 0,
        };
        for term in terms {
            let mut written = renderer.render(term);
            let length = written.text.chars().count();
            let leaf = matches!(
                graph.operation(term),
                Operation::Number(_) | Operation::Symbol(_) | Operation::Boolean(_)
            );
            let uses = uses.get(&term).copied().unwrap_or(0);
            let shared = uses > 1 && length >= renderer.notation.shared();
            let long = uses > 0 && length >= renderer.notation.longest();
            if !leaf && (shared || long) {
                let name = renderer.fresh();
                renderer.definitions.push((name.clone(), written.text));
                written = Written::atom(renderer.notation.name(&name));
                renderer.named.insert(term, name);
            }
            renderer.written.insert(term, written);
        }
        renderer
    }

    /// What stands for a term.
    pub(crate) fn text(&self, term: Term) -> String {
        self.of(term).text
    }

    /// Names of parts, and what they stand for.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = (String, &str)> {
        let definitions = self.definitions.iter();
        definitions.map(|(name, text)| (self.notation.name(name), &**text))
    }

    fn of(&self, term: Term) -> Written {
        let written = self.written.get(&term).cloned();
        written.unwrap_or_else(|| Written::atom("?"))
    }

    fn render(&self, term: Term) -> Written {
        let notation = &self.notation;
        let infix = |a: Term, operator: &str, b: Term, precedence: Precedence| {
            let least = precedence.max(Precedence::And);
            let a = notation.within(&self.of(a), least);
            let b = notation.within(&self.of(b), least);
            Written::new(format!("{a}{operator}{b}"), precedence)
        };
        let [and, or, not] = notation.logic();
        match self.graph.operation(term) {
            Operation::Number(number) => self.number(number.value()),
            Operation::Symbol(symbol) => Written::atom(notation.name(self.names.of(*symbol))),
            Operation::Sum(constant, terms) => {
                let terms = terms.iter().map(|&(c, term)| (c.value(), Some(term)));
                self.sum(terms.collect(), constant.value())
            }
            Operation::Product(_) => self.product(1.0, Some(term)),
            Operation::Call(function, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|&a| self.of(a)).collect();
                notation.call(*function, &arguments)
            }
            Operation::Select(condition, a, b) => {
                let texts = [condition, a, b].map(|&term| self.of(term).text);
                notation.select(&texts[0], &texts[1], &texts[2])
            }
            Operation::Boolean(value) => Written::atom(notation.boolean(*value)),
            Operation::Compare(comparison, a, b) => {
                let sign = format!(" {} ", notation.comparison(*comparison));
                let [a, b] = [a, b].map(|&term| notation.within(&self.of(term), Precedence::Sum));
                Written::new(format!("{a}{sign}{b}"), Precedence::Comparison)
            }
            Operation::And(a, b) => infix(*a, and, *b, Precedence::And),
            Operation::Or(a, b) => infix(*a, or, *b, Precedence::Or),
            Operation::Not(a) => {
                let inside = notation.parentheses(&self.of(*a).text);
                Written::atom(format!("{not}{inside}"))
            }
        }
    }

    fn number(&self, number: f64) -> Written {
        let size = self.product(number.abs(), None);
        if is_negative(number) {
            return Written::new(format!("-{}", size.text), Precedence::Sum);
        }
        size
    }

    /// Terms with their coefficients, and a number. It leads with something positive, if it can.
    fn sum(&self, terms: Vec<(f64, Option<Term>)>, constant: f64) -> Written {
        let mut parts = terms;
        if constant != 0.0 {
            parts.push((constant, None));
        }
        if let Some(first) = parts.iter().position(|&(c, _)| !is_negative(c)) {
            let first = parts.remove(first);
            parts.insert(0, first);
        }
        if let [(coefficient, term)] = parts[..]
            && !is_negative(coefficient)
        {
            return self.product(coefficient, term);
        }
        let mut text = String::new();
        for (place, &(coefficient, term)) in parts.iter().enumerate() {
            let part = self.product(coefficient.abs(), term);
            let negative = is_negative(coefficient);
            text.push_str(match (place, negative) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            });
            let least = if negative {
                Precedence::Product
            } else {
                Precedence::Sum
            };
            text.push_str(&self.notation.within(&part, least));
        }
        Written::new(text, Precedence::Sum)
    }

    /// A number of at least 0 times a term, which is 1 when there is none.
    fn product(&self, coefficient: f64, term: Option<Term>) -> Written {
        let factors = match term.map(|term| (term, self.graph.operation(term))) {
            Some((term, Operation::Product(factors))) if !self.named.contains_key(&term) => {
                factors.iter().map(|&(f, e)| (f, e.value())).collect()
            }
            Some((term, _)) => vec![(term, 1.0)],
            None => Vec::new(),
        };
        let (mut above, mut below) = (Vec::new(), Vec::new());
        let alone = !factors.iter().any(|&(_, exponent)| exponent > 0.0);
        if coefficient != 1.0 || factors.is_empty() {
            let (numerator, denominator) = self.notation.number(coefficient);
            if numerator != "1" || alone {
                above.push(Written::atom(numerator));
            }
            below.extend(denominator.map(Written::atom));
        }
        for (factor, exponent) in factors {
            let base = self.of(factor);
            let side = if exponent > 0.0 {
                &mut above
            } else {
                &mut below
            };
            side.push(match exponent.abs() {
                1.0 => base,
                exponent => self.notation.power(&base, exponent),
            });
        }
        match (&*above, &*below) {
            ([one], []) => one.clone(),
            (above, []) => Written::new(self.notation.product(above), Precedence::Product),
            (above, below) => self.notation.quotient(above, below),
        }
    }

    /// A name that nothing has yet.
    fn fresh(&mut self) -> String {
        loop {
            self.tried += 1;
            let name = format!("t{}", self.tried);
            if self.names.all().all(|other| *other != name) {
                return name;
            }
        }
    }
}

/// Whether a number is written with a sign; NaN is not.
fn is_negative(number: f64) -> bool {
    number < 0.0
}
