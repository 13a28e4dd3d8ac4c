//! The names a body may use.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;

use super::function::{Expr, Symbol};
use super::known::{Constant, Known};
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
pub(super) struct Scope<'a> {
    names: Vec<Name<'a>>,
    /// Names of blocks that ended, each declaration once.
    ended: Vec<Name<'a>>,
    paths: Vec<syn::Path>,
    /// How often an index was read, or a name whose value has one in it.
    indices_read: usize,
}

struct Name<'a> {
    ident: &'a Ident,
    meaning: Meaning,
    /// Whether it stands for a symbol of the declaration, not for a `let` or an index.
    declared: bool,
    used: bool,
    /// Whether it is an index, or a `let` whose value has one in it.
    has_index: bool,
}

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Meaning {
    /// A number: a symbol, a local or a literal.
    Number(Expr),
    /// An array of such numbers, and which of them were read.
    Array(Vec<(Expr, bool)>),
    /// The index of a sum, at its present value.
    Index(i64),
    /// What has a mistake that was reported.
    Mistake,
}

impl Meaning {
    /// An array that nobody has read.
    pub(super) fn array(elements: Vec<Expr>) -> Self {
        Self::Array(elements.into_iter().map(|e| (e, false)).collect())
    }
}

/// A name where an integer is needed.
pub(super) enum Integer {
    Known(i64),
    /// A constant of the enclosing scope.
    Unseen(String),
    /// No name of anything, as the message says.
    Unknown(String),
    /// A number that only the running function knows.
    Varies,
    /// A mistake that was reported.
    Mistaken,
}

/// The value of a built-in constant.
pub(super) fn built_in(name: &str) -> Option<f64> {
    BUILT_IN
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, value)| *value)
}

/// Whether a name is written as constants are.
fn is_constant(name: &str) -> bool {
    name.chars().any(|c| c.is_ascii_uppercase()) && !name.chars().any(|c| c.is_ascii_lowercase())
}

impl<'a> Scope<'a> {
    /// Declares the input, a parameter, a constant or the state.
    pub(super) fn declare(
        &mut self,
        ident: &'a Ident,
        meaning: Meaning,
        diagnostics: &mut Diagnostics,
    ) {
        let name = ident.unraw().to_string();
        if built_in(&name).is_some() {
            diagnostics.error(
                ident,
                format!("`{name}` is a constant of the language; choose another name"),
            );
        } else if self.names.iter().any(|other| *other.ident == *ident) {
            diagnostics.error(ident, format!("`{name}` is declared twice"));
        }
        self.push(ident, meaning, true, false);
    }

    /// Declares a `let`, which may shadow other names.
    pub(super) fn declare_local(&mut self, ident: &'a Ident, meaning: Meaning, has_index: bool) {
        self.push(ident, meaning, false, has_index);
    }

    /// Declares the index of a sum, which may shadow other names.
    pub(super) fn declare_index(&mut self, ident: &'a Ident, value: i64) {
        self.push(ident, Meaning::Index(value), false, true);
    }

    /// A number that changes when a name is read whose value depends on an index.
    pub(super) fn indices_read(&self) -> usize {
        self.indices_read
    }

    fn push(&mut self, ident: &'a Ident, meaning: Meaning, declared: bool, has_index: bool) {
        self.names.push(Name {
            ident,
            meaning,
            declared,
            used: false,
            has_index,
        });
    }

    /// The number of names, to come back to with [`Scope::leave`].
    pub(super) fn enter(&self) -> usize {
        self.names.len()
    }

    /// Forgets the names declared since. The term of a sum declares its names once for each
    /// value of the index; they are used when any of them is.
    pub(super) fn leave(&mut self, mark: usize) {
        for name in self.names.drain(mark..) {
            let same = |ended: &&mut Name<'_>| std::ptr::eq(ended.ident, name.ident);
            match self.ended.iter_mut().find(same) {
                Some(ended) => ended.used |= name.used,
                None => self.ended.push(name),
            }
        }
    }

