//! Fits a curve that no straight line comes near, and draws it.
//!
//! Expect the mean squared error to fall from about 0.7 to below 0.001 in a second or two, and
//! a picture of the target and of what was learned in `target/curve.svg`:
//!
//! ```text
//! cargo run --release --example curve
//! ```

mod plain;
mod program;

use std::error::Error;

use ftm::data::Dataset;
use ftm::metrics;
use ftm::ndarray::Array2;
use ftm::prelude::*;
use ftm::schedule::Cosine;
use plotters::prelude::*;
use program::say;

ftm_fn! {
    /// A wave of trained height, frequency and phase.
    pub fn Wave(x; a ~ normal(0.0, 0.3), w ~ normal(0.0, 3.0), p ~ uniform(-PI, PI)) {
        a * sin(w * x + p)
    }
}

/// The curve to learn, on [-1, 1].
fn target(x: f64) -> f64 {
    (6.0 * x * x).sin() + 0.5 * (-8.0 * (x - 0.3) * (x - 0.3)).exp() - 0.4 * x.abs()
}

fn main() {
    plain::run(
        "Fits a curve that no straight line comes near, and draws it.",
        run,
    );
}

fn run() -> Result<(), Box<dyn Error>> {
    let points = |count: usize| {
        Array2::from_shape_fn((count, 1), |(n, _)| {
            -1.0 + 2.0 * n as f64 / (count - 1) as f64
        })
    };
    let (x, dense) = (points(200), points(801));
    let train = Dataset::regression(x.clone(), x.mapv(target))?;
    let test = Dataset::regression(dense.clone(), dense.mapv(target))?;

    let mut network = Network::new(1)
        .functional(Wave, 8)
        .functional(Wave, 1)
        .build(3)?;
    say!("{network}\n");
    let error = |network: &Network<f64>| {
        metrics::evaluate(network, &MeanSquaredError, &test).map(|metrics| metrics.loss)
    };
    let before = error(&network)?;
    Trainer::new(MeanSquaredError, Adam::new(0.02)?)
        .epochs(400)
        .batch(50)
        .schedule(Cosine {
            epochs: 400.0,
            floor: 0.01,
        })
        .fit(&mut network, &train)?;
    say!(
        "mean squared error: {before:.4} before, {:.6} after",
        error(&network)?
    );

    let fit = network.predict(dense.view())?;
    draw("target/curve.svg", &dense, &fit)?;
    say!("drawn in target/curve.svg");
    Ok(())
}

fn draw(path: &str, x: &Array2<f64>, fit: &Array2<f64>) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all("target")?;
    let area = SVGBackend::new(path, (800, 450)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(
            "a curve, and a network of 16 waves fitted to it",
            ("sans-serif", 20),
        )
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(40)
        .build_cartesian_2d(-1.0..1.0, -1.5..1.5)?;
    chart.configure_mesh().light_line_style(WHITE).draw()?;
    let target = x.iter().map(|&x| (x, target(x)));
    chart
        .draw_series(LineSeries::new(
            target,
            RGBColor(200, 200, 200).stroke_width(6),
        ))?
        .label("target")
        .legend(|(x, y)| {
            PathElement::new(
                [(x, y), (x + 20, y)],
                RGBColor(200, 200, 200).stroke_width(6),
            )
        });
    let fit = x.iter().copied().zip(fit.iter().copied());
    chart
        .draw_series(LineSeries::new(fit, BLUE.stroke_width(2)))?
        .label("network")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], BLUE.stroke_width(2)));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    area.present()?;
    Ok(())
}
