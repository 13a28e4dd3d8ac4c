//! From graphs to straight-line programs.

use std::collections::BTreeMap;

use super::Frontier;
use super::program::{Argument, Instruction, Pair, Program, Value};
use crate::check::function::Symbol;
use crate::graph::{Graph, Node, NodeId};
use crate::primitives::{Primitive, lookup};

/// Builds the program of one stage, in which values of earlier stages are arguments.
pub(super) struct Scheduler<'a> {
    graph: &'a Graph,
    frontier: Option<&'a mut Frontier>,
    uses: BTreeMap<NodeId, usize>,
    program: Program,
    values: BTreeMap<NodeId, Value>,
    pairs: BTreeMap<(Pair, Value), Value>,
    products: BTreeMap<(Value, Value), Value>,
    arguments: BTreeMap<Argument, Value>,
}

/// The program of the input or the edge stage, which makes `results` from symbols.
pub(super) fn stage(graph: &Graph, results: &[NodeId]) -> Program {
    let mut scheduler = Scheduler::with(graph, None, results);
    let results = results.iter().map(|&node| scheduler.value(node)).collect();
    scheduler.finish(results)
}

impl<'a> Scheduler<'a> {
    /// Starts the program of a mixed stage that computes `roots`.
    pub(super) fn new(graph: &'a Graph, frontier: &'a mut Frontier, roots: &[NodeId]) -> Self {
        Self::with(graph, Some(frontier), roots)
    }

    /// Starts a program that only works on arguments.
    pub(super) fn bare(graph: &'a Graph) -> Self {
        Self::with(graph, None, &[])
    }

    fn with(graph: &'a Graph, frontier: Option<&'a mut Frontier>, roots: &[NodeId]) -> Self {
        // How often each node is read: a product read once can be fused with its sum.
        let mut uses = BTreeMap::new();
        for node in graph.reachable(roots) {
            for child in graph.node(node).children() {
                *uses.entry(child).or_insert(0) += 1;
            }
        }
        for &root in roots {
            *uses.entry(root).or_insert(0) += 1;
        }
        Self {
            graph,
            frontier,
            uses,
            program: Program::default(),
            values: BTreeMap::new(),
            pairs: BTreeMap::new(),
            products: BTreeMap::new(),
            arguments: BTreeMap::new(),
        }
    }

    /// Ends the program.
    pub(super) fn finish(mut self, results: Vec<Value>) -> Program {
        self.program.results = results;
        self.program
    }

    fn push(&mut self, instruction: Instruction) -> Value {
        self.program.instructions.push(instruction);
        Value(self.program.instructions.len() - 1)
    }

    /// A number.
    pub(super) fn number(&mut self, number: f64) -> Value {
        self.push(Instruction::Number(number))
    }

    /// `a + b`
    pub(super) fn add(&mut self, a: Value, b: Value) -> Value {
        self.push(Instruction::Add(a, b))
    }

    /// `a * b`
    pub(super) fn multiply(&mut self, a: Value, b: Value) -> Value {
        self.push(Instruction::Mul(a, b))
    }

    /// `a * b + c`
    pub(super) fn multiply_add(&mut self, a: Value, b: Value, c: Value) -> Value {
        self.push(Instruction::MulAdd(a, b, c))
    }

    /// An argument of the stage.
    pub(super) fn argument(&mut self, argument: Argument) -> Value {
        if let Some(&value) = self.arguments.get(&argument) {
            return value;
        }
        let value = self.push(Instruction::Argument(argument));
        self.arguments.insert(argument, value);
        value
    }

    /// The value of a node; what it is made of comes first.
    pub(super) fn value(&mut self, node: NodeId) -> Value {
        // An explicit stack, since a graph may be deeper than the thread's.
        let mut pending = vec![node];
        while let Some(&top) = pending.last() {
            if self.values.contains_key(&top) {
                pending.pop();
                continue;
            }
            if let Some(argument) = self.outer(top) {
                let value = self.argument(argument);
                self.values.insert(top, value);
                continue;
            }
            let missing: Vec<NodeId> = self
                .operands(top)
                .into_iter()
                .filter(|operand| !self.values.contains_key(operand))
                .collect();
            if missing.is_empty() {
                let value = self.instruct(top);
                self.values.insert(top, value);
            } else {
                pending.extend(missing.into_iter().rev());
            }
        }
        self.values.get(&node).copied().unwrap_or(Value(0))
    }

