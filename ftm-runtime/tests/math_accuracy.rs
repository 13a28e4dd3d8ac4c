//! The vector math against a correctly rounded library, on every instruction set.

mod functions;

use ftm_runtime::simd::Level;
use functions::{ROWS, arguments, ulps};

/// Arguments for each function, precision and instruction set.
const COUNT: usize = 100_000;

#[test]
fn errors_are_within_their_bounds() {
    let mut failures = Vec::new();
    for row in ROWS {
        for level in Level::available() {
            let x: Vec<f32> = arguments(row.domain[0], COUNT, 7)
                .iter()
                .map(|&x| x as f32)
                .collect();
            for (&x, y) in x.iter().zip((row.single)(level, &x)) {
                let error = ulps(y, (row.reference_single)(x));
                if error > row.bound {
                    failures.push(format!(
                        "{} f32 {level}: {x:e} gives {y:e}: {error} ulp",
                        row.name
                    ));
                    break;
                }
            }
            let x = arguments(row.domain[1], COUNT, 8);
            for (&x, y) in x.iter().zip((row.double)(level, &x)) {
                let error = ulps(y, (row.reference_double)(x));
                if error > row.bound {
                    failures.push(format!(
                        "{} f64 {level}: {x:e} gives {y:e}: {error} ulp",
                        row.name
                    ));
                    break;
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn special_values_are_those_of_the_standard_library() {
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        1e-310,
        -1e-310,
        5e-324,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        1e30,
        -1e30,
        2.0,
        -2.0,
        800.0,
        -800.0,
    ];
    let single = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        1e-40,
        -1e-40,
        1e-45,
        f32::MAX,
        f32::MIN,
        f32::MIN_POSITIVE,
        1e30,
        -1e30,
        2.0,
        -2.0,
        100.0,
        -110.0,
    ];
    let mut failures = Vec::new();
    for row in ROWS {
        for level in Level::available() {
            for (&x, y) in special.iter().zip((row.double)(level, &special)) {
                let wanted = (row.standard_double)(x);
                if !same(y, wanted, row.bound) {
                    failures.push(format!(
                        "{} f64 {level}: {x:e} gives {y:e}, not {wanted:e}",
                        row.name
                    ));
                }
            }
            for (&x, y) in single.iter().zip((row.single)(level, &single)) {
                let wanted = (row.standard_single)(x);
                if !same(y, wanted.into(), row.bound) && ulps(y, wanted.into()) > row.bound + 1.0 {
                    failures.push(format!(
                        "{} f32 {level}: {x:e} gives {y:e}, not {wanted:e}",
                        row.name
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// acos(tanh x) is a number, and 1 - tanh² no more than 0 from where tanh rounds to 1.
#[test]
fn what_ends_at_one_ends_there_exactly() {
    let names = ["tanh", "sigmoid", "erf"];
    let ends = [9.03125, 19.0625, 41.0, 100.0, 1e30, f64::INFINITY];
    for row in ROWS.iter().filter(|row| names.contains(&row.name)) {
        let x: Vec<f64> = [&ends[..], &arguments(row.domain[1], COUNT, 9)].concat();
        let narrow: Vec<f32> = [&ends[..], &arguments(row.domain[0], COUNT, 9)]
            .concat()
            .iter()
            .map(|&x| x as f32)
            .collect();
        for level in Level::available() {
            let (double, single) = ((row.double)(level, &x), (row.single)(level, &narrow));
            let largest = double.iter().fold(0.0_f64, |most, y| most.max(y.abs()));
            assert_eq!(largest, 1.0, "{} f64 {level}", row.name);
            let largest = single.iter().fold(0.0_f32, |most, y| most.max(y.abs()));
            assert_eq!(largest, 1.0, "{} f32 {level}", row.name);
            assert_eq!(double[2..6], [1.0; 4], "{} f64 {level}", row.name);
            assert_eq!(single[3..6], [1.0; 3], "{} f32 {level}", row.name);
            if row.name == "tanh" {
                assert_eq!((single[0], double[1]), (1.0, 1.0), "{level}");
            }
        }
    }
}

/// Zero, infinity and NaN exactly; other numbers within the bound and the reference's own ulp.
fn same<T: Into<f64> + ftm_runtime::simd::Real>(ours: T, wanted: f64, bound: f64) -> bool {
    let value: f64 = ours.into();
    if wanted.is_nan() || wanted.is_infinite() || wanted == 0.0 {
        return (value.is_nan() && wanted.is_nan())
            || (value == wanted && value.is_sign_negative() == wanted.is_sign_negative());
    }
    ulps(ours, wanted) <= bound + 1.0
}
