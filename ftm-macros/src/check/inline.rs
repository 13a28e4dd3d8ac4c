//! Calls of functions that are declared above, written out in place.

use proc_macro2::Ident;
use syn::Expr as Source;
use syn::ext::IdentExt;

use super::expression::Checker;
use super::function::{Condition, Expr, Function, Symbol};

impl<'a> Checker<'a, '_> {
    /// The value of a function at given numbers: the input, then its parameters and constants
    /// in the order declared.
    pub(super) fn inline(
        &mut self,
        name: &Ident,
        function: &Function,
        arguments: &[&'a Source],
    ) -> Option<Expr> {
        let input = function.input.unraw().to_string();
        let names: Vec<&str> = std::iter::once(input.as_str())
            .chain(function.signature.iter().map(|slot| slot.name.as_str()))
            .collect();
        let (Some((input, rest)), true) = (arguments.split_first(), names.len() == arguments.len())
        else {
            return self.arity(name, &names, arguments);
        };
        if function.state.is_some() {
            let message = format!(
                "`{name}` reads its own previous output, which it has only as an edge; it cannot be called"
            );
            return self.error(name, message);
        }
        let input = self.number(input).map(|input| self.keep(input));
        let mut given: Vec<Option<Vec<Expr>>> = Vec::new();
        for (slot, argument) in function.signature.iter().zip(rest) {
            given.push(match slot.size {
                Some(size) => {
                    let of = format!("`{}` of `{name}` is an array of {size}", slot.name);
                    self.array(argument, size, &of)
                }
                None => self.number(argument).map(|value| vec![self.keep(value)]),
            });
        }
        let given: Vec<Vec<Expr>> = given.into_iter().collect::<Option<_>>()?;
        let mut call = Call {
            input: input?,
            parameters: Vec::new(),
            constants: Vec::new(),
            paths: function
                .paths
                .iter()
                .map(|path| self.scope.outer(path))
                .collect(),
            locals: self.locals.len(),
        };
        for (slot, values) in function.signature.iter().zip(given) {
            if slot.is_constant {
                call.constants.extend(values);
            } else {
                call.parameters.extend(values);
            }
        }
        self.count(name, function.operations)?;
        function.called.set(true);
        for local in &function.locals {
            self.local(call.expression(local));
        }
        let value = call.expression(&function.body);
        Some(self.keep(value))
    }

    /// The numbers of an array that is handed on: one in scope, or one written out.
    fn array(&mut self, source: &'a Source, size: usize, of: &str) -> Option<Vec<Expr>> {
        let elements = match source {
            Source::Array(array) => self.elements(array)?,
            Source::Path(path) if self.scope.has_array(&path.path) => self.scope.array(&path.path),
            _ => {
                self.number(source)?;
                return self.error(source, format!("{of}; give the name of one, or `[…]`"));
            }
        };
        if elements.len() != size {
            return self.error(source, format!("{of}; this one has {}", elements.len()));
        }
        Some(elements)
    }
}

/// What the symbols of a function stand for where it is called.
struct Call {
    input: Expr,
    parameters: Vec<Expr>,
    constants: Vec<Expr>,
    paths: Vec<Expr>,
    /// Locals before its own.
    locals: usize,
}

impl Call {
    /// An expression of the function as one of the caller.
    fn expression(&self, expression: &Expr) -> Expr {
        let boxed = |inner: &Expr| Box::new(self.expression(inner));
        match expression {
            Expr::Number(value) => Expr::Number(*value),
            Expr::Symbol(symbol) => self.symbol(*symbol),
            Expr::Local(index) => Expr::Local(self.locals + index),
            Expr::Neg(a) => Expr::Neg(boxed(a)),
            Expr::Binary(operator, a, b) => Expr::Binary(*operator, boxed(a), boxed(b)),
            Expr::Sum(terms) => Expr::Sum(terms.iter().map(|t| self.expression(t)).collect()),
            Expr::Powi(a, exponent) => Expr::Powi(boxed(a), *exponent),
            Expr::Call(primitive, arguments) => {
                let arguments = arguments.iter().map(|a| self.expression(a));
                Expr::Call(primitive, arguments.collect())
            }
            Expr::If(condition, a, b) => {
                Expr::If(Box::new(self.condition(condition)), boxed(a), boxed(b))
            }
            Expr::Detach(a) => Expr::Detach(boxed(a)),
            Expr::StraightThrough(a, b) => Expr::StraightThrough(boxed(a), boxed(b)),
        }
    }

    fn condition(&self, condition: &Condition) -> Condition {
        let boxed = |inner: &Condition| Box::new(self.condition(inner));
        match condition {
            Condition::Literal(value) => Condition::Literal(*value),
            Condition::Compare(comparison, a, b) => {
                Condition::Compare(*comparison, self.expression(a), self.expression(b))
            }
            Condition::And(a, b) => Condition::And(boxed(a), boxed(b)),
            Condition::Or(a, b) => Condition::Or(boxed(a), boxed(b)),
            Condition::Not(a) => Condition::Not(boxed(a)),
        }
    }

    fn symbol(&self, symbol: Symbol) -> Expr {
        let of = |values: &[Expr], index: usize| values.get(index).cloned();
        let value = match symbol {
            Symbol::Input => Some(self.input.clone()),
            Symbol::Parameter(index) => of(&self.parameters, index),
            Symbol::Constant(index) => of(&self.constants, index),
            Symbol::Path(index) => of(&self.paths, index),
            // A function with a state is not called.
            Symbol::State => None,
        };
        value.unwrap_or(Expr::Number(0.0))
    }
}
