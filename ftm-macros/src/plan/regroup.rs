//! Sums and products rearranged so that mixed work is least.
//!
//! `(a * cos(…)) * w` becomes `cos(…) * (a * w)`, whose second factor leaves the inner loop;
//! sums likewise, and of `(x - p) / w` the division. Only chains whose inner values nobody else reads are taken apart. This
//! reassociates, so the last bits may differ from those of the formula as written.

use std::collections::BTreeMap;

use super::binding::{Binding, binding};
use crate::graph::{Graph, Node, NodeId};

/// Rearranges graphs; remembers what it did.
pub(super) struct Regroup {
    uses: BTreeMap<NodeId, usize>,
    done: BTreeMap<NodeId, NodeId>,
}

/// The factors of a product by binding time.
#[derive(Default)]
pub(super) struct Factors {
    /// Whether the product is negated.
    pub negative: bool,
    /// Constants and parameter-only factors.
    pub parameter: Vec<NodeId>,
    /// Input-only factors.
    pub input: Vec<NodeId>,
    /// Mixed factors.
    pub mixed: Vec<NodeId>,
}

impl Regroup {
    /// Counts the uses of every node below `roots`.
    pub(super) fn new(graph: &Graph, roots: &[NodeId]) -> Self {
        let mut uses: BTreeMap<NodeId, usize> = BTreeMap::new();
        let mut pending: Vec<NodeId> = Vec::new();
        for &root in roots {
            let count = uses.entry(root).or_default();
            *count += 1;
            if *count == 1 {
                pending.push(root);
            }
        }
        while let Some(node) = pending.pop() {
            for child in graph.node(node).children() {
                let count = uses.entry(child).or_default();
                *count += 1;
                if *count == 1 {
                    pending.push(child);
                }
            }
        }
        Self {
            uses,
            done: BTreeMap::new(),
        }
    }

    /// The same value with its mixed work regrouped.
    pub(super) fn rebuild(&mut self, graph: &mut Graph, root: NodeId) -> NodeId {
        // Children come before parents in the arena, so going up it needs no recursion.
        let mut below: Vec<NodeId> = graph.reachable(&[root]);
        below.sort();
        for node in below {
            if !self.done.contains_key(&node) {
                let rebuilt = self.rebuild_one(graph, node);
                self.done.insert(node, rebuilt);
            }
        }
        self.rebuilt(root)
    }

    fn rebuilt(&self, node: NodeId) -> NodeId {
        self.done.get(&node).copied().unwrap_or(node)
    }

    fn rebuild_one(&self, graph: &mut Graph, node: NodeId) -> NodeId {
        if binding(graph, node) != Binding::Mixed {
            return node;
        }
        match graph.node(node) {
            Node::Mul(..) => {
                let factors = self.factors(graph, node, true);
                product(graph, factors)
            }
            Node::Add(..) | Node::Sub(..) => self.sum(graph, node),
            Node::Div(a, b)
                if matches!(binding(graph, *b), Binding::Parameter | Binding::Input) =>
            {
                let (a, b) = (self.rebuilt(*a), *b);
                let one = graph.number(1.0);
                let reciprocal = graph.div(one, b);
                graph.mul(a, reciprocal)
            }
            _ => graph.map_children(node, |child| self.rebuilt(child)),
        }
    }

    /// Takes a product apart. With `whole`, the node itself is taken apart however often it is
    /// used; inner products are only where this is their one use.
    pub(super) fn factors(&self, graph: &Graph, node: NodeId, whole: bool) -> Factors {
        let mut factors = Factors::default();
        let mut pending = vec![(node, whole)];
        while let Some((node, open)) = pending.pop() {
            let open = open || self.uses.get(&node).is_none_or(|&uses| uses <= 1);
            match graph.node(node) {
                Node::Mul(a, b) if open || binding(graph, node) != Binding::Mixed => {
                    pending.push((*b, false));
                    pending.push((*a, false));
                }
                Node::Neg(a) => {
                    factors.negative = !factors.negative;
                    pending.push((*a, open));
                }
                _ => {
                    let node = self.rebuilt(node);
                    match binding(graph, node) {
                        Binding::Constant | Binding::Parameter => factors.parameter.push(node),
                        Binding::Input => factors.input.push(node),
                        Binding::Mixed => factors.mixed.push(node),
                    }
                }
            }
        }
        factors
    }

    /// Takes a sum apart and puts parameter-only terms together, input-only terms together,
    /// and the mixed ones after them.
    fn sum(&self, graph: &mut Graph, node: NodeId) -> NodeId {
        let mut parameter: Vec<(bool, NodeId)> = Vec::new();
        let (mut input, mut mixed) = (Vec::new(), Vec::new());
        let mut pending = vec![(node, false, true)];
        while let Some((node, negative, whole)) = pending.pop() {
            let open = whole || self.uses.get(&node).is_none_or(|&uses| uses <= 1);
            let kind = binding(graph, node);
            match graph.node(node) {
                Node::Add(a, b) if open && kind == Binding::Mixed => {
                    pending.push((*b, negative, false));
                    pending.push((*a, negative, false));
                }
                Node::Sub(a, b) if open && kind == Binding::Mixed => {
                    pending.push((*b, !negative, false));
                    pending.push((*a, negative, false));
                }
                Node::Neg(a) => pending.push((*a, !negative, open && whole)),
                _ => {
                    let term = (negative, self.rebuilt(node));
                    match binding(graph, term.1) {
                        Binding::Constant | Binding::Parameter => parameter.push(term),
                        Binding::Input => input.push(term),
                        Binding::Mixed => mixed.push(term),
                    }
                }
            }
        }
        let parameter = add_up(graph, None, &parameter);
        let input = add_up(graph, None, &input);
        let start = match (parameter, input) {
            (Some(a), Some(b)) => Some(graph.add(a, b)),
            (a, b) => a.or(b),
        };
        add_up(graph, start, &mixed).unwrap_or(node)
    }
}

/// Adds signed terms to a start.
fn add_up(graph: &mut Graph, start: Option<NodeId>, terms: &[(bool, NodeId)]) -> Option<NodeId> {
    // A positive term first saves a negation.
    let (negative, positive): (Vec<_>, Vec<_>) = terms.iter().partition(|(negative, _)| *negative);
    positive
        .into_iter()
        .chain(negative)
        .fold(start, |sum, &(negative, term)| {
            Some(match (sum, negative) {
                (None, false) => term,
                (None, true) => graph.neg(term),
                (Some(sum), false) => graph.add(sum, term),
                (Some(sum), true) => graph.sub(sum, term),
            })
        })
}

/// The product of nodes, or nothing of none.
pub(super) fn multiply(graph: &mut Graph, factors: &[NodeId]) -> Option<NodeId> {
    let mut factors = factors.iter().copied();
    let first = factors.next()?;
    Some(factors.fold(first, |product, factor| graph.mul(product, factor)))
}

/// A product put together again: mixed factors, times input-only ones, times parameter-only
/// ones.
fn product(graph: &mut Graph, factors: Factors) -> NodeId {
    let parts = [
        multiply(graph, &factors.mixed),
        multiply(graph, &factors.input),
        multiply(graph, &factors.parameter),
    ];
    let parts: Vec<NodeId> = parts.into_iter().flatten().collect();
    let product = multiply(graph, &parts).unwrap_or_else(|| graph.number(1.0));
    if factors.negative {
        graph.neg(product)
    } else {
        product
    }
}
