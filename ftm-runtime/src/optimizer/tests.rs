//! Every optimiser against its definition, computed by hand in double precision.

use super::*;

/// Runs an optimiser on every level and for slices around the number of lanes, and compares each
/// step with `reference(parameter, gradient, gradients so far with this one)`.
pub(super) fn follows(
    make: impl Fn() -> Box<dyn Optimizer<f64>>,
    reference: impl Fn(f64, f64, &[f64]) -> f64,
) {
    for level in Level::available() {
        for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 17, 33] {
            let mut optimizer = make();
            let mut parameters: Vec<f64> = (0..count).map(|i| (i as f64).cos()).collect();
            let mut histories = vec![Vec::new(); count];
            for step in 0..12 {
                let gradient: Vec<f64> = (0..count)
                    .map(|i| ((i * 5 + step * 3) as f64).sin())
                    .collect();
                let expected: Vec<f64> = (0..count)
                    .map(|i| {
                        histories[i].push(gradient[i]);
                        reference(parameters[i], gradient[i], &histories[i])
                    })
                    .collect();
                optimizer.begin_step();
                optimizer
                    .update(Update {
                        level,
                        slice: 1,
                        factor: 1.0,
                        parameters: &mut parameters,
                        gradient: &gradient,
                    })
                    .expect("equal lengths");
                for (a, b) in parameters.iter().zip(&expected) {
                    // A few roundings of numbers near 1.
                    assert!((a - b).abs() < 1e-14, "step {step}: {a} instead of {b}");
                }
            }
        }
    }
}

fn update<'a>(parameters: &'a mut [f32], gradient: &'a [f32], factor: f64) -> Update<'a, f32> {
    Update {
        level: Level::current(),
        slice: 0,
        factor,
        parameters,
        gradient,
    }
}

#[test]
fn wrong_lengths_change_nothing() {
    let mut adam = Adam::new(0.1).expect("valid");
    let mut parameters = [1.0; 3];
    let error = adam.update(update(&mut parameters, &[1.0; 2], 1.0));
    assert!(matches!(
        error,
        Err(Error::Length {
            expected: 3,
            given: 2,
            ..
        })
    ));
    adam.begin_step();
    adam.update(update(&mut parameters, &[0.0; 3], 1.0))
        .expect("equal lengths");
    let mut longer = [1.0; 4];
    let error = adam.update(update(&mut longer, &[1.0; 4], 1.0));
    assert!(matches!(
        error,
        Err(Error::Length {
            expected: 3,
            given: 4,
            ..
        })
    ));
    assert_eq!((parameters, longer), ([1.0; 3], [1.0; 4]));
}

#[test]
fn the_factor_multiplies_the_rate() {
    let mut sgd = Sgd::new(0.5).expect("valid");
    let mut parameters = [1.0];
    sgd.update(update(&mut parameters, &[1.0], 0.5))
        .expect("equal lengths");
    assert_eq!(parameters, [0.75]);
}
