//! The grammar of declarations.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Token, token};

use super::{
    Declaration, Definition, Distribution, Invocation, SymbolDeclaration, SymbolKind, slips, sums,
};
use crate::diagnostics::Diagnostics;

/// Reads everything; goes on after the braces of a function that could not be read.
pub(super) fn invocation(
    input: ParseStream<'_>,
    invocation: &mut Invocation,
    diagnostics: &mut Diagnostics,
) {
    if input.peek(Token![crate]) && input.peek2(Token![=]) {
        match crate_path(input) {
            Ok(path) => invocation.crate_path = path,
            Err(error) => {
                diagnostics.push(error);
                skip_to(input, |token| is_punct(token, ';'));
            }
        }
    }
    if input.is_empty() && diagnostics.count() == 0 {
        diagnostics.push(syn::Error::new(
            proc_macro2::Span::call_site(),
            "nothing is declared; declare a function as `pub fn Name(x; a) { a * x }`",
        ));
    }
    while !input.is_empty() {
        if starts_constant(input) {
            match input.parse() {
                Ok(constant) => invocation.constants.push(constant),
                Err(error) => {
                    diagnostics.push(error);
                    skip_to(input, |token| is_punct(token, ';'));
                }
            }
            continue;
        }
        match declaration(input, diagnostics) {
            Ok(declaration) => invocation.declarations.push(declaration),
            Err(error) => {
                diagnostics.push(error);
                skip_to(input, |token| {
                    matches!(token, TokenTree::Group(group)
                        if group.delimiter() == Delimiter::Brace)
                });
            }
        }
    }
}

/// Whether `const NAME: …` follows, after attributes and visibility.
fn starts_constant(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let before = ahead.call(syn::Attribute::parse_outer).is_ok() && {
        let visibility: syn::Result<syn::Visibility> = ahead.parse();
        visibility.is_ok()
    };
    before && ahead.peek(Token![const]) && ahead.peek2(syn::Ident) && ahead.peek3(Token![:])
}

fn crate_path(input: ParseStream<'_>) -> syn::Result<syn::Path> {
    input.parse::<Token![crate]>()?;
    input.parse::<Token![=]>()?;
    let path = input.call(syn::Path::parse_mod_style)?;
    input.parse::<Token![;]>()?;
    Ok(path)
}

