//! Tests of training with plain layers.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, array};

use super::*;
use crate::checkpoint::Checkpoints;
use crate::data::TargetsView;
use crate::error::Place;
use crate::layer::{Backward, Forward, Layer, Tensor};
use crate::loss::{MeanSquaredError, SoftmaxCrossEntropy};
use crate::metrics;
use crate::network::Workspace;
use crate::optimizer::{Adam, Frozen, Groups, Sgd};
use crate::schedule::NewBob;
use crate::test_layers::{Dense, Leaky};

fn network(seed: u64) -> Network<f64> {
    Network::new(2)
        .layer(|inputs| Dense::new(inputs, 3))
        .layer(|inputs| Dense::new(inputs, 2))
        .build(seed)
        .expect("a good network")
}

/// Points of the plane, and whether they are right of the diagonal.
fn data(count: usize) -> Dataset<f64> {
    let inputs = Array2::from_shape_fn((count, 2), |(n, i)| ((n * 7 + i * 3) as f64).sin());
    let labels = inputs.outer_iter().map(|x| usize::from(x[0] > x[1]));
    let labels = labels.collect();
    Dataset::classification(inputs, labels, 2).expect("good data")
}

fn trainer<'a>() -> Trainer<'a, f64> {
    Trainer::new(SoftmaxCrossEntropy, Adam::new(0.02).expect("a good rate")).batch(8)
}

#[test]
fn a_network_learns_and_its_history_says_so() {
    let (data, mut network) = (data(50), network(1));
    let history = trainer().epochs(60).fit(&mut network, &data).expect("fits");
    let losses: Vec<f64> = history.epochs.iter().map(|e| e.training_loss).collect();
    assert_eq!(losses.len(), 60);
    assert!(losses[59] < 0.2 * losses[0], "{losses:?}");
    assert_eq!(history.epochs[7].epoch, 7);
    assert!(history.best_epoch().is_some_and(|best| best.epoch > 50));
    let metrics = metrics::evaluate(&network, &SoftmaxCrossEntropy, &data).expect("fits");
    assert!(metrics.accuracy.is_some_and(|accuracy| accuracy > 0.97));
}

#[test]
fn one_seed_gives_one_training() {
    let data = data(50);
    let train = |seed| {
        let mut network = network(1);
        let history = trainer().seed(seed).fit(&mut network, &data).expect("fits");
        let losses: Vec<u64> = history
            .epochs
            .iter()
            .map(|e| e.training_loss.to_bits())
            .collect();
        (losses, network.snapshot())
    };
    assert_eq!(train(3), train(3));
    assert_ne!(train(3), train(4));
}

#[test]
fn the_loss_of_an_epoch_is_the_mean_over_samples_with_a_short_last_batch() {
    let data = data(50);
    let mut network = network(1);
    let whole = metrics::evaluate(&network, &SoftmaxCrossEntropy, &data).expect("fits");
    // A rate this small changes nothing while the epoch runs.
    let sgd = Sgd::new(1e-300).expect("a good rate");
    let history = Trainer::new(SoftmaxCrossEntropy, sgd)
        .batch(16)
        .epochs(1)
        .fit(&mut network, &data)
        .expect("fits");
    assert!((history.epochs[0].training_loss - whole.loss).abs() < 1e-14);
}

#[test]
fn the_epoch_that_did_best_on_the_validation_set_is_kept() {
    let (data, validation) = data(50).split(30).expect("two parts");
    let mut network = network(1);
    let mut reported = Vec::new();
    let history = trainer()
        .epochs(30)
        // From epoch 10 on it forgets what it has learnt.
        .schedule(|epoch: f64| if epoch < 10.0 { 1.0 } else { 300.0 })
        .validation(&validation)
        .after_epoch(|report| {
            reported.push(*report);
            Next::Continue
        })
        .fit(&mut network, &data)
        .expect("fits");
    assert_eq!(reported, history.epochs);
    let best = history.best_epoch().and_then(|best| best.validation);
    let kept = metrics::evaluate(&network, &SoftmaxCrossEntropy, &validation).expect("fits");
    assert_eq!(best, Some(kept));
}

