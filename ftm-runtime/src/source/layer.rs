//! A Rust function for each layer, and the tables of its numbers.

use std::fmt::Write as _;

use super::function::{Functions, body};
use crate::formula::notation::literal;
use crate::formula::render::Names;
use crate::layer::{Functions as Places, Mapping};

/// The function `layer_…` of an index, and its tables.
pub(super) fn layer(
    index: usize,
    (inputs, outputs): (usize, usize),
    mapping: &Mapping,
    functions: &mut Functions,
) -> String {
    let head = format!("fn layer_{index}(x: &[f64; {inputs}]) -> [f64; {outputs}] {{\n");
    match mapping {
        Mapping::Edges {
            functions: places,
            bias,
        } => {
            let f = functions.name(places.function);
            let (table, edges) = (format!("LAYER_{index}"), count(places));
            let argument = if edges > 0 { ", *edge" } else { "" };
            let add = format!("*y += {f}(*x{argument});");
            // An edge that is not pruned, with its numbers; without any, all are the same.
            let pruned = places.is_pruned();
            let each = match (pruned, edges) {
                (true, _) => {
                    let edge = if edges > 0 { "edge" } else { "_" };
                    format!("if let Some({edge}) = edge {{ {add} }}")
                }
                (false, _) => add,
            };
            let start = if edges > 0 || pruned {
                format!(
                    "for (x, edges) in x.iter().zip(&{table}) {{\n        \
                     for (y, edge) in y.iter_mut().zip(edges) {{"
                )
            } else {
                "for x in x {\n        for y in &mut y {".to_owned()
            };
            let mut text = format!(
                "{head}    let mut y = {table}_BIAS;\n    {start}\n            \
                 {each}\n        }}\n    }}\n    y\n}}\n"
            );
            if edges > 0 || pruned {
                let one = format!("[f64; {edges}]");
                let one = if pruned {
                    format!("Option<{one}>")
                } else {
                    one
                };
                let kind = format!("[[{one}; {outputs}]; {inputs}]");
                let rows = (0..inputs).map(|input| array(rows(places, input)));
                text.push_str(&static_of(&table, &kind, rows));
            }
            let bias = bias.iter().map(|&bias| literal(bias));
            text.push_str(&static_of(
                &format!("{table}_BIAS"),
                &format!("[f64; {outputs}]"),
                bias,
            ));
            text
        }
        Mapping::Nodes(places) => {
            let f = functions.name(places.function);
            let (table, each) = (format!("LAYER_{index}"), count(places));
            if each == 0 {
                return format!("{head}    x.map({f})\n}}\n");
            }
            let mut text = format!(
                "{head}    let mut y = *x;\n    \
                 for (y, node) in y.iter_mut().zip(&{table}) {{\n        \
                 *y = {f}(*y, *node);\n    }}\n    y\n}}\n"
            );
            let kind = format!("[[f64; {each}]; {outputs}]");
            text.push_str(&static_of(&table, &kind, rows(places, 0)));
            text
        }
        Mapping::Written { graph, outputs } => {
            let names = Names {
                inputs: (0..inputs).map(|index| format!("x[{index}]")).collect(),
                ..Names::default()
            };
            let (lets, values) = body(graph, &names, outputs);
            let values = values.join(",\n        ");
            format!("#[allow(clippy::all)]\n{head}{lets}    [\n        {values},\n    ]\n}}\n")
        }
    }
}

/// Numbers of a place.
fn count(places: &Places) -> usize {
    places.function.parameters.len() + places.function.constants.len()
}

/// The numbers of each place of an input.
fn rows(places: &Places, input: usize) -> impl Iterator<Item = String> {
    (0..places.outputs).map(move |output| {
        let numbers = array(places.numbers(input, output).map(literal));
        match (places.is_pruned(), places.is_kept(input, output)) {
            (false, _) => numbers,
            (true, true) => format!("Some({numbers})"),
            (true, false) => "None".to_owned(),
        }
    })
}

fn array(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(", "))
}

/// A table, an element a line.
fn static_of(name: &str, kind: &str, elements: impl Iterator<Item = String>) -> String {
    let mut text = format!("\n#[allow(clippy::all)]\nstatic {name}: {kind} = [\n");
    for element in elements {
        let _ = writeln!(text, "    {element},");
    }
    text.push_str("];\n");
    text
}
