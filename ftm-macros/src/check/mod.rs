//! Declarations to functions: every name resolved, every arity right, nothing left that could
//! be wrong. A mistake is reported once; what depends on it is passed over in silence.

pub(crate) mod attributes;
mod block;
mod call;
mod constant;
mod distribution;
mod expression;
pub(crate) mod function;
mod inline;
mod integer;
mod known;
mod limits;
mod number;
mod scope;
mod sum;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::rc::Rc;

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::diagnostics::Diagnostics;
use crate::syntax::{Declaration, Definition, Invocation, SymbolDeclaration, SymbolKind};
use expression::Checker;
use function::{Expr, Function, Parameter, Slot, Symbol};
use integer::Integers;
use known::Known;
use scope::{Meaning, Scope};

/// Checks all functions of an invocation; those with mistakes, which are reported, are nothing.
pub(crate) fn check<'a>(
    invocation: &'a Invocation,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'a Declaration, Option<Rc<Function>>)> {
    let mut known = Known::new(invocation, diagnostics);
    let declarations = distinct(&invocation.declarations, diagnostics).into_iter();
    declarations
        .map(|declaration| {
            let function = check_one(declaration, &known, diagnostics).map(Rc::new);
            known.declare(&declaration.name, function.clone());
            (declaration, function)
        })
        .collect()
}

fn check_one(
    declaration: &Declaration,
    known: &Known,
    diagnostics: &mut Diagnostics,
) -> Option<Function> {
    let definition = declaration.definition.as_ref()?;
    let before = diagnostics.count();
    attributes::check(&declaration.attributes, diagnostics);
    let mut symbols = Symbols::default();
    let scope = symbols.declare(definition, known, diagnostics);
    let mut checker = Checker::new(scope, known, diagnostics);
    let body = checker.block(&definition.body);
    let operations = checker.operations;
    let (scope, locals) = checker.finish();
    if body.is_some() && diagnostics.count() == before {
        scope.report_unused(diagnostics);
    }
    let body = body.filter(|_| diagnostics.count() == before)?;
    Some(Function {
        attributes: declaration.attributes.clone(),
        visibility: declaration.visibility.clone(),
        name: declaration.name.clone(),
        input: definition.input.clone(),
        signature: symbols.signature,
        parameters: symbols.parameters,
        constants: symbols.constants,
        state: symbols.state,
        paths: scope.into_paths(),
        locals,
        body,
        operations,
        called: Cell::new(false),
    })
}

/// The symbols of a declaration.
#[derive(Default)]
struct Symbols {
    signature: Vec<Slot>,
    parameters: Vec<Parameter>,
    constants: Vec<Parameter>,
    state: Option<Ident>,
}

