//! Integers that the compiler must know: sizes, subscripts, bounds of sums, exponents, degrees.

use syn::{BinOp, Expr as Source, Lit, UnOp};

use super::known::{Known, is_integer};
use super::number::wrong_suffix;
use super::scope::{Integer, Scope};
use crate::diagnostics::Diagnostics;

/// What an integer may be made of, for messages.
const PARTS: &str =
    "a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them";

/// Finds the value of an integer; `what` it is begins the message when it has none.
pub(super) struct Integers<'s, 'a, 'd> {
    pub scope: &'s mut Scope<'a>,
    pub known: &'s Known,
    pub diagnostics: &'d mut Diagnostics,
    pub what: &'s str,
}

impl Integers<'_, '_, '_> {
    /// The value; nothing, and a report, when it has none.
    pub(super) fn value(&mut self, source: &Source) -> Option<i64> {
        match source {
            Source::Lit(literal) => match &literal.lit {
                Lit::Int(int) if !(int.suffix().is_empty() || is_integer(int.suffix())) => {
                    let message = wrong_suffix(int.base10_digits(), int.suffix());
                    self.diagnostics.error(source, message);
                    None
                }
                Lit::Int(int) => int.base10_parse().ok().or_else(|| self.too_large(source)),
                _ => self.none(source),
            },
            Source::Paren(inner) => self.value(&inner.expr),
            Source::Group(inner) => self.value(&inner.expr),
            Source::Path(path) if path.qself.is_none() => self.path(source, &path.path),
            Source::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                let value = self.value(&unary.expr)?;
                value.checked_neg().or_else(|| self.too_large(source))
            }
            Source::Binary(binary) => {
                let operation: fn(i64, i64) -> Option<i64> = match binary.op {
                    BinOp::Add(_) => i64::checked_add,
                    BinOp::Sub(_) => i64::checked_sub,
                    BinOp::Mul(_) => i64::checked_mul,
                    BinOp::Div(_) => i64::checked_div,
                    _ => return self.none(source),
                };
                let (a, b) = (self.value(&binary.left), self.value(&binary.right));
                let (a, b) = (a?, b?);
                if matches!(binary.op, BinOp::Div(_))
                    && (b == 0 || a.checked_rem(b).is_some_and(|rest| rest != 0))
                {
                    let message = format!("{a} / {b} is no integer");
                    self.diagnostics.error(source, message);
                    return None;
                }
                operation(a, b).or_else(|| self.too_large(source))
            }
            _ => self.none(source),
        }
    }

    fn path(&mut self, source: &Source, path: &syn::Path) -> Option<i64> {
        let rule = self.rule();
        match self.scope.integer(path, self.known, &format!("; {rule}")) {
            Integer::Known(value) => Some(value),
            Integer::Mistaken => None,
            Integer::Unseen(name) => {
                let message = format!(
                    "{} must be known to the macro, which cannot see the value of `{name}`; \
                     declare it in this `ftm_fn!`, as `const {}: usize = 8;`",
                    self.what,
                    name.rsplit("::").next().unwrap_or_default().trim(),
                );
                self.diagnostics.error(source, message);
                None
            }
            Integer::Unknown(message) => {
                self.diagnostics.error(source, message);
                None
            }
            Integer::Varies => self.none(source),
        }
    }

    fn none(&mut self, source: &Source) -> Option<i64> {
        self.diagnostics.error(source, self.rule());
        None
    }

    /// What an integer is made of.
    fn rule(&self) -> String {
        format!("{} is an integer: {PARTS}", self.what)
    }

    fn too_large(&mut self, source: &Source) -> Option<i64> {
        let message = format!("{} is too large", self.what);
        self.diagnostics.error(source, message);
        None
    }
}
