//! Every optimiser against its definition, computed by hand in double precision, and against
//! trajectories computed by another program.

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

/// Where ten steps of an optimiser on (1 − x)² + 100 (y − x²)² from (−1.2, 1) lead: after the first,
/// the second and the last. Printed by `trajectories.py`, from the algorithms in PyTorch's
/// documentation, in 50 decimal digits.
const TRAJECTORIES: [(&str, [[f64; 2]; 3]); 10] = [
    (
        "sgd",
        [
            [-1.17844, 1.0088],
            [-1.1600957557140967, 1.016398416672],
            [-1.079245379577528, 1.0508261719657055],
        ],
    ),
    (
        "sgd, weight decay",
        [
            [-1.17838, 1.00875],
            [-1.159982069115021, 1.016296150988],
            [-1.078805038129348, 1.0502637029982491],
        ],
    ),
    (
        "momentum",
        [
            [-1.17844, 1.0088],
            [-1.1406917557140965, 1.024318416672],
            [-0.9152165627678207, 1.1051941431603345],
        ],
    ),
    (
        "momentum, weight decay",
        [
            [-1.17838, 1.00875],
            [-1.1405240691150211, 1.024171150988],
            [-0.913496415622445, 1.1027379601564384],
        ],
    ),
    (
        "nesterov",
        [
            [-1.159036, 1.01672],
            [-1.1119789229489978, 1.036260489073248],
            [-0.9653037972212117, 1.0837476073724888],
        ],
    ),
    (
        "rmsprop",
        [
            [-1.100000000046382, 1.0999999998863637],
            [-1.076185508403677, 1.1243685088457427],
            [-1.0586165350733276, 1.1269467398858146],
        ],
    ),
    (
        "rmsprop, weight decay",
        [
            [-1.1683776859262411, 1.0316216337858426],
            [-1.1488691199134653, 1.051334438681729],
            [-1.0821722538437257, 1.1178017688259363],
        ],
    ),
    (
        "adam",
        [
            [-1.1900000000004638, 1.0099999999988636],
            [-1.1800319627914446, 1.019971112125156],
            [-1.1049555420644472, 1.0953346172030318],
        ],
    ),
    (
        "adam, other numbers",
        [
            [-1.1800000927639482, 1.0199997727298553],
            [-1.1601854644512666, 1.0398328240999117],
            [-1.0390009529412856, 1.1603592831056395],
        ],
    ),
    (
        "adamw",
        [
            [-1.1840000000004638, 1.0049999999988637],
            [-1.1681259528641137, 1.0099348949480795],
            [-1.050779991803938, 1.0421527627885525],
        ],
    ),
];

#[test]
fn trajectories_are_those_of_another_program() {
    let boxed = |name| -> Result<Box<dyn Optimizer<f64>>, Error> {
        let sgd = || Sgd::new(0.0001);
        Ok(match name {
            "sgd" => Box::new(sgd()?),
            "sgd, weight decay" => Box::new(sgd()?.weight_decay(0.5)?),
            "momentum" => Box::new(sgd()?.momentum(0.9)?),
            "momentum, weight decay" => Box::new(sgd()?.momentum(0.9)?.weight_decay(0.5)?),
            "nesterov" => Box::new(sgd()?.momentum(0.9)?.nesterov()),
            "rmsprop" => Box::new(RmsProp::new(0.01)?),
            "rmsprop, weight decay" => Box::new(
                RmsProp::new(0.01)?
                    .memory(0.9)?
                    .epsilon(1e-3)?
                    .weight_decay(0.5)?,
            ),
            "adam" => Box::new(Adam::new(0.01)?),
            "adam, other numbers" => Box::new(Adam::new(0.02)?.betas(0.8, 0.9)?.epsilon(1e-3)?),
            "adamw" => Box::new(Adam::new(0.01)?.weight_decay(0.5)?),
            other => panic!("no optimiser `{other}`"),
        })
    };
    for (name, expected) in TRAJECTORIES {
        let mut optimizer = boxed(name).expect("good numbers");
        let mut point = [-1.2, 1.0];
        let mut seen = Vec::new();
        for step in 1..=10 {
            let [x, y] = point;
            let inner = y - x * x;
            optimizer.begin_step();
            optimizer
                .update(Update {
                    level: Level::current(),
                    slice: 0,
                    factor: 1.0,
                    parameters: &mut point,
                    gradient: &[-2.0 * (1.0 - x) - 400.0 * x * inner, 200.0 * inner],
                })
                .expect("equal lengths");
            if [1, 2, 10].contains(&step) {
                seen.push(point);
            }
        }
        for (seen, expected) in seen.iter().flatten().zip(expected.iter().flatten()) {
            // A hundred roundings of numbers near 1, and what the valley makes of them.
            assert!(
                (seen - expected).abs() < 1e-13,
                "{name}: {seen} instead of {expected}"
            );
        }
    }
}