#[test]
fn training_stops_when_told_to_and_when_it_no_longer_helps() {
    let data = data(50);
    let stop = trainer()
        .epochs(20)
        .after_epoch(|report| match report.epoch {
            4 => Next::Stop,
            _ => Next::Continue,
        })
        .fit(&mut network(1), &data)
        .expect("fits");
    assert_eq!(stop.epochs.len(), 5);
    let tired = trainer()
        .epochs(50)
        .schedule(|epoch: f64| if epoch < 3.0 { 1.0 } else { 0.0 })
        .validation(&data)
        .patience(4)
        .fit(&mut network(1), &data)
        .expect("fits");
    let best = tired.best.expect("epochs were run");
    assert_eq!(tired.epochs.len(), best + 1 + 4);
}

#[test]
fn a_schedule_that_goes_by_results_hears_of_them_and_ends_training() {
    let data = data(50);
    let mut rates = Vec::new();
    let mut schedule = NewBob::new(0.05, 0.01).expect("good gains");
    let history = trainer()
        .epochs(100)
        .validation(&data)
        .schedule(schedule)
        .fit(&mut network(1), &data)
        .expect("fits");
    let last = history.epochs.len() - 1;
    assert!(last < 99, "it never ended");
    for (epoch, report) in history.epochs.iter().enumerate() {
        let next = schedule.after_epoch(report);
        rates.push(schedule.factor(0.0));
        assert_eq!(next == Next::Stop, epoch == last);
    }
    assert!(rates[last] < 1.0, "{rates:?}");
}

/// A layer that insists on its level.
struct OnLevel(Level, Dense<f64>);

impl Layer<f64> for OnLevel {
    fn name(&self) -> String {
        self.1.name()
    }
    fn inputs(&self) -> usize {
        self.1.inputs()
    }
    fn outputs(&self) -> usize {
        self.1.outputs()
    }
    fn parameters(&self) -> &[f64] {
        self.1.parameters()
    }
    fn parameters_mut(&mut self) -> &mut [f64] {
        self.1.parameters_mut()
    }
    fn tensors(&self) -> Vec<Tensor> {
        self.1.tensors()
    }
    fn initialize(&mut self, random: &mut Xoshiro256PlusPlus) {
        self.1.initialize(random);
    }
    fn forward(&self, pass: Forward<'_, f64>) {
        assert_eq!(pass.level.name(), self.0.name());
        self.1.forward(pass);
    }
    fn backward(&self, pass: Backward<'_, f64>) {
        assert_eq!(pass.level.name(), self.0.name());
        self.1.backward(pass);
    }
}

#[test]
fn validation_and_prediction_run_on_the_level_asked_for() {
    let data = data(50);
    for level in Level::available() {
        let mut network = Network::new(2)
            .layer(|inputs| Ok(OnLevel(level, Dense::new(inputs, 2)?)))
            .build(1)
            .expect("a good network");
        let history = trainer()
            .level(level)
            .validation(&data)
            .fit(&mut network, &data)
            .expect("fits");
        let best = history.best_epoch().and_then(|best| best.validation);
        let mut workspace = Workspace::on(level);
        let again = metrics::evaluate_in(&mut workspace, &network, &SoftmaxCrossEntropy, &data);
        assert_eq!(best, Some(again.expect("fits")));
        let scores = network.predict_in(&mut workspace, data.inputs());
        assert_eq!(scores.expect("fits").dim(), (50, 2));
    }
}

