//! The same seed gives the same bits, however many threads there are.

use ftm::clip::Clip;
use ftm::data::{Dataset, Digits, Targets};
use ftm::functions::activation::Tanh;
use ftm::functions::kan::BSpline;
use ftm::functions::paper::{Cubic, Memory, Sine};
use ftm::layer::Penalty;
use ftm::network::{BackThroughTime, Network, Workspace};
use ftm::parallel::with_threads;
use ftm::prelude::*;
use ftm::simd::{Level, Real};
use ndarray::{Array2, Array3, Axis};

/// Everything that a training gives: the losses, the parameters and predictions, as bits.
type Bits = Vec<u64>;

/// Bits of a training with 1, 2 and 3 threads, on every instruction set.
fn same_at_any_thread_count(train: impl Fn(Level) -> Bits + Sync) {
    for level in Level::available() {
        let [one, two, three] = [1, 2, 3].map(|threads| {
            let run = || {
                assert_eq!(rayon::current_num_threads(), threads);
                train(level)
            };
            with_threads(threads, run).expect("threads start")
        });
        assert!(one.len() > 100);
        assert!(one == two && two == three, "results differ on {level}");
    }
}

fn bits<T: Real>(history: &ftm::train::History, network: &Network<T>, y: Array2<T>) -> Bits {
    let losses = history.epochs.iter().map(|epoch| epoch.training_loss);
    let validation = history.epochs.iter().filter_map(|epoch| epoch.validation);
    let validation = validation.map(|metrics| metrics.loss);
    let parameters = network.layers().iter().flat_map(|layer| layer.parameters());
    let numbers = parameters.chain(&y).map(|value| value.to_f64());
    let all = losses.chain(validation).chain(numbers);
    all.map(f64::to_bits).collect()
}

fn digits<T: Real>(level: Level) -> Bits {
    let digits = Digits::<T>::load().expect("they are embedded");
    // 150 samples: batches of 64, 64 and 22, several tasks of each pass.
    let train = digits.train.split(150).expect("there are more").0;
    let mut network = Network::new(64)
        .functional(Sine, 50)
        .penalty(Penalty {
            parameters: 1e-5,
            importance: 1e-4,
            entropy: 1e-4,
        })
        .activation(Tanh)
        .dropout(0.2)
        .functional(Cubic, 40)
        .functional(Sine, 10)
        .build(7)
        .expect("a network");
    let history = Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3).expect("a rate"))
        .epochs(2)
        .batch(64)
        .seed(5)
        .clip(Clip::GlobalNorm(1.0))
        .level(level)
        .validation(&digits.validation)
        .fit(&mut network, &train)
        .expect("they fit");
    let mut workspace = Workspace::on(level);
    let y = network.predict_in(&mut workspace, digits.test.inputs());
    let y = y.expect("they fit");
    bits(&history, &network, y)
}

fn sequences<T: Real>(level: Level) -> Bits {
    let x = Array3::from_shape_fn((40, 6, 5), |(n, t, i)| {
        T::from_f64(((n * 31 + t * 7 + i) as f64).sin())
    });
    let labels = (0..40 * 6).map(|n| n * n % 3).collect();
    let data = Dataset::sequences(x, Targets::Classes { labels, classes: 3 }).expect("good data");
    let mut network = Network::new(5)
        .functional(Memory, 40)
        .functional(Memory, 30)
        .functional(Sine, 3)
        .build(3)
        .expect("a network");
    let history = Trainer::new(SoftmaxCrossEntropy, Sgd::new(0.05).expect("a rate"))
        .epochs(2)
        .batch(32)
        .level(level)
        .back_through_time(BackThroughTime::Truncated(4))
        .fit(&mut network, &data)
        .expect("it fits");
    let mut workspace = Workspace::on(level);
    let y = network.predict_in(&mut workspace, data.inputs());
    let y = y.expect("it fits");
    bits(&history, &network, y)
}

#[test]
fn digits_in_single_precision() {
    same_at_any_thread_count(digits::<f32>);
}

#[test]
fn digits_in_double_precision() {
    same_at_any_thread_count(digits::<f64>);
}

#[test]
fn sequences_in_single_precision() {
    same_at_any_thread_count(sequences::<f32>);
}

#[test]
fn sequences_in_double_precision() {
    same_at_any_thread_count(sequences::<f64>);
}

/// Rows of products of matrices are added up in one order, however many there are.
#[test]
fn rows_of_separable_functions_do_not_depend_on_the_batch() {
    let network = Network::<f32>::new(784)
        .functional(Cubic, 128)
        .functional(BSpline, 5)
        .build(3)
        .expect("it fits");
    let x = Array2::from_shape_fn((101, 784), |(n, i)| {
        ((n * 31 + i * 17) % 23) as f32 / 11.5 - 1.0
    });
    let all = network.predict(x.view()).expect("rows that fit");
    for count in [1, 2, 3, 7, 8, 50] {
        for (rows, expected) in x
            .axis_chunks_iter(Axis(0), count)
            .zip(all.axis_chunks_iter(Axis(0), count))
        {
            assert_eq!(
                network.predict(rows).expect("rows that fit"),
                expected,
                "{count}"
            );
        }
    }
}