    /// Where the value comes from when this stage does not make it.
    fn outer(&mut self, node: NodeId) -> Option<Argument> {
        if let Some(frontier) = &mut self.frontier
            && let Some(argument) = frontier.argument(self.graph, node)
        {
            return Some(argument);
        }
        match self.graph.node(node) {
            Node::Symbol(Symbol::Input) => Some(Argument::X),
            Node::Symbol(Symbol::Parameter(index)) => Some(Argument::Parameter(*index)),
            Node::Symbol(Symbol::Constant(index)) => Some(Argument::Constant(*index)),
            Node::Symbol(Symbol::State) => Some(Argument::State),
            _ => None,
        }
    }

    /// The factors of a product that nobody else reads and that this stage makes.
    fn fusible(&mut self, node: NodeId) -> Option<(NodeId, NodeId)> {
        match *self.graph.node(node) {
            Node::Mul(a, b) if self.uses.get(&node) == Some(&1) && self.outer(node).is_none() => {
                Some((a, b))
            }
            _ => None,
        }
    }

    /// The nodes whose values the instruction of a node reads.
    fn operands(&mut self, node: NodeId) -> Vec<NodeId> {
        match *self.graph.node(node) {
            Node::Add(a, b) | Node::Sub(a, b) => {
                if let Some((p, q)) = self.fusible(a) {
                    vec![p, q, b]
                } else if let Some((p, q)) = self.fusible(b) {
                    vec![p, q, a]
                } else {
                    vec![a, b]
                }
            }
            _ => self.graph.node(node).children().collect(),
        }
    }

    fn instruct(&mut self, node: NodeId) -> Value {
        let instruction = match self.graph.node(node).clone() {
            Node::Number(number) => Instruction::Number(number.value()),
            Node::Symbol(Symbol::Path(index)) => Instruction::Path(index),
            // Other symbols are arguments, which `outer` has answered.
            Node::Symbol(_) => Instruction::Number(0.0),
            Node::Neg(a) => Instruction::Neg(self.of(a)),
            Node::Add(a, b) => {
                if let Some((p, q)) = self.fusible(a) {
                    Instruction::MulAdd(self.of(p), self.of(q), self.of(b))
                } else if let Some((p, q)) = self.fusible(b) {
                    Instruction::MulAdd(self.of(p), self.of(q), self.of(a))
                } else {
                    Instruction::Add(self.of(a), self.of(b))
                }
            }
            Node::Sub(a, b) => {
                if let Some((p, q)) = self.fusible(a) {
                    Instruction::MulSub(self.of(p), self.of(q), self.of(b))
                } else if let Some((p, q)) = self.fusible(b) {
                    Instruction::NegMulAdd(self.of(p), self.of(q), self.of(a))
                } else {
                    Instruction::Sub(self.of(a), self.of(b))
                }
            }
            Node::Mul(a, b) => Instruction::Mul(self.of(a), self.of(b)),
            Node::Div(a, b) => Instruction::Div(self.of(a), self.of(b)),
            Node::Powi(a, exponent) => Instruction::Powi(self.of(a), exponent),
            Node::Call(primitive, arguments) => {
                if let Some(half) = self.half(primitive, &arguments) {
                    return half;
                }
                let arguments = arguments
                    .iter()
                    .map(|&argument| self.of(argument))
                    .collect();
                Instruction::Call(primitive, arguments)
            }
            Node::Boolean(value) => Instruction::Boolean(value),
            Node::Compare(comparison, a, b) => {
                Instruction::Compare(comparison, self.of(a), self.of(b))
            }
            Node::And(a, b) => Instruction::And(self.of(a), self.of(b)),
            Node::Or(a, b) => Instruction::Or(self.of(a), self.of(b)),
            Node::Not(a) => Instruction::Not(self.of(a)),
            Node::Select(condition, a, b) => {
                Instruction::Select(self.of(condition), self.of(a), self.of(b))
            }
            // Gone before planning; their values are those of their first operand.
            Node::Detach(a) | Node::StraightThrough(a, _) => return self.of(a),
        };
        self.push(instruction)
    }

