//! What the choice of a plan goes by.

use super::*;
use crate::tests::declared;

#[test]
fn values_are_spread_over_their_distributions_and_not_alike() {
    let function = declared(
        "fn F(x; a, b ~ uniform(-3.0, -1.0), c ~ normal(1.0, 0.5), d ~ value(7.0),
             const u ~ sign(), const v ~ uniform(0.5, 1.0)) { u * v * (a + b + c + d) * x }",
    );
    let draws = |symbol| -> Vec<f64> {
        let points = 0..POINTS;
        points.map(|point| draw(&function, symbol, point)).collect()
    };
    let spread = [
        (Symbol::Input, -2.0, 2.0),
        (Symbol::Parameter(0), -1.0, 1.0),
        (Symbol::Parameter(1), -3.0, -1.0),
        (Symbol::Parameter(2), 0.0, 2.0),
        (Symbol::Constant(1), 0.5, 1.0),
    ]
    .map(|(symbol, low, high)| {
        let units = draws(symbol).into_iter().map(|x| (x - low) / (high - low));
        units.collect::<Vec<f64>>()
    });
    for units in &spread {
        assert!(units.iter().all(|unit| (0.0..1.0).contains(unit)));
        for eighth in 0..8 {
            let here = units.iter().filter(|&unit| (unit * 8.0) as usize == eighth);
            assert!((28..=36).contains(&here.count()));
        }
    }
    // Each pair of them fills its square.
    for (place, a) in spread.iter().enumerate() {
        for b in &spread[..place] {
            let mut cells = [0; 16];
            for (a, b) in a.iter().zip(b) {
                cells[(a * 4.0) as usize * 4 + (b * 4.0) as usize] += 1;
            }
            assert!(cells.iter().all(|&count| count >= 8), "{cells:?}");
        }
    }
    assert!(draws(Symbol::Parameter(3)).iter().all(|&d| d == 7.0));
    let signs = draws(Symbol::Constant(0));
    assert!(signs.iter().all(|u| u.abs() == 1.0));
    assert!(signs.iter().sum::<f64>().abs() <= 8.0);
    assert_eq!(draw(&function, Symbol::State, 5), 0.0);
    assert_eq!(draw(&function, Symbol::Path(0), 5), 1.0);
}

/// What [`cancellation`] gives, and its definition over few points and over all.
fn cancellations(source: &str) -> [f64; 3] {
    let function = declared(source);
    let (mut graph, written) = crate::graph::lower(&function);
    let roots = crate::pipeline::derive(&mut graph, written, &function);
    let separated = Separated::new(&mut graph, &roots).expect("a sum of products");
    let mut terms = vec![separated.value.clone(), separated.by_input.clone()];
    terms.extend(separated.by_parameters.clone());
    let of_terms = terms
        .iter()
        .flatten()
        .flat_map(|term| [term.edge, term.input]);
    let nodes = graph.reachable(&of_terms.chain(roots.all()).collect::<Vec<_>>());
    let by_definition = |points: u64| {
        let ratios = roots.all().into_iter().zip(&terms).map(|(root, terms)| {
            let (mut one, mut many) = (0.0, 0.0);
            for point in 0..points {
                let values = graph.evaluate(&nodes, |symbol| draw(&function, symbol, point));
                let errors = rounding::errors(&graph, &nodes, &values);
                one += errors.of(root) + values.of(root).abs();
                for (last, Term { edge, input }) in terms.iter().enumerate() {
                    let product = |term: &Term| values.of(term.edge) * values.of(term.input);
                    let sum: f64 = terms[..=last].iter().map(product).sum();
                    let carried = values.of(*edge).abs() * errors.of(*input)
                        + values.of(*input).abs() * errors.of(*edge);
                    many += carried + product(&terms[last]).abs() + sum.abs();
                }
            }
            if terms.is_empty() { 1.0 } else { many / one }
        });
        ratios.fold(1.0, f64::max)
    };
    let found = cancellation(&graph, &roots, &function, &separated);
    [found, by_definition(FEW_POINTS), by_definition(POINTS)]
}

#[test]
fn few_points_are_enough_where_little_cancels() {
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12 * a;
    let [found, few, all] = cancellations("fn F(x; a, p) { a * sin(2.0 * x + p) }");
    assert!(
        close(found, few) && few < WELL_BELOW && !close(few, all),
        "{found} {few} {all}"
    );
    let [found, few, all] =
        cancellations("fn F(x; c ~ uniform(-3.0, -1.0)) { powi(x * x + c, 3) }");
    assert!(
        close(found, all) && few > WELL_BELOW && !close(few, all),
        "{found} {few} {all}"
    );
}

/// Little is what three quarters of the limit are.
#[test]
fn near_the_limit_all_points_are_taken() {
    for (source, few) in [
        (
            "fn F(x; c ~ uniform(-1.5, -0.5)) { powi(x * x + c, 2) }",
            3.10,
        ),
        (
            "fn F(x; c ~ uniform(-1.5, -1.0)) { powi(x * x + c, 2) }",
            3.63,
        ),
    ] {
        let [found, over_few, over_all] = cancellations(source);
        assert!((over_few - few).abs() < 0.01, "{source}: {over_few}");
        assert!(
            (found - over_all).abs() < 1e-12 * over_all,
            "{source}: {found}"
        );
    }
}

/// An operation of products takes 1.2 slots and one of the loop 1.3: products may have a twelfth
/// more operations.
#[test]
fn products_may_have_a_few_more_operations() {
    for (source, operations, is_products) in [
        (
            "fn F(x; a, b) { b * powi(x + a, 5) * cos(x) }",
            [22.0, 22.0],
            true,
        ),
        (
            "fn F(x; a, b) { b * powi(x + a, 6) * cos(x) }",
            [25.0, 22.0],
            false,
        ),
        (
            "fn F(x; a, b) { b * powi(x + a, 7) * cos(x) }",
            [29.0, 24.0],
            false,
        ),
    ] {
        let function = declared(source);
        let (mut graph, written) = crate::graph::lower(&function);
        let roots = crate::pipeline::derive(&mut graph, written, &function);
        let mixed = crate::plan::mixed::plan(&mut graph, &roots);
        let separated = Separated::new(&mut graph, &roots).expect("a sum of products");
        let products = products::plan(&graph, &separated);
        let count = |plan: &Plan| plan.forward.operations() + plan.backward.operations();
        assert_eq!([&products, &mixed].map(count), operations, "{source}");
        let chosen = choose(&mut graph, &roots, &function, mixed);
        assert_eq!(
            chosen.products.is_some(),
            is_products,
            "{source}: {:?}",
            chosen.choice
        );
    }
}
