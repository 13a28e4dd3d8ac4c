//! One layer of 784 × 128 functions, a batch of 100, single precision, one core: nanoseconds
//! per edge and sample, beside the multiply-add peak measured in the same run.
//!
//! ```text
//! cargo bench --bench kernels
//! cargo bench --bench kernels -- Sine
//! ```
//!
//! `floor` is what the operations that the plan counts would take at the peak, and `of peak`
//! how near the kernel comes. `backward` computes all gradients, `∂θ only` those of a first
//! layer. Functions planned as matrix products are marked with their rank.

use std::time::Duration;

use criterion::Criterion;
use ftm::connection::Connection;
use ftm::functions::paper::{
    Cosine, CubedWeight, Cubic, Exponential, HyperbolicCosine, HyperbolicSine, HyperbolicTangent,
    Linear, Logistic, Quadratic, RectifiedWeight, RectifiedWeightStraightThrough, Rectifier,
    ShiftedSquare, SignedLogistic, SignedRectifier, SignedShiftedSquare, SignedSquare, Sine,
    SquaredProduct, SquaredWeight,
};
use ftm::simd::Level;
use support::layer::Bed;
use support::{Table, criterion_median};

mod support;

/// Batch, inputs, outputs.
const SHAPE: [usize; 3] = [100, 784, 128];

fn main() {
    if let Err(error) = ftm::parallel::with_threads(1, kernels) {
        eprintln!("error: {error}");
    }
}

fn kernels() {
    let criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let peak = support::peak::<f32>(Level::current());
    let columns = [
        "function",
        "rank",
        "pass",
        "ns/edge-sample",
        "operations",
        "floor",
        "of peak",
    ];
    let mut bench = Bench {
        criterion,
        peak,
        table: Table::new("kernels", &columns),
    };
    bench.function::<Linear>();
    bench.function::<SquaredWeight>();
    bench.function::<CubedWeight>();
    bench.function::<Quadratic>();
    bench.function::<Cubic>();
    bench.function::<Exponential>();
    bench.function::<RectifiedWeight>();
    bench.function::<RectifiedWeightStraightThrough>();
    bench.function::<SignedRectifier>();
    bench.function::<Rectifier>();
    bench.function::<SignedLogistic>();
    bench.function::<Logistic>();
    bench.function::<Sine>();
    bench.function::<Cosine>();
    bench.function::<HyperbolicSine>();
    bench.function::<HyperbolicCosine>();
    bench.function::<HyperbolicTangent>();
    bench.function::<SquaredProduct>();
    bench.function::<SignedSquare>();
    bench.function::<ShiftedSquare>();
    bench.function::<SignedShiftedSquare>();
    bench.criterion.final_summary();
    println!(
        "\n{}: one multiply-add of one number takes {peak:.4} ns at best",
        Level::current()
    );
    bench.table.finish();
}

struct Bench {
    criterion: Criterion,
    /// Nanoseconds of a multiply-add.
    peak: f64,
    table: Table,
}

impl Bench {
    fn function<C: Connection>(&mut self) {
        let description = C::description();
        let mut bed = Bed::<C, f32>::new(SHAPE);
        let mut group = self.criterion.benchmark_group(description.name);
        group.bench_function("forward", |bencher| bencher.iter(|| bed.forward()));
        group.bench_function("backward", |bencher| bencher.iter(|| bed.backward(true)));
        group.bench_function("∂θ only", |bencher| bencher.iter(|| bed.backward(false)));
        group.finish();

        let rank = C::PRODUCTS.map(|products| products.forward.len().to_string());
        let operations = description.operations;
        for (pass, operations) in [
            ("forward", Some(operations.forward)),
            ("backward", Some(operations.backward)),
            ("∂θ only", None),
        ] {
            let Some(time) = criterion_median(description.name, pass) else {
                continue;
            };
            let time = time / SHAPE.iter().product::<usize>() as f64;
            let floor = operations.map(|operations| operations * self.peak);
            let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            self.table.row(vec![
                description.name.to_owned(),
                text(rank.clone()),
                pass.to_owned(),
                format!("{time:.3}"),
                text(operations.map(|operations| format!("{operations:.0}"))),
                text(floor.map(|floor| format!("{floor:.3}"))),
                text(floor.map(|floor| format!("{:.0} %", 100.0 * floor / time))),
            ]);
        }
    }
}
