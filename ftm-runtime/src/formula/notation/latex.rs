//! LaTeX, for mathematics mode: `a \sin\left(w x + p\right)`.

use super::{Notation, Precedence, Written, decimal, is_short};
use crate::formula::node::{Comparison, Function};
use crate::formula::simple::{Kind, Simple};

/// Formulas as LaTeX.
pub(crate) struct Latex;

impl Notation for Latex {
    fn shared(&self) -> usize {
        40
    }

    fn number(&self, number: f64) -> (String, Option<String>) {
        let plain = decimal(number);
        let Some(simple) = Simple::of(number).filter(|_| !is_short(&plain)) else {
            return match plain.split_once('e') {
                Some((mantissa, exponent)) => {
                    (format!("{mantissa} \\cdot 10^{{{exponent}}}"), None)
                }
                None if number.is_infinite() => ("\\infty".to_owned(), None),
                None => (plain, None),
            };
        };
        let (p, q) = (simple.numerator, simple.denominator);
        let below = (q != 1).then(|| q.to_string());
        match simple.kind {
            Kind::Ratio => (p.to_string(), below),
            Kind::Pi if p == 1 => ("\\pi".to_owned(), below),
            Kind::Pi => (format!("{p} \\pi"), below),
            Kind::Root if q == 1 => (format!("\\sqrt{{{p}}}"), None),
            Kind::Root => (format!("\\sqrt{{\\frac{{{p}}}{{{q}}}}}"), None),
        }
    }

    /// Letters and their Greek names stay, other words are upright; numbers become indices.
    fn name(&self, name: &str) -> String {
        let (word, index) = match name.split_once('[') {
            Some((word, index)) => (word, index.trim_end_matches(']')),
            None => {
                let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
                (word, &name[word.len()..])
            }
        };
        let word = word.trim_end_matches('_');
        let word = if word.chars().count() == 1 {
            escaped(word)
        } else if GREEK.contains(&word) {
            format!("\\{word}")
        } else {
            format!("\\mathrm{{{}}}", escaped(word))
        };
        if index.is_empty() {
            word
        } else {
            format!("{word}_{{{}}}", escaped(index))
        }
    }

    fn parentheses(&self, inside: &str) -> String {
        format!("\\left({inside}\\right)")
    }

    /// Two numbers side by side would be one.
    fn product(&self, factors: &[Written]) -> String {
        let mut product = String::new();
        for factor in factors {
            let factor = self.within(factor, Precedence::Product);
            if !product.is_empty() {
                let digit = factor.starts_with(|c: char| c.is_ascii_digit());
                product.push_str(if digit { " \\cdot " } else { " " });
            }
            product.push_str(&factor);
        }
        product
    }

    fn quotient(&self, above: &[Written], below: &[Written]) -> Written {
        let above = match above {
            [] => "1".to_owned(),
            [one] => one.text.clone(),
            above => self.product(above),
        };
        let below = match below {
            [one] => one.text.clone(),
            below => self.product(below),
        };
        Written::new(format!("\\frac{{{above}}}{{{below}}}"), Precedence::Product)
    }

    fn power(&self, base: &Written, exponent: f64) -> Written {
        if exponent == 0.5 {
            return Written::atom(format!("\\sqrt{{{}}}", base.text));
        }
        let base = self.within(base, Precedence::Atom);
        let exponent = match self.number(exponent) {
            (above, None) => above,
            (above, Some(below)) => format!("{above}/{below}"),
        };
        Written::new(format!("{base}^{{{exponent}}}"), Precedence::Power)
    }

    fn call(&self, function: Function, arguments: &[Written]) -> Written {
        let texts: Vec<_> = arguments.iter().map(|a| &*a.text).collect();
        let inside = texts.join(", ");
        let of = |name: &str| Written::atom(format!("{name}{}", self.parentheses(&inside)));
        match function {
            Function::Exp => Written::new(format!("e^{{{inside}}}"), Precedence::Power),
            Function::ExpM1 => Written::new(format!("e^{{{inside}}} - 1"), Precedence::Sum),
            Function::Abs => Written::atom(format!("\\left|{inside}\\right|")),
            Function::Ln1p => Written::atom(format!("\\ln\\left(1 + {inside}\\right)")),
            Function::Powf => {
                let base = arguments.first();
                let base = base.map_or_else(String::new, |b| self.within(b, Precedence::Atom));
                let exponent = texts.get(1).copied().unwrap_or_default();
                Written::new(format!("{base}^{{{exponent}}}"), Precedence::Power)
            }
            Function::Asin => of("\\arcsin"),
            Function::Acos => of("\\arccos"),
            Function::Atan => of("\\arctan"),
            Function::Sigmoid => of("\\sigma"),
            Function::Ln
            | Function::Sin
            | Function::Cos
            | Function::Tan
            | Function::Sinh
            | Function::Cosh
            | Function::Tanh
            | Function::Min
            | Function::Max => of(&format!("\\{}", function.name())),
            _ => of(&format!("\\operatorname{{{}}}", function.name())),
        }
    }

    fn select(&self, condition: &str, a: &str, b: &str) -> Written {
        Written::atom(format!(
            "\\begin{{cases}} {a} & {condition} \\\\ {b} & \\text{{otherwise}} \\end{{cases}}"
        ))
    }

    fn boolean(&self, value: bool) -> String {
        format!("\\text{{{value}}}")
    }

    fn comparison(&self, comparison: Comparison) -> &'static str {
        match comparison {
            Comparison::Lt => "<",
            Comparison::Le => "\\le",
            Comparison::Gt => ">",
            Comparison::Ge => "\\ge",
            Comparison::Eq => "=",
            Comparison::Ne => "\\ne",
        }
    }

    fn logic(&self) -> [&'static str; 3] {
        [" \\land ", " \\lor ", "\\lnot "]
    }
}

/// A name whose characters are none of LaTeX's own.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '\\' => text.push_str("\\backslash "),
            '^' => text.push_str("\\wedge "),
            '~' => text.push_str("\\sim "),
            '_' | '&' | '%' | '$' | '#' | '{' | '}' => {
                text.push('\\');
                text.push(c);
            }
            c => text.push(c),
        }
    }
    text
}

const GREEK: &[&str] = &[
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu",
    "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped() {
        for (name, latex) in [
            ("x", "x"),
            ("x1", "x_{1}"),
            ("c[3]", "c_{3}"),
            ("theta", "\\theta"),
            ("body_mass", "\\mathrm{body\\_mass}"),
            ("rate_2", "\\mathrm{rate}_{2}"),
            ("a & b%", "\\mathrm{a \\& b\\%}"),
            ("#", "\\#"),
            ("{x}^2", "\\mathrm{\\{x\\}\\wedge }_{2}"),
        ] {
            assert_eq!(Latex.name(name), latex, "{name}");
        }
    }
}