#[test]
fn a_loss_may_be_boxed_and_may_need_several_samples() {
    struct Spread;
    impl Loss<f64> for Spread {
        fn evaluate(
            &self,
            y: ArrayView2<'_, f64>,
            targets: TargetsView<'_, f64>,
            dy: Option<ArrayViewMut2<'_, f64>>,
        ) -> Result<f64, Error> {
            if y.nrows() < 2 {
                return Err(Error::Empty {
                    what: "the batch but for one sample",
                });
            }
            SoftmaxCrossEntropy.evaluate(y, targets, dy)
        }
    }
    let loss: Box<dyn Loss<f64>> = Box::new(Spread);
    let adam = || Adam::new(1e-2).expect("a good rate");
    let (mut ours, mut expected) = (network(1), network(1));
    let data = data(8);
    let spread = Trainer::new(loss, adam()).batch(4).fit(&mut ours, &data);
    let plain = Trainer::new(SoftmaxCrossEntropy, adam())
        .batch(4)
        .fit(&mut expected, &data);
    assert_eq!(
        spread.expect("it learns").epochs.len(),
        plain.expect("it learns").epochs.len()
    );
    assert_eq!(ours.snapshot(), expected.snapshot());
}

#[test]
fn targets_that_the_loss_cannot_use_are_refused_before_a_training() {
    let values = Dataset::regression(Array2::zeros((8, 2)), Array2::zeros((8, 2)));
    let values = values.expect("good data");
    let mut network = network(1);
    let before = network.snapshot();
    let refused = trainer()
        .validation(&values)
        .fit(&mut network, &data(8))
        .expect_err("values are no classes");
    assert_eq!(
        refused.to_string(),
        "the validation set: softmax cross-entropy needs classes as targets, but is given values"
    );
    let wide = Dataset::regression(Array2::zeros((8, 3)), Array2::zeros((8, 2)));
    let wide = wide.expect("good data");
    let refused = trainer().validation(&wide).fit(&mut network, &data(8));
    assert_eq!(
        refused.expect_err("2 inputs").to_string(),
        "the validation set: the input given to the network has 3 columns, but 2 are needed"
    );
    // With the folder of checkpoints not made.
    let directory = std::env::temp_dir().join(format!("ftm-targets-{}", std::process::id()));
    let refused = trainer()
        .checkpoints(Checkpoints::in_directory(&directory))
        .fit(&mut network, &values)
        .expect_err("values are no classes");
    assert!(matches!(refused, Error::TargetKind { .. }), "{refused}");
    assert!(!directory.exists());
    assert_eq!(network.snapshot(), before);
}

#[test]
fn what_memory_does_not_hold_is_refused_before_a_training() {
    assert!(checks::memory::<f64>(3, 1000, 1000).is_ok());
    // More than addresses, and than numbers, can say.
    for parameters in [1 << 57, usize::MAX] {
        let error = checks::memory::<f64>(3, parameters, 0).expect_err("too large");
        let text = format!("3 × {parameters} numbers");
        assert!(error.to_string().contains(&text), "{error}");
        let error = checks::memory::<f64>(3, 1000, parameters).expect_err("too large");
        let text = format!("{parameters} of a batch");
        assert!(error.to_string().contains(&text), "{error}");
    }
    let data = data(8);
    // Batches of 8 at most: inputs and outputs of both layers, and twice the wider gradient. With a
    // validation set also what it makes of them.
    let network = network(1);
    assert_eq!(
        trainer().batch(20).activations(&network, &data),
        8 * (7 + 6)
    );
    let activations = trainer()
        .batch(5)
        .validation(&data)
        .activations(&network, &data);
    assert_eq!(activations, 5 * (7 + 6) + 8 * 7);
    // The gradient, the last good parameters, two moments of Adam.
    assert_eq!(trainer().copies(), 4);
    // The best parameters; the moments of the last good epoch.
    assert_eq!(trainer().validation(&data).copies(), 5);
    assert_eq!(trainer().roll_back(0.5, 1).copies(), 6);
    // A checkpoint: the parameters, and all but the gradient, in numbers and in bytes.
    let checkpoints = Checkpoints::in_directory("none");
    assert_eq!(trainer().checkpoints(checkpoints).copies(), 4 + 2 * 4);
    let descent = Sgd::<f64>::new(0.1).expect("a good rate");
    assert_eq!(Trainer::new(SoftmaxCrossEntropy, descent).copies(), 2);
    // The moments are there from the first training on.
    let mut again = trainer().epochs(1);
    again.fit(&mut self::network(1), &data).expect("it learns");
    assert_eq!(again.copies(), 2);
}

