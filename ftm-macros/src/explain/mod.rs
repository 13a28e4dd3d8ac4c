//! The derivation in words: what `explain()` returns and the documentation shows.

#[cfg(test)]
mod tests;
mod text;

use std::fmt::Write as _;

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::check::function::Function;
use crate::graph::{Graph, NodeId};
use crate::plan::{Choice, Plan, Roots};
use text::Renderer;

/// The derivation of a function.
pub(crate) struct Explanation {
    /// f
    pub formula: String,
    /// The symbol derived by, and the derivative: of the input, each parameter, the state.
    pub derivatives: Vec<(String, String)>,
    /// The whole derivation.
    pub text: String,
    /// The same for the documentation.
    pub documentation: String,
}

/// Explains a function: `written` is its formula as declared, `roots` are simplified.
pub(crate) fn explain(
    function: &Function,
    graph: &Graph,
    written: NodeId,
    roots: &Roots,
    plan: &Plan,
) -> Explanation {
    let mut all = vec![written, roots.by_input];
    all.extend(roots.by_parameters.iter().chain(&roots.by_state));
    all.extend(plan.edge_values.iter().chain(&plan.input_values));
    all.extend(plan.edge_sums.iter().chain(&plan.input_sums).flatten());
    let renderer = Renderer::new(graph, function, &all);

    let plain = |ident: &Ident| ident.unraw().to_string();
    let mut derivatives = vec![(plain(&function.input), renderer.text(roots.by_input))];
    for (parameter, &root) in function.parameters.iter().zip(&roots.by_parameters) {
        derivatives.push((parameter.name.clone(), renderer.text(root)));
    }
    if let (Some(state), Some(root)) = (&function.state, roots.by_state) {
        derivatives.push((plain(state), renderer.text(root)));
    }

    let mut text = format!("f = {}\n", renderer.text(written));
    for (by, derivative) in &derivatives {
        let _ = writeln!(text, "∂f/∂{by} = {derivative}");
    }
    for (place, (name, definition)) in renderer.definitions().enumerate() {
        let word = if place == 0 { "where" } else { "     " };
        let _ = writeln!(text, "{word} {name} = {definition}");
    }
    text.push('\n');
    text.push_str(&kernels(&renderer, function, plan));

    // On its own it has no parts but those that it repeats itself.
    let alone = Renderer::new(graph, function, &[written]);
    let mut formula = alone.text(written);
    for (name, definition) in alone.definitions() {
        let _ = write!(formula, ", {name} = {definition}");
    }

    let documentation = format!("\n# Derivation\n\n```text\n{text}```\n");
    Explanation {
        formula,
        derivatives,
        text,
        documentation,
    }
}

/// The kind of kernels, and why.
fn choice(plan: &Plan) -> String {
    let mixed = "mixed (one loop over edges and samples)";
    match plan.choice {
        Choice::Mixed => mixed.to_owned(),
        Choice::Products => {
            let rank = plan.products.as_ref().map_or(0, |p| p.forward.len());
            format!("matrix products of rank {rank}: f is a sum of {rank} c(θ)·g(x)")
        }
        Choice::TooManyProducts(rank) => {
            format!("{mixed}; as matrix products, of rank {rank}, they would take longer")
        }
        Choice::Cancellation(factor) => format!(
            "{mixed}; as matrix products they would lose digits, with errors of rounding {factor:.0} \
             times as large"
        ),
    }
}

/// What the kernels compute where, and what it costs.
fn kernels(renderer: &Renderer<'_>, function: &Function, plan: &Plan) -> String {
    let computed = |nodes: &[NodeId]| -> Vec<String> {
        let nodes = nodes.iter().filter(|&&node| !renderer.is_symbol(node));
        nodes.map(|&node| renderer.text(node)).collect()
    };
    let summed = |terms: &[Vec<NodeId>]| -> Vec<String> {
        terms
            .iter()
            .map(|factors| renderer.product(factors))
            .collect()
    };
    let rows = [
        ("once per edge and step", computed(&plan.edge_values)),
        ("once per input and sample", computed(&plan.input_values)),
        (
            "summed over samples, times the error",
            summed(&plan.edge_sums),
        ),
        (
            "summed over outputs, times the error",
            summed(&plan.input_sums),
        ),
    ];
    let mut text = format!("kernels: {}\n", choice(plan));
    for (what, values) in rows {
        let values = if values.is_empty() {
            "nothing".to_owned()
        } else {
            values.join(", ")
        };
        let _ = writeln!(text, "{what}: {values}");
    }
    let _ = writeln!(
        text,
        "operations per vector of edge-samples: {} forward, {} backward",
        plan.forward.operations(),
        plan.backward.operations(),
    );
    if plan.zeros_apart(function) {
        text.push_str("samples with an input of 0 are taken at once\n");
    }
    text
}
