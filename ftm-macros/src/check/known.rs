//! What the functions of an invocation may know of what stands above them.

use quote::ToTokens;
use syn::ext::IdentExt;

use super::integer::Integers;
use super::scope::Scope;
use crate::diagnostics::Diagnostics;

/// The constants of the invocation.
#[derive(Default)]
pub(crate) struct Known {
    constants: Vec<(String, Constant)>,
}

/// What a constant is.
#[derive(Clone, Copy)]
pub(super) enum Constant {
    Integer(i64),
    /// A number that is no integer: one of the enclosing scope, as others are.
    Number,
    /// A mistake that was reported.
    Mistake,
}

impl Known {
    /// Finds the values of the constants. That two have one name is for `rustc` to say.
    pub(crate) fn new(constants: &[syn::ItemConst], diagnostics: &mut Diagnostics) -> Self {
        let mut known = Self::default();
        for constant in constants {
            let name = constant.ident.unraw().to_string();
            let kind = constant.ty.to_token_stream().to_string();
            let constant = if is_integer(&kind) {
                let mut integers = Integers {
                    scope: &mut Scope::default(),
                    known: &known,
                    diagnostics,
                    what: "a constant of an integer type",
                };
                let value = integers.value(&constant.expr);
                value.map_or(Constant::Mistake, Constant::Integer)
            } else {
                Constant::Number
            };
            known.constants.push((name, constant));
        }
        known
    }

    /// The constant called `name`.
    pub(super) fn constant(&self, name: &str) -> Option<Constant> {
        let constant = self.constants.iter().find(|(other, _)| other == name);
        constant.map(|(_, constant)| *constant)
    }
}

fn is_integer(kind: &str) -> bool {
    let digits = kind.strip_prefix(['u', 'i']);
    digits.is_some_and(|bits| matches!(bits, "8" | "16" | "32" | "64" | "128" | "size"))
}