#[test]
fn divergence_is_located_and_the_last_good_epoch_restored() {
    let data = data(20);
    let good = {
        let mut network = network(1);
        trainer()
            .epochs(2)
            .fit(&mut network, &data)
            .expect("two good epochs");
        network.snapshot()
    };
    let mut network = network(1);
    let error = trainer()
        .epochs(5)
        .schedule(|epoch: f64| if epoch < 2.3 { 1.0 } else { 1e300 })
        .fit(&mut network, &data)
        .expect_err("such a rate");
    // Batches of 8, 8 and 4: the rate breaks the step of batch 1, and batch 2 meets the result.
    let Error::Diverged {
        epoch: 2,
        batch: 2,
        place: Place::Output { layer: 1, name },
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(name, "Dense 3 → 2");
    assert_eq!(
        error.to_string(),
        "the output of layer 1 (Dense 3 → 2) is not finite in epoch 3, batch 3; the network has \
         the parameters of the last good epoch again"
    );
    assert_eq!(network.snapshot(), good);
}

#[test]
fn a_rollback_goes_on_from_the_last_good_epoch_with_a_smaller_rate() {
    let data = data(20);
    // Too large until it is multiplied by 10⁻³⁰⁰.
    let schedule = |epoch: f64| if epoch < 2.3 { 1.0 } else { 1e300 };
    let train = |times| {
        let mut network = network(1);
        let mut trainer = trainer()
            .epochs(4)
            .schedule(schedule)
            .roll_back(1e-300, times);
        let history = trainer.fit(&mut network, &data);
        (history, network.snapshot())
    };
    let (history, snapshot) = train(1);
    let history = history.expect("it goes on");
    let place = "the output of layer 1 (Dense 3 → 2)".to_owned();
    let rolled_back = Rollback {
        epoch: 2,
        batch: 2,
        place,
        rate: 1e-300,
    };
    assert_eq!(history.rollbacks, [rolled_back]);
    assert_eq!(history.epochs.len(), 4);
    // The moments of Adam went back too: as if the rate had been that from the beginning of epoch 2.
    let mut direct = network(1);
    trainer()
        .epochs(4)
        .schedule(|epoch: f64| schedule(epoch) * if epoch < 2.0 { 1.0 } else { 1e-300 })
        .fit(&mut direct, &data)
        .expect("good rates");
    assert!(snapshot == direct.snapshot());
    let again = trainer()
        .schedule(|epoch: f64| if epoch < 1.0 { 1.0 } else { f64::MAX })
        .roll_back(0.5, 3)
        .fit(&mut network(1), &data);
    assert!(matches!(again, Err(Error::Diverged { epoch: 1, .. })));
    for (factor, times) in [(1.0, 1), (0.5, 0)] {
        let refused = trainer().roll_back(factor, times).fit(&mut direct, &data);
        assert!(matches!(refused, Err(Error::Argument { .. })));
    }
}

#[test]
fn a_broken_parameter_is_named() {
    let mut network = network(1);
    network.layers_mut()[0].parameters_mut()[7] = f64::NAN;
    let place = checks::parameters(&network).expect_err("a NaN");
    assert_eq!(
        place.to_string(),
        "parameter `bias` of layer 0 (Dense 2 → 3)"
    );
    network.layers_mut()[0].parameters_mut()[7] = 0.0;
    network.layers_mut()[1].parameters_mut()[0] = f64::INFINITY;
    let place = checks::parameters(&network).expect_err("an infinity");
    assert_eq!(
        place.to_string(),
        "parameter `weight` of layer 1 (Dense 3 → 2)"
    );
}

#[test]
fn mistakes_are_refused_before_anything_is_changed() {
    let (data, mut network) = (data(20), network(1));
    let before = network.snapshot();
    let message =
        |mut trainer: Trainer<'_, f64>, network: &mut Network<f64>, data: &Dataset<f64>| {
            trainer
                .fit(network, data)
                .expect_err("a mistake")
                .to_string()
        };
    assert_eq!(
        message(trainer().epochs(0), &mut network, &data),
        "the number of epochs is 0, but must be at least 1"
    );
    assert_eq!(
        message(trainer().batch(0), &mut network, &data),
        "the batch size is 0, but must be at least 1"
    );
    assert_eq!(
        message(trainer().clip(Clip::Value(-1.0)), &mut network, &data),
        "the limit of gradients is -1, but must be finite and above 0"
    );
    assert_eq!(
        message(
            trainer().diagnostics(0, std::io::sink()),
            &mut network,
            &data
        ),
        "the number of steps between diagnostics is 0, but must be at least 1"
    );
    let wide = Dataset::classification(Array2::zeros((4, 3)), vec![0; 4], 2).expect("good data");
    for data in [&wide, &data] {
        let trainer = trainer().validation(&wide);
        assert!(message(trainer, &mut network, data).contains("3 columns, but 2"));
    }
    let values = Dataset::regression(array![[1.0, 2.0]], array![[0.0, 1.0]]).expect("good data");
    assert!(message(trainer(), &mut network, &values).contains("needs classes"));
    assert_eq!(network.snapshot(), before);
}

