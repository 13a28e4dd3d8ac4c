//! Binding times: how often a value changes.

use crate::graph::{Graph, NodeId};

/// How often a value changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    /// Never.
    Constant,
    /// Once per edge and step: it depends on parameters or per-edge constants alone.
    Parameter,
    /// Once per input and sample: it depends on x alone.
    Input,
    /// Once per edge and sample: the inner loop.
    Mixed,
}

/// The binding time of a node.
pub(crate) fn binding(graph: &Graph, node: NodeId) -> Binding {
    let symbols = graph.symbols(node);
    let edge = symbols.parameter() || symbols.constant();
    match (symbols.input(), edge, symbols.state()) {
        (_, _, true) | (true, true, _) => Binding::Mixed,
        (true, false, false) => Binding::Input,
        (false, true, false) => Binding::Parameter,
        (false, false, false) => Binding::Constant,
    }
}
