//! Bodies: blocks, numbers, truth values and calls.

use quote::ToTokens;
use syn::{BinOp, Block, Expr as Source, Pat, Stmt, UnOp};

use super::function::{Binary, Comparison, Condition, Expr};
use super::number;
use super::scope::Scope;
use crate::diagnostics::{Diagnostics, suggestion};
use crate::primitives::{self, Primitive};

/// Checks one body.
pub(super) struct Checker<'a> {
    scope: Scope,
    locals: Vec<Expr>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Checker<'a> {
    /// Starts with the names of the declaration.
    pub(super) fn new(scope: Scope, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            scope,
            locals: Vec::new(),
            diagnostics,
        }
    }

    /// The scope, to see what was used, and the values of all `let`.
    pub(super) fn finish(self) -> (Scope, Vec<Expr>) {
        (self.scope, self.locals)
    }

    fn error<R>(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) -> Option<R> {
        self.diagnostics.error(tokens, message);
        None
    }

    /// The value of a block: `let`s and an expression.
    pub(super) fn block(&mut self, block: &Block) -> Option<Expr> {
        let mark = self.scope.enter();
        let value = self.statements(block);
        self.scope.leave(mark);
        value
    }

    fn statements(&mut self, block: &Block) -> Option<Expr> {
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

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Local(local) => {
                let value = match &local.init {
                    Some(init) => {
                        if let Some((_, diverge)) = &init.diverge {
                            self.diagnostics.error(diverge, "`let` has no `else` here");
                        }
                        self.number(&init.expr)
                    }
                    None => self.error(local, "`let` needs a value, as in `let z = w * x;`"),
                };
                let index = value.map(|value| {
                    self.locals.push(value);
                    self.locals.len() - 1
                });
                match &local.pat {
                    Pat::Ident(name)
                        if name.by_ref.is_none()
                            && name.mutability.is_none()
                            && name.subpat.is_none() =>
                    {
                        self.scope.declare_local(&name.ident, index);
                    }
                    Pat::Ident(name) if name.mutability.is_some() => {
                        self.diagnostics.error(name, "values never change; write `let` without `mut`, and a new `let` for a new value");
                        self.scope.declare_local(&name.ident, index);
                    }
                    Pat::Type(typed) => {
                        self.diagnostics.error(
                            &typed.ty,
                            "a value has no type; it is a number of the layer's type",
                        );
                        if let Pat::Ident(name) = &*typed.pat {
                            self.scope.declare_local(&name.ident, None);
                        }
                    }
                    pattern => self
                        .diagnostics
                        .error(pattern, "`let` binds one name, as in `let z = w * x;`"),
                }
            }
            Stmt::Expr(expression, _) => {
                let before = self.diagnostics.count();
                self.number(expression);
                if self.diagnostics.count() > before {
                    return;
                }
                let message =
                    "this value is not used; a body is `let` statements and one final value";
                self.diagnostics.error(expression, message);
            }
            Stmt::Item(item) => self
                .diagnostics
                .error(item, "items cannot be declared here"),
            Stmt::Macro(call) => self.diagnostics.error(call, "macros cannot be used here"),
        }
    }

    /// A number.
    fn number(&mut self, source: &Source) -> Option<Expr> {
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
            // What could not be read has been reported.
            Source::Verbatim(_) => None,
            other => self.error(other, unsupported(other)),
        }
    }

    fn binary(&mut self, binary: &syn::ExprBinary) -> Option<Expr> {
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
        let (left, right) = (self.number(&binary.left), self.number(&binary.right));
        Some(Expr::Binary(operator, Box::new(left?), Box::new(right?)))
    }

    fn selection(&mut self, source: &syn::ExprIf) -> Option<Expr> {
        let condition = self.condition(&source.cond);
        let then = self.block(&source.then_branch);
        let Some((_, otherwise)) = &source.else_branch else {
            return self.error(
                source.if_token,
                "`if` needs an `else`: the value must be a number either way",
            );
        };
        let otherwise = self.number(otherwise);
        Some(Expr::If(
            Box::new(condition?),
            Box::new(then?),
            Box::new(otherwise?),
        ))
    }

    /// A truth value.
    fn condition(&mut self, source: &Source) -> Option<Condition> {
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

    fn call(&mut self, call: &syn::ExprCall) -> Option<Expr> {
        let Source::Path(function) = &*call.func else {
            return self.error(&call.func, "only functions can be called");
        };
        let Some(name) = function.path.get_ident() else {
            return self.error(function, "functions outside of the language cannot be called, since their derivative is not known; write out the formula");
        };
        let arguments: Vec<&Source> = call.args.iter().collect();
        self.apply(name, &arguments)
    }

    fn method(&mut self, call: &syn::ExprMethodCall) -> Option<Expr> {
        if let Some(turbofish) = &call.turbofish {
            return self.error(turbofish, "functions have no generic arguments");
        }
        let mut arguments = vec![&*call.receiver];
        arguments.extend(&call.args);
        self.apply(&call.method, &arguments)
    }

    /// A function of the language by name.
    fn apply(&mut self, name: &syn::Ident, arguments: &[&Source]) -> Option<Expr> {
        let text = name.to_string();
        match (text.as_str(), arguments) {
            ("powi", [base, exponent]) => {
                let base = self.number(base);
                let exponent = number::exponent(exponent, self.diagnostics);
                return Some(Expr::Powi(Box::new(base?), exponent?));
            }
            ("detach", [value]) => return Some(Expr::Detach(Box::new(self.number(value)?))),
            ("straight_through", [value, surrogate]) => {
                let (value, surrogate) = (self.number(value), self.number(surrogate));
                return Some(Expr::StraightThrough(
                    Box::new(value?),
                    Box::new(surrogate?),
                ));
            }
            ("powi", _) => return self.arity(name, &["x", "n"], arguments),
            ("detach", _) => return self.arity(name, &["e"], arguments),
            ("straight_through", _) => return self.arity(name, &["value", "surrogate"], arguments),
            _ => {}
        }
        let Some(primitive) = primitives::lookup(&text) else {
            let message = format!("unknown function `{text}`{}", hint(&text));
            for argument in arguments {
                self.number(argument);
            }
            return self.error(name, message);
        };
        self.primitive(name, primitive, arguments)
    }

    fn primitive(
        &mut self,
        name: &syn::Ident,
        primitive: &'static Primitive,
        arguments: &[&Source],
    ) -> Option<Expr> {
        if arguments.len() != primitive.arity {
            return self.arity(name, primitive.arguments, arguments);
        }
        let values: Vec<Option<Expr>> = arguments.iter().map(|a| self.number(a)).collect();
        Some(Expr::Call(
            primitive,
            values.into_iter().collect::<Option<_>>()?,
        ))
    }

    fn arity(&mut self, name: &syn::Ident, names: &[&str], given: &[&Source]) -> Option<Expr> {
        let plural = if names.len() == 1 {
            "argument"
        } else {
            "arguments"
        };
        let message = format!(
            "`{name}` takes {} {plural} ({}); {} given",
            names.len(),
            names.join(", "),
            given.len()
        );
        self.error(name, message)
    }
}

/// What an unknown function was probably meant to be.
fn hint(name: &str) -> String {
    match name {
        "pow" => "; use `powi(x, 3)` or `powf(x, y)`".to_owned(),
        "log" => "; the natural logarithm is `ln`".to_owned(),
        "sum" => "; sums over an index are not part of the language yet".to_owned(),
        "signum" => "; did you mean `sign`?".to_owned(),
        _ => {
            let special = ["powi", "detach", "straight_through"];
            let near = suggestion(name, primitives::names().chain(special));
            if near.is_empty() {
                format!(
                    "; there are {}, {}",
                    primitives::names().collect::<Vec<_>>().join(", "),
                    special.join(", ")
                )
            } else {
                near
            }
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
        Source::Index(_) => "there are no arrays in a formula",
        Source::Cast(_) => "there are no casts; every value is a number of the layer's type",
        Source::Assign(_) => "values never change; bind a new one with `let`",
        Source::Return(_) => "the value is the last expression; there is no `return`",
        Source::Range(_) => "there are no ranges in a formula",
        Source::Tuple(_) => "there are no tuples in a formula",
        Source::Field(_) => "there are no fields in a formula",
        _ => "this is not part of a formula: numbers, names, `+ - * /`, calls, `let` and `if` are",
    }
}
