//! Which plan a function gets: one loop over edges and samples, or matrix products.

use super::products::{self, Separated};
use super::separate::Term;
use super::{Plan, Roots, rounding};
use crate::check::function::{Function, Initializer, Parameter, Symbol};
use crate::graph::{Graph, NodeId};

/// Time of one operation of the mixed loop, in multiply-adds at the peak, measured over the
/// functions of the bench `kernels`.
const MIXED_SLOTS: f64 = 1.3;

/// The same of one multiply-add of a matrix product.
const PRODUCT_SLOTS: f64 = 1.2;

/// Operations of a forward pass below which telling samples with an input of 0 apart costs more
/// than it saves, measured by the bench `sparse`.
pub(super) const ZEROS_APART_OPERATIONS: f64 = 8.0;

/// How much larger the errors of rounding may be than those of one loop.
const MOST_CANCELLATION: f64 = 4.0;

/// Points at which terms are compared with their sum, and how many are enough where the errors
/// are well below the limit, as those of most separable functions are.
const POINTS: u64 = 256;
const FEW_POINTS: u64 = 32;
const WELL_BELOW: f64 = 0.75 * MOST_CANCELLATION;

/// Which kind of plan a function has, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Choice {
    /// One loop: the function is not a sum of products.
    Mixed,
    /// Matrix products.
    Products,
    /// One loop: so many products would take longer.
    TooManyProducts(usize),
    /// One loop: the errors of rounding would be this much larger.
    Cancellation(f64),
}

/// The cheaper plan that keeps the digits.
pub(super) fn choose(graph: &mut Graph, roots: &Roots, function: &Function, mixed: Plan) -> Plan {
    let Some(separated) = Separated::new(graph, roots) else {
        return mixed;
    };
    let products = products::plan(graph, &separated);
    let operations = |plan: &Plan| plan.forward.operations() + plan.backward.operations();
    if operations(&products) * PRODUCT_SLOTS > operations(&mixed) * MIXED_SLOTS {
        let choice = Choice::TooManyProducts(separated.value.len());
        return Plan { choice, ..mixed };
    }
    let worst = cancellation(graph, roots, function, &separated);
    if worst > MOST_CANCELLATION {
        let choice = Choice::Cancellation(worst);
        return Plan { choice, ..mixed };
    }
    products
}

/// How much larger the errors of rounding are as a sum of terms, on average over the declared
/// distributions of parameters and over inputs in ±2; the worst of the function and its
/// derivatives.
fn cancellation(graph: &Graph, roots: &Roots, function: &Function, separated: &Separated) -> f64 {
    let mut sums: Vec<(NodeId, &[Term])> = vec![
        (roots.value, &separated.value),
        (roots.by_input, &separated.by_input),
    ];
    for (&root, terms) in roots.by_parameters.iter().zip(&separated.by_parameters) {
        sums.push((root, terms));
    }
    let mut nodes: Vec<NodeId> = Vec::new();
    for (root, terms) in &sums {
        nodes.push(*root);
        nodes.extend(terms.iter().flat_map(|term| [term.edge, term.input]));
    }
    let nodes = graph.reachable(&nodes);
    let mut totals = vec![(0.0, 0.0); sums.len()];
    let worst = |totals: &[(f64, f64)]| {
        let factors = totals.iter();
        let factors = factors.map(|&(one, many)| if many == 0.0 { 1.0 } else { many / one });
        factors.fold(1.0, f64::max)
    };
    for point in 0..POINTS {
        if point == FEW_POINTS && worst(&totals) < WELL_BELOW {
            break;
        }
        let values = graph.evaluate(&nodes, |symbol| draw(function, symbol, point));
        let errors = rounding::errors(graph, &nodes, &values);
        let (of, error) = (|node| values.of(node), |node| errors.of(node));
        for ((one, many), (root, terms)) in totals.iter_mut().zip(&sums) {
            let (mut sum, mut total) = (0.0, 0.0);
            for Term { edge, input } in *terms {
                let (c, g) = (of(*edge), of(*input));
                sum += c * g;
                total += c.abs() * error(*input) + g.abs() * error(*edge) + (c * g).abs();
                total += sum.abs();
            }
            // Where the function itself is not defined there is nothing to lose.
            if of(*root).is_finite() {
                *many += total;
                *one += error(*root) + of(*root).abs();
            }
        }
    }
    worst(&totals)
}

/// A value of a symbol, spread over its distribution from point to point.
fn draw(function: &Function, symbol: Symbol, point: u64) -> f64 {
    // Multiples of irrational numbers, a different one for each symbol, fill the interval evenly.
    let even = |index: usize| {
        let root = (f64::from(index as u32) + 2.0).sqrt() + 0.1234 * f64::from(index as u32);
        ((point as f64 + 0.5) * root).fract()
    };
    let of = |parameters: &[Parameter], index: usize, salt: usize| {
        let u = even(salt + index);
        let initializer = parameters.get(index).and_then(|p| p.initializer.as_ref());
        let known = match initializer {
            Some(Initializer::Uniform(low, high)) => low.value.zip(high.value),
            Some(Initializer::Normal(mean, deviation)) => mean
                .value
                .zip(deviation.value)
                .map(|(mean, deviation)| (mean - 2.0 * deviation, mean + 2.0 * deviation)),
            Some(Initializer::Value(value)) => value.value.map(|value| (value, value)),
            Some(Initializer::Sign) => return if u < 0.5 { -1.0 } else { 1.0 },
            None => None,
        };
        let (low, high) = known.unwrap_or((-1.0, 1.0));
        low + (high - low) * u
    };
    match symbol {
        Symbol::Input => 4.0 * even(0) - 2.0,
        Symbol::Parameter(index) => of(&function.parameters, index, 1),
        Symbol::Constant(index) => of(&function.constants, index, 1 + function.parameters.len()),
        Symbol::State => 0.0,
        // Not known to the compiler.
        Symbol::Path(_) => 1.0,
    }
}

#[cfg(test)]
mod tests;
