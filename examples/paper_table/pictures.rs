//! The pictures: a heat map of accuracies, and curves of losses.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::recipe::{WIDTH, linear_name};
use crate::report::{accuracy, cell, functions};
use crate::table::{Epoch, Table};

/// Depths whose losses are drawn.
const CURVES: [(usize, RGBColor); 3] = [
    (1, RGBColor(120, 180, 230)),
    (5, RGBColor(50, 110, 190)),
    (10, RGBColor(10, 30, 90)),
];

/// Accuracy by function and depth, in colours and numbers.
pub(crate) fn heat_map(table: &Table, path: &Path) -> Result<(), Box<dyn Error>> {
    const CELL: (i32, i32) = (62, 24);
    const LEFT: i32 = 270;
    const TOP: i32 = 66;
    let linear = linear_name(WIDTH);
    let mut lines: Vec<(String, String)> = (functions().into_iter())
        .map(|(number, name)| (number.to_owned(), format!("{number}  {name}")))
        .collect();
    lines.push((linear.clone(), linear));
    let size = (
        (LEFT + 10 * CELL.0 + 12) as u32,
        (TOP + lines.len() as i32 * CELL.1 + 12) as u32,
    );
    let area = SVGBackend::new(path, size).into_drawing_area();
    area.fill(&WHITE)?;
    let font = |size: i32| ("sans-serif", size).into_font();
    area.draw(&Text::new(
        "test accuracy on MNIST in percent, by function and number of hidden layers",
        (12, 12),
        font(17),
    ))?;
    for depth in 1..=10 {
        let place = (LEFT + (depth - 1) * CELL.0 + CELL.0 / 2 - 6, TOP - 20);
        area.draw(&Text::new(depth.to_string(), place, font(14)))?;
    }
    for (line, (function, label)) in lines.iter().enumerate() {
        let top = TOP + line as i32 * CELL.1;
        area.draw(&Text::new(label.clone(), (12, top + 5), font(14)))?;
        for depth in 1..=10_usize {
            let Some(accuracy) = accuracy(table, function, depth) else {
                continue;
            };
            let left = LEFT + (depth as i32 - 1) * CELL.0;
            let corners = [(left, top), (left + CELL.0 - 2, top + CELL.1 - 2)];
            area.draw(&Rectangle::new(corners, shade(accuracy).filled()))?;
            let text = Text::new(cell(Some(accuracy)), (left + 12, top + 5), font(13));
            area.draw(&text)?;
        }
    }
    area.present()?;
    Ok(())
}

/// From red at 90 and below over yellow to green at 98.5.
fn shade(accuracy: f64) -> RGBColor {
    let part = ((accuracy - 90.0) / 8.5).clamp(0.0, 1.0);
    let mix = |from: f64, to: f64, part: f64| (from + (to - from) * part) as u8;
    if part < 0.6 {
        let part = part / 0.6;
        RGBColor(
            mix(235.0, 250.0, part),
            mix(130.0, 225.0, part),
            mix(110.0, 130.0, part),
        )
    } else {
        let part = (part - 0.6) / 0.4;
        RGBColor(
            mix(250.0, 110.0, part),
            mix(225.0, 195.0, part),
            mix(130.0, 120.0, part),
        )
    }
}

/// Training loss by epoch, a panel for each function.
pub(crate) fn loss_curves(table: &Table, path: &Path) -> Result<(), Box<dyn Error>> {
    let last = table.epochs.iter().map(|epoch| epoch.epoch).max();
    let last = last.unwrap_or(1).max(2) as f64;
    let area = SVGBackend::new(path, (1000, 900)).into_drawing_area();
    area.fill(&WHITE)?;
    let area = area.titled(
        "training loss by epoch; light to dark: 1, 5 and 10 hidden layers",
        ("sans-serif", 18),
    )?;
    for (panel, (number, name)) in area.split_evenly((5, 4)).iter().zip(functions()) {
        let mut chart = ChartBuilder::on(panel)
            .caption(format!("{number} {name}"), ("sans-serif", 13))
            .margin(6)
            .x_label_area_size(18)
            .y_label_area_size(38)
            .build_cartesian_2d(1.0..last, (0.003..3.0).log_scale())?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_labels(5)
            .y_labels(4)
            .label_style(("sans-serif", 10))
            .y_label_formatter(&|loss| format!("{loss}"))
            .draw()?;
        for (depth, colour) in CURVES {
            let of_curve = |epoch: &&Epoch| epoch.function == number && epoch.depth == depth;
            let Some(seed) = table.epochs.iter().find(of_curve).map(|epoch| epoch.seed) else {
                continue;
            };
            let points = (table.epochs.iter().filter(of_curve))
                .filter(|epoch| epoch.seed == seed)
                .map(|epoch| (epoch.epoch as f64, epoch.training_loss));
            chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
        }
    }
    area.present()?;
    Ok(())
}
