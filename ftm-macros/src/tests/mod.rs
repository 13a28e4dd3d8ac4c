//! What the tests of the passes share: random expressions, an oracle that knows nothing of the
//! passes, and interpreters of graphs and programs.

pub(crate) mod dual;
pub(crate) mod interpret;
pub(crate) mod random;

use std::cell::Cell;
use std::rc::Rc;

use proc_macro2::{Ident, Span};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::check::function::{Expr, Function, Initializer, Parameter, Symbol};
use crate::graph::{Graph, NodeId};

/// Values of the symbols: x, three parameters, a constant, the state.
pub(crate) type Point = [f64; 6];

/// The symbols of a [`Point`], in order.
pub(crate) const SYMBOLS: [Symbol; 6] = [
    Symbol::Input,
    Symbol::Parameter(0),
    Symbol::Parameter(1),
    Symbol::Parameter(2),
    Symbol::Constant(0),
    Symbol::State,
];

/// A function of all symbols with this body.
pub(crate) fn function(body: Expr) -> Function {
    let ident = |name: &str| Ident::new(name, Span::call_site());
    let parameter = |name: &str, initializer| Parameter {
        name: name.to_owned(),
        initializer,
    };
    Function {
        attributes: Vec::new(),
        visibility: syn::Visibility::Inherited,
        name: ident("Random"),
        input: ident("x"),
        signature: Vec::new(),
        parameters: ["a", "b", "c"].map(|name| parameter(name, None)).into(),
        constants: vec![parameter("u", Some(Initializer::Sign))],
        state: Some(ident("h")),
        paths: Vec::new(),
        locals: Vec::new(),
        body,
        operations: 1,
        called: Cell::new(false),
    }
}

/// The graph of an expression, and its root.
pub(crate) fn lower(body: &Expr) -> (Graph, NodeId) {
    crate::graph::lower(&function(body.clone()))
}

/// The last function that a text declares.
pub(crate) fn declared(source: &str) -> Rc<Function> {
    let mut diagnostics = crate::diagnostics::Diagnostics::default();
    let tokens = source.parse().expect("the source is made of tokens");
    let invocation = crate::syntax::parse(tokens, &mut diagnostics);
    let mut functions = crate::check::check(&invocation, &mut diagnostics);
    assert_eq!(diagnostics.messages(), Vec::<String>::new(), "{source}");
    let (_, last) = functions.pop().expect("a function");
    last.expect("a function without mistakes")
}

/// A number that the environment asks for.
pub(crate) fn asked_for(name: &str) -> Option<usize> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

/// Whether a case could be compared.
pub(crate) enum Case {
    Compared,
    /// The oracle itself is not sure of its numbers there.
    IllConditioned,
}

/// Runs `test` on random expressions and points, the same ones every time, and shrinks what
/// fails. At least half of the cases must be comparable. `FTM_RANDOM_EXPRESSIONS` sets how
/// many there are, and `FTM_RANDOM_SEED` draws other ones.
pub(crate) fn for_random_expressions(
    test: impl Fn(&Expr, &[Point; 2]) -> Result<Case, TestCaseError>,
) {
    let cases = asked_for("FTM_RANDOM_EXPRESSIONS").unwrap_or(10_000) as u32;
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let random = match asked_for("FTM_RANDOM_SEED") {
        None => TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        Some(seed) => {
            let seed = [seed.to_le_bytes(); 4].concat();
            TestRng::from_seed(RngAlgorithm::ChaCha, &seed)
        }
    };
    let mut runner = TestRunner::new_with_rng(config, random);
    let compared = std::cell::Cell::new(0);
    let strategy = (random::expression(), random::points());
    let result = runner.run(&strategy, |(expression, points)| {
        if let Case::Compared = test(&expression, &points)? {
            compared.set(compared.get() + 1);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(
        compared.get() >= cases / 2,
        "only {} of {cases} cases could be compared",
        compared.get()
    );
}

/// A node as text, the operands of commutative ones in the order of their text.
pub(crate) fn shape(graph: &Graph, root: NodeId) -> String {
    use crate::graph::Node;
    let of = |id| shape(graph, id);
    let sorted = |a, b| {
        let mut both = [of(a), of(b)];
        both.sort();
        both.join(", ")
    };
    match graph.node(root) {
        Node::Number(number) => format!("{number:?}"),
        Node::Symbol(symbol) => format!("{symbol:?}"),
        Node::Add(a, b) => format!("add({})", sorted(*a, *b)),
        Node::Mul(a, b) => format!("mul({})", sorted(*a, *b)),
        Node::Call(row, arguments) => {
            let arguments: Vec<_> = arguments.iter().map(|&a| of(a)).collect();
            format!("{}({})", row.name, arguments.join(", "))
        }
        node => {
            let name = format!("{node:?}");
            let name = name.split('(').next().unwrap_or_default().to_owned();
            let more = match node {
                Node::Powi(_, n) => format!("{n}"),
                Node::Compare(comparison, ..) => format!("{comparison:?}"),
                _ => String::new(),
            };
            let operands: Vec<_> = node.children().map(of).collect();
            format!("{name}{more}({})", operands.join(", "))
        }
    }
}
