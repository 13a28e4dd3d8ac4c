//! The functions of Kolmogorov–Arnold networks against formulas written out here, and their
//! derivatives against differences of those, on every instruction set.

use ftm::connection::Connection;
use ftm::evaluate::{Point, evaluate};
use ftm::functions::kan::{
    BSpline, Chebyshev, Fourier, Legendre, MexicanHat, Morlet, RadialBasis, Rational, ReluBell,
};
use ftm::simd::{Level, Real};

type Formula = fn(f64, &[f64]) -> f64;

/// The largest difference allowed, relative to numbers of about 1.
const VALUE: [f64; 2] = [2e-5, 1e-12];
const SLOPE: [f64; 2] = [2e-4, 1e-7];

/// Compares at points spread over ±1.6 that are no kinks.
fn compare<C: Connection>(formula: Formula) {
    at_points::<C, f32>(formula, VALUE[0], SLOPE[0]);
    at_points::<C, f64>(formula, VALUE[1], SLOPE[1]);
}

fn at_points<C: Connection, T: Real>(formula: Formula, value_error: f64, slope_error: f64) {
    let description = C::description();
    let count = description.parameters.len();
    for level in Level::available() {
        for place in 0..40 {
            // Single-precision numbers, so that both precisions see the same point.
            let number = |k: usize| f64::from((0.7 + 1.9 * (k + place) as f64).sin() as f32);
            let x = f64::from(((place as f64 - 19.5) * 0.081) as f32);
            let mut parameters: Vec<f64> = (0..count).map(number).collect();
            // A width is not near 0.
            if description.parameters[count - 1].name == "scale" {
                parameters[count - 1] = 1.5 + 0.5 * parameters[count - 1];
            }
            let given: Vec<T> = parameters.iter().map(|&p| T::from_f64(p)).collect();
            let ours = evaluate::<C, T>(level, Point::new(T::from_f64(x), &given))
                .expect("the numbers fit the function");
            let check = |what: &str, ours: T, expected: f64, allowed: f64| {
                let error = (ours.to_f64() - expected).abs() / expected.abs().max(1.0);
                assert!(
                    error <= allowed,
                    "{} {} on {level}: {what} at {x} is {ours}, not {expected}",
                    description.name,
                    T::NAME
                );
            };
            check("f", ours.value, formula(x, &parameters), value_error);
            let step = 1e-6;
            let difference = |of: &dyn Fn(f64) -> f64| (of(step) - of(-step)) / (2.0 * step);
            let by_input = difference(&|h| formula(x + h, &parameters));
            check("∂x", ours.by_input, by_input, slope_error);
            for (k, parameter) in description.parameters.iter().enumerate() {
                let slope = difference(&|h| {
                    let mut moved = parameters.clone();
                    moved[k] += h;
                    formula(x, &moved)
                });
                check(parameter.name, ours.by_parameters[k], slope, slope_error);
            }
        }
    }
}

fn silu(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

/// The B-spline of degree `p` on the knots 0, 1, …, p + 1, by de Boor's recurrence.
fn spline(p: u32, t: f64) -> f64 {
    if p == 0 {
        return if (0.0..1.0).contains(&t) { 1.0 } else { 0.0 };
    }
    let degree = f64::from(p);
    (t * spline(p - 1, t) + (degree + 1.0 - t) * spline(p - 1, t - 1.0)) / degree
}

#[test]
fn splines_and_bells() {
    // Knots 0.4 apart, the first three intervals before -1.
    compare::<BSpline>(|x, p| {
        let splines = (0..8).map(|k| p[1 + k] * spline(3, (x + 1.0) / 0.4 + 3.0 - k as f64));
        p[0] * silu(x) + splines.sum::<f64>()
    });
    compare::<RadialBasis>(|x, p| {
        let bells = (0..8).map(|k| {
            let z = (x - (-2.0 + 4.0 / 7.0 * k as f64)) / (4.0 / 7.0);
            p[1 + k] * (-z * z).exp()
        });
        p[0] * silu(x) + bells.sum::<f64>()
    });
    compare::<ReluBell>(|x, p| {
        let bells = (0..8).map(|k| {
            let start = (k as f64 - 3.0) / 5.0;
            let end = (k as f64 + 1.0) / 5.0;
            let product = (end - x).max(0.0) * (x - start).max(0.0);
            p[k] * product * product * 16.0 / (end - start).powi(4)
        });
        bells.sum()
    });
}

#[test]
fn polynomials_and_series() {
    compare::<Chebyshev>(|x, p| {
        let angle = x.tanh().acos();
        (0..5).map(|k| p[k] * (k as f64 * angle).cos()).sum()
    });
    compare::<Legendre>(|x, p| {
        let t = x.tanh();
        let (t2, t3, t4) = (t * t, t * t * t, t * t * t * t);
        p[0] + p[1] * t
            + p[2] * (3.0 * t2 - 1.0) / 2.0
            + p[3] * (5.0 * t3 - 3.0 * t) / 2.0
            + p[4] * (35.0 * t4 - 30.0 * t2 + 3.0) / 8.0
    });
    compare::<Fourier>(|x, p| {
        let waves = (0..5).map(|k| {
            let angle = (k + 1) as f64 * x;
            p[k] * angle.cos() + p[5 + k] * angle.sin()
        });
        waves.sum()
    });
}

#[test]
fn wavelets_and_quotients() {
    compare::<MexicanHat>(|x, p| {
        let t = (x - p[1]) / p[2];
        let height = 2.0 / (3.0_f64.sqrt() * std::f64::consts::PI.powf(0.25));
        p[0] * height * (1.0 - t * t) * (-t * t / 2.0).exp()
    });
    compare::<Morlet>(|x, p| {
        let t = (x - p[1]) / p[2];
        p[0] * (5.0 * t).cos() * (-t * t / 2.0).exp()
    });
    compare::<Rational>(|x, p| {
        let above: f64 = (0..6).map(|k| p[k] * x.powi(k as i32)).sum();
        let below: f64 = (0..4).map(|k| p[6 + k] * x.powi(k as i32 + 1)).sum();
        above / (1.0 + below.abs())
    });
}