impl Symbols {
    /// Declares the input and all symbols.
    fn declare<'a>(
        &mut self,
        definition: &'a Definition,
        known: &Known,
        diagnostics: &mut Diagnostics,
    ) -> Scope<'a> {
        let mut scope = Scope::default();
        let input = Meaning::Number(Expr::Symbol(Symbol::Input));
        scope.declare(&definition.input, input, diagnostics);
        for declared in &definition.symbols {
            let meaning = self.symbol(declared, known, diagnostics);
            let meaning = meaning.unwrap_or(Meaning::Mistake);
            scope.declare(&declared.name, meaning, diagnostics);
        }
        scope
    }

    /// What a symbol stands for; nothing when its size has a mistake.
    fn symbol(
        &mut self,
        declared: &SymbolDeclaration,
        known: &Known,
        diagnostics: &mut Diagnostics,
    ) -> Option<Meaning> {
        let name = &declared.name;
        let initializer = declared
            .distribution
            .as_ref()
            .and_then(|written| distribution::check(written, diagnostics));
        let makes: fn(usize) -> Symbol = match declared.kind {
            SymbolKind::Parameter => Symbol::Parameter,
            SymbolKind::Constant => {
                if declared.distribution.is_none() {
                    let message = format!(
                        "the constant `{name}` needs a distribution to be drawn from, such as `~ sign()`"
                    );
                    diagnostics.error(name, message);
                }
                Symbol::Constant
            }
            SymbolKind::State => return Some(self.state(declared, diagnostics)),
        };
        let others = self.parameters.len() + self.constants.len();
        let symbols = match declared.kind {
            SymbolKind::Constant => &mut self.constants,
            _ => &mut self.parameters,
        };
        let first = symbols.len();
        let plain = name.unraw().to_string();
        let is_constant = matches!(declared.kind, SymbolKind::Constant);
        let Some(size) = &declared.size else {
            self.signature.push(Slot {
                name: plain.clone(),
                is_constant,
                size: None,
            });
            symbols.push(Parameter {
                name: plain,
                initializer,
            });
            return Some(Meaning::Number(Expr::Symbol(makes(first))));
        };
        let count = array_size(name, size, others, known, diagnostics)?;
        self.signature.push(Slot {
            name: plain.clone(),
            is_constant,
            size: Some(count),
        });
        symbols.extend((0..count).map(|k| Parameter {
            name: format!("{plain}[{k}]"),
            initializer: initializer.clone(),
        }));
        let elements = (first..first + count).map(|index| Expr::Symbol(makes(index)));
        Some(Meaning::array(elements.collect()))
    }

    fn state(&mut self, declared: &SymbolDeclaration, diagnostics: &mut Diagnostics) -> Meaning {
        let name = &declared.name;
        if declared.distribution.is_some() {
            let message = format!("the state `{name}` starts at 0; it has no distribution");
            diagnostics.error(name, message);
        }
        if let Some(size) = &declared.size {
            let message = "a state is one number: the function's own previous output";
            diagnostics.error(size, message);
        }
        if self.state.is_some() {
            let message = "a function has one state at most: its own previous output";
            diagnostics.error(name, message);
        }
        self.state = Some(name.clone());
        Meaning::Number(Expr::Symbol(Symbol::State))
    }
}

/// The number of elements of an array, where `others` symbols are declared before it.
fn array_size(
    name: &Ident,
    size: &syn::Expr,
    others: usize,
    known: &Known,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let mut integers = Integers {
        scope: &mut Scope::default(),
        known,
        diagnostics,
        what: &format!("the size of `{name}`"),
    };
    let count = integers.value(size)?;
    let message = match usize::try_from(count) {
        Ok(0) | Err(_) => format!("an array has at least one element; `{name}` would have {count}"),
        Ok(count) if count > limits::SYMBOLS.saturating_sub(others) => format!(
            "too large to compile: more than {} parameters and constants of one function",
            limits::SYMBOLS
        ),
        Ok(count) => return Some(count),
    };
    diagnostics.error(size, message);
    None
}

/// The declarations whose names are new in the invocation; reports the others.
fn distinct<'a>(
    declarations: &'a [Declaration],
    diagnostics: &mut Diagnostics,
) -> Vec<&'a Declaration> {
    let mut distinct: Vec<&Declaration> = Vec::new();
    for declaration in declarations {
        let name = &declaration.name;
        if distinct.iter().any(|earlier| earlier.name == *name) {
            let message = format!("a function called `{name}` is declared above");
            diagnostics.error(name, message);
        } else {
            distinct.push(declaration);
        }
    }
    distinct
}

/// What stands in for a declaration with mistakes, so that uses of its name make no more
/// messages: `x`.
pub(crate) fn stand_in(declaration: &Declaration) -> Function {
    let name = declaration.name.clone();
    Function {
        attributes: vec![syn::parse_quote!(#[allow(missing_docs, dead_code)])],
        visibility: declaration.visibility.clone(),
        input: Ident::new("x", name.span()),
        name,
        signature: Vec::new(),
        parameters: Vec::new(),
        constants: Vec::new(),
        state: None,
        paths: Vec::new(),
        locals: Vec::new(),
        body: function::Expr::Symbol(Symbol::Input),
        operations: 1,
        called: Cell::new(false),
    }
}
