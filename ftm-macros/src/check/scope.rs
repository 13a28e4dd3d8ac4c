//! The names a body may use.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;

use super::function::{Expr, Symbol};
use crate::diagnostics::{Diagnostics, suggestion};
use crate::primitives;

/// Constants that every body may name.
const BUILT_IN: [(&str, f64); 3] = [
    ("PI", std::f64::consts::PI),
    ("TAU", std::f64::consts::TAU),
    ("E", std::f64::consts::E),
];

/// Names in scope, the innermost last.
#[derive(Default)]
pub(super) struct Scope {
    names: Vec<Name>,
    /// How far `names` has been left by blocks that ended.
    ended: Vec<Name>,
    paths: Vec<syn::Path>,
}

struct Name {
    ident: Ident,
    meaning: Meaning,
    used: bool,
}

#[derive(Clone, Copy)]
enum Meaning {
    Symbol(Symbol),
    /// A `let`; nothing when its value has a mistake.
    Local(Option<usize>),
}

/// The value of a built-in constant.
pub(super) fn built_in(name: &str) -> Option<f64> {
    BUILT_IN
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, value)| *value)
}

impl Scope {
    /// Declares the input, a parameter, a constant or the state.
    pub(super) fn declare(&mut self, ident: &Ident, symbol: Symbol, diagnostics: &mut Diagnostics) {
        let name = ident.unraw().to_string();
        if built_in(&name).is_some() {
            diagnostics.error(
                ident,
                format!("`{name}` is a constant of the language; choose another name"),
            );
        } else if self.names.iter().any(|other| other.ident == *ident) {
            diagnostics.error(ident, format!("`{name}` is declared twice"));
        }
        self.push(ident, Meaning::Symbol(symbol));
    }

    /// Declares a `let`, which may shadow other names.
    pub(super) fn declare_local(&mut self, ident: &Ident, local: Option<usize>) {
        self.push(ident, Meaning::Local(local));
    }

    fn push(&mut self, ident: &Ident, meaning: Meaning) {
        self.names.push(Name {
            ident: ident.clone(),
            meaning,
            used: false,
        });
    }

    /// The number of names, to come back to with [`Scope::leave`].
    pub(super) fn enter(&self) -> usize {
        self.names.len()
    }

    /// Forgets the names declared since.
    pub(super) fn leave(&mut self, mark: usize) {
        self.ended.extend(self.names.drain(mark..));
    }

    /// What a path means; nothing when it is a mistake, now or where it was declared.
    pub(super) fn resolve(
        &mut self,
        path: &syn::Path,
        diagnostics: &mut Diagnostics,
    ) -> Option<Expr> {
        let Some(ident) = path.get_ident() else {
            return Some(self.outer(path));
        };
        if let Some(name) = self
            .names
            .iter_mut()
            .rev()
            .find(|name| name.ident == *ident)
        {
            name.used = true;
            return match name.meaning {
                Meaning::Symbol(symbol) => Some(Expr::Symbol(symbol)),
                Meaning::Local(local) => local.map(Expr::Local),
            };
        }
        let text = ident.to_string();
        if let Some(value) = built_in(&text) {
            return Some(Expr::Number(value));
        }
        let constant = text.chars().any(|c| c.is_ascii_uppercase())
            && !text.chars().any(|c| c.is_ascii_lowercase());
        if constant {
            return Some(self.outer(path));
        }
        if primitives::lookup(&text).is_some() {
            diagnostics.error(
                ident,
                format!("`{text}` is a function; call it as `{text}(…)`"),
            );
            return None;
        }
        let known: Vec<String> = self
            .names
            .iter()
            .map(|name| name.ident.to_string())
            .collect();
        let near = suggestion(&text, known.iter().map(String::as_str));
        let message = if near.is_empty() {
            format!("unknown name `{text}`; known here: {}", known.join(", "))
        } else {
            format!("unknown name `{text}`{near}")
        };
        diagnostics.error(ident, message);
        None
    }

    /// A constant of the enclosing scope.
    fn outer(&mut self, path: &syn::Path) -> Expr {
        let text = |path: &syn::Path| path.to_token_stream().to_string();
        let known = self
            .paths
            .iter()
            .position(|other| text(other) == text(path));
        let index = known.unwrap_or_else(|| {
            self.paths.push(path.clone());
            self.paths.len() - 1
        });
        Expr::Symbol(Symbol::Path(index))
    }

    /// Reports names that are never used: a parameter's gradient would always be 0.
    pub(super) fn report_unused(&self, diagnostics: &mut Diagnostics) {
        for name in self
            .names
            .iter()
            .chain(&self.ended)
            .filter(|name| !name.used)
        {
            let ident = &name.ident;
            let message = match name.meaning {
                Meaning::Symbol(Symbol::Input) => {
                    format!("the value does not depend on the input `{ident}`")
                }
                Meaning::Symbol(Symbol::Parameter(_)) => {
                    format!("the parameter `{ident}` is never used; its gradient would always be 0")
                }
                Meaning::Symbol(_) => format!("`{ident}` is never used"),
                Meaning::Local(_) => format!("`{ident}` is never used; remove this `let`"),
            };
            diagnostics.error(ident, message);
        }
    }

    /// The constants of the enclosing scope that were named.
    pub(super) fn into_paths(self) -> Vec<syn::Path> {
        self.paths
    }
}
