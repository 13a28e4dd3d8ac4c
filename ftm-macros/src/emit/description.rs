//! What the runtime is told of a function.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::check::function::{Arithmetic, Constant, Function, Initializer, Parameter};
use crate::explain::Explanation;
use crate::plan::Plan;

/// The value of `Connection::description`.
pub(super) fn description(
    v1: &TokenStream,
    function: &Function,
    (nodes, roots): (TokenStream, Vec<usize>),
    plan: &Plan,
    explanation: &Explanation,
) -> TokenStream {
    let name = function.name.unraw().to_string();
    let input = function.input.unraw().to_string();
    let formula = &explanation.formula;
    let text = &explanation.text;
    let parameters = function.parameters.iter().map(|p| parameter(v1, p));
    let constants = function.constants.iter().map(|p| parameter(v1, p));
    let state = option(
        v1,
        function.state.as_ref().map(|state| {
            let state = state.unraw().to_string();
            quote!(#state)
        }),
    );
    let derivatives = explanation
        .derivatives
        .iter()
        .map(|(by, formula)| quote!(#v1::Derivative { by: #by, formula: #formula }));
    let (edge, input_operations) = (plan.edge.operations(), plan.input.operations());
    let (forward, backward) = (plan.forward.operations(), plan.backward.operations());
    quote! {
        #v1::Description {
            name: #name,
            formula: #formula,
            input: #input,
            parameters: &[#(#parameters),*],
            constants: &[#(#constants),*],
            state: #state,
            derivatives: &[#(#derivatives),*],
            nodes: #nodes,
            roots: &[#(#roots),*],
            operations: #v1::Operations {
                edge: #edge,
                input: #input_operations,
                forward: #forward,
                backward: #backward,
            },
            explanation: #text,
        }
    }
}

fn parameter(v1: &TokenStream, parameter: &Parameter) -> TokenStream {
    let name = &parameter.name;
    let number = |constant: &Constant| arithmetic(v1, &constant.arithmetic);
    let initializer = parameter.initializer.as_ref().map(|initializer| {
        let value = match initializer {
            Initializer::Uniform(low, high) => {
                let (low, high) = (number(low), number(high));
                quote!(Uniform(#low, #high))
            }
            Initializer::Normal(mean, deviation) => {
                let (mean, deviation) = (number(mean), number(deviation));
                quote!(Normal(#mean, #deviation))
            }
            Initializer::Sign => quote!(Sign),
            Initializer::Value(value) => {
                let value = number(value);
                quote!(Value(#value))
            }
        };
        quote!(#v1::Initializer::#value)
    });
    let initializer = option(v1, initializer);
    quote!(#v1::Parameter { name: #name, initializer: #initializer })
}

/// Arithmetic whose every operand is an `f64`, so that 1 / 2 is 0.5.
fn arithmetic(v1: &TokenStream, written: &Arithmetic) -> TokenStream {
    match written {
        Arithmetic::Number(value, span) => {
            let mut literal = Literal::f64_suffixed(*value);
            literal.set_span(*span);
            quote!(#literal)
        }
        Arithmetic::Path(path) => {
            let number = super::program::number(v1, &path.path);
            quote_spanned!(path.span()=> (#number))
        }
        Arithmetic::Neg(inner) => {
            let inner = arithmetic(v1, inner);
            quote!((-#inner))
        }
        Arithmetic::Binary(left, operator, right) => {
            let (left, right) = (arithmetic(v1, left), arithmetic(v1, right));
            quote!((#left #operator #right))
        }
    }
}

fn option(v1: &TokenStream, value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(#v1::core::option::Option::Some(#value)),
        None => quote!(#v1::core::option::Option::None),
    }
}
