//! What a node depends on.

use super::{Node, NodeId};
use crate::check::function::Symbol;

/// The kinds of symbols that a node depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Symbols(u8);

impl Symbols {
    const INPUT: u8 = 1;
    const PARAMETER: u8 = 2;
    const CONSTANT: u8 = 4;
    const STATE: u8 = 8;

    /// Those of a node, from those of its operands.
    pub(super) fn of(node: &Node, operand: impl Fn(NodeId) -> Self) -> Self {
        match node {
            Node::Symbol(symbol) => Self(Self::kind(*symbol)),
            node => Self(node.children().fold(0, |all, child| all | operand(child).0)),
        }
    }

    fn kind(symbol: Symbol) -> u8 {
        match symbol {
            Symbol::Input => Self::INPUT,
            Symbol::Parameter(_) => Self::PARAMETER,
            Symbol::Constant(_) => Self::CONSTANT,
            Symbol::State => Self::STATE,
            Symbol::Path(_) => 0,
        }
    }

    /// Whether on any symbol of the same kind as this one.
    pub(crate) fn any_like(self, symbol: Symbol) -> bool {
        self.0 & Self::kind(symbol) != 0
    }

    /// Whether on the input.
    pub(crate) fn input(self) -> bool {
        self.0 & Self::INPUT != 0
    }
    /// Whether on any trained parameter.
    pub(crate) fn parameter(self) -> bool {
        self.0 & Self::PARAMETER != 0
    }
    /// Whether on any per-edge constant.
    pub(crate) fn constant(self) -> bool {
        self.0 & Self::CONSTANT != 0
    }
    /// Whether on the edge's previous output.
    pub(crate) fn state(self) -> bool {
        self.0 & Self::STATE != 0
    }
}