    /// A half of a pair, when this stage needs both halves.
    fn half(&mut self, primitive: &'static Primitive, arguments: &[NodeId]) -> Option<Value> {
        let (pair, half) = Pair::of(primitive)?;
        let &[argument] = arguments else { return None };
        let partner = lookup(pair.name_of(half.other()))?;
        let partner = self.graph.find(&Node::Call(partner, arguments.to_vec()));
        let both = partner.is_some_and(|partner| self.uses.contains_key(&partner));
        if !both {
            return None;
        }
        let argument = self.of(argument);
        let values = match self.pairs.get(&(pair, argument)) {
            Some(&values) => values,
            None => {
                let values = self.push(Instruction::Both(pair, argument));
                self.pairs.insert((pair, argument), values);
                values
            }
        };
        Some(self.push(Instruction::Half(half, values)))
    }

    fn of(&self, node: NodeId) -> Value {
        self.values.get(&node).copied().unwrap_or(Value(0))
    }

    /// `sum + node`, term by term where the node is a sum, and products fused.
    pub(super) fn accumulate(&mut self, node: NodeId, sum: Value) -> Value {
        let mut sum = sum;
        let mut pending = vec![(node, false)];
        while let Some((node, negative)) = pending.pop() {
            let once = self.uses.get(&node).is_none_or(|&uses| uses <= 1);
            let mine = self.outer(node).is_none();
            sum = match *self.graph.node(node) {
                Node::Add(a, b) if once && mine => {
                    pending.push((b, negative));
                    pending.push((a, negative));
                    sum
                }
                Node::Sub(a, b) if once && mine => {
                    pending.push((b, !negative));
                    pending.push((a, negative));
                    sum
                }
                Node::Neg(a) if once && mine => {
                    pending.push((a, !negative));
                    sum
                }
                Node::Mul(a, b) if once && mine => {
                    let (a, b) = (self.value(a), self.value(b));
                    self.push(if negative {
                        Instruction::NegMulAdd(a, b, sum)
                    } else {
                        Instruction::MulAdd(a, b, sum)
                    })
                }
                _ => {
                    let term = self.value(node);
                    self.push(if negative {
                        Instruction::Sub(sum, term)
                    } else {
                        Instruction::Add(sum, term)
                    })
                }
            };
        }
        sum
    }

    /// Makes the product of the error with all factors but the last, ahead of the sums, so that
    /// a sum of that very product finds it made.
    pub(super) fn share_error_product(&mut self, factors: &[NodeId]) {
        let mut product = self.argument(Argument::Error);
        for &factor in factors.split_last().map_or(&[][..], |(_, before)| before) {
            product = self.product(product, factor);
        }
    }

    /// `sum + error · factors`; the product with all factors but the last is shared.
    pub(super) fn accumulate_error(&mut self, factors: &[NodeId], sum: Value) -> Value {
        let mut product = self.argument(Argument::Error);
        let Some((&last, before)) = factors.split_last() else {
            return self.push(Instruction::Add(sum, product));
        };
        for &factor in before {
            product = self.product(product, factor);
        }
        let last = self.value(last);
        match self.products.get(&(product, last)) {
            Some(&product) => self.push(Instruction::Add(sum, product)),
            None => self.push(Instruction::MulAdd(product, last, sum)),
        }
    }

    /// `error · node`
    pub(super) fn error_times(&mut self, node: NodeId) -> Value {
        let error = self.argument(Argument::Error);
        self.product(error, node)
    }

    fn product(&mut self, left: Value, factor: NodeId) -> Value {
        let right = self.value(factor);
        if let Some(&product) = self.products.get(&(left, right)) {
            return product;
        }
        let product = self.push(Instruction::Mul(left, right));
        self.products.insert((left, right), product);
        product
    }

    /// A sum times the factor that left it; 0 where there is no sum.
    pub(super) fn scale(&mut self, sum: Option<Argument>, outside: NodeId) -> Value {
        let Some(sum) = sum else {
            return self.number(0.0);
        };
        let sum = self.argument(sum);
        match self.graph.node(outside) {
            Node::Number(number) if number.value() == 1.0 => sum,
            Node::Number(number) if number.value() == -1.0 => self.push(Instruction::Neg(sum)),
            _ => {
                let outside = self.value(outside);
                self.push(Instruction::Mul(sum, outside))
            }
        }
    }
}

#[cfg(test)]
mod tests;