#[test]
fn values_are_learnt_too() {
    let inputs = Array2::from_shape_fn((40, 2), |(n, i)| ((n * 3 + i) as f64).cos());
    let values = Array2::from_shape_fn((40, 2), |(n, o)| {
        let x = inputs.row(n);
        if o == 0 {
            x[0] - 2.0 * x[1]
        } else {
            0.5 - x[0]
        }
    });
    let data = Dataset::regression(inputs, values).expect("good data");
    let mut network = network(2);
    let history = Trainer::new(MeanSquaredError, Adam::new(0.03).expect("a good rate"))
        .batch(10)
        .epochs(150)
        .fit(&mut network, &data)
        .expect("fits");
    assert!(history.epochs[149].training_loss < 1e-4);
    assert!(history.epochs[149].validation.is_none());
}

#[test]
fn groups_of_parameters_train_apart() {
    let data = data(50);
    let mut network = network(1);
    let start = network.snapshot();
    let adam = || Adam::new(0.02).expect("a good rate");
    let groups = Groups::new(network.layers(), adam())
        .group(|layer, tensor| layer == 0 && tensor == "weight", Frozen)
        .expect("a tensor");
    let history = Trainer::new(SoftmaxCrossEntropy, groups)
        .epochs(20)
        .batch(8)
        .fit(&mut network, &data)
        .expect("fits");
    let loss = |epoch: usize| history.epochs[epoch].training_loss;
    assert!(loss(19) < 0.7 * loss(0), "{} to {}", loss(0), loss(19));
    // Of the first layer's 2 × 3 weights and 3 biases, only the biases moved.
    let first = network.layers()[0].parameters().to_vec();
    network.restore(&start).expect("its own");
    let before = network.layers()[0].parameters();
    assert_eq!(first[..6], before[..6]);
    assert!(first[6..].iter().zip(&before[6..]).all(|(a, b)| a != b));
}

fn deep(seed: u64) -> Network<f64> {
    Network::new(2)
        .layer(|inputs| Dense::new(inputs, 5))
        .layer(Leaky::new)
        .layer(|inputs| Dense::new(inputs, 4))
        .layer(|inputs| Dense::new(inputs, 2))
        .build(seed)
        .expect("a good network")
}