fn declaration(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Declaration> {
    let attributes = input.call(syn::Attribute::parse_outer)?;
    let visibility: syn::Visibility = input.parse()?;
    for (present, keyword) in [
        (input.peek(Token![const]), "const"),
        (input.peek(Token![unsafe]), "unsafe"),
        (input.peek(Token![async]), "async"),
        (input.peek(Token![extern]), "extern"),
    ] {
        if present {
            let message =
                format!("a connection function cannot be `{keyword}`; write `fn Name(x) {{ … }}`");
            return Err(input.error(message));
        }
    }
    if !input.peek(Token![fn]) {
        return Err(input.error("expected a declaration such as `pub fn Name(x; a) { a * x }`"));
    }
    input.parse::<Token![fn]>()?;
    let name: Ident = input
        .parse()
        .map_err(|_| input.error("expected the name of the function, such as `Sine`"))?;
    let definition = match definition(input, diagnostics) {
        Ok(definition) => Some(definition),
        Err(error) => {
            diagnostics.push(error);
            skip_to(input, |token| {
                matches!(token, TokenTree::Group(group)
                    if group.delimiter() == Delimiter::Brace)
            });
            None
        }
    };
    Ok(Declaration {
        attributes,
        visibility,
        name,
        definition,
    })
}

/// Reads `(input; symbols) { body }`.
fn definition(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Definition> {
    if input.peek(Token![<]) {
        return Err(input.error(
            "a connection function has no generic parameters; it is compiled for `f32` and `f64`",
        ));
    }
    if !input.peek(token::Paren) {
        return Err(input.error("expected the input in parentheses, such as `(x; a, b)`"));
    }
    let group = group(input, Delimiter::Parenthesis)?;
    if group.stream().is_empty() {
        return Err(syn::Error::new(
            group.span(),
            "the input is missing; write `(x)` or `(x; a, b)`",
        ));
    }
    let (name, symbols) = syn::parse::Parser::parse2(header, group.stream())?;
    if input.peek(Token![->]) {
        return Err(
            input.error("a connection function gives one number; leave the return type out")
        );
    }
    if input.peek(Token![where]) {
        return Err(input.error("a connection function has no `where` clause"));
    }
    if !input.peek(token::Brace) {
        return Err(input.error("expected the body in braces, such as `{ a * x }`"));
    }
    let body = body(input, diagnostics)?;
    Ok(Definition {
        input: name,
        symbols,
        body,
    })
}

/// Reads `input; symbols`.
fn header(header: ParseStream<'_>) -> syn::Result<(Ident, Vec<SymbolDeclaration>)> {
    let name = symbol_name(header, "the input")?;
    no_type(header, "the input")?;
    if header.peek(Token![,]) {
        return Err(header.error("parameters are set off from the input by `;`, as in `(x; a, b)`"));
    }
    let mut symbols = Vec::new();
    if !header.is_empty() {
        header.parse::<Token![;]>()?;
        symbols.extend(header.parse_terminated(SymbolDeclaration::parse, Token![,])?);
    }
    Ok((name, symbols))
}

/// Reads the braces as a block. What `syn` cannot read is an error at its own tokens, and the
/// braces are consumed either way.
fn body(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<syn::Block> {
    let group = group(input, Delimiter::Brace)?;
    let tokens = TokenStream::from(TokenTree::Group(group.clone()));
    let slips = slips::find(group.stream());
    let read = match slips.is_empty() {
        true => syn::parse2(sums::bind(tokens)).map_err(|error| vec![error]),
        false => Err(slips),
    };
    match read {
        Ok(block) => Ok(block),
        Err(errors) => {
            errors.into_iter().for_each(|error| diagnostics.push(error));
            // An empty body that says nothing more: `check` passes it over.
            Ok(syn::Block {
                brace_token: token::Brace(group.span()),
                stmts: vec![syn::Stmt::Expr(
                    syn::Expr::Verbatim(TokenStream::new()),
                    None,
                )],
            })
        }
    }
}

/// Reads a group, also one that a fragment of a `macro_rules!` wraps invisibly.
fn group(input: ParseStream<'_>, delimiter: Delimiter) -> syn::Result<Group> {
    input.step(|cursor| match cursor.group(delimiter) {
        Some((inside, span, rest)) => {
            let mut group = Group::new(delimiter, inside.token_stream());
            group.set_span(span.join());
            Ok((group, rest))
        }
        None => Err(cursor.error("expected parentheses or braces")),
    })
}

impl Parse for SymbolDeclaration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let kind = if input.peek(Token![const]) {
            input.parse::<Token![const]>()?;
            SymbolKind::Constant
        } else if input.peek(syn::Ident) && input.peek2(syn::Ident) {
            let word: Ident = input.parse()?;
            if word != "state" {
                return Err(syn::Error::new(
                    word.span(),
                    format!(
                        "`{word}` is no kind of symbol; write `name`, `const name` or `state name`"
                    ),
                ));
            }
            SymbolKind::State
        } else {
            SymbolKind::Parameter
        };
        let name = symbol_name(input, "a parameter")?;
        let size = if input.peek(token::Bracket) {
            Some(array_size(input, &name)?)
        } else {
            None
        };
        no_type(input, "a parameter")?;
        if input.peek(Token![=]) {
            return Err(input.error("an initial value is given as `~ value(…)`"));
        }
        let distribution = if input.peek(Token![~]) {
            input.parse::<Token![~]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self {
            kind,
            name,
            size,
            distribution,
        })
    }
}

impl Parse for Distribution {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected a distribution: `uniform(low, high)`, `normal(mean, deviation)`, `sign()` or `value(v)`",
            )
        })?;
        if !input.peek(token::Paren) {
            return Err(syn::Error::new(
                name.span(),
                format!("`{name}` needs its arguments, as in `uniform(-0.1, 0.1)`"),
            ));
        }
        let arguments;
        syn::parenthesized!(arguments in input);
        let arguments = Punctuated::<syn::Expr, Token![,]>::parse_terminated(&arguments)?;
        Ok(Self {
            name,
            arguments: arguments.into_iter().collect(),
        })
    }
}

/// Reads `[size]`.
fn array_size(input: ParseStream<'_>, name: &Ident) -> syn::Result<syn::Expr> {
    let group = group(input, Delimiter::Bracket)?;
    if group.stream().is_empty() {
        let message = format!("`{name}` needs its number of elements, as in `{name}[8]`");
        return Err(syn::Error::new(group.span(), message));
    }
    syn::parse2(group.stream())
}

fn symbol_name(input: ParseStream<'_>, what: &str) -> syn::Result<Ident> {
    if input.peek(Token![self]) {
        return Err(input.error("a connection function has no `self`"));
    }
    if input.peek(Token![_]) {
        return Err(input.error(format!("{what} needs a name")));
    }
    if input.peek(Token![#]) {
        return Err(input.error(slips::ATTRIBUTE));
    }
    input
        .parse()
        .map_err(|_| input.error(format!("expected the name of {what}")))
}

fn no_type(input: ParseStream<'_>, what: &str) -> syn::Result<()> {
    if input.peek(Token![:]) {
        return Err(input.error(format!(
            "{what} has no type; it is a number of the layer's type"
        )));
    }
    Ok(())
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Drops tokens up to and with the first that `ends`.
fn skip_to(input: ParseStream<'_>, ends: impl Fn(&TokenTree) -> bool) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if ends(&token) {
            return;
        }
    }
}
