//! Literals.

use syn::Lit;

use super::known::is_integer;
use crate::diagnostics::Diagnostics;

/// The message for a divisor that is 0.
pub(super) const DIVISION_BY_ZERO: &str = "a division by 0 is no number";

/// Why a literal must not have this suffix: a type, or what was to be multiplied.
pub(super) fn wrong_suffix(digits: &str, suffix: &str) -> String {
    let is_type = is_integer(suffix) || ["f16", "f32", "f64", "f128"].contains(&suffix);
    let instead = match is_type {
        true => "it is of the layer's type".to_owned(),
        false => format!("a product is written `{digits} * {suffix}`"),
    };
    format!("a number has no suffix `{suffix}`; {instead}")
}

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
        diagnostics.error(literal, wrong_suffix(&digits, suffix));
        return None;
    }
    let mut mantissa = digits.split(['e', 'E']).next().unwrap_or_default().chars();
    let is_zero = mantissa.all(|digit| !('1'..='9').contains(&digit));
    let message = match digits.parse::<f64>() {
        Ok(value) if value == 0.0 && !is_zero => {
            "this number is too small for `f64`, where it is 0"
        }
        Ok(value) if value.is_finite() => return Some(value),
        _ => "this number is too large for `f64`",
    };
    diagnostics.error(literal, message);
    None
}