/// Every rule, with all that it can have.
fn all(rate: f64) -> Vec<Box<dyn Optimizer<f64>>> {
    fn good<V>(optimizer: Result<V, Error>) -> V {
        optimizer.expect("good numbers")
    }
    let sgd = || good(Sgd::new(rate).and_then(|s| s.weight_decay(0.1)));
    let momentum = || good(sgd().momentum(0.9));
    let rmsprop = RmsProp::new(rate).and_then(|r| r.memory(0.9)?.weight_decay(0.1));
    let adam = Adam::new(rate).and_then(|a| a.betas(0.8, 0.9)?.weight_decay(0.1));
    vec![
        Box::new(sgd()),
        Box::new(momentum()),
        Box::new(momentum().nesterov()),
        Box::new(good(rmsprop)),
        Box::new(good(adam)),
    ]
}

/// Takes steps of two slices.
fn steps(
    optimizer: &mut impl Optimizer<f64>,
    slices: &mut [Vec<f64>; 2],
    steps: std::ops::Range<usize>,
    factor: f64,
) {
    for step in steps {
        optimizer.begin_step();
        for (slice, parameters) in slices.iter_mut().enumerate() {
            let gradient = (0..parameters.len()).map(|i| ((i * 5 + step * 3 + slice) as f64).sin());
            let gradient: Vec<f64> = gradient.collect();
            let done = optimizer.update(Update {
                level: Level::current(),
                slice,
                factor,
                parameters,
                gradient: &gradient,
            });
            done.expect("equal lengths");
        }
    }
}

fn start() -> [Vec<f64>; 2] {
    [vec![0.5, -1.0, 2.0], vec![1.5; 20]]
}

#[test]
fn a_factor_is_another_rate() {
    for (mut with_factor, mut with_rate) in all(0.25).into_iter().zip(all(0.125)) {
        let rates = (with_factor.learning_rate(), with_rate.learning_rate());
        assert_eq!(rates, (0.25, 0.125));
        let (mut first, mut second) = (start(), start());
        steps(&mut with_factor, &mut first, 0..3, 0.5);
        steps(&mut with_rate, &mut second, 0..3, 1.0);
        assert_eq!(first, second);
    }
}

#[test]
fn what_is_remembered_is_saved() {
    use crate::record::Record;
    for ((mut optimizer, mut again), mut other) in
        all(0.25).into_iter().zip(all(0.25)).zip(all(0.5))
    {
        let mut parameters = start();
        steps(&mut optimizer, &mut parameters, 0..3, 1.0);
        let mut record = Record::new();
        let given = optimizer.exchange(&mut Exchange::give(&mut record, "optimizer"));
        given.expect("written");
        let tensors = record.tensors_below("optimizer.");
        let numbers: usize = tensors.map(|(_, tensor)| tensor.values.len()).sum();
        let count: usize = parameters.iter().map(Vec::len).sum();
        assert_eq!(numbers, optimizer.state_per_parameter() * count);
        // What it has done meanwhile is forgotten.
        steps(&mut again, &mut start(), 7..9, 1.0);
        let mut resumed = parameters.clone();
        let taken = again.exchange(&mut Exchange::take(&record, "optimizer"));
        taken.expect("it is the same rule");
        steps(&mut optimizer, &mut parameters, 3..6, 1.0);
        steps(&mut again, &mut resumed, 3..6, 1.0);
        assert_eq!(parameters, resumed);
        let refused = other.exchange(&mut Exchange::take(&record, "optimizer"));
        let refused = refused.expect_err("another rate").to_string();
        let setting = "`optimizer.rate` = 0.25, but here it is 0.5";
        assert!(refused.contains(setting), "{refused}");
    }
}

#[test]
fn long_slices_are_changed_to_their_ends() {
    let mut sgd = Sgd::new(0.5).expect("valid");
    let gradient: Vec<f32> = (0..100_003).map(|i| (i % 7) as f32).collect();
    let mut parameters = vec![1.0; gradient.len()];
    sgd.update(update(&mut parameters, &gradient, 1.0))
        .expect("equal lengths");
    for (parameter, gradient) in parameters.iter().zip(&gradient) {
        assert_eq!(*parameter, 1.0 - 0.5 * gradient);
    }
}
