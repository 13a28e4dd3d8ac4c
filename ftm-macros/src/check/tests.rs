//! Right programs and what they mean; wrong ones and their messages.

mod mistakes;

use std::rc::Rc;

use proc_macro2::TokenStream;

use super::function::{Expr, Function, Symbol};
use crate::diagnostics::Diagnostics;
use crate::syntax;

/// The functions of a program, and the messages.
fn compile(source: &str) -> (Vec<Rc<Function>>, Vec<String>) {
    let tokens: TokenStream = source.parse().expect("the source is made of tokens");
    let mut diagnostics = Diagnostics::default();
    let invocation = syntax::parse(tokens, &mut diagnostics);
    let functions = super::check(&invocation, &mut diagnostics)
        .into_iter()
        .filter_map(|(_, function)| function)
        .collect();
    (functions, diagnostics.messages())
}

#[test]
fn a_function_is_resolved() {
    let (functions, messages) = compile(
        "crate = a::b; /// Docs.\n pub fn F(x; w ~ uniform(-1, PI), r, const u ~ sign(), state h)
         { let z = w * x + r * h; u * (if z > 0.0 && !(z >= K) { z.tanh() } else { self::C }) }",
    );
    assert_eq!(messages, Vec::<String>::new());
    let [function] = &functions[..] else {
        panic!("one function, not {}", functions.len());
    };
    assert_eq!(function.name, "F");
    assert_eq!(function.attributes.len(), 1);
    assert_eq!(
        (function.parameters.len(), function.constants.len()),
        (2, 1)
    );
    assert!(function.parameters[0].initializer.is_some());
    assert!(function.parameters[1].initializer.is_none());
    assert!(function.state.is_some());
    assert_eq!(function.locals.len(), 1);
    assert_eq!(function.paths.len(), 2, "K and self::C");
    let Expr::Binary(_, left, _) = &function.body else {
        panic!("a product");
    };
    assert!(matches!(**left, Expr::Symbol(Symbol::Constant(0))));
}

/// A sum is its terms written out: both become the same node of a graph.
#[test]
fn sums_are_their_terms() {
    for (sum, terms) in [
        (
            "sum(k in 0..3, c[k] * sin((k + 1) * x))",
            "c[0] * sin(x) + c[1] * sin(2.0 * x) + c[2] * sin(3.0 * x)",
        ),
        (
            "sum(k in 1..=2, c[2 * k - 2] * powi(x, k))",
            "c[0] * powi(x, 1) + c[2] * powi(x, 2)",
        ),
        (
            "sum(k in 0..3, sum(j in 0..k, c[j] * x))",
            "0.0 + c[0] * x + (c[0] * x + c[1] * x)",
        ),
        (
            "sum(k in -1..2, c[k + 1] / (2 - k)) * x",
            "(c[0] / 3.0 + c[1] / 2.0 + c[2] / 1.0) * x",
        ),
        ("sum(k in 0..N, c[k]) * x", "(c[0] + c[1] + c[2]) * x"),
        // A name that only some of the terms use.
        (
            "sum(k in 0..3, { let z = x * c[k]; sum(j in 0..k, z * c[j]) })",
            "0.0 + x * c[1] * c[0] + (x * c[2] * c[0] + x * c[2] * c[1])",
        ),
        ("x * powi(x, (1 + 1) * (2))", "x * powi(x, 4)"),
        (
            "sum(k in 1..3, c[k] * x * (k * 3 / 4 - 2 + k))",
            "c[1] * x * -0.25 + c[2] * x * 1.5",
        ),
        (
            "sum(k in 0..3, { let z = k * x; z * z * c[k] })",
            "{ let p = 0.0 * x; let q = 1.0 * x; let r = 2.0 * x; p * p * c[0] + q * q * c[1] + r * r * c[2] }",
        ),
        (
            "{ let t = [0.5, x, 2.0]; sum(k in 0..3, t[k] * c[2 - k]) }",
            "0.5 * c[2] + x * c[1] + 2.0 * c[0]",
        ),
        ("sum(k in 0..M / 3, c[k] * x)", "c[0] * x + c[1] * x"),
        // So does what is computed from it, in powers and in calls too.
        (
            "sum(k in 0..2, { let z = 2.0 * k; if k > 0 { c[k] / z + ln(z) + powi(0.0, k - 1) } else { x } })",
            "x + (c[1] / 2.0 + ln(2.0) + powi(0.0, 0))",
        ),
        // The index divides where it is not 0.
        (
            "sum(k in 0..2, if k > 0 { c[k] / k } else { x })",
            "x + c[1] / 1.0",
        ),
        (
            "1.0 + 2.0 * sum(k in 0..2, if x > k { c[k] } else { x })",
            "1.0 + 2.0 * ((if x > 0.0 { c[0] } else { x }) + (if x > 1.0 { c[1] } else { x }))",
        ),
    ] {
        let graphs = [sum, terms].map(|body| {
            let source = format!(
                "const N: usize = 3; const M: i32 = 2 * N;
                 fn F(x; c[N], const u ~ sign()) {{ u * (c[0] + c[1] + c[2]) * x + ({body}) }}"
            );
            let (functions, messages) = compile(&source);
            assert_eq!(messages, Vec::<String>::new(), "{source}");
            let (mut graph, root) = crate::graph::lower(&functions[0]);
            let root = crate::simplify::simplify(&mut graph, root);
            crate::tests::shape(&graph, root)
        });
        assert_eq!(graphs[0], graphs[1], "{sum} and {terms}");
    }
}

