//! Declarations to functions: every name resolved, every arity right, nothing left that could
//! be wrong. A mistake is reported once; what depends on it is passed over in silence.

mod distribution;
mod expression;
pub(crate) mod function;
mod number;
mod scope;
#[cfg(test)]
mod tests;

use proc_macro2::Ident;

use crate::diagnostics::Diagnostics;
use crate::syntax::{Declaration, SymbolKind};
use expression::Checker;
use function::{Function, Parameter, Symbol};
use scope::Scope;

/// Checks a function; nothing when it has mistakes, which are reported.
pub(crate) fn check(declaration: &Declaration, diagnostics: &mut Diagnostics) -> Option<Function> {
    let definition = declaration.definition.as_ref()?;
    let before = diagnostics.count();
    let mut scope = Scope::default();
    scope.declare(&definition.input, Symbol::Input, diagnostics);

    let (mut parameters, mut constants) = (Vec::new(), Vec::new());
    let mut state: Option<Ident> = None;
    for declared in &definition.symbols {
        let name = declared.name.clone();
        let initializer = declared
            .distribution
            .as_ref()
            .and_then(|written| distribution::check(written, diagnostics));
        match declared.kind {
            SymbolKind::Parameter => {
                scope.declare(&name, Symbol::Parameter(parameters.len()), diagnostics);
                parameters.push(Parameter { name, initializer });
            }
            SymbolKind::Constant => {
                if declared.distribution.is_none() {
                    let message = format!(
                        "the constant `{name}` needs a distribution to be drawn from, such as `~ sign()`"
                    );
                    diagnostics.error(&name, message);
                }
                scope.declare(&name, Symbol::Constant(constants.len()), diagnostics);
                constants.push(Parameter { name, initializer });
            }
            SymbolKind::State => {
                if declared.distribution.is_some() {
                    diagnostics.error(
                        &name,
                        format!("the state `{name}` starts at 0; it has no distribution"),
                    );
                }
                if state.is_some() {
                    diagnostics.error(
                        &name,
                        "a function has one state at most: its own previous output",
                    );
                }
                scope.declare(&name, Symbol::State, diagnostics);
                state = Some(name);
            }
        }
    }

    let mut checker = Checker::new(scope, diagnostics);
    let body = checker.block(&definition.body);
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
        parameters,
        constants,
        state,
        paths: scope.into_paths(),
        locals,
        body,
    })
}

/// The declarations whose names are new in the invocation; reports the others.
pub(crate) fn distinct<'a>(
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
        parameters: Vec::new(),
        constants: Vec::new(),
        state: None,
        paths: Vec::new(),
        locals: Vec::new(),
        body: function::Expr::Symbol(Symbol::Input),
    }
}
