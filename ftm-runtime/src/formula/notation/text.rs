//! Plain text: `a·sin(w·x + p)`.

use super::{Notation, Precedence, Written, decimal, is_short};
use crate::formula::node::{Comparison, Function};
use crate::formula::simple::{Kind, Simple};

/// Formulas as text.
pub(crate) struct Text;

impl Notation for Text {
    fn shared(&self) -> usize {
        28
    }

    fn number(&self, number: f64) -> (String, Option<String>) {
        let plain = decimal(number);
        let Some(simple) = Simple::of(number).filter(|_| !is_short(&plain)) else {
            return (plain, None);
        };
        let (p, q) = (simple.numerator, simple.denominator);
        let below = (q != 1).then(|| q.to_string());
        match simple.kind {
            Kind::Ratio => (p.to_string(), below),
            Kind::Pi if p == 1 => ("π".to_owned(), below),
            Kind::Pi => (format!("{p}·π"), below),
            Kind::Root if q == 1 => (format!("√{p}"), None),
            Kind::Root => (format!("√({p}/{q})"), None),
        }
    }

    fn name(&self, name: &str) -> String {
        name.to_owned()
    }

    fn product(&self, factors: &[Written]) -> String {
        let factors = factors.iter().map(|f| self.within(f, Precedence::Product));
        factors.collect::<Vec<_>>().join("·")
    }

    fn quotient(&self, above: &[Written], below: &[Written]) -> Written {
        let above = match above {
            [] => "1".to_owned(),
            above => self.product(above),
        };
        let below = match below {
            [one] => self.within(one, Precedence::Power),
            below => self.parentheses(&self.product(below)),
        };
        Written::new(format!("{above}/{below}"), Precedence::Product)
    }

    fn power(&self, base: &Written, exponent: f64) -> Written {
        if exponent == 0.5 {
            return Written::atom(format!("sqrt({})", base.text));
        }
        let base = self.within(base, Precedence::Atom);
        if exponent == exponent.trunc() && exponent < 1e6 {
            let exponent: String = exponent.to_string().chars().map(superscript).collect();
            return Written::new(format!("{base}{exponent}"), Precedence::Power);
        }
        let exponent = match self.number(exponent) {
            (above, None) if above.contains('·') => format!("({above})"),
            (above, None) => above,
            (above, Some(below)) => format!("({above}/{below})"),
        };
        Written::new(format!("{base}^{exponent}"), Precedence::Power)
    }

    fn call(&self, function: Function, arguments: &[Written]) -> Written {
        let arguments: Vec<_> = arguments.iter().map(|a| &*a.text).collect();
        Written::atom(format!("{}({})", function.name(), arguments.join(", ")))
    }

    fn select(&self, condition: &str, a: &str, b: &str) -> Written {
        Written::atom(format!("(if {condition} then {a} else {b})"))
    }

    fn comparison(&self, comparison: Comparison) -> &'static str {
        match comparison {
            Comparison::Lt => "<",
            Comparison::Le => "≤",
            Comparison::Gt => ">",
            Comparison::Ge => "≥",
            Comparison::Eq => "=",
            Comparison::Ne => "≠",
        }
    }

    fn logic(&self) -> [&'static str; 3] {
        [" and ", " or ", "not "]
    }
}

fn superscript(digit: char) -> char {
    match digit {
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
    }
}
