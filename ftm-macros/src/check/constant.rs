//! Values of expressions without a symbol in them.

use super::expression::Checker;
use super::function::Expr;
use crate::diagnostics::Diagnostics;

impl Checker<'_, '_> {
    /// The value of an expression of numbers alone. What a condition chooses is not looked into.
    pub(super) fn constant(&self, expression: &Expr) -> Option<f64> {
        Some(match expression {
            Expr::Number(value) => *value,
            Expr::Local(index) => return self.constants.get(*index).copied().flatten(),
            Expr::Symbol(_) | Expr::If(..) => return None,
            Expr::Neg(a) => -self.constant(a)?,
            Expr::Binary(operator, a, b) => operator.of(self.constant(a)?, self.constant(b)?),
            Expr::Sum(terms) => {
                let mut terms = terms.iter().map(|term| self.constant(term));
                terms.try_fold(0.0, |sum, term| Some(sum + term?))?
            }
            Expr::Powi(a, exponent) => self.constant(a)?.powi(*exponent),
            Expr::Call(primitive, arguments) => {
                let arguments = arguments.iter().map(|a| self.constant(a));
                (primitive.evaluate)(&arguments.collect::<Option<Vec<f64>>>()?)
            }
            Expr::Detach(a) | Expr::StraightThrough(a, _) => self.constant(a)?,
        })
    }
}

/// Refuses the value of `source` unless it is finite: no layer computes with another.
pub(super) fn finite(source: &syn::Expr, value: f64, diagnostics: &mut Diagnostics) -> Option<()> {
    let message = match value {
        value if value.is_finite() => return Some(()),
        value if value.is_nan() => "the value of this is no number",
        _ => "the value of this is infinite",
    };
    diagnostics.error(source, message);
    None
}