/// What a `macro_rules!` hands on is in groups without delimiters.
#[test]
fn tokens_may_come_in_groups() {
    use proc_macro2::{Delimiter, Group, TokenTree};
    fn grouped(tokens: TokenStream) -> TokenStream {
        let group = |token| match token {
            TokenTree::Literal(_) => {
                let group = Group::new(Delimiter::None, token.into());
                TokenTree::Group(group)
            }
            TokenTree::Group(group) => {
                let inner = grouped(group.stream());
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            other => other,
        };
        tokens.into_iter().map(group).collect()
    }
    let source = "const N: usize = 2;
        fn F(x; a ~ value(-0.5), c[2] ~ uniform(1.0 - 2, 1)) {
            let t = [1.5, x]; if x > 0.5 { a * x } else { sum(k in 0..2, c[k] * powi(t[1], 3)) + t[0] * N }
        }";
    let tokens: TokenStream = source.parse().expect("the source is made of tokens");
    let shapes = [tokens.clone(), grouped(tokens)].map(|tokens| {
        let mut diagnostics = Diagnostics::default();
        let invocation = syntax::parse(tokens, &mut diagnostics);
        let functions = super::check(&invocation, &mut diagnostics);
        assert_eq!(diagnostics.messages(), Vec::<String>::new());
        let function = functions[0].1.as_ref().expect("no mistakes");
        let (graph, root) = crate::graph::lower(function);
        crate::tests::shape(&graph, root)
    });
    assert_eq!(shapes[0], shapes[1]);
}

/// `quote!` gives every number the suffix of its type.
#[test]
fn numbers_may_be_quoted() {
    let shapes = [
        "fn F(x; a ~ value(0.5), c[2]) { a * x + sum(k in 0..2, c[k] * powi(x, 3)) * 4 }",
        "fn F(x; a ~ value(0.5f64), c[2usize]) {
            a * x + sum(k in 0usize..2i32, c[k] * powi(x, 3u8)) * 4f64
        }",
    ]
    .map(|source| {
        let (functions, messages) = compile(source);
        assert_eq!(messages, Vec::<String>::new());
        let (graph, root) = crate::graph::lower(&functions[0]);
        crate::tests::shape(&graph, root)
    });
    assert_eq!(shapes[0], shapes[1]);
}

/// Only a chain of operators nests, and not one function after the other.
#[test]
fn an_invocation_may_have_many_functions() {
    let functions: Vec<_> = (0..300)
        .map(|k| format!("#[doc = \"\"] pub fn F{k}(x; a) {{ a * x }} fn G{k}(x) {{ x }}"))
        .collect();
    let (functions, messages) = compile(&functions.concat());
    assert_eq!(messages, Vec::<String>::new());
    assert_eq!(functions.len(), 600);
}

#[test]
fn as_many_numbers_as_a_function_may_have() {
    let (_, messages) = compile("fn F(x; c[512]) { sum(k in 0..512, c[k] * x) }");
    assert_eq!(messages, Vec::<String>::new());
}

