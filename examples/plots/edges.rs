//! The edges of a layer as a grid of small charts.

use std::error::Error;
use std::path::Path;

use ftm::layer::LayerEdges;
use ftm::ndarray::{Array2, ArrayView2};
use plotters::prelude::*;

use crate::plots::{COLOURS, GREY, bounds};

/// Inputs and outputs that a grid shows at most.
const ROWS: usize = 8;
const COLUMNS: usize = 10;
/// Size of a chart, and the room for the names.
const SIDE: (usize, usize) = (84, 64);
const MARGIN: (usize, usize) = (56, 52);

/// Draws the edges between the most important inputs and outputs of a layer, a row for each input:
/// f over the range of the input in `x`, the rows that the layer was given. All charts have one
/// scale. The less an edge matters, the paler it is, and one that is pruned is not drawn.
pub(crate) fn draw(
    path: &Path,
    caption: &str,
    edges: &dyn LayerEdges<f32>,
    x: ArrayView2<'_, f32>,
) -> Result<(), Box<dyn Error>> {
    let importances = edges.importances(x)?;
    let inputs = greatest(importances.rows().into_iter().map(|row| row.sum()), ROWS);
    let outputs = importances.columns().into_iter();
    let outputs = greatest(outputs.map(|column| column.sum()), COLUMNS);
    let most = importances.iter().copied().fold(0.0, f64::max);
    let curves = curves(edges, x, &inputs, &outputs)?;
    let (low, high) = bounds(curves.iter().flatten().map(|point| point.1));

    let place = |row: usize, column: usize| {
        let (x, y) = (MARGIN.0 + column * SIDE.0, MARGIN.1 + row * SIDE.1);
        (x as i32, y as i32)
    };
    let (width, height) = place(inputs.len(), outputs.len());
    let area = SVGBackend::new(path, (width as u32 + 8, height as u32 + 8)).into_drawing_area();
    area.fill(&WHITE)?;
    area.draw(&Text::new(caption, (6, 8), ("sans-serif", 15)))?;
    let small = ("sans-serif", 11);
    for (column, output) in outputs.iter().enumerate() {
        let (x, y) = place(0, column);
        area.draw(&Text::new(format!("→ {output}"), (x + 24, y - 16), small))?;
    }
    for (row, &input) in inputs.iter().enumerate() {
        let (_, y) = place(row, 0);
        area.draw(&Text::new(input.to_string(), (10, y + 24), small))?;
        for (column, &output) in outputs.iter().enumerate() {
            let curve = &curves[[row, column]];
            let (left, right) = bounds(curve.iter().map(|point| point.0));
            let (x, y) = place(row, column);
            let cell = area
                .clone()
                .shrink((x, y), (SIDE.0 as u32 - 4, SIDE.1 as u32 - 4));
            let mut chart = ChartBuilder::on(&cell).build_cartesian_2d(left..right, low..high)?;
            let zero = [(left, 0.0), (right, 0.0)];
            chart.draw_series(LineSeries::new(zero, GREY))?;
            let share = importances[[input, output]] / most;
            if share > 0.0 {
                // Half of the way would hardly be seen if it were proportional.
                let colour = COLOURS[0].mix(share.sqrt());
                let line = LineSeries::new(curve.iter().copied(), colour.stroke_width(2));
                chart.draw_series(line)?;
            }
            cell.draw(&Rectangle::new(
                [(0, 0), (SIDE.0 as i32 - 5, SIDE.1 as i32 - 5)],
                GREY,
            ))?;
        }
    }
    area.present()?;
    Ok(())
}

type Curve = Vec<(f64, f64)>;

fn curves(
    edges: &dyn LayerEdges<f32>,
    x: ArrayView2<'_, f32>,
    inputs: &[usize],
    outputs: &[usize],
) -> Result<Array2<Curve>, ftm::error::Error> {
    const POINTS: u16 = 60;
    let mut curves = Array2::from_elem((inputs.len(), outputs.len()), Vec::new());
    for (row, &input) in inputs.iter().enumerate() {
        let (low, high) = bounds(x.column(input).iter().map(|&x| f64::from(x)));
        let step = (high - low) / f64::from(POINTS);
        let points: Vec<f32> = (0..=POINTS)
            .map(|n| (low + f64::from(n) * step) as f32)
            .collect();
        for (column, &output) in outputs.iter().enumerate() {
            let values = edges.values(input, output, &points)?;
            let curve = points.iter().zip(values);
            curves[[row, column]] = curve.map(|(&x, y)| (f64::from(x), f64::from(y))).collect();
        }
    }
    Ok(curves)
}

/// The places of the greatest numbers, in order of places.
fn greatest(numbers: impl Iterator<Item = f64>, count: usize) -> Vec<usize> {
    let mut all: Vec<(usize, f64)> = numbers.enumerate().collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut places: Vec<usize> = all
        .into_iter()
        .take(count)
        .map(|(place, _)| place)
        .collect();
    places.sort_unstable();
    places
}
