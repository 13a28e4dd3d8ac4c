//! The graph of a function and its derivatives.
//!
//! Nodes lie in an arena, each made once: equal nodes are one node, by construction. Operands
//! come before what is made of them, so walking up the arena meets operands first and nothing
//! here recurses.

mod evaluate;
mod lower;
mod symbols;

use std::collections::HashMap;

use crate::check::function::{Comparison, Symbol};
use crate::primitives::{self, Algebra, Primitive};

pub(crate) use crate::primitives::Term as NodeId;
pub(crate) use evaluate::Values;
#[cfg(test)]
pub(crate) use evaluate::compare;
pub(crate) use lower::lower;
pub(crate) use symbols::Symbols;

/// One operation of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Number(Number),
    Symbol(Symbol),
    Neg(NodeId),
    Add(NodeId, NodeId),
    Sub(NodeId, NodeId),
    Mul(NodeId, NodeId),
    Div(NodeId, NodeId),
    Powi(NodeId, i32),
    Call(&'static Primitive, Vec<NodeId>),
    Select(NodeId, NodeId, NodeId),
    /// Its operand; derivative 0.
    Detach(NodeId),
    /// Value of the first, derivative of the second.
    StraightThrough(NodeId, NodeId),
    Boolean(bool),
    Compare(Comparison, NodeId, NodeId),
    And(NodeId, NodeId),
    Or(NodeId, NodeId),
    Not(NodeId),
}

/// A number by its bits, so that it can be compared and hashed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Number(u64);

impl Number {
    /// The number itself.
    pub(crate) fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(value.to_bits())
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.value())
    }
}

/// An arena of nodes.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    symbols: Vec<Symbols>,
    /// Where each node is. Only ever looked up, never walked.
    places: HashMap<Node, NodeId>,
    /// Which nodes are known to be as simple as they can be.
    simple: Vec<bool>,
}

impl Graph {
    /// The node, made unless it is there. The only constructor.
    pub(crate) fn insert(&mut self, node: Node) -> NodeId {
        let node = ordered(node);
        if let Some(&id) = self.places.get(&node) {
            return id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.symbols
            .push(Symbols::of(&node, |operand| self.symbols(operand)));
        self.nodes.push(node.clone());
        self.simple.push(false);
        self.places.insert(node, id);
        id
    }

    /// Where a node is, if it has been made.
    pub(crate) fn find(&self, node: &Node) -> Option<NodeId> {
        self.places.get(node).copied()
    }

    /// A node by its id.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// What a node depends on.
    pub(crate) fn symbols(&self, id: NodeId) -> Symbols {
        self.symbols[id.0 as usize]
    }

    /// The value of a node that is a number.
    pub(crate) fn as_number(&self, id: NodeId) -> Option<f64> {
        match self.node(id) {
            Node::Number(number) => Some(number.value()),
            _ => None,
        }
    }

    /// Everything that `roots` are made of, and themselves; operands first.
    pub(crate) fn reachable(&self, roots: &[NodeId]) -> Vec<NodeId> {
        self.below(roots, |_| true)
    }

    /// The same as far as it is not known to be simple.
    pub(crate) fn not_simple(&self, root: NodeId) -> Vec<NodeId> {
        self.below(&[root], |id| !self.simple[id.0 as usize])
    }

    /// What can be reached through nodes that are `taken`. It costs what is found, hardly what the
    /// arena holds.
    fn below(&self, roots: &[NodeId], taken: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
        let mut seen = vec![false; self.nodes.len()];
        let mut found = Vec::new();
        let mut pending = roots.to_vec();
        while let Some(node) = pending.pop() {
            if !std::mem::replace(&mut seen[node.0 as usize], true) && taken(node) {
                found.push(node);
                pending.extend(self.node(node).children());
            }
        }
        found.sort_unstable();
        found
    }

    /// Says that no rewriting changes a node.
    pub(crate) fn set_simple(&mut self, id: NodeId) {
        self.simple[id.0 as usize] = true;
    }

    /// The same operation on other operands.
    pub(crate) fn map_children(
        &mut self,
        id: NodeId,
        mut map: impl FnMut(NodeId) -> NodeId,
    ) -> NodeId {
        let mut changed = false;
        let mut map = |operand| {
            let other = map(operand);
            changed |= other != operand;
            other
        };
        let node = match self.node(id).clone() {
            node @ (Node::Number(_) | Node::Symbol(_) | Node::Boolean(_)) => node,
            Node::Neg(a) => Node::Neg(map(a)),
            Node::Add(a, b) => Node::Add(map(a), map(b)),
            Node::Sub(a, b) => Node::Sub(map(a), map(b)),
            Node::Mul(a, b) => Node::Mul(map(a), map(b)),
            Node::Div(a, b) => Node::Div(map(a), map(b)),
            Node::Powi(a, exponent) => Node::Powi(map(a), exponent),
            Node::Call(primitive, arguments) => {
                Node::Call(primitive, arguments.into_iter().map(&mut map).collect())
            }
            Node::Select(c, a, b) => Node::Select(map(c), map(a), map(b)),
            Node::Detach(a) => Node::Detach(map(a)),
            Node::StraightThrough(a, b) => Node::StraightThrough(map(a), map(b)),
            Node::Compare(comparison, a, b) => Node::Compare(comparison, map(a), map(b)),
            Node::And(a, b) => Node::And(map(a), map(b)),
            Node::Or(a, b) => Node::Or(map(a), map(b)),
            Node::Not(a) => Node::Not(map(a)),
        };
        // Most often nothing has changed, and looking a node up takes longer than all before.
        if changed { self.insert(node) } else { id }
    }

    /// A number.
    pub(crate) fn number(&mut self, value: f64) -> NodeId {
        self.insert(Node::Number(value.into()))
    }
    /// -a
    pub(crate) fn neg(&mut self, a: NodeId) -> NodeId {
        self.insert(Node::Neg(a))
    }
    /// a + b
    pub(crate) fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.insert(Node::Add(a, b))
    }
    /// a - b
    pub(crate) fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.insert(Node::Sub(a, b))
    }
    /// a · b
    pub(crate) fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.insert(Node::Mul(a, b))
    }
    /// a / b
    pub(crate) fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.insert(Node::Div(a, b))
    }
    /// A function of the table by name; its first argument when there is none of that name.
    pub(crate) fn call(&mut self, name: &str, argument: NodeId) -> NodeId {
        match primitives::lookup(name) {
            Some(primitive) => self.insert(Node::Call(primitive, vec![argument])),
            None => argument,
        }
    }
}

