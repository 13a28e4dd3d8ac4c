//! What the functions of an invocation may know of what stands above them.

use std::rc::Rc;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;

use super::attributes;
use super::function::Function;
use super::integer::Integers;
use super::scope::Scope;
use crate::diagnostics::Diagnostics;
use crate::syntax::Invocation;

/// The constants and functions of the invocation.
#[derive(Default)]
pub(super) struct Known {
    constants: Vec<(String, Constant)>,
    /// Nothing within for functions whose turn is yet to come.
    functions: Vec<(Ident, Option<Declared>)>,
}

/// A function above.
pub(super) enum Declared {
    Right(Rc<Function>),
    /// One with a mistake that was reported.
    Mistake,
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
    pub(super) fn new(invocation: &Invocation, diagnostics: &mut Diagnostics) -> Self {
        let names = invocation.declarations.iter().map(|d| d.name.clone());
        let mut known = Self {
            constants: Vec::new(),
            functions: names.map(|name| (name, None)).collect(),
        };
        for constant in &invocation.constants {
            attributes::check(&constant.attrs, diagnostics);
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

    /// Makes a function known to those below it.
    pub(super) fn declare(&mut self, name: &Ident, function: Option<Rc<Function>>) {
        if let Some((_, place)) = self.functions.iter_mut().find(|(other, _)| other == name) {
            *place = Some(function.map_or(Declared::Mistake, Declared::Right));
        }
    }

    /// The function called `name`; nothing within when it is not above.
    pub(super) fn function(&self, name: &Ident) -> Option<Option<&Declared>> {
        let function = self.functions.iter().find(|(other, _)| other == name);
        function.map(|(_, declared)| declared.as_ref())
    }

    /// The names of the functions above.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let above = self
            .functions
            .iter()
            .filter(|(_, declared)| declared.is_some());
        above.map(|(name, _)| name.to_string())
    }

    /// The names of the constants.
    pub(super) fn constants(&self) -> impl Iterator<Item = &str> {
        self.constants.iter().map(|(name, _)| name.as_str())
    }

    /// The constant called `name`.
    pub(super) fn constant(&self, name: &str) -> Option<Constant> {
        let constant = self.constants.iter().find(|(other, _)| other == name);
        constant.map(|(_, constant)| *constant)
    }
}

/// Whether this is an integer type of Rust.
pub(super) fn is_integer(kind: &str) -> bool {
    let digits = kind.strip_prefix(['u', 'i']);
    digits.is_some_and(|bits| matches!(bits, "8" | "16" | "32" | "64" | "128" | "size"))
}