/// A call is the function's body with other numbers for its symbols.
#[test]
fn calls_are_written_out() {
    for (call, body) in [
        ("Wave(x, a, 3.0, b)", "a * sin(3.0 * x + b)"),
        (
            "Wave(2.0 * x, Wave(x, a, b, 1.0), x, 0.0)",
            "(a * sin(b * x + 1.0)) * sin(x * (2.0 * x) + 0.0)",
        ),
        ("x.Wave(a, b, a)", "a * sin(b * x + a)"),
        (
            "Twice(x, a) + b",
            "(a * x + K) + (a * x + K) * (a * x + K) + b",
        ),
        ("Series(x, c, u)", "u * (c[0] * x + c[1] * x * x)"),
        ("Series(a, [x, 1.0], b)", "b * (x * a + a * a)"),
        (
            "sum(k in 0..2, Series(x, [c[k], k], u))",
            "u * (c[0] * x + 0.0 * x * x) + u * (c[1] * x + 1.0 * x * x)",
        ),
    ] {
        let graphs = [call, body].map(|body| {
            let source = format!(
                "fn Wave(x; a, w, p) {{ let z = w * x + p; a * sin(z) }}
                 fn Line(x; a) {{ a * x + K }}
                 fn Twice(t; b) {{ let z = Line(t, b); z + z * z }}
                 fn Series(x; c[2], const s ~ sign()) {{ s * (c[0] * x + c[1] * x * x) }}
                 fn F(x; a, b, c[2], const u ~ sign()) {{ u * (a + b + c[0] + c[1]) * x + ({body}) }}"
            );
            let (functions, messages) = compile(&source);
            assert_eq!(messages, Vec::<String>::new(), "{source}");
            let (mut graph, root) = crate::graph::lower(&functions[4]);
            let root = crate::simplify::simplify(&mut graph, root);
            crate::tests::shape(&graph, root)
        });
        assert_eq!(graphs[0], graphs[1], "{call} and {body}");
    }
}

#[test]
fn elements_are_symbols_of_their_own() {
    let (functions, messages) = compile(
        "fn F(x; a, c[2] ~ normal(0.0, 0.1), const u[2] ~ sign(), r#type[1]) {
            a * x * (c[0] * u[1] + c[1] * u[0] + r#type[0])
        }",
    );
    assert_eq!(messages, Vec::<String>::new());
    let names = |symbols: &[super::function::Parameter]| -> Vec<String> {
        symbols.iter().map(|symbol| symbol.name.clone()).collect()
    };
    assert_eq!(
        names(&functions[0].parameters),
        ["a", "c[0]", "c[1]", "type[0]"]
    );
    assert_eq!(names(&functions[0].constants), ["u[0]", "u[1]"]);
    assert!(functions[0].parameters[1].initializer.is_some());
    assert!(functions[0].parameters[3].initializer.is_none());
}

/// A formula is explained as it is written: only arithmetic with an index is done early.
#[test]
fn numbers_stay_as_written() {
    let (functions, messages) = compile("fn F(x; a) { a * x * (2.0 * 3.0) }");
    assert_eq!(messages, Vec::<String>::new());
    let Expr::Binary(_, _, number) = &functions[0].body else {
        panic!("a product");
    };
    assert!(matches!(**number, Expr::Binary(..)), "{number:?}");
}

