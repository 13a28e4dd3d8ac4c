//! A Rust function for each connection function.

use std::fmt::Write as _;

use crate::connection::{Description, Parameter};
use crate::formula::notation::Rust;
use crate::formula::render::{Names, Renderer};
use crate::formula::{Graph, Term};
use crate::layer::value;

/// The functions of a program, each once.
#[derive(Default)]
pub(super) struct Functions {
    known: Vec<(&'static Description, String)>,
    source: String,
}

impl Functions {
    /// The name of the function, which is written unless it is there.
    pub(super) fn name(&mut self, function: &'static Description) -> String {
        // The formula alone does not say what a constant of its scope is.
        let same = |known: &Description| {
            known.name == function.name
                && known.nodes == function.nodes
                && known.roots.first() == function.roots.first()
                && known.parameters.len() == function.parameters.len()
        };
        if let Some((_, name)) = self.known.iter().find(|(known, _)| same(known)) {
            return name.clone();
        }
        let mut name = format!("f_{}", snake_case(function.name));
        while self.known.iter().any(|(_, other)| *other == name) {
            name.push('_');
        }
        self.source.push_str(&source(&name, function));
        self.known.push((function, name.clone()));
        name
    }

    /// All of them.
    pub(super) fn source(&self) -> &str {
        &self.source
    }
}

fn source(name: &str, function: &Description) -> String {
    let mut taken = vec![identifier(function.input, &[])];
    let mut own = |parameters: &[Parameter]| -> Vec<String> {
        let own = parameters.iter().map(|parameter| {
            let name = identifier(parameter.name, &taken);
            taken.push(name.clone());
            name
        });
        own.collect()
    };
    let (parameters, constants) = (own(function.parameters), own(function.constants));
    let names = Names {
        inputs: vec![identifier(function.input, &[])],
        parameters,
        constants,
        state: String::new(),
    };
    let mut graph = Graph::default();
    let symbols = |graph: &mut Graph, symbol| Some(graph.symbol(symbol));
    // A mapping has functions of good nodes alone.
    let value = value(&mut graph, function, symbols).unwrap_or_else(|| graph.number(f64::NAN));

    let numbers: Vec<&str> = (names.parameters.iter().chain(&names.constants))
        .map(String::as_str)
        .collect();
    let argument = match numbers.len() {
        0 => String::new(),
        count => format!(", [{}]: [f64; {count}]", numbers.join(", ")),
    };
    let mut text = format!(
        "\n// {}: {}\n#[allow(unused_variables, non_snake_case, clippy::all)]\n\
         fn {name}({}: f64{argument}) -> f64 {{\n",
        function.name, function.formula, names.inputs[0],
    );
    let (lets, values) = body(&graph, &names, &[value]);
    text.push_str(&lets);
    let _ = writeln!(text, "    {}\n}}", values.join(", "));
    text
}

/// Bindings of what terms share, and an expression of each.
pub(super) fn body(graph: &Graph, names: &Names, values: &[Term]) -> (String, Vec<String>) {
    let renderer = Renderer::new(graph, names, Rust, values);
    let mut lets = String::new();
    for (name, part) in renderer.definitions() {
        let _ = writeln!(lets, "    let {name} = {part};");
    }
    let values = values.iter().map(|&value| renderer.text(value)).collect();
    (lets, values)
}

/// `SignedSquare` as `signed_square`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// A name that Rust takes for a variable, and that is none of those taken: `c[0]` as `c_0`.
fn identifier(name: &str, taken: &[String]) -> String {
    let mut own = name.replace('[', "_").replace(']', "");
    if own.starts_with(|c: char| c.is_uppercase()) || RESERVED.contains(&&*own) {
        // Not a constant, and not a word of the language or a function of the program.
        own.insert_str(0, "v_");
    }
    while taken.contains(&own) {
        own.push('_');
    }
    own
}

const RESERVED: &[&str] = &[
    "", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "abstract", "powi",
    "sigmoid", "softplus", "relu", "sign", "step", "min", "max", "clamp", "libm", "network",
];
