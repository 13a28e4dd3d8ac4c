//! Distributions of initial values.

use syn::{BinOp, Expr, UnOp};

use super::function::{Arithmetic, Constant, Initializer};
use super::{constant, number, scope};
use crate::diagnostics::{Diagnostics, suggestion};
use crate::syntax::Distribution;

/// Name and arguments of each.
const DISTRIBUTIONS: [(&str, &[&str]); 4] = [
    ("uniform", &["low", "high"]),
    ("normal", &["mean", "deviation"]),
    ("sign", &[]),
    ("value", &["v"]),
];

/// Checks a distribution.
pub(super) fn check(written: &Distribution, diagnostics: &mut Diagnostics) -> Option<Initializer> {
    let name = written.name.to_string();
    let Some((_, names)) = DISTRIBUTIONS.iter().find(|(other, _)| *other == name) else {
        let near = suggestion(&name, DISTRIBUTIONS.iter().map(|(name, _)| *name));
        let message = if near.is_empty() {
            format!(
                "unknown distribution `{name}`; there are `uniform(low, high)`, `normal(mean, deviation)`, `sign()` and `value(v)`"
            )
        } else {
            format!("unknown distribution `{name}`{near}")
        };
        diagnostics.error(&written.name, message);
        return None;
    };
    if names.len() != written.arguments.len() {
        let message = format!(
            "`{name}` takes {} ({}); {} given",
            counted(names.len()),
            names.join(", "),
            written.arguments.len()
        );
        let message = message.replace(" ()", "");
        diagnostics.error(&written.name, message);
        return None;
    }
    let mut arguments = Vec::new();
    for argument in &written.arguments {
        arguments.push(constant(argument, diagnostics)?);
    }
    match (name.as_str(), arguments.as_slice()) {
        ("uniform", [low, high]) => {
            if let (Some(from), Some(to)) = (low.value, high.value)
                && from >= to
            {
                let message = "the upper bound must be above the lower one";
                diagnostics.error(&written.arguments[1], message);
                return None;
            }
            Some(Initializer::Uniform(low.clone(), high.clone()))
        }
        ("normal", [mean, deviation]) => {
            if deviation.value.is_some_and(|spread| spread <= 0.0) {
                let message = "the standard deviation must be above 0";
                diagnostics.error(&written.arguments[1], message);
                return None;
            }
            Some(Initializer::Normal(mean.clone(), deviation.clone()))
        }
        ("value", [value]) => Some(Initializer::Value(value.clone())),
        _ => Some(Initializer::Sign),
    }
}

fn counted(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        count => format!("{count} arguments"),
    }
}

/// Checks that an argument is constant: numbers, constants by path, and arithmetic of them.
fn constant(expression: &Expr, diagnostics: &mut Diagnostics) -> Option<Constant> {
    match expression {
        Expr::Lit(literal) => {
            let value = number::number(&literal.lit, diagnostics)?;
            Some(Constant {
                arithmetic: Arithmetic::Number(value, literal.lit.span()),
                value: Some(value),
            })
        }
        Expr::Paren(inner) => constant(&inner.expr, diagnostics),
        Expr::Group(inner) => constant(&inner.expr, diagnostics),
        Expr::Path(path) if path.qself.is_none() => {
            let name = path.path.get_ident().map(ToString::to_string);
            Some(Constant {
                arithmetic: Arithmetic::Path(path.clone()),
                value: name.and_then(|name| scope::built_in(&name)),
            })
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let inner = constant(&unary.expr, diagnostics)?;
            Some(Constant {
                arithmetic: Arithmetic::Neg(Box::new(inner.arithmetic)),
                value: inner.value.map(|value| -value),
            })
        }
        Expr::Binary(binary) => {
            let operation: fn(f64, f64) -> f64 = match binary.op {
                BinOp::Add(_) => |a, b| a + b,
                BinOp::Sub(_) => |a, b| a - b,
                BinOp::Mul(_) => |a, b| a * b,
                BinOp::Div(_) => |a, b| a / b,
                _ => return not_constant(expression, diagnostics),
            };
            let left = constant(&binary.left, diagnostics);
            let right = constant(&binary.right, diagnostics);
            let (left, right) = (left?, right?);
            if matches!(binary.op, BinOp::Div(_)) && right.value == Some(0.0) {
                diagnostics.error(&binary.right, number::DIVISION_BY_ZERO);
                return None;
            }
            let value = (left.value.zip(right.value)).map(|(a, b)| operation(a, b));
            if let Some(value) = value {
                constant::finite(expression, value, diagnostics)?;
            }
            let (left, right) = (Box::new(left.arithmetic), Box::new(right.arithmetic));
            Some(Constant {
                arithmetic: Arithmetic::Binary(left, binary.op, right),
                value,
            })
        }
        _ => not_constant(expression, diagnostics),
    }
}

fn not_constant(expression: &Expr, diagnostics: &mut Diagnostics) -> Option<Constant> {
    diagnostics.error(
        expression,
        "an argument of a distribution is a number, a constant, or `+ - * /` of them",
    );
    None
}
