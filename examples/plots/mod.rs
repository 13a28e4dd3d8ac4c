//! What the plots of examples are made of: charts of lines, the functions of edges, and grids of
//! cells. All are SVG files.

use std::error::Error;
use std::path::Path;

use ftm::connection::Connection;
use ftm::evaluate::{Point, evaluate};
use ftm::layer::Layer;
use ftm::simd::Level;
use plotters::prelude::*;

use crate::output;

/// Colours that most people can tell apart (Okabe and Ito 2008).
pub(crate) const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// For what is there to compare with.
pub(crate) const GREY: RGBColor = RGBColor(190, 190, 190);

/// Makes a folder of plots, and refuses one that they could not be written in.
pub(crate) fn make_folder(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    output::check(&folder.join("plot.svg"))
}

/// An edge of a layer, by its input and its output.
pub(crate) type Edge = (usize, usize);

/// A line of a chart. Lines of one name have one colour; those without are grey.
pub(crate) struct Line {
    name: Option<String>,
    points: Vec<(f64, f64)>,
}

impl Line {
    pub(crate) fn new(name: String, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self {
            name: Some(name),
            points: points.into_iter().collect(),
        }
    }

    pub(crate) fn unnamed(self) -> Self {
        Self { name: None, ..self }
    }

    /// How far it goes up and down.
    fn swing(&self) -> f64 {
        let (low, high) = bounds(self.points.iter().map(|point| point.1));
        high - low
    }
}

/// The function of one edge of a layer of functions `C`, over a range of inputs. A function with
/// a memory is drawn as it is at the first step.
pub(crate) fn edge<C: Connection>(
    layer: &dyn Layer<f32>,
    (input, output): Edge,
    (low, high): (f32, f32),
) -> Result<Line, ftm::error::Error> {
    const POINTS: u16 = 600;
    let description = C::description();
    let at = |values: &[f32], count: usize| -> Vec<f32> {
        let place = |k| (input * count + k) * layer.outputs() + output;
        (0..count).map(|k| values[place(k)]).collect()
    };
    let parameters = at(layer.parameters(), description.parameters.len());
    let constants = at(layer.constants(), description.constants.len());
    let value = |x| {
        let mut point = Point::new(x, &parameters);
        point.constants = &constants;
        evaluate::<C, f32>(Level::current(), point).map(|at| (f64::from(x), f64::from(at.value)))
    };
    let points = (0..=POINTS)
        .map(|n| value(low + (high - low) * f32::from(n) / f32::from(POINTS)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Line::new(format!("edge {input} → {output}"), points))
}

/// The `count` edges whose functions go furthest up and down, `range` being that of an input.
pub(crate) fn strongest<C: Connection>(
    layer: &dyn Layer<f32>,
    range: impl Fn(usize) -> (f32, f32),
    count: usize,
) -> Result<Vec<(Edge, Line)>, ftm::error::Error> {
    let mut all = Vec::new();
    for input in 0..layer.inputs() {
        for output in 0..layer.outputs() {
            let place = (input, output);
            all.push((place, edge::<C>(layer, place, range(input))?));
        }
    }
    all.sort_by(|a, b| b.1.swing().total_cmp(&a.1.swing()));
    all.truncate(count);
    Ok(all)
}

/// What stands around the lines.
pub(crate) struct Chart<'a> {
    pub caption: &'a str,
    pub x: &'a str,
    pub y: &'a str,
}

impl Chart<'_> {
    /// Draws lines, the last one on top.
    pub(crate) fn draw(
        &self,
        path: &Path,
        lines: impl IntoIterator<Item = Line>,
    ) -> Result<(), Box<dyn Error>> {
        let lines: Vec<_> = lines.into_iter().collect();
        let points = || lines.iter().flat_map(|line| &line.points);
        let (left, right) = bounds(points().map(|point| point.0));
        let (low, high) = bounds(points().map(|point| point.1));
        let margin = 0.05 * (high - low);
        // For the names.
        let room = 0.2 * (right - left);
        let area = SVGBackend::new(path, (800, 400)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(self.caption, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(60)
            .build_cartesian_2d(left..right + room, low - margin..high + margin)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .x_desc(self.x)
            .y_desc(self.y)
            .x_label_formatter(&|x| format!("{}", (x * 1e6).round() / 1e6 + 0.0))
            .draw()?;
        let mut names: Vec<&str> = Vec::new();
        for line in &lines {
            let name = line.name.as_deref();
            let known = names.iter().position(|&known| Some(known) == name);
            let colour = match name {
                Some(_) => COLOURS[known.unwrap_or(names.len()) % COLOURS.len()],
                None => GREY,
            };
            let series = LineSeries::new(line.points.iter().copied(), colour.stroke_width(2));
            let drawn = chart.draw_series(series)?;
            if let (Some(name), None) = (name, known) {
                names.push(name);
                drawn.label(name).legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2))
                });
            }
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK)
            .draw()?;
        area.present()?;
        Ok(())
    }
}

/// A cell of a grid.
pub(crate) struct Cell {
    pub text: String,
    pub right: bool,
    /// From 0 to 1.
    pub shade: f64,
}

/// Draws cells in rows of 40: blue where right and red where wrong.
pub(crate) fn grid(path: &Path, caption: &str, cells: &[Cell]) -> Result<(), Box<dyn Error>> {
    const ROW: usize = 40;
    const SIDE: usize = 20;
    const TOP: usize = 32;
    let corner = |column: usize, row: usize| ((SIDE * column) as i32, (TOP + SIDE * row) as i32);
    let (width, height) = corner(ROW, cells.len().div_ceil(ROW));
    let area = SVGBackend::new(path, (width as u32, height as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    area.draw(&Text::new(caption, (4, 6), ("sans-serif", 16)))?;
    for (place, cell) in cells.iter().enumerate() {
        let (column, row) = (place % ROW, place / ROW);
        let colour = COLOURS[usize::from(!cell.right)].mix(0.1 + 0.5 * cell.shade);
        let corners = [corner(column, row), corner(column + 1, row + 1)];
        area.draw(&Rectangle::new(corners, colour.filled()))?;
        let (x, y) = corner(column, row);
        area.draw(&Text::new(&*cell.text, (x + 6, y + 3), ("sans-serif", 14)))?;
    }
    area.present()?;
    Ok(())
}

/// The least and the greatest of some numbers; never the same two.
pub(crate) fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values.fold(start, |(low, high), v| (low.min(v), high.max(v)));
    if low < high {
        (low, high)
    } else {
        (low - 0.5, low + 0.5)
    }
}
