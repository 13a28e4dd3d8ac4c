//! Attributes of declarations, which the compiler of Rust sees on what a declaration becomes.

use proc_macro2::TokenTree;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token};

use crate::diagnostics::Diagnostics;

/// What the struct of a function derives: modules of `core`, and traits in them.
pub(crate) const DERIVED: [(&str, &str); 7] = [
    ("clone", "Clone"),
    ("marker", "Copy"),
    ("fmt", "Debug"),
    ("default", "Default"),
    ("cmp", "PartialEq"),
    ("cmp", "Eq"),
    ("hash", "Hash"),
];

/// Refuses what would leave a declaration out that others know, and traits that are derived anyway.
pub(super) fn check(attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    for attribute in attributes {
        check_one(&attribute.meta, diagnostics);
    }
}

/// Recursion is as deep as the source is nested, which `syntax` limits.
fn check_one(attribute: &Meta, diagnostics: &mut Diagnostics) {
    if attribute.path().is_ident("cfg") {
        let message = "`cfg` stands before the whole `ftm_fn!`: others here may need this";
        diagnostics.error(attribute, message);
    }
    // What is no list of attributes or traits is for `rustc` to say.
    let Meta::List(list) = attribute else {
        return;
    };
    if list.path.is_ident("cfg_attr") {
        let attributes = conditional.parse2(list.tokens.clone()).unwrap_or_default();
        attributes
            .iter()
            .for_each(|one| check_one(one, diagnostics));
    }
    if list.path.is_ident("derive") {
        let traits = Punctuated::<Path, Token![,]>::parse_terminated;
        let traits = traits.parse2(list.tokens.clone()).unwrap_or_default();
        for path in traits.iter().filter(|path| is_derived(path)) {
            diagnostics.error(path, "every function derives this already");
        }
    }
}

/// The attributes after the condition of a `cfg_attr`.
fn conditional(input: ParseStream<'_>) -> syn::Result<Punctuated<Meta, Token![,]>> {
    while !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    input.parse::<Token![,]>()?;
    Punctuated::parse_terminated(input)
}

/// Whether it is one of [`DERIVED`], by its name or in the standard library.
fn is_derived(path: &Path) -> bool {
    let names = path.segments.iter();
    let names: Vec<String> = names.map(|name| name.ident.unraw().to_string()).collect();
    DERIVED.iter().any(|&(module, name)| match &names[..] {
        [one] => one == name,
        [home, within, one] => {
            ["std", "core"].contains(&home.as_str()) && within == module && one == name
        }
        _ => false,
    })
}
