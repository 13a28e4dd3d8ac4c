//! Numbers and truth values.

use quote::ToTokens;
use syn::{BinOp, Expr as Source, UnOp};

use super::function::{Binary, Comparison, Condition, Expr};
use super::known::Known;
use super::scope::Scope;
use super::{constant, limits, number};
use crate::diagnostics::Diagnostics;

/// Checks one body. A body is walked as it is computed: the term of a sum once for each value
/// of the index.
pub(super) struct Checker<'a, 'd> {
    pub(super) scope: Scope<'a>,
    pub(super) locals: Vec<Expr>,
    /// The values of those that are constant.
    pub(super) constants: Vec<Option<f64>>,
    pub(super) known: &'d Known,
    pub(super) diagnostics: &'d mut Diagnostics,
    /// Sums around what is checked.
    pub(super) sums: usize,
    /// Branches of `if` around it.
    branches: usize,
    /// Operations checked so far.
    pub(super) operations: usize,
}

impl<'a, 'd> Checker<'a, 'd> {
    /// Starts with the names of the declaration.
    pub(super) fn new(
        scope: Scope<'a>,
        known: &'d Known,
        diagnostics: &'d mut Diagnostics,
    ) -> Self {
        Self {
            scope,
            locals: Vec::new(),
            constants: Vec::new(),
            known,
            diagnostics,
            sums: 0,
            branches: 0,
            operations: 0,
        }
    }

    /// The scope, to see what was used, and the values of all `let`.
    pub(super) fn finish(self) -> (Scope<'a>, Vec<Expr>) {
        (self.scope, self.locals)
    }

    pub(super) fn error<R>(
        &mut self,
        tokens: impl ToTokens,
        message: impl std::fmt::Display,
    ) -> Option<R> {
        self.diagnostics.error(tokens, message);
        None
    }

    /// Counts operations at `source`; nothing, and one report, when they are too many.
    pub(super) fn count(&mut self, source: impl ToTokens, operations: usize) -> Option<()> {
        let before = self.operations;
        self.operations = before.saturating_add(operations);
        if self.operations <= limits::OPERATIONS {
            return Some(());
        }
        if before <= limits::OPERATIONS {
            let message = format!(
                "too large to compile: more than {} operations when sums and calls are written out",
                limits::OPERATIONS
            );
            self.diagnostics.error(source, message);
        }
        None
    }

    /// A number.
    pub(super) fn number(&mut self, source: &'a Source) -> Option<Expr> {
        self.written(source).map(|(value, _)| value)
    }

    /// A number, and its value where that follows from what is written. An index within a branch may
    /// be one that does not take it, so there it is as good as unknown.
    fn written(&mut self, source: &'a Source) -> Option<(Expr, Option<f64>)> {
        let indices = self.scope.indices_read();
        let value = self.formula(source)?;
        let constant = match self.branches == 0 || indices == self.scope.indices_read() {
            true => self.constant(&value),
            false => None,
        };
        if let Some(constant) = constant {
            constant::finite(source, constant, self.diagnostics)?;
        }
        Some((value, constant))
    }

    fn formula(&mut self, source: &'a Source) -> Option<Expr> {
        self.count(source, 1)?;
        match source {
            Source::Lit(literal) => {
                number::number(&literal.lit, self.diagnostics).map(Expr::Number)
            }
            Source::Path(path) if path.qself.is_none() => {
                self.scope.resolve(&path.path, self.diagnostics)
            }
            Source::Paren(inner) => self.number(&inner.expr),
            Source::Group(inner) => self.number(&inner.expr),
            Source::Block(block) if block.label.is_none() => self.block(&block.block),
            Source::Unary(unary) => match unary.op {
                UnOp::Neg(_) => Some(match self.number(&unary.expr)? {
                    Expr::Number(value) => Expr::Number(-value),
                    value => Expr::Neg(Box::new(value)),
                }),
                UnOp::Not(not) => self.error(
                    not,
                    "`!` is for conditions; the negative of a number is `-`",
                ),
                _ => self.error(unary.op, "there are no references here"),
            },
            Source::Binary(binary) => self.binary(binary),
            Source::If(condition) => self.selection(condition),
            Source::Call(call) => self.call(call),
            Source::MethodCall(call) => self.method(call),
            Source::Index(index) => self.element(index),
            // What could not be read has been reported.
            Source::Verbatim(_) => None,
            other => self.error(other, unsupported(other)),
        }
    }

