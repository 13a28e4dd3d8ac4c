//! Functions whose basis functions are passes of loops, two loops in one function too.

use ftm::connection::Connection;
use ftm::evaluate::{Point, evaluate};
use ftm::prelude::*;
use ftm::simd::Level;

ftm_fn! {
    fn Alike(x; a[4], b[4]) {
        sum(k in 0..4, a[k] * exp((k + 2) * x)) + sum(k in 0..4, b[k] * tanh((k + 7) * x))
    }
    fn Longer(x; a[5], b[4]) {
        sum(k in 0..5, a[k] * exp((k + 2) * x)) + sum(k in 0..4, b[k] * tanh((k + 7) * x))
    }
    fn Shorter(x; a[4], b[5]) {
        sum(k in 0..4, a[k] * exp((k + 2) * x)) + sum(k in 0..5, b[k] * tanh((k + 7) * x))
    }
    /// The bases are the input stage of one loop over edges and samples.
    fn Mixed(x; a[4], b[5], w) {
        sin(w * x) * (sum(k in 0..4, a[k] * exp((k + 2) * x)) + sum(k in 0..5, b[k] * tanh((k + 7) * x)))
    }
}

/// f and its derivatives by x and all parameters, on every instruction set.
fn check<C: Connection>(exponentials: usize, parameters: &[f64], w: Option<f64>) {
    let name = C::description().name;
    for x in [-0.7, -0.1, 0.0, 0.2, 0.5] {
        let basis = |k: usize| match k.checked_sub(exponentials) {
            None => {
                let n = (k + 2) as f64;
                ((n * x).exp(), n * (n * x).exp())
            }
            Some(k) => {
                let n = (k + 7) as f64;
                let y = (n * x).tanh();
                (y, n * (1.0 - y * y))
            }
        };
        let (sin, cos) = w.map_or((1.0, 0.0), |w| (w * x).sin_cos());
        let (mut sum, mut slope, mut by_parameters) = (0.0, 0.0, Vec::new());
        for (k, c) in parameters.iter().enumerate() {
            let (value, derivative) = basis(k);
            sum += c * value;
            slope += c * derivative;
            by_parameters.push(sin * value);
        }
        let (value, mut by_input) = (sin * sum, sin * slope);
        let mut all = parameters.to_vec();
        if let Some(w) = w {
            by_input += w * cos * sum;
            by_parameters.push(x * cos * sum);
            all.push(w);
        }
        for level in Level::available() {
            let at = evaluate::<C, f64>(level, Point::new(x, &all)).expect("as many parameters");
            let pairs = [(at.value, value), (at.by_input, by_input)].into_iter();
            let pairs = pairs.chain(at.by_parameters.into_iter().zip(by_parameters.clone()));
            for (place, (ours, expected)) in pairs.enumerate() {
                let error = (ours - expected).abs();
                assert!(
                    error <= 1e-11 * (1.0 + expected.abs()),
                    "{name} on {level} at {x}, {place}: {ours}, {expected}"
                );
            }
        }
    }
}

#[test]
fn loops_keep_their_values_apart() {
    let parameters = [0.3, -1.2, 0.5, 0.9, -0.4, 1.1, 0.7, -0.2, 0.6];
    check::<Alike>(4, &parameters[..8], None);
    check::<Longer>(5, &parameters, None);
    check::<Shorter>(4, &parameters, None);
    check::<Mixed>(4, &parameters, Some(1.3));
}