/// Random tokens, and right programs with tokens lost, doubled and swapped, never make the
/// compiler panic. For a hundred thousand fresh ones:
/// `FTM_FUZZ_CASES=100000 FTM_RANDOM_SEED=$RANDOM cargo test -p ftm-macros --release random_tokens`.
#[test]
fn random_tokens_never_panic() {
    let words: Vec<&str> =
        "fn F G bspline x a ; , ~ uniform const state h ( ) { } [ ] + - * / ^ && || ! < \
        >= == = if else let 1.0 2 1e999 0x1F 'a' \"s\" sin powi detach . .. :: crate pub true \
        match => | & # loop return PI r#fn 'l ? as f32 mut _ sum k in 0 .. ..= N usize [ 3 ] c"
            .split_whitespace()
            .collect();
    let right = [
        "pub fn F ( x ; a ~ uniform ( - 0.1 , 0.1 ) , w ) { a * sin ( w * x ) }",
        "crate = a :: b ; fn F ( x ; w , state h ) { let z = w * x + h ; z . tanh ( ) } fn G ( x ) \
         { if x > 0.0 && ! ( x >= K ) { x . powi ( 3 ) } else { straight_through ( x , 1.0 ) } }",
        "const N : usize = 3 ; fn F ( x ; c [ N ] , const u [ 2 ] ~ sign ( ) ) { let t = [ 1.0 , x \
         ] ; sum ( k in 0 .. N , c [ k ] * powi ( x , k + 1 ) ) + sum ( j in 0 ..= 1 , sum ( k in 0 \
         .. j , k * u [ j - k ] ) * t [ j ] ) }",
        "fn G ( x ; a , c [ 2 ] ) { a * bspline ( 3 , x ) + c [ 0 ] * x * c [ 1 ] } fn F ( x ; a , c \
         [ 2 ] ) { G ( x , a , c ) + G ( hat ( x ) , a , [ x , 2.0 ] ) }",
        "fn F ( x ; const u ~ sign ( ) , b ) { u * clamp ( x / b , - 1.0 , PI ) . powf ( b ) }",
    ];
    let cases = crate::tests::asked_for("FTM_FUZZ_CASES").unwrap_or(6000);
    let seed = crate::tests::asked_for("FTM_RANDOM_SEED").unwrap_or(0);
    let mut state = 88_172_645_463_325_252_u64 ^ (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % bound
    };
    let mut compiled = 0;
    for _ in 0..cases {
        let source = if below(3) == 0 {
            let drawn: Vec<_> = (0..below(30)).map(|_| words[below(words.len())]).collect();
            format!("fn F(x; a) {{ {} }}", drawn.join(" "))
        } else {
            let mut tokens: Vec<_> = right[below(right.len())].split(' ').collect();
            for _ in 0..below(4) {
                let (from, to) = (below(tokens.len()), below(tokens.len()));
                match below(4) {
                    0 => drop(tokens.remove(from)),
                    1 => tokens.insert(to, tokens[from]),
                    2 => tokens.swap(from, to),
                    _ => tokens[to] = words[below(words.len())],
                }
            }
            tokens.join(" ")
        };
        if let Ok(tokens) = source.parse::<TokenStream>() {
            let compile = || crate::pipeline::compile(tokens);
            if std::panic::catch_unwind(compile).is_err() {
                panic!("{source}");
            }
            compiled += 1;
        }
    }
    assert!(compiled > cases / 3, "{compiled} of {cases} were tokens");
}

/// Initial values as numbers, where no path hides them.
#[test]
fn arguments_of_distributions_are_constants() {
    use super::function::Initializer;
    let pi = std::f64::consts::PI;
    for (argument, value) in [
        ("2", Some(2.0)),
        ("-1.5", Some(-1.5)),
        ("1 + 2.0 * 3", Some(7.0)),
        ("(1.0 - 4.0) / 2.0", Some(-1.5)),
        ("-(PI / 2.0)", Some(-pi / 2.0)),
        ("K", None),
        ("2.0 * self::K - PI", None),
    ] {
        let source = format!("fn F(x; a ~ value({argument})) {{ a * x }}");
        let (functions, messages) = compile(&source);
        assert_eq!(messages, Vec::<String>::new(), "{source}");
        match &functions[0].parameters[0].initializer {
            Some(Initializer::Value(constant)) => assert_eq!(constant.value, value, "{source}"),
            _ => panic!("another distribution than in {source}"),
        }
    }
    for (distribution, right) in [
        ("uniform(1.0, 2.0)", true),
        ("uniform(1.0, 1.0)", false),
        ("uniform(K, 1.0)", true),
        ("uniform(1.0, K)", true),
        ("normal(1.0, 0.5)", true),
        ("normal(1.0, 0.0)", false),
        ("normal(1.0, K)", true),
        ("value(0.0)", true),
        ("value(1.0 % 2.0)", false),
        ("value(!1.0)", false),
    ] {
        let (_, messages) = compile(&format!("fn F(x; a ~ {distribution}) {{ a * x }}"));
        assert_eq!(messages.is_empty(), right, "{distribution}: {messages:?}");
    }
}
