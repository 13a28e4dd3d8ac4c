//! A declared function and its derivatives in LaTeX, one under the other.

use super::graph::Graph;
use super::node::Node;
use super::notation::{Latex, Notation as _};
use super::render::{Names, Renderer};

/// f and its derivatives `by` these names, whose places among the nodes are `roots`, aligned at
/// their signs of equality. Empty when there are no such nodes.
pub(crate) fn latex(nodes: &[Node], roots: &[usize], names: &Names, by: &[&str]) -> String {
    let mut graph = Graph::default();
    let terms = graph.declared(nodes, |graph, symbol| Some(graph.symbol(symbol)));
    let terms = terms.unwrap_or_default();
    let roots: Vec<_> = roots
        .iter()
        .filter_map(|&root| terms.get(root))
        .copied()
        .collect();
    if roots.is_empty() {
        return String::new();
    }
    let renderer = Renderer::new(&graph, names, Latex, &roots);
    let slope = |by: &&str| format!("\\frac{{\\partial f}}{{\\partial {}}}", Latex.name(by));
    let left = std::iter::once("f".to_owned()).chain(by.iter().map(slope));
    let values = roots.iter().map(|&root| renderer.text(root));
    let lines = left
        .zip(values)
        .map(|(left, value)| format!("{left} &= {value}"));
    let parts = renderer.definitions();
    let parts = parts.map(|(name, part)| format!("\\text{{where }} {name} &= {part}"));
    let lines: Vec<_> = lines.chain(parts).collect();
    format!(
        "\\begin{{aligned}}\n{}\n\\end{{aligned}}",
        lines.join(" \\\\\n")
    )
}
