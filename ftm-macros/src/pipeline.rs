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
    let mut items = emit::constants(&invocation.constants);
    for (declaration, function) in check::check(&invocation, &mut diagnostics) {
        items.extend(match function {
            Some(function) => compile_function(&invocation.crate_path, &function),
            None => compile_function(&invocation.crate_path, &check::stand_in(declaration)),
        });
    }
    items.extend(diagnostics.into_compile_errors());
    items
}

/// Compiles one function.
fn compile_function(root: &syn::Path, function: &Function) -> TokenStream {
    let (mut graph, written) = graph::lower(function);
    let roots = derive(&mut graph, written, function);
    let plan = plan::plan(&mut graph, &roots, function);
    let explanation = explain::explain(function, &graph, written, &roots, &plan);
    emit::emit(root, function, &graph, &roots, &plan, &explanation)
}

/// The function and its derivatives, simplified.
pub(crate) fn derive(graph: &mut Graph, written: NodeId, function: &Function) -> Roots {
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::tests::declared;

    /// What is emitted for a function that must be right.
    fn emitted(source: &str) -> String {
        let function = &declared(source);
        let root = syn::parse_quote!(ftm);
        super::compile_function(&root, function).to_string()
    }

    /// 1 / 2 is no division of integers.
    #[test]
    fn arguments_of_distributions_are_floating_point_numbers() {
        let tokens = emitted(
            "fn F(x; a ~ value(1/2), b ~ uniform(-1.0/2, (N + 3000000000)/0x10)) { a * x + b }",
        );
        let tokens = tokens.replace(' ', "");
        let path = "((N)asftm::__private::v1::core::primitive::f64)";
        for expected in [
            "Value((1f64/2f64))".to_owned(),
            format!("Uniform(((-1f64)/2f64),(({path}+3000000000f64)/16f64))"),
        ] {
            assert!(tokens.contains(&expected), "{expected}: {tokens}");
        }
    }

    /// The instructions of a loop are those of one pass.
    #[test]
    fn basis_functions_are_emitted_once() {
        let tokens = emitted("fn F(x; c[8]) { sum(k in 0..8, c[k] * tanh((k + 2) * x)) }");
        let tokens = tokens.replace(' ', "");
        assert_eq!(tokens.matches("Elementary::tanh(").count(), 1);
    }

    /// A line of a doc comment is an attribute.
    #[test]
    fn long_documentation_compiles() {
        let lines = "/// A line.\n".repeat(1500);
        emitted(&format!(
            "{lines} fn G(x) {{ x }} {lines} pub fn F(x; a) {{ a * G(x) }}"
        ));
        emitted(&format!(
            "const N: usize = 1; {lines} fn F(x; a) {{ a * x * N }}"
        ));
    }

    /// Sizes near the limits of the language compile without a deep recursion, and what is
    /// emitted grows no faster than the formula.
    #[test]
    fn large_formulas_compile() {
        let mut sum = String::from("fn F(x; a) { let z0 = x;");
        for (next, last) in (1..12).zip(0..) {
            let terms = vec![format!("z{last} * a"); 190].join(" + ");
            let _ = write!(sum, "let z{next} = {terms};");
        }
        emitted(&(sum + "z11 }"));

        let mut chain = String::from("fn F(x; a) { let z0 = x;");
        for (next, last) in (1..1500).zip(0..) {
            let _ = write!(chain, "let z{next} = sin(z{last} + a);");
        }
        emitted(&(chain + "z1499 }"));

        let mut doubling = String::from("fn F(x; a) { let z0 = a * x;");
        for (next, last) in (1..60).zip(0..) {
            let _ = write!(doubling, "let z{next} = z{last} * z{last} + cos(z{last});");
        }
        let length = emitted(&(doubling + "z59 }")).len();
        assert!(length < 1_000_000, "{length} bytes for 60 lines");

        let names: Vec<_> = (0..300).map(|k| format!("a{k}")).collect();
        let mut many = format!("fn F(x; {}) {{ let s0 = x;", names.join(", "));
        for (next, name) in (1..=300).zip(&names) {
            let _ = write!(
                many,
                "let s{next} = s{} + {name} * sin({next}.0 * x);",
                next - 1
            );
        }
        emitted(&(many + "s300 }"));

        let product = names[..60].join(" * ");
        emitted(&format!(
            "fn F(x; {}) {{ {product} * sin(x) }}",
            names[..60].join(", ")
        ));
    }
}
