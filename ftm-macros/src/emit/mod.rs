//! From a plan to Rust: the struct, its contract with the runtime and its explanation.
//!
//! Emitted code is flat `let` bindings with absolute paths, so that nothing in the user's
//! scope can change its meaning. For `a * sin(w * x + p)` the forward stage reads:
//!
//! ```text
//! let __ftm_0 = __ftm_edge[1usize];
//! let __ftm_1 = __ftm_input[0usize];
//! let __ftm_2 = __ftm_edge[2usize];
//! let __ftm_3 = V1::Vector::mul_add(__ftm_0, __ftm_1, __ftm_2);
//! let __ftm_4 = V1::Elementary::sin(__ftm_3);
//! let __ftm_5 = __ftm_edge[0usize];
//! let __ftm_6 = __ftm_sum;
//! let __ftm_7 = V1::Vector::mul_add(__ftm_4, __ftm_5, __ftm_6);
//! __ftm_7
//! ```

mod description;
mod loops;
mod nodes;
mod program;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::check::attributes::DERIVED;
use crate::check::function::Function;
use crate::explain::Explanation;
use crate::graph::Graph;
use crate::plan::{Plan, Roots};
use program::{Printer, array};

/// The constants of an invocation, which the enclosing scope shares. One that only sizes an
/// array is not read by emitted code.
pub(crate) fn constants(constants: &[syn::ItemConst]) -> TokenStream {
    quote!(#(#[allow(dead_code)] #constants)*)
}

/// The items that a declaration becomes. `root` is the path of the facade.
pub(crate) fn emit(
    root: &syn::Path,
    function: &Function,
    graph: &Graph,
    roots: &Roots,
    plan: &Plan,
    explanation: &Explanation,
) -> TokenStream {
    let v1 = quote!(#root::__private::v1);
    let Function {
        attributes,
        visibility,
        name,
        ..
    } = function;
    let documentation = &explanation.documentation;
    let text = &explanation.text;
    let nodes = nodes::nodes(&v1, function, graph, roots);
    let description = description::description(&v1, function, nodes, plan, explanation);
    let connection = connection(&v1, function, plan, &description);
    let traits = DERIVED.map(|(module, name)| {
        let [module, name] = [module, name].map(|name| Ident::new(name, Span::call_site()));
        quote!(#module::#name)
    });
    let explain = Ident::new("explain", name.span());
    let latex = Ident::new("latex", name.span());
    let called = function.called.get().then(|| quote!(#[allow(dead_code)]));
    quote_spanned! {name.span()=>
        #(#attributes)*
        #called
        #[doc = #documentation]
        #[derive(#(#v1::core::#traits),*)]
        #visibility struct #name;

        #[allow(dead_code, deprecated, unreachable_pub)]
        impl #name {
            /// The derivation as text: formula, derivatives, and what the kernels do.
            #[must_use]
            pub const fn #explain() -> &'static #v1::core::primitive::str {
                #text
            }

            /// The formula and its derivatives in LaTeX, for mathematics mode.
            #[must_use]
            pub fn #latex() -> #v1::String {
                #v1::Description::latex(<#name as #v1::Connection>::description())
            }
        }

        #connection
    }
}

/// `impl Connection for …`
fn connection(
    v1: &TokenStream,
    function: &Function,
    plan: &Plan,
    description: &TokenStream,
) -> TokenStream {
    let name = &function.name;
    let printer = Printer {
        v1,
        paths: &function.paths,
    };
    let stateful = function.state.is_some();
    let forward_inputs = plan.forward_inputs;
    let zeros_apart = plan.zeros_apart(function);
    let products = plan.products.as_ref().map(|products| {
        let forward = products.forward.iter().map(|(g, c)| quote!((#g, #c)));
        let (edge_sums, input_sums) = (&products.edge_sums, &products.input_sums);
        quote! {
            const PRODUCTS: #v1::core::option::Option<#v1::Products> =
                #v1::core::option::Option::Some(#v1::Products {
                    forward: &[#(#forward),*],
                    edge_sums: &[#(#edge_sums),*],
                    input_sums: &[#(#input_sums),*],
                });
        }
    });
    let count = |type_name: &str, count: usize| {
        let type_name = Ident::new(type_name, Span::call_site());
        quote! {
            type #type_name<__V: #v1::core::marker::Copy + #v1::core::marker::Send
                + #v1::core::marker::Sync> = [__V; #count];
        }
    };
    let types = [
        count("Parameters", function.parameters.len()),
        count("Constants", function.constants.len()),
        count("Input", plan.input.results.len()),
        count("Edge", plan.edge.results.len()),
        count("EdgeSums", plan.edge_sums.len()),
        count("InputSums", plan.input_sums.len()),
    ];
    let vector = quote!(<__S as #v1::Simd>::Vector);
    let of = |type_name: &str| {
        let type_name = Ident::new(type_name, Span::call_site());
        quote!(<Self as #v1::Connection>::#type_name<#vector>)
    };
    let (parameters, constants) = (of("Parameters"), of("Constants"));
    let (input, edge) = (of("Input"), of("Edge"));
    let (edge_sums, input_sums) = (of("EdgeSums"), of("InputSums"));

    let input_body = printer.body(&plan.input, array);
    let edge_body = printer.body(&plan.edge, array);
    let forward_body = printer.body(&plan.forward, program::single);
    let backward_body = printer.backward(plan);
    let reach = plan.reach.as_ref().map(|reach| {
        let body = printer.body(reach, array);
        quote! {
            const BOUNDED: #v1::core::primitive::bool = true;
            #[inline(always)]
            fn reach<__S: #v1::Simd>(
                __ftm_s: __S,
                __ftm_input: #input,
                __ftm_edge: #edge,
            ) -> [#vector; 3] {
                #body
            }
        }
    });
    let finish_edge_body = printer.body(&plan.finish_edge, array);
    let finish_input_body = printer.body(&plan.finish_input, program::single);

    quote! {
        #[automatically_derived]
        #[allow(warnings, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        impl #v1::Connection for #name {
            #(#types)*
            const FORWARD_INPUTS: #v1::core::primitive::usize = #forward_inputs;
            const STATEFUL: #v1::core::primitive::bool = #stateful;
            const ZEROS_APART: #v1::core::primitive::bool = #zeros_apart;
            #products

            fn description() -> &'static #v1::Description {
                // The language's own constants, for the arguments of distributions.
                use #v1::core::f64::consts::{E, PI, TAU};
                const DESCRIPTION: #v1::Description = #description;
                &DESCRIPTION
            }
            #[inline(always)]
            fn input<__S: #v1::Simd>(__ftm_s: __S, __ftm_x: #vector) -> #input {
                #input_body
            }
            #[inline(always)]
            fn edge<__S: #v1::Simd>(
                __ftm_s: __S,
                __ftm_parameters: #parameters,
                __ftm_constants: #constants,
            ) -> #edge {
                #edge_body
            }
            #[inline(always)]
            fn forward<__S: #v1::Simd>(
                __ftm_s: __S,
                __ftm_input: #input,
                __ftm_edge: #edge,
                __ftm_state: #vector,
                __ftm_sum: #vector,
            ) -> #vector {
                #forward_body
            }
            #[inline(always)]
            fn backward<__S: #v1::Simd>(
                __ftm_s: __S,
                __ftm_input: #input,
                __ftm_edge: #edge,
                __ftm_state: #vector,
                __ftm_error: #vector,
                __ftm_edge_sums: &mut #edge_sums,
                __ftm_input_sums: &mut #input_sums,
            ) -> #vector {
                #backward_body
            }
            #reach
            #[inline(always)]
            fn finish_edge<__S: #v1::Simd>(
                __ftm_s: __S,
                __ftm_edge: #edge,
                __ftm_edge_sums: #edge_sums,
            ) -> #parameters {
                #finish_edge_body
            }
            #[inline(always)]
            fn finish_input<__S: #v1::Simd>(
                __ftm_s: __S,
                __ftm_input: #input,
                __ftm_input_sums: #input_sums,
            ) -> #vector {
                #finish_input_body
            }
        }
    }
}