    fn binary(&mut self, binary: &'a syn::ExprBinary) -> Option<Expr> {
        let operator = match binary.op {
            BinOp::Add(_) => Binary::Add,
            BinOp::Sub(_) => Binary::Sub,
            BinOp::Mul(_) => Binary::Mul,
            BinOp::Div(_) => Binary::Div,
            BinOp::BitXor(caret) => {
                return self.error(caret, "`^` is not a power: in Rust it is XOR and binds weaker than `+`; write `powi(x, 3)` or `powf(x, y)`");
            }
            BinOp::Rem(remainder) => {
                return self.error(
                    remainder,
                    "there is no remainder `%`; the operators are `+ - * /`",
                );
            }
            BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_)
            | BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::And(_)
            | BinOp::Or(_) => {
                return self.error(binary, "a condition where a number is needed; choose numbers with `if c { a } else { b }`");
            }
            BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_) => {
                return self.error(binary.op, "values never change; bind a new one with `let`");
            }
            operator => return self.error(operator, "the operators are `+ - * /`"),
        };
        let (left, right) = (self.number(&binary.left), self.written(&binary.right));
        let (left, (right, divisor)) = (left?, right?);
        if matches!(operator, Binary::Div) && divisor == Some(0.0) {
            return self.error(&binary.right, number::DIVISION_BY_ZERO);
        }
        // Arithmetic with an index is done here, so that formulas read well.
        if let (Expr::Number(a), Expr::Number(b)) = (&left, &right)
            && self.sums > 0
        {
            let value = operator.of(*a, *b);
            if value.is_finite() {
                return Some(Expr::Number(value));
            }
        }
        Some(Expr::Binary(operator, Box::new(left), Box::new(right)))
    }

    fn selection(&mut self, source: &'a syn::ExprIf) -> Option<Expr> {
        let condition = self.condition(&source.cond);
        self.branches += 1;
        let then = self.block(&source.then_branch);
        self.branches -= 1;
        let Some((_, otherwise)) = &source.else_branch else {
            return self.error(
                source.if_token,
                "`if` needs an `else`: the value must be a number either way",
            );
        };
        self.branches += 1;
        let otherwise = self.number(otherwise);
        self.branches -= 1;
        Some(Expr::If(
            Box::new(condition?),
            Box::new(then?),
            Box::new(otherwise?),
        ))
    }

    /// A truth value.
    fn condition(&mut self, source: &'a Source) -> Option<Condition> {
        self.count(source, 1)?;
        match source {
            Source::Lit(syn::ExprLit {
                lit: syn::Lit::Bool(value),
                ..
            }) => Some(Condition::Literal(value.value)),
            Source::Paren(inner) => self.condition(&inner.expr),
            Source::Group(inner) => self.condition(&inner.expr),
            Source::Unary(syn::ExprUnary {
                op: UnOp::Not(_),
                expr,
                ..
            }) => Some(Condition::Not(Box::new(self.condition(expr)?))),
            Source::Binary(binary) => {
                let comparison = match binary.op {
                    BinOp::Lt(_) => Comparison::Lt,
                    BinOp::Le(_) => Comparison::Le,
                    BinOp::Gt(_) => Comparison::Gt,
                    BinOp::Ge(_) => Comparison::Ge,
                    BinOp::Eq(_) => Comparison::Eq,
                    BinOp::Ne(_) => Comparison::Ne,
                    BinOp::And(_) | BinOp::Or(_) => {
                        let (a, b) = (self.condition(&binary.left), self.condition(&binary.right));
                        let (a, b) = (Box::new(a?), Box::new(b?));
                        return Some(if matches!(binary.op, BinOp::And(_)) {
                            Condition::And(a, b)
                        } else {
                            Condition::Or(a, b)
                        });
                    }
                    _ => {
                        return self.error(
                            source,
                            "a number where a condition is needed; compare it, as in `x > 0.0`",
                        );
                    }
                };
                let (a, b) = (self.number(&binary.left), self.number(&binary.right));
                Some(Condition::Compare(comparison, a?, b?))
            }
            Source::Let(_) => self.error(source, "`if let` cannot be used here"),
            Source::Verbatim(_) => None,
            other => self.error(
                other,
                "a number where a condition is needed; compare it, as in `x > 0.0`",
            ),
        }
    }
}

/// Why a piece of Rust has no place in a formula.
fn unsupported(source: &Source) -> &'static str {
    match source {
        Source::Loop(_) | Source::While(_) | Source::ForLoop(_) => {
            "there are no loops in a formula"
        }
        Source::Macro(_) => "macros cannot be used here",
        Source::Closure(_) => "there are no closures in a formula",
        Source::Match(_) => "there is no `match` in a formula; use `if c { a } else { b }`",
        Source::Reference(_) | Source::RawAddr(_) => "there are no references here",
        Source::Array(_) => {
            "an array where a number is needed; bind it, as in `let t = [0.5, 2.0];`, and choose one, as in `t[0]`"
        }
        Source::Repeat(_) => "an array is written out, as in `[0.5, 2.0]`",
        Source::Cast(_) => "there are no casts; every value is a number of the layer's type",
        Source::Assign(_) => "values never change; bind a new one with `let`",
        Source::Return(_) => "the value is the last expression; there is no `return`",
        Source::Range(_) => "there are ranges in sums only, as in `sum(k in 0..8, …)`",
        Source::Tuple(_) => "there are no tuples in a formula",
        Source::Field(_) => "there are no fields in a formula",
        _ => "this is not part of a formula: numbers, names, `+ - * /`, calls, `let` and `if` are",
    }
}