    fn find(&mut self, ident: &Ident) -> Option<&mut Name<'a>> {
        let mut names = self.names.iter_mut().rev();
        let name = names.find(|name| *name.ident == *ident)?;
        self.indices_read += usize::from(name.has_index);
        Some(name)
    }

    /// Whether a number has this name, which counts as a use of it.
    pub(super) fn has(&mut self, ident: &Ident) -> bool {
        let found = self.find(ident).map(|name| name.used = true);
        found.is_some() || built_in(&ident.to_string()).is_some()
    }

    /// The number that a path means; nothing when it is a mistake, now or where it was declared.
    pub(super) fn resolve(
        &mut self,
        path: &syn::Path,
        diagnostics: &mut Diagnostics,
    ) -> Option<Expr> {
        let Some(ident) = path.get_ident() else {
            return Some(self.outer(path));
        };
        if let Some(name) = self.find(ident) {
            name.used = true;
            return match &name.meaning {
                Meaning::Number(value) => Some(value.clone()),
                Meaning::Index(value) => Some(Expr::Number(*value as f64)),
                Meaning::Array(elements) => {
                    let message = format!(
                        "`{ident}` is an array of {}; choose one element, as in `{ident}[0]`",
                        elements.len()
                    );
                    diagnostics.error(ident, message);
                    None
                }
                Meaning::Mistake => None,
            };
        }
        let text = ident.to_string();
        if let Some(value) = built_in(&text) {
            return Some(Expr::Number(value));
        }
        if is_constant(&text) {
            return Some(self.outer(path));
        }
        diagnostics.error(ident, self.unknown(&text, std::iter::empty(), ""));
        None
    }

    /// The element of an array.
    pub(super) fn element(
        &mut self,
        path: &syn::Path,
        subscript: &syn::Expr,
        index: Option<i64>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Expr> {
        let Some(ident) = path.get_ident().filter(|ident| {
            let name = ident.to_string();
            self.find(ident).is_some() || !(is_constant(&name) || built_in(&name).is_some())
        }) else {
            let message =
                "the elements of a constant are not known here; bind the array with `let`";
            diagnostics.error(path, message);
            return None;
        };
        let Some(name) = self.find(ident) else {
            let message = self.unknown(&ident.to_string(), std::iter::empty(), "");
            diagnostics.error(ident, message);
            return None;
        };
        name.used = true;
        let elements = match &mut name.meaning {
            Meaning::Array(elements) => elements,
            Meaning::Mistake => return None,
            Meaning::Number(_) | Meaning::Index(_) => {
                let message =
                    format!("`{ident}` is one number; an array is declared as `{ident}[8]`");
                diagnostics.error(ident, message);
                return None;
            }
        };
        let count = elements.len();
        let index = index?;
        let Some((element, read)) = usize::try_from(index)
            .ok()
            .and_then(|k| elements.get_mut(k))
        else {
            let message = format!(
                "there is no `{ident}[{index}]`: the elements of `{ident}` are 0 to {}",
                count.saturating_sub(1)
            );
            diagnostics.error(subscript, message);
            return None;
        };
        *read = true;
        Some(element.clone())
    }

    /// The elements of an array, all of them read; none of what is no array.
    pub(super) fn array(&mut self, path: &syn::Path) -> Vec<Expr> {
        let Some(name) = path.get_ident().and_then(|ident| self.find(ident)) else {
            return Vec::new();
        };
        name.used = true;
        let Meaning::Array(elements) = &mut name.meaning else {
            return Vec::new();
        };
        let read = elements.iter_mut().map(|(element, read)| {
            *read = true;
            element.clone()
        });
        read.collect()
    }

    /// Whether a path is the name of an array.
    pub(super) fn has_array(&mut self, path: &syn::Path) -> bool {
        let name = path.get_ident().and_then(|ident| self.find(ident));
        name.is_some_and(|name| matches!(name.meaning, Meaning::Array(_)))
    }

    /// A path where an integer is needed; `rule` says what one is made of.
    pub(super) fn integer(&mut self, path: &syn::Path, known: &Known, rule: &str) -> Integer {
        let Some(ident) = path.get_ident() else {
            return Integer::Unseen(path.to_token_stream().to_string().replace(' ', ""));
        };
        if let Some(name) = self.find(ident) {
            name.used = true;
            return match name.meaning {
                Meaning::Index(value) => Integer::Known(value),
                Meaning::Mistake => Integer::Mistaken,
                Meaning::Number(_) | Meaning::Array(_) => Integer::Varies,
            };
        }
        let text = ident.to_string();
        match known.constant(&text) {
            Some(Constant::Integer(value)) => Integer::Known(value),
            Some(Constant::Number) => Integer::Varies,
            Some(Constant::Mistake) => Integer::Mistaken,
            None if built_in(&text).is_some() => Integer::Varies,
            None if is_constant(&text) => Integer::Unseen(text),
            None => Integer::Unknown(self.unknown(&text, known.constants(), rule)),
        }
    }

    /// Says that nothing has this name, neither here nor of `others`; and, where none is near, the rule.
    fn unknown<'n>(&self, text: &str, others: impl Iterator<Item = &'n str>, rule: &str) -> String {
        if primitives::lookup(text).is_some() {
            return format!("`{text}` is a function; call it as `{text}(…)`");
        }
        let names = self.names.iter().map(|name| name.ident.to_string());
        let known: Vec<String> = names.chain(others.map(str::to_owned)).collect();
        let built_in = BUILT_IN.iter().map(|&(name, _)| name);
        let built_in = built_in.filter(|name| name.eq_ignore_ascii_case(text));
        let near = suggestion(text, known.iter().map(String::as_str).chain(built_in));
        if !near.is_empty() {
            format!("unknown name `{text}`{near}")
        } else if known.is_empty() {
            format!("unknown name `{text}`{rule}")
        } else {
            format!(
                "unknown name `{text}`; known here: {}{rule}",
                known.join(", ")
            )
        }
    }

    /// A constant of the enclosing scope.
    pub(super) fn outer(&mut self, path: &syn::Path) -> Expr {
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
        for name in self.names.iter().chain(&self.ended) {
            if let Some(message) = name.unused() {
                diagnostics.error(name.ident, message);
            }
        }
    }

    /// The constants of the enclosing scope that were named.
    pub(super) fn into_paths(self) -> Vec<syn::Path> {
        self.paths
    }
}

impl Name<'_> {
    /// Why the name should not be there, if it should not.
    fn unused(&self) -> Option<String> {
        let ident = self.ident;
        if !self.declared {
            return (!self.used).then(|| match self.meaning {
                Meaning::Index(_) => {
                    format!("the index `{ident}` is never used; all terms of the sum are the same")
                }
                _ => format!("`{ident}` is never used; remove this `let`"),
            });
        }
        let symbol = match &self.meaning {
            Meaning::Number(Expr::Symbol(symbol)) if !self.used => symbol,
            Meaning::Array(elements) => {
                let place = elements.iter().position(|(_, read)| !read)?;
                let gradient = match elements.get(place) {
                    Some((Expr::Symbol(Symbol::Parameter(_)), _)) => {
                        "; its gradient would always be 0"
                    }
                    _ => "",
                };
                return Some(format!("`{ident}[{place}]` is never used{gradient}"));
            }
            _ => return None,
        };
        Some(match symbol {
            Symbol::Input => format!("the value does not depend on the input `{ident}`"),
            Symbol::Parameter(_) => {
                format!("the parameter `{ident}` is never used; its gradient would always be 0")
            }
            _ => format!("`{ident}` is never used"),
        })
    }
}
