//! The user's mistakes: collected, and reported all together at their own tokens.
//!
//! Messages are lower case without a full stop, name the thing, and say what is allowed.

use std::cmp::Reverse;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Mistakes found so far.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Vec<syn::Error>,
}

impl Diagnostics {
    /// Records a mistake at `tokens`.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new_spanned(tokens, message));
    }

    /// Records a mistake that the parser found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    /// How many mistakes there are.
    pub(crate) fn count(&self) -> usize {
        self.errors.len()
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.errors
            .into_iter()
            .map(syn::Error::into_compile_error)
            .collect()
    }

    /// The messages, for tests.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.errors.iter().map(ToString::to_string).collect()
    }
}

/// `; did you mean …?` with the name nearest to `given`, or nothing when none is near.
pub(crate) fn suggestion<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> String {
    let limit = (given.chars().count() / 3).max(1);
    let near = names
        .map(|name| (distance(given, name), name))
        .filter(|&(distance, name)| distance <= limit && distance < name.chars().count());
    // Of equals, the one that begins like it for longest.
    near.min_by_key(|&(distance, name)| (distance, Reverse(common_start(given, name)), name))
        .map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

/// How many characters two names begin with alike.
fn common_start(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// Edits that turn one name into another: insertions, deletions, changes, and swaps of
/// neighbours (optimal string alignment), in any case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let change = row[j] + usize::from(x != y);
            let mut best = change.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = || ["sin", "sinh", "sigmoid", "tanh"].into_iter();
        assert_eq!(suggestion("sine", names()), "; did you mean `sin`?");
        assert_eq!(
            suggestion("sinn", ["sign", "sin"].into_iter()),
            "; did you mean `sin`?"
        );
        assert_eq!(suggestion("sigmiod", names()), "; did you mean `sigmoid`?");
        assert_eq!(suggestion("Tanh", names()), "; did you mean `tanh`?");
        assert_eq!(suggestion("frequency", names()), "");
        assert_eq!(suggestion("q", names()), "");
    }
}
