//! What is written in a body out of habit: reported at its own tokens, before `syn` would complain of
//! what follows.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use syn::Error;

use crate::primitives;

/// Why an attribute has no place in a function.
pub(super) const ATTRIBUTE: &str = "attributes and doc comments stand before the whole function";

const BAR: &str = "a bar has no meaning here; an absolute value is written `abs(x)`, and two conditions joined `||`";
const POWER: &str = "a power is written `powi(x, 3)` or `powf(x, y)`";
const SIDE_BY_SIDE: &str =
    "an operator, `,` or `;` is missing before this; a product is written `a * x`";

/// All of them, of bars the first in a group. Recursion is as deep as the groups are nested, which
/// `limits` has checked.
pub(super) fn find(tokens: TokenStream) -> Vec<Error> {
    let mut slips = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    let (mut before, mut has_bar) = (None, false);
    while let Some(token) = tokens.next() {
        let after = tokens.peek();
        let is_or = joined(&token, after, '|')
            && matches!(before, Some(ref before) if !matches!(before, TokenTree::Punct(_)));
        let is_bar = is(&token, '|') && !is_or;
        let is_told = is_or || (is_bar && has_bar);
        if let Some(message) = slip(before.as_ref(), &token, after).filter(|_| !is_told) {
            slips.push(Error::new(token.span(), message));
        }
        has_bar |= is_bar;
        if let TokenTree::Group(group) = &token {
            slips.extend(find(group.stream()));
        }
        // Of two that belong together, one was enough.
        let is_first =
            ['|', '*'].iter().any(|&sign| joined(&token, after, sign)) || is(&token, '#');
        before = match is_first {
            true => {
                tokens.next();
                None
            }
            false => Some(token),
        };
    }
    slips
}

/// What is wrong with a token between others.
fn slip(
    before: Option<&TokenTree>,
    token: &TokenTree,
    after: Option<&TokenTree>,
) -> Option<String> {
    match token {
        _ if is(token, '#') => Some(ATTRIBUTE.to_owned()),
        _ if is(token, '|') => Some(BAR.to_owned()),
        _ if joined(token, after, '*') => Some(POWER.to_owned()),
        TokenTree::Punct(sign) if is_operator(token) => {
            // A sign may follow an operator.
            let ends = ['+', '*', '/', ',', ';'];
            let is_end = |after: &TokenTree| ends.iter().any(|&end| is(after, end));
            let message = || format!("`{}` needs a number after it", sign.as_char());
            after.is_none_or(is_end).then(message)
        }
        _ if before.is_some_and(|before| is_operand(before) && begins_operand(before, token)) => {
            Some(
                before
                    .and_then(without_parentheses)
                    .unwrap_or_else(|| SIDE_BY_SIDE.to_owned()),
            )
        }
        _ => None,
    }
}

/// What to say of an argument that follows the name of a function.
fn without_parentheses(name: &TokenTree) -> Option<String> {
    let name = name.to_string();
    primitives::lookup(&name)?;
    Some(format!(
        "the argument of `{name}` stands in parentheses: `{name}(x)`"
    ))
}

/// Whether a number may end with this.
fn is_operand(token: &TokenTree) -> bool {
    match token {
        TokenTree::Literal(_) => true,
        TokenTree::Ident(_) => !is_word(token),
        TokenTree::Group(group) => !is_block(group),
        TokenTree::Punct(_) => false,
    }
}

/// Whether another number begins with this. What is in parentheses behind a name are its arguments.
fn begins_operand(before: &TokenTree, token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return is_operand(token);
    };
    match group.delimiter() {
        Delimiter::Parenthesis => match before {
            TokenTree::Group(before) => before.delimiter() != Delimiter::None,
            TokenTree::Literal(_) => true,
            _ => false,
        },
        Delimiter::None => !is_block(group),
        Delimiter::Bracket | Delimiter::Brace => false,
    }
}

/// Whether a group is in braces, or is the invisible one of a macro around such.
fn is_block(group: &Group) -> bool {
    match group.delimiter() {
        Delimiter::Brace => true,
        Delimiter::None => {
            let inside = group.stream().into_iter().next();
            matches!(inside, Some(TokenTree::Group(inside)) if is_block(&inside))
        }
        Delimiter::Parenthesis | Delimiter::Bracket => false,
    }
}

/// Whether Rust keeps a word to itself.
fn is_word(token: &TokenTree) -> bool {
    syn::parse2::<Ident>(token.clone().into()).is_err()
}

fn is_operator(token: &TokenTree) -> bool {
    ['+', '-', '*', '/'].iter().any(|&sign| is(token, sign))
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether two tokens are this character twice, as one sign.
fn joined(token: &TokenTree, after: Option<&TokenTree>, character: char) -> bool {
    let touches = matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
    touches && is(token, character) && after.is_some_and(|after| is(after, character))
}
