//! Literals.

use syn::Lit;

use crate::diagnostics::Diagnostics;

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
    if !matches!(suffix, "" | "f32" | "f64") {
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
