//! Sums over an index, made readable for `syn`.
//!
//! `sum(k in 0..8, e)` is no Rust. Before `syn` reads a body, `k in 0..8` becomes `k = 0..8`
//! within invisible delimiters: one argument, and one that nobody can write.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

/// The same tokens with the index of every sum bound in this way. Recursion is as deep as the
/// groups are nested, which `limits` has checked.
pub(super) fn bind(tokens: TokenStream) -> TokenStream {
    let mut after_sum = false;
    let bound = tokens.into_iter().map(|token| {
        let is_sum = matches!(&token, TokenTree::Ident(word) if word == "sum");
        let of_sum = std::mem::replace(&mut after_sum, is_sum);
        let TokenTree::Group(group) = token else {
            return token;
        };
        let mut inside = bind(group.stream());
        if of_sum && group.delimiter() == Delimiter::Parenthesis {
            inside = bind_index(inside);
        }
        regrouped(group.delimiter(), inside, group.span())
    });
    bound.collect()
}

/// `k in 0..8, e` as `⟦k = 0..8⟧, e`; anything else as it is.
fn bind_index(arguments: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = arguments.into_iter().collect();
    let [index, TokenTree::Ident(word), ..] = &tokens[..] else {
        return tokens.into_iter().collect();
    };
    if word != "in" {
        return tokens.into_iter().collect();
    }
    let mut equals = Punct::new('=', Spacing::Alone);
    equals.set_span(word.span());
    let span = index.span();
    tokens[1] = equals.into();
    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    let end = tokens.iter().position(comma).unwrap_or(tokens.len());
    let rest = tokens.split_off(end);
    let binding = regrouped(Delimiter::None, tokens.into_iter().collect(), span);
    std::iter::once(binding).chain(rest).collect()
}

fn regrouped(delimiter: Delimiter, inside: TokenStream, span: proc_macro2::Span) -> TokenTree {
    let mut group = Group::new(delimiter, inside);
    group.set_span(span);
    group.into()
}