impl Node {
    /// Whether this is a truth value, and not a number.
    pub(crate) fn is_condition(&self) -> bool {
        matches!(
            self,
            Self::Boolean(_) | Self::Compare(..) | Self::And(..) | Self::Or(..) | Self::Not(_)
        )
    }

    /// The operands.
    pub(crate) fn children(&self) -> impl Iterator<Item = NodeId> + use<> {
        let operands = match self {
            Self::Number(_) | Self::Symbol(_) | Self::Boolean(_) => vec![],
            Self::Neg(a) | Self::Powi(a, _) | Self::Detach(a) | Self::Not(a) => vec![*a],
            Self::Add(a, b)
            | Self::Sub(a, b)
            | Self::Mul(a, b)
            | Self::Div(a, b)
            | Self::StraightThrough(a, b)
            | Self::Compare(_, a, b)
            | Self::And(a, b)
            | Self::Or(a, b) => vec![*a, *b],
            Self::Select(c, a, b) => vec![*c, *a, *b],
            Self::Call(_, arguments) => arguments.clone(),
        };
        operands.into_iter()
    }
}

/// Commutative operands in one order, so that `a + b` and `b + a` are one node.
fn ordered(node: Node) -> Node {
    match node {
        Node::Add(a, b) if a > b => Node::Add(b, a),
        Node::Mul(a, b) if a > b => Node::Mul(b, a),
        Node::And(a, b) if a > b => Node::And(b, a),
        Node::Or(a, b) if a > b => Node::Or(b, a),
        node => node,
    }
}

impl Algebra for Graph {
    fn number(&mut self, value: f64) -> NodeId {
        self.number(value)
    }
    fn as_number(&self, a: NodeId) -> Option<f64> {
        self.as_number(a)
    }
    fn neg(&mut self, a: NodeId) -> NodeId {
        self.neg(a)
    }
    fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.add(a, b)
    }
    fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.sub(a, b)
    }
    fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.mul(a, b)
    }
    fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.div(a, b)
    }
    fn call(&mut self, primitive: &'static Primitive, arguments: &[NodeId]) -> NodeId {
        self.insert(Node::Call(primitive, arguments.to_vec()))
    }
    fn where_at_least(&mut self, a: NodeId, b: NodeId, yes: NodeId, no: NodeId) -> NodeId {
        let condition = self.insert(Node::Compare(Comparison::Ge, a, b));
        self.insert(Node::Select(condition, yes, no))
    }
}
