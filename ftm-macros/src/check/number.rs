//! Literals.

use syn::{Expr as Source, Lit, UnOp};

use crate::diagnostics::Diagnostics;

/// The message for a divisor that is 0.
pub(super) const DIVISION_BY_ZERO: &str = "a division by 0 is no number";

/// The number that a literal is; nothing, and a report, when it is none.
pub(super) fn number(literal: &Lit, diagnostics: &mut Diagnostics) -> Option<f64> {
    let (digits, suffix) = match literal {
        Lit::Float(float) => (float.base10_digits().to_owned(), float.suffix()),
        Lit::Int(int) => (int.base10_digits().to_owned(), int.suffix()),
        Lit::Bool(_) => {
            diagnostics.error(
                literal,
                "a truth value where a number is needed; `if` turns one into the other",
            );
            return None;
        }
        _ => {
            diagnostics.error(literal, "this literal is no number");
            return None;
        }
    };
    // `f64` is what all are here, and what `quote!` writes.
    if !["", "f64"].contains(&suffix) {
        let message = format!("a number has no suffix `{suffix}`; it is of the layer's type");
        diagnostics.error(literal, message);
        return None;
    }
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => Some(value),
        _ => {
            diagnostics.error(literal, "this number is too large for `f64`");
            None
        }
    }
}

/// Whether a number is written out, with a sign or without.
pub(super) fn is_literal(source: &Source) -> bool {
    match source {
        Source::Lit(_) => true,
        Source::Paren(inner) => is_literal(&inner.expr),
        Source::Group(inner) => is_literal(&inner.expr),
        Source::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_literal(&unary.expr),
        _ => false,
    }
}
