//! Blocks: `let`s and a value.

use syn::{Block, Expr as Source, Pat, Stmt};

use super::expression::Checker;
use super::function::Expr;
use super::scope::Meaning;

impl<'a> Checker<'a, '_> {
    /// The value of a block: `let`s and an expression.
    pub(super) fn block(&mut self, block: &'a Block) -> Option<Expr> {
        let mark = self.scope.enter();
        let value = self.statements(block);
        self.scope.leave(mark);
        value
    }

    fn statements(&mut self, block: &'a Block) -> Option<Expr> {
        let Some((last, before)) = block.stmts.split_last() else {
            return self.error(block, "a block needs a value, such as `{ a * x }`");
        };
        for statement in before {
            self.statement(statement);
        }
        match last {
            Stmt::Expr(value, None) => self.number(value),
            Stmt::Expr(value, Some(semicolon)) => {
                self.number(value);
                self.error(
                    semicolon,
                    "the value must be the last thing in the block; remove this `;`",
                )
            }
            statement => {
                self.statement(statement);
                self.error(
                    statement,
                    "a block ends with its value, not with a statement",
                )
            }
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Local(local) => self.binding(local),
            Stmt::Expr(expression, _) => {
                let before = self.diagnostics.count();
                self.number(expression);
                if self.diagnostics.count() > before {
                    return;
                }
                let message =
                    "this value is not used; a body is `let` statements and one final value";
                self.diagnostics.error(statement, message);
            }
            Stmt::Item(item) => self
                .diagnostics
                .error(item, "items cannot be declared here"),
            Stmt::Macro(call) => self.diagnostics.error(call, "macros cannot be used here"),
        }
    }

    /// `let z = w * x;`
    fn binding(&mut self, local: &'a syn::Local) {
        let indices = self.scope.indices_read();
        let meaning = match &local.init {
            Some(init) => {
                if let Some((_, diverge)) = &init.diverge {
                    self.diagnostics.error(diverge, "`let` has no `else` here");
                }
                self.bound(&init.expr)
            }
            None => self.error(local, "`let` needs a value, as in `let z = w * x;`"),
        };
        let meaning = meaning.unwrap_or(Meaning::Mistake);
        let has_index = indices != self.scope.indices_read();
        match &local.pat {
            Pat::Ident(name)
                if name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none() =>
            {
                self.scope.declare_local(&name.ident, meaning, has_index);
            }
            Pat::Ident(name) if name.mutability.is_some() => {
                self.diagnostics.error(name, "values never change; write `let` without `mut`, and a new `let` for a new value");
                self.scope.declare_local(&name.ident, meaning, has_index);
            }
            Pat::Type(typed) => {
                self.diagnostics.error(
                    &typed.ty,
                    "a value has no type; it is a number of the layer's type",
                );
                if let Pat::Ident(name) = &*typed.pat {
                    self.scope
                        .declare_local(&name.ident, Meaning::Mistake, false);
                }
            }
            pattern => self
                .diagnostics
                .error(pattern, "`let` binds one name, as in `let z = w * x;`"),
        }
    }

    /// What a `let` binds: a number, or an array of numbers.
    fn bound(&mut self, value: &'a Source) -> Option<Meaning> {
        let Source::Array(array) = value else {
            let value = self.number(value)?;
            return Some(Meaning::Number(self.keep(value)));
        };
        self.elements(array).map(Meaning::array)
    }

    /// The numbers of an array that is written out.
    pub(super) fn elements(&mut self, array: &'a syn::ExprArray) -> Option<Vec<Expr>> {
        let elements: Vec<Option<Expr>> = array.elems.iter().map(|e| self.number(e)).collect();
        let elements: Vec<Expr> = elements.into_iter().collect::<Option<_>>()?;
        Some(
            elements
                .into_iter()
                .map(|element| self.keep(element))
                .collect(),
        )
    }

    /// A value that is computed once, however often it is used.
    pub(super) fn keep(&mut self, value: Expr) -> Expr {
        if let Expr::Number(_) | Expr::Symbol(_) | Expr::Local(_) = value {
            return value;
        }
        self.local(value);
        Expr::Local(self.locals.len() - 1)
    }

    /// The value of the next local.
    pub(super) fn local(&mut self, value: Expr) {
        self.constants.push(self.constant(&value));
        self.locals.push(value);
    }
}