#[test]
fn blocks_are_trained_one_after_the_other_and_then_the_whole() {
    let data = data(50);
    let mut network = deep(1);
    let mut parts = Vec::new();
    let histories = layer_by_layer(
        &mut network,
        &data,
        &[2, 3],
        |inputs| {
            parts.push(inputs);
            Network::new(inputs)
                .layer(|inputs| Dense::new(inputs, 2))
                .build(9)
        },
        |_| Ok(trainer().epochs(15)),
    )
    .expect("fits");
    assert_eq!((parts, histories.len()), (vec![5, 4], 3));
    assert_eq!(network.layers().len(), 4);
    assert!((0..4).all(|layer| !network.is_frozen(layer)));
    for history in &histories {
        assert!(history.epochs[14].training_loss < 0.9 * history.epochs[0].training_loss);
    }
    // The first block ends as its own training under a head leaves it.
    let mut block = deep(1);
    block.split_off(2).expect("two parts");
    let head = Network::new(5)
        .layer(|inputs| Dense::new(inputs, 2))
        .build(9);
    block.append(head.expect("a head")).expect("it fits");
    trainer().epochs(15).fit(&mut block, &data).expect("fits");
    for layer in 0..2 {
        let (a, b) = (&network.layers()[layer], &block.layers()[layer]);
        assert_eq!(a.parameters(), b.parameters());
    }
    let before = metrics::evaluate(&network, &SoftmaxCrossEntropy, &data).expect("fits");
    trainer().epochs(15).fit(&mut network, &data).expect("fits");
    let after = metrics::evaluate(&network, &SoftmaxCrossEntropy, &data).expect("fits");
    assert!(after.loss < before.loss, "{before:?}, then {after:?}");
}

#[test]
fn mistakes_in_training_layer_by_layer_leave_the_network_whole() {
    let data = data(10);
    let mut network = deep(1);
    let before = network.snapshot();
    let head = |inputs| {
        Network::new(inputs)
            .layer(|inputs| Dense::new(inputs, 2))
            .build(9)
    };
    for cuts in [&[0][..], &[4], &[2, 2], &[3, 1]] {
        let error = layer_by_layer(&mut network, &data, cuts, head, |_| Ok(trainer()));
        let error = error.expect_err("bad cuts").to_string();
        assert!(error.starts_with("the list of cuts is ["), "{error}");
    }
    let narrow = |_| head(1);
    let error = layer_by_layer(&mut network, &data, &[2], narrow, |_| Ok(trainer()));
    assert!(matches!(error, Err(Error::LayerWidth { .. })));
    let error = layer_by_layer(&mut network, &data, &[2], head, |_| Ok(trainer().batch(0)));
    assert!(matches!(error, Err(Error::Argument { .. })));
    assert_eq!(network.snapshot(), before);
    assert!(!network.is_frozen(0));
}

#[test]
fn noise_is_in_training_steps_alone_and_the_seed_decides_it() {
    let data = data(50);
    let train = |seed| {
        let mut network = Network::new(2)
            .layer(|inputs| Dense::new(inputs, 16))
            .dropout(0.5)
            .layer(|inputs| Dense::new(inputs, 2))
            .build(1)
            .expect("a good network");
        let history = trainer()
            .shuffle(false)
            .seed(seed)
            .validation(&data)
            .fit(&mut network, &data)
            .expect("fits");
        let best = history.best_epoch().and_then(|best| best.validation);
        let quiet = metrics::evaluate(&network, &SoftmaxCrossEntropy, &data).expect("fits");
        assert_eq!(best, Some(quiet));
        network.snapshot()
    };
    assert_eq!(train(3), train(3));
    assert_ne!(train(3), train(4));
}

#[test]
fn diagnostics_are_written_every_few_steps_and_change_nothing() {
    let data = data(50);
    let mut text = Vec::new();
    let (mut plain, mut watched) = (network(1), network(1));
    trainer().epochs(2).fit(&mut plain, &data).expect("fits");
    trainer()
        .epochs(2)
        .diagnostics(3, &mut text)
        .fit(&mut watched, &data)
        .expect("fits");
    assert_eq!(plain.snapshot(), watched.snapshot());
    let text = String::from_utf8(text).expect("text");
    let places: Vec<String> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(3).collect::<Vec<_>>().join(" "))
        .collect();
    // Seven batches an epoch, two layers.
    let expected = [
        "0 0 0", "0 0 1", "0 3 0", "0 3 1", "0 6 0", "0 6 1", "1 9 0", "1 9 1", "1 12 0", "1 12 1",
    ];
    assert_eq!(places, expected);
}
