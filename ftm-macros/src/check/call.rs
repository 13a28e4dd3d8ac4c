//! Calls of functions, as `sin(x)` or `x.sin()`.

use proc_macro2::Ident;
use syn::Expr as Source;

use super::expression::Checker;
use super::function::Expr;
use super::known::Declared;
use crate::diagnostics::suggestion;
use crate::primitives::{self, Primitive};

/// Functions of the language that are no rows of the table.
const SPECIAL: [&str; 4] = ["powi", "detach", "straight_through", "sum"];

impl<'a> Checker<'a, '_> {
    pub(super) fn call(&mut self, call: &'a syn::ExprCall) -> Option<Expr> {
        let Source::Path(function) = &*call.func else {
            return self.error(&call.func, "only functions can be called");
        };
        let Some(name) = function.path.get_ident() else {
            return self.error(function, "functions outside of this `ftm_fn!` cannot be called, since their formula is not known; declare it here, above");
        };
        let arguments: Vec<&Source> = call.args.iter().collect();
        self.apply(name, &arguments)
    }

    pub(super) fn method(&mut self, call: &'a syn::ExprMethodCall) -> Option<Expr> {
        if let Some(turbofish) = &call.turbofish {
            return self.error(turbofish, "functions have no generic arguments");
        }
        let mut arguments = vec![&*call.receiver];
        arguments.extend(&call.args);
        self.apply(&call.method, &arguments)
    }

    /// A function of the language by name.
    fn apply(&mut self, name: &Ident, arguments: &[&'a Source]) -> Option<Expr> {
        match self.known.function(name) {
            Some(Some(Declared::Right(function))) => return self.inline(name, function, arguments),
            Some(other) => {
                for argument in arguments {
                    self.number(argument);
                }
                return match other {
                    Some(_) => None,
                    None => self.error(
                        name,
                        format!("`{name}` is not declared above; a function calls those above it, not itself"),
                    ),
                };
            }
            None => {}
        }
        let text = name.to_string();
        match (text.as_str(), arguments) {
            ("powi", &[base, exponent]) => {
                let base = self.number(base);
                let what = "the exponent of `powi` (for others use `powf`)";
                let value = self.integer(exponent, what)?;
                let Ok(value) = i32::try_from(value) else {
                    return self.error(exponent, format!("{what} is too large"));
                };
                return Some(Expr::Powi(Box::new(base?), value));
            }
            ("detach", &[value]) => return Some(Expr::Detach(Box::new(self.number(value)?))),
            ("straight_through", &[value, surrogate]) => {
                let (value, surrogate) = (self.number(value), self.number(surrogate));
                return Some(Expr::StraightThrough(
                    Box::new(value?),
                    Box::new(surrogate?),
                ));
            }
            ("sum", _) => return self.sum(name, arguments),
            ("powi", _) => return self.arity(name, &["x", "n"], arguments),
            ("detach", _) => return self.arity(name, &["e"], arguments),
            ("straight_through", _) => return self.arity(name, &["value", "surrogate"], arguments),
            _ => {}
        }
        let Some(primitive) = primitives::lookup(&text) else {
            let message = match self.scope.has(name) {
                true => format!("`{text}` is no function; a product is written `{text} * (…)`"),
                false => format!("unknown function `{text}`{}", self.hint(&text)),
            };
            for argument in arguments {
                self.number(argument);
            }
            return self.error(name, message);
        };
        self.primitive(name, primitive, arguments)
    }

    fn primitive(
        &mut self,
        name: &Ident,
        primitive: &'static Primitive,
        arguments: &[&'a Source],
    ) -> Option<Expr> {
        if arguments.len() != primitive.arguments.len() {
            return self.arity(name, primitive.arguments, arguments);
        }
        let (degree, numbers) = match (primitive.degree, arguments) {
            (Some(most), [degree, numbers @ ..]) => {
                (Some(self.degree(name, degree, most)), numbers)
            }
            _ => (None, arguments),
        };
        let numbers = numbers.iter().map(|a| self.number(a));
        let values: Vec<Option<Expr>> = degree.into_iter().chain(numbers).collect();
        Some(Expr::Call(
            primitive,
            values.into_iter().collect::<Option<_>>()?,
        ))
    }

    /// The degree of a polynomial or spline.
    fn degree(&mut self, name: &Ident, source: &Source, most: i64) -> Option<Expr> {
        let degree = self.integer(source, &format!("the degree of `{name}`"))?;
        if !(0..=most).contains(&degree) {
            let message = format!("the degree of `{name}` is 0 to {most}; {degree} given");
            return self.error(source, message);
        }
        Some(Expr::Number(degree as f64))
    }

    pub(super) fn arity(
        &mut self,
        name: &Ident,
        names: &[&str],
        given: &[&Source],
    ) -> Option<Expr> {
        let plural = if names.len() == 1 {
            "argument"
        } else {
            "arguments"
        };
        let message = format!(
            "`{name}` takes {} {plural} ({}); {} given",
            names.len(),
            names.join(", "),
            given.len()
        );
        self.error(name, message)
    }

    /// What an unknown function was probably meant to be.
    fn hint(&self, name: &str) -> String {
        match name {
            "pow" => "; use `powi(x, 3)` or `powf(x, y)`".to_owned(),
            "log" => "; the natural logarithm is `ln`".to_owned(),
            _ => {
                let ours = primitives::names().chain(SPECIAL).map(str::to_owned);
                let all: Vec<String> = ours.chain(self.known.names()).collect();
                let near = suggestion(name, all.iter().map(String::as_str));
                if !near.is_empty() {
                    near
                } else if name.starts_with(|first: char| first.is_ascii_uppercase()) {
                    "; a function calls those declared above it in the same `ftm_fn!`".to_owned()
                } else {
                    format!(
                        "; there are {}, {}",
                        primitives::names().collect::<Vec<_>>().join(", "),
                        SPECIAL.join(", ")
                    )
                }
            }
        }
    }
}
