//! Rewrites that make a graph cheaper or more exact, and never worse.
//!
//! Each rule is directional and named, with its algebra beside it, and true in floating point
//! up to rounding, or marked with what it assumes. Rules are tried from the operands up, each
//! node until none applies.
//!
//! - `arithmetic`: neutral elements, signs, constants, powers, common factors;
//! - `stable`: forms that lose digits, replaced by functions that do not;
//! - `functions`: functions of the table and selections.

mod arithmetic;
mod functions;
mod stable;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::graph::{Graph, Node, NodeId};

/// A rewrite: a cheaper or more exact node of the same value, if it applies.
type Rule = fn(&mut Graph, &Node) -> Option<NodeId>;

/// Rounds of rewriting of one node. Rules shrink what they rewrite, so few are ever needed;
/// the bound is there so that two rules undoing each other could not hang a compilation.
const ROUNDS: usize = 32;

/// The same value, simplified: bottom-up passes until nothing changes.
pub(crate) fn simplify(graph: &mut Graph, root: NodeId) -> NodeId {
    let mut root = root;
    for _ in 0..ROUNDS {
        let better = pass(graph, root);
        if better == root {
            break;
        }
        root = better;
    }
    root
}

fn pass(graph: &mut Graph, root: NodeId) -> NodeId {
    let mut done: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    for node in graph.not_simple(root) {
        let simplified = graph.map_children(node, |operand| {
            done.get(&operand).copied().unwrap_or(operand)
        });
        let simplified = rewrite(graph, simplified);
        if simplified == node {
            // It is met again and again, in larger nodes: never more than once from here on.
            graph.set_simple(node);
        } else {
            done.insert(node, simplified);
        }
    }
    done.get(&root).copied().unwrap_or(root)
}

/// Replaces markers that only matter to derivatives by the values they mark. To be called
/// when all derivatives are taken.
pub(crate) fn erase_markers(graph: &mut Graph, root: NodeId) -> NodeId {
    let mut done: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    for node in graph.reachable(&[root]) {
        let of = |operand: NodeId| done.get(&operand).copied().unwrap_or(operand);
        let erased = match *graph.node(node) {
            Node::Detach(value) | Node::StraightThrough(value, _) => of(value),
            _ => graph.map_children(node, of),
        };
        done.insert(node, erased);
    }
    let erased = done.get(&root).copied().unwrap_or(root);
    simplify(graph, erased)
}

/// Applies rules to a node whose operands are simple, until none applies. A rule's result may
/// have operands that are new; those are rewritten as well.
fn rewrite(graph: &mut Graph, node: NodeId) -> NodeId {
    let mut node = node;
    for _ in 0..ROUNDS {
        let current = graph.node(node).clone();
        let mut rules = arithmetic::RULES
            .iter()
            .chain(stable::RULES)
            .chain(functions::RULES);
        match rules.find_map(|rule| rule(graph, &current)) {
            Some(better) => node = settle_operands(graph, better),
            None => break,
        }
    }
    node
}

/// Applies rules once to the operands that a rule made.
fn settle_operands(graph: &mut Graph, node: NodeId) -> NodeId {
    let operands: Vec<NodeId> = graph.node(node).children().collect();
    let mut settled: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    for operand in operands {
        let current = graph.node(operand).clone();
        let mut rules = arithmetic::RULES
            .iter()
            .chain(stable::RULES)
            .chain(functions::RULES);
        if let Some(better) = rules.find_map(|rule| rule(graph, &current)) {
            settled.insert(operand, better);
        }
    }
    if settled.is_empty() {
        return node;
    }
    graph.map_children(node, |operand| {
        settled.get(&operand).copied().unwrap_or(operand)
    })
}
