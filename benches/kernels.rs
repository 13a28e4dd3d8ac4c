//! One layer of 784 × 128 functions, a batch of 100, single precision, one core: nanoseconds
//! per edge and sample, and beside them the multiply-add peak, measured in turn.
//!
//! ```text
//! cargo bench --bench kernels
//! cargo bench --bench kernels -- Sine
//! ```
//!
//! `floor` is what the operations that the plan counts would take at the peak, and `of peak`
//! how near the kernel comes: the median of runs that have each been followed by some tens of
//! microseconds of multiply-adds. `backward` computes all gradients, `∂θ only` those of a first
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
use support::measure::in_turn;
use support::{Table, median, multiply_adds};

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
        peaks: Vec::new(),
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
    if !bench.peaks.is_empty() {
        println!(
            "\n{}: one multiply-add of one number took {:.4} ns, the median of those beside the passes",
            Level::current(),
            median(bench.peaks)
        );
    }
    bench.table.finish();
}

struct Bench {
    criterion: Criterion,
    /// Nanoseconds of a multiply-add, beside each function.
    peaks: Vec<f64>,
    table: Table,
}

impl Bench {
    fn function<C: Connection>(&mut self) {
        let description = C::description();
        let mut bed = Bed::<C, f32>::new(SHAPE);
        let operations = description.operations;
        self.pass::<C>("forward", Some(operations.forward), || bed.forward());
        self.pass::<C>("backward", Some(operations.backward), || bed.backward(true));
        self.pass::<C>("∂θ only", None, || bed.backward(false));
    }

    fn pass<C: Connection>(&mut self, pass: &str, operations: Option<f64>, work: impl FnMut()) {
        let name = C::description().name;
        let level = Level::current();
        let multiply_adds_of_run = multiply_adds::<f32>(level) as f64;
        let measured = in_turn(&mut self.criterion, [name, pass], work, || {
            multiply_adds::<f32>(level);
        });
        let Some(measured) = measured else {
            return;
        };
        let edge_samples = SHAPE.iter().product::<usize>() as f64;
        let peak = measured.other / multiply_adds_of_run;
        self.peaks.push(peak);
        // What an edge and sample takes.
        let time = measured.time / edge_samples;
        let multiply_adds = measured.time_by_other * multiply_adds_of_run / edge_samples;
        let rank = C::PRODUCTS.map(|products| products.forward.len().to_string());
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        self.table.row(vec![
            name.to_owned(),
            text(rank),
            pass.to_owned(),
            format!("{time:.3}"),
            text(operations.map(|operations| format!("{operations:.0}"))),
            text(operations.map(|operations| format!("{:.3}", operations * peak))),
            text(
                operations.map(|operations| format!("{:.0} %", 100.0 * operations / multiply_adds)),
            ),
        ]);
    }
}
