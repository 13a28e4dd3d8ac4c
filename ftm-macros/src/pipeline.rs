//! The compiler: one line per pass.

use proc_macro2::TokenStream;

use crate::check::{self, function::Function, function::Symbol};
use crate::diagnostics::Diagnostics;
use crate::differentiate::differentiate;
use crate::graph::{self, Graph, NodeId};
use crate::plan::{self, Roots};
use crate::simplify::{erase_markers, simplify};
use crate::{emit, explain, syntax};

/// Compiles an invocation of `ftm_fn!`. Mistakes become `compile_error!`s at their own tokens,
/// all of them, and a stand-in is compiled for each function that has one.
pub(crate) fn compile(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let invocation = syntax::parse(tokens, &mut diagnostics);
    let mut items = TokenStream::new();
    for declaration in check::distinct(&invocation.declarations, &mut diagnostics) {
        let function = check::check(declaration, &mut diagnostics)
            .unwrap_or_else(|| check::stand_in(declaration));
        items.extend(compile_function(&invocation.crate_path, &function));
    }
    items.extend(diagnostics.into_compile_errors());
    items
}

/// Compiles one function.
fn compile_function(root: &syn::Path, function: &Function) -> TokenStream {
    let (mut graph, written) = graph::lower(function);
    let roots = derive(&mut graph, written, function);
    let plan = plan::plan(&mut graph, &roots);
    let explanation = explain::explain(function, &graph, written, &roots, &plan);
    emit::emit(root, function, &plan, &explanation)
}

/// The function and its derivatives, simplified.
fn derive(graph: &mut Graph, written: NodeId, function: &Function) -> Roots {
    let value = simplify(graph, written);
    let mut by = |symbol| {
        let derivative = differentiate(graph, value, symbol);
        erase_markers(graph, derivative)
    };
    let by_input = by(Symbol::Input);
    let by_parameters = (0..function.parameters.len())
        .map(|index| by(Symbol::Parameter(index)))
        .collect();
    let by_state = function.state.as_ref().map(|_| by(Symbol::State));
    Roots {
        value: erase_markers(graph, value),
        by_input,
        by_parameters,
        by_state,
    }
}
