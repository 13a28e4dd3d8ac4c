//! Tokens to declarations: the shape of the language, nothing of its meaning.
//!
//! ```text
//! crate = path;
//! attributes visibility const NAME: type = value;
//! attributes visibility fn Name(input; parameter, array[size] ~ distribution(…),
//!     const name ~ distribution(…), state name) { body }
//! ```
//!
//! A function ends at its braces, so a mistake in one hides nothing in the others. What is too
//! large or too deep for the stack is refused before anything recursive sees it.

mod limits;
mod parse;
mod slips;
mod sums;

use proc_macro2::{Ident, TokenStream};

use crate::diagnostics::Diagnostics;

/// Everything in one use of the macro.
pub(crate) struct Invocation {
    /// Path of the facade crate in emitted code.
    pub crate_path: syn::Path,
    /// The constants in order.
    pub constants: Vec<syn::ItemConst>,
    /// The functions in order, also those with mistakes whose name could be read.
    pub declarations: Vec<Declaration>,
}

/// One function as written.
pub(crate) struct Declaration {
    /// Doc comments and other attributes.
    pub attributes: Vec<syn::Attribute>,
    /// Visibility.
    pub visibility: syn::Visibility,
    /// Name.
    pub name: Ident,
    /// What follows the name; nothing when it could not be read (and was reported).
    pub definition: Option<Definition>,
}

/// What a function is.
pub(crate) struct Definition {
    /// Name of the input.
    pub input: Ident,
    /// What follows the input, in order.
    pub symbols: Vec<SymbolDeclaration>,
    /// The body.
    pub body: syn::Block,
}

/// A parameter, constant or state as written.
pub(crate) struct SymbolDeclaration {
    /// Which of them.
    pub kind: SymbolKind,
    /// Name.
    pub name: Ident,
    /// How many there are, of an array.
    pub size: Option<syn::Expr>,
    /// What follows `~`.
    pub distribution: Option<Distribution>,
}

/// What a symbol of a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Parameter,
    Constant,
    State,
}

/// A distribution as written: `uniform(-1.0, 1.0)`.
pub(crate) struct Distribution {
    /// Its name.
    pub name: Ident,
    /// Its arguments.
    pub arguments: Vec<syn::Expr>,
}

/// Reads an invocation; mistakes go to `diagnostics`.
pub(crate) fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Invocation {
    let mut invocation = Invocation {
        crate_path: syn::parse_quote!(::ftm),
        constants: Vec::new(),
        declarations: Vec::new(),
    };
    if let Err(error) = limits::check(tokens.clone()) {
        diagnostics.push(error);
        return invocation;
    }
    let result = syn::parse::Parser::parse2(
        |input: syn::parse::ParseStream<'_>| {
            parse::invocation(input, &mut invocation, diagnostics);
            Ok(())
        },
        tokens,
    );
    if let Err(error) = result {
        diagnostics.push(error);
    }
    invocation
}
