//! From a straight-line program to `let` bindings.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::loops::InLoops;
use crate::check::function::Comparison;
use crate::plan::Plan;
use crate::plan::program::{Argument, Half, Instruction, Program, Value};

/// Prints programs with the paths of one declaration.
pub(super) struct Printer<'a> {
    /// Path of the module of names that emitted code may use.
    pub v1: &'a TokenStream,
    /// Constants of the enclosing scope.
    pub paths: &'a [syn::Path],
}

/// Results as an array.
pub(super) fn array(results: &[TokenStream]) -> TokenStream {
    quote!([#(#results),*])
}

/// The only result.
pub(super) fn single(results: &[TokenStream]) -> TokenStream {
    quote!(#(#results)*)
}

impl Printer<'_> {
    /// The bindings of a program, and an expression of its results.
    pub(super) fn body(
        &self,
        program: &Program,
        yields: impl Fn(&[TokenStream]) -> TokenStream,
    ) -> TokenStream {
        let in_loops = InLoops::of(program);
        let straight = self.straight(program, &in_loops);
        let loops = program.loops.iter().enumerate();
        let loops = loops.map(|(index, found)| self.rolled(program, index, found));
        let results = program.results.iter().map(|value| in_loops.result(*value));
        let results: Vec<_> = results.collect();
        let result = yields(&results);
        quote!(#straight #(#loops)* #result)
    }

    /// The instructions that belong to no loop.
    fn straight(&self, program: &Program, in_loops: &InLoops) -> TokenStream {
        let values = (0..program.instructions.len()).map(Value);
        values
            .filter(|&value| !in_loops.is_made(value))
            .map(|value| {
                let name = name(value);
                let expression = (program.instructions.get(value.0)).map(|it| self.expression(it));
                quote!(let #name = #expression;)
            })
            .collect()
    }

    /// The backward stage, whose results are the new sums over samples, the new sums over
    /// outputs, and ∂L/∂state, in that order.
    pub(super) fn backward(&self, plan: &Plan) -> TokenStream {
        self.body(&plan.backward, |results| {
            let (edge, rest) = results.split_at(plan.edge_sums.len().min(results.len()));
            let (input, state) = rest.split_at(plan.input_sums.len().min(rest.len()));
            quote! {
                *__ftm_edge_sums = [#(#edge),*];
                *__ftm_input_sums = [#(#input),*];
                #(#state)*
            }
        })
    }

    pub(super) fn expression(&self, instruction: &Instruction) -> TokenStream {
        let v1 = self.v1;
        let n = |value: &Value| name(*value);
        match instruction {
            Instruction::Number(number) => quote!(#v1::Simd::number(__ftm_s, #number)),
            Instruction::Path(index) => {
                let number = self.paths.get(*index).map(|path| number(v1, path));
                quote!(#v1::Simd::number(__ftm_s, #number))
            }
            Instruction::Argument(from) => argument(*from),
            Instruction::Neg(a) => {
                let a = n(a);
                quote!(-#a)
            }
            Instruction::Add(a, b) => infix(a, quote!(+), b),
            Instruction::Sub(a, b) => infix(a, quote!(-), b),
            Instruction::Mul(a, b) => infix(a, quote!(*), b),
            Instruction::Div(a, b) => infix(a, quote!(/), b),
            Instruction::And(a, b) => infix(a, quote!(&), b),
            Instruction::Or(a, b) => infix(a, quote!(|), b),
            Instruction::MulAdd(a, b, c) => self.call("Vector", "mul_add", &[*a, *b, *c]),
            Instruction::MulSub(a, b, c) => self.call("Vector", "mul_sub", &[*a, *b, *c]),
            Instruction::NegMulAdd(a, b, c) => self.call("Vector", "neg_mul_add", &[*a, *b, *c]),
            Instruction::Powi(a, exponent) => {
                let a = n(a);
                quote!(#v1::Elementary::powi(#a, #exponent))
            }
            Instruction::Call(primitive, arguments) => {
                let home = match primitive.name {
                    "abs" | "sqrt" => "Vector",
                    _ => "Elementary",
                };
                self.call(home, primitive.name, arguments)
            }
            Instruction::Both(pair, a) => self.call("Elementary", pair.method(), &[*a]),
            Instruction::Half(Half::First, pair) => {
                let pair = n(pair);
                quote!(#pair.0)
            }
            Instruction::Half(Half::Second, pair) => {
                let pair = n(pair);
                quote!(#pair.1)
            }
            Instruction::Boolean(value) => quote!(#v1::Simd::mask(__ftm_s, #value)),
            Instruction::Compare(comparison, a, b) => {
                let method = match comparison {
                    Comparison::Lt => "lt",
                    Comparison::Le => "le",
                    Comparison::Gt => "gt",
                    Comparison::Ge => "ge",
                    Comparison::Eq => "eq",
                    Comparison::Ne => "ne",
                };
                self.call("Vector", method, &[*a, *b])
            }
            Instruction::Not(a) => {
                let a = n(a);
                quote!(!#a)
            }
            Instruction::Select(condition, a, b) => {
                self.call("Mask", "select", &[*condition, *a, *b])
            }
        }
    }

    fn call(&self, home: &str, method: &str, arguments: &[Value]) -> TokenStream {
        let v1 = self.v1;
        let home = Ident::new(home, Span::call_site());
        let method = Ident::new(method, Span::call_site());
        let arguments = arguments.iter().map(|&value| name(value));
        quote!(#v1::#home::#method(#(#arguments),*))
    }
}

fn infix(a: &Value, operator: TokenStream, b: &Value) -> TokenStream {
    let (a, b) = (name(*a), name(*b));
    quote!(#a #operator #b)
}

/// The binding of a value. The prefix keeps it apart from constants in the user's scope, which
/// a pattern of the same name would match instead of bind.
pub(super) fn name(value: Value) -> Ident {
    format_ident!("__ftm_{}", value.0, span = Span::mixed_site())
}

/// A constant of the enclosing scope as a number: one that is none is reported where it is named.
pub(super) fn number(v1: &TokenStream, path: &syn::Path) -> TokenStream {
    let span = path.span().resolved_at(Span::call_site());
    quote_spanned!(span=> (#path) as #v1::core::primitive::f64)
}

fn argument(from: Argument) -> TokenStream {
    match from {
        Argument::X => quote!(__ftm_x),
        Argument::Parameter(index) => quote!(__ftm_parameters[#index]),
        Argument::Constant(index) => quote!(__ftm_constants[#index]),
        Argument::State => quote!(__ftm_state),
        Argument::Error => quote!(__ftm_error),
        Argument::Sum => quote!(__ftm_sum),
        Argument::Input(index) => quote!(__ftm_input[#index]),
        Argument::Edge(index) => quote!(__ftm_edge[#index]),
        Argument::EdgeSum(index) => quote!(__ftm_edge_sums[#index]),
        Argument::InputSum(index) => quote!(__ftm_input_sums[#index]),
    }
}
