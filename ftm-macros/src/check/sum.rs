//! Sums over an index, and subscripts.

use proc_macro2::Ident;
use syn::{Expr as Source, RangeLimits};

use super::expression::Checker;
use super::function::Expr;
use super::integer::Integers;

/// How a sum is written, for messages.
const SHAPE: &str = "a sum is written `sum(k in 0..8, c[k] * powi(x, k))`";

impl<'a> Checker<'a, '_> {
    /// `sum(k in a..b, e)`: its terms, each checked with its own value of the index.
    pub(super) fn sum(&mut self, name: &Ident, arguments: &[&'a Source]) -> Option<Expr> {
        let &[binding, term] = arguments else {
            return self.error(name, SHAPE);
        };
        let Some((index, range)) = index_of(binding) else {
            return self.error(binding, SHAPE);
        };
        let Source::Path(path) = index else {
            return self.error(index, "the index of a sum is one name");
        };
        let Some(index) = path.path.get_ident() else {
            return self.error(path, "the index of a sum is one name");
        };
        let terms = self.bounds(range)?;
        if terms.is_empty() && self.sums == 0 {
            return self.error(range, "this range is empty; the sum would always be 0");
        }
        self.sums += 1;
        let terms = terms
            .map(|value| {
                let mark = self.scope.enter();
                self.scope.declare_index(index, value);
                let term = self.number(term);
                self.scope.leave(mark);
                term
            })
            .collect::<Option<_>>();
        self.sums -= 1;
        terms.map(Expr::Sum)
    }

    /// The values of an index, from the bounds of its sum.
    fn bounds(&mut self, range: &'a Source) -> Option<std::ops::Range<i64>> {
        let Source::Range(bounds) = range else {
            let message = "an index runs over a range, as in `sum(k in 0..8, …)`";
            return self.error(range, message);
        };
        let (Some(start), Some(end)) = (&bounds.start, &bounds.end) else {
            let message = "the range of a sum has two bounds, as in `sum(k in 0..8, …)`";
            return self.error(range, message);
        };
        let start = self.integer(start, "a bound of a sum");
        let end = self.integer(end, "a bound of a sum");
        let (start, mut end) = (start?, end?);
        if matches!(bounds.limits, RangeLimits::Closed(_)) {
            end = end.saturating_add(1);
        }
        if end < start {
            return self.error(range, "the upper bound must not be below the lower one");
        }
        Some(start..end)
    }

    /// `c[k]`
    pub(super) fn element(&mut self, source: &'a syn::ExprIndex) -> Option<Expr> {
        let index = self.integer(&source.index, "a subscript");
        let Source::Path(path) = &*source.expr else {
            let message = "only arrays have elements; bind this with `let` first";
            return self.error(&source.expr, message);
        };
        self.scope
            .element(&path.path, &source.index, index, self.diagnostics)
    }

    /// An integer that must be known here.
    pub(super) fn integer(&mut self, source: &Source, what: &str) -> Option<i64> {
        let mut integers = Integers {
            scope: &mut self.scope,
            known: self.known,
            diagnostics: self.diagnostics,
            what,
        };
        integers.value(source)
    }
}

/// The index and the range of `k in 0..8`, as `syntax` has bound them.
fn index_of(binding: &Source) -> Option<(&Source, &Source)> {
    let Source::Group(group) = binding else {
        return None;
    };
    match &*group.expr {
        Source::Assign(assign) => Some((&assign.left, &assign.right)),
        _ => None,
    }
}
