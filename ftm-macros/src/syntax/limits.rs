//! Sizes past which a program is refused, so that no recursion over it can exhaust the stack.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Tokens of one invocation.
const TOKENS: usize = 20_000;

/// Nested parentheses, brackets and braces.
const DEPTH: usize = 64;

/// Tokens between two commas, semicolons or declarations on one level, the attributes before a
/// declaration apart. A chain of operators nests as deep as it is long.
const CHAIN: usize = 1_000;

/// Refuses what is too large, at the token that is one too many.
pub(super) fn check(tokens: TokenStream) -> Result<(), syn::Error> {
    let mut count = 0;
    let mut levels = vec![(tokens.into_iter(), 0_usize)];
    // Whether a declaration begins, nothing but its attributes being read; whether the last token of
    // the first level was the body of a function.
    let (mut begins, mut after_body) = (true, false);
    loop {
        let is_first = levels.len() == 1;
        let Some((level, chain)) = levels.last_mut() else {
            return Ok(());
        };
        let Some(token) = level.next() else {
            levels.pop();
            continue;
        };
        if is_first {
            begins |= after_body && begins_declaration(&token);
            if begins {
                *chain = 0;
            }
            begins = match &token {
                TokenTree::Punct(punct) => {
                    punct.as_char() == ';' || begins && punct.as_char() == '#'
                }
                TokenTree::Group(group) => begins && group.delimiter() == Delimiter::Bracket,
                _ => false,
            };
            after_body = matches!(&token, TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace);
        }
        count += 1;
        *chain += 1;
        if count > TOKENS {
            return Err(too_large(&token, format!("more than {TOKENS} tokens")));
        }
        if *chain > CHAIN {
            let message = format!("an expression of more than {CHAIN} tokens; split it with `let`");
            return Err(too_large(&token, message));
        }
        match &token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => *chain = 0,
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace {
                    *chain = chain.saturating_sub(1);
                }
                if levels.len() > DEPTH {
                    let message = format!("more than {DEPTH} nested groups");
                    return Err(too_large(&token, message));
                }
                levels.push((group.stream().into_iter(), 0));
            }
            _ => {}
        }
    }
}

/// Whether a declaration begins with it; no expression goes on with it after braces.
fn begins_declaration(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == '#',
        TokenTree::Ident(ident) => ["pub", "fn", "const"].iter().any(|word| ident == word),
        _ => false,
    }
}

fn too_large(token: &TokenTree, what: String) -> syn::Error {
    syn::Error::new(token.span(), format!("too large to compile: {what}"))
}
