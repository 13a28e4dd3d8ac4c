//! A Rust function for each layer, and the tables of its numbers.

use std::fmt::Write as _;

use super::function::{Functions, body};
use crate::formula::notation::literal;
use crate::formula::render::Names;
use crate::layer::{EdgeBlock, Functions as Places, Mapping};

/// The function `layer_…` of an index, and its tables.
pub(super) fn layer(
    index: usize,
    (inputs, outputs): (usize, usize),
    mapping: &Mapping,
    functions: &mut Functions,
) -> String {
    let head = format!("fn layer_{index}(x: &[f64; {inputs}]) -> [f64; {outputs}] {{\n");
    match mapping {
        Mapping::Edges { blocks, bias } => {
            let table = format!("LAYER_{index}");
            let mut text = format!("{head}    let mut y = {table}_BIAS;\n");
            let mut tables = String::new();
            for (place, block) in blocks.iter().enumerate() {
                let table = match blocks.len() {
                    1 => table.clone(),
                    _ => format!("{table}_BLOCK_{place}"),
                };
                text.push_str(&edges(block, (inputs, outputs), &table, functions));
                tables.push_str(&edge_table(block, &table));
            }
            text.push_str("    y\n}\n");
            text.push_str(&tables);
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

/// Loops over the edges of a block, which add to the outputs.
fn edges(
    block: &EdgeBlock,
    (inputs, outputs): (usize, usize),
    table: &str,
    functions: &mut Functions,
) -> String {
    let places = &block.functions;
    let f = functions.name(places.function);
    let edges = count(places);
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
    // Those of all inputs and outputs that are the block's.
    let part = |name: &str, first: usize, count: usize, all: usize| match count == all {
        true => name.to_owned(),
        false => format!("{name}[{first}..{}]", first + count),
    };
    let x = part("x", block.input, places.inputs, inputs);
    let y = part("y", block.output, places.outputs, outputs);
    let start = if edges > 0 || pruned {
        format!(
            "for (x, edges) in {x}.iter().zip(&{table}) {{\n        \
             for (y, edge) in {y}.iter_mut().zip(edges) {{"
        )
    } else {
        let x = if x == "x" { x } else { format!("&{x}") };
        format!("for x in {x} {{\n        for y in &mut {y} {{")
    };
    format!("    {start}\n            {each}\n        }}\n    }}\n")
}

/// The table of the numbers of a block's edges, where they have any.
fn edge_table(block: &EdgeBlock, table: &str) -> String {
    let places = &block.functions;
    let (edges, pruned) = (count(places), places.is_pruned());
    if edges == 0 && !pruned {
        return String::new();
    }
    let one = format!("[f64; {edges}]");
    let one = if pruned {
        format!("Option<{one}>")
    } else {
        one
    };
    let kind = format!("[[{one}; {}]; {}]", places.outputs, places.inputs);
    let rows = (0..places.inputs).map(|input| array(rows(places, input)));
    static_of(table, &kind, rows)
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
