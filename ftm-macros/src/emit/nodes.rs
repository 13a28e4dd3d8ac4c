//! A function and its derivatives as a list of nodes, for formulas of whole networks.
//!
//! For `a * x` and its derivatives:
//!
//! ```text
//! nodes: &[Node::Symbol(Symbol::Parameter(0)), Node::Symbol(Symbol::Input(0)), Node::Mul(0, 1)],
//! roots: &[2, 0, 1],
//! ```

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::program::number;
use crate::check::function::{Comparison, Function, Symbol};
use crate::graph::{Graph, Node, NodeId};
use crate::plan::Roots;

/// The list, and the places of f and its derivatives in it. What f is made of comes first, so
/// that whoever wants f alone need read no further.
pub(super) fn nodes(
    v1: &TokenStream,
    function: &Function,
    graph: &Graph,
    roots: &Roots,
) -> (TokenStream, Vec<usize>) {
    let mut order = graph.reachable(&[roots.value]);
    let mut places: BTreeMap<NodeId, usize> = BTreeMap::new();
    let all = roots.all();
    let rest = graph.reachable(&all);
    for (place, &node) in order.iter().enumerate() {
        places.insert(node, place);
    }
    for node in rest {
        places.entry(node).or_insert_with(|| {
            order.push(node);
            order.len() - 1
        });
    }
    let place = |node: &NodeId| places.get(node).copied().unwrap_or(0);
    let printed = order
        .iter()
        .map(|&node| print(v1, function, graph.node(node), &place));
    let list = quote!(&[#(#printed),*]);
    (list, all.iter().map(place).collect())
}

fn print(
    v1: &TokenStream,
    function: &Function,
    node: &Node,
    place: &impl Fn(&NodeId) -> usize,
) -> TokenStream {
    let variant = |name: &str, operands: &[&NodeId]| {
        let name = Ident::new(name, Span::call_site());
        let operands = operands.iter().map(|operand| place(operand));
        quote!(#v1::Node::#name(#(#operands),*))
    };
    match node {
        Node::Number(number) => {
            let number = number.value();
            quote!(#v1::Node::Number(#number))
        }
        Node::Symbol(symbol) => {
            let symbol = match symbol {
                Symbol::Input => quote!(Input(0)),
                Symbol::Parameter(index) => quote!(Parameter(#index)),
                Symbol::Constant(index) => quote!(Constant(#index)),
                Symbol::State => quote!(State),
                Symbol::Path(index) => {
                    let number = (function.paths.get(*index)).map(|path| number(v1, path));
                    return quote!(#v1::Node::Number(#number));
                }
            };
            quote!(#v1::Node::Symbol(#v1::Symbol::#symbol))
        }
        Node::Neg(a) => variant("Neg", &[a]),
        Node::Add(a, b) => variant("Add", &[a, b]),
        Node::Sub(a, b) => variant("Sub", &[a, b]),
        Node::Mul(a, b) => variant("Mul", &[a, b]),
        Node::Div(a, b) => variant("Div", &[a, b]),
        Node::Powi(a, exponent) => {
            let a = place(a);
            quote!(#v1::Node::Powi(#a, #exponent))
        }
        Node::Call(primitive, arguments) => {
            let name = Ident::new(&camel_case(primitive.name), Span::call_site());
            let arguments = arguments.iter().map(place);
            quote!(#v1::Node::Call(#v1::Function::#name, &[#(#arguments),*]))
        }
        Node::Select(condition, a, b) => variant("Select", &[condition, a, b]),
        // Markers, which only derivatives ask for; they are erased by now.
        Node::Detach(a) | Node::StraightThrough(a, _) => {
            let a = place(a);
            quote!(#v1::Node::Powi(#a, 1))
        }
        Node::Boolean(value) => quote!(#v1::Node::Boolean(#value)),
        Node::Compare(comparison, a, b) => {
            let comparison = match comparison {
                Comparison::Lt => quote!(Lt),
                Comparison::Le => quote!(Le),
                Comparison::Gt => quote!(Gt),
                Comparison::Ge => quote!(Ge),
                Comparison::Eq => quote!(Eq),
                Comparison::Ne => quote!(Ne),
            };
            let (a, b) = (place(a), place(b));
            quote!(#v1::Node::Compare(#v1::Comparison::#comparison, #a, #b))
        }
        Node::And(a, b) => variant("And", &[a, b]),
        Node::Or(a, b) => variant("Or", &[a, b]),
        Node::Not(a) => variant("Not", &[a]),
    }
}

/// `exp_m1` as `ExpM1`: the name of a function in the language as that of its variant.
fn camel_case(name: &str) -> String {
    let words = name.split('_');
    words
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}
