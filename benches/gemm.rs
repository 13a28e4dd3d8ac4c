//! Separable functions against the same matrix products by a library alone: `matrixmultiply` (with its AVX-512 kernels),
//! the one that `ndarray` uses. One layer of 784 × 128 functions, a batch of 100, single
//! precision, one core; forward, ∂θ and ∂x.
//!
//! ```text
//! cargo bench --bench gemm
//! ```
//!
//! The library is given the products only: matrices of all input and edge values as they would
//! come out of the stages, and results that nothing is done with. The two run in turn; medians of
//! their times and of the quotients of neighbouring runs are given.

use std::time::Duration;

use criterion::Criterion;
use ftm::connection::Connection;
use ftm::functions::paper::{
    CubedWeight, Cubic, Linear, Quadratic, RectifiedWeight, RectifiedWeightStraightThrough,
    ShiftedSquare, SignedShiftedSquare, SignedSquare, SquaredProduct, SquaredWeight,
};
use ftm::ndarray::Array2;
use ftm::ndarray::linalg::general_mat_mul;
use support::Table;
use support::layer::Bed;
use support::measure::in_turn;

mod support;

/// Batch, inputs, outputs.
const SHAPE: [usize; 3] = [100, 784, 128];

fn main() {
    if let Err(error) = ftm::parallel::with_threads(1, gemm) {
        eprintln!("error: {error}");
    }
}

fn gemm() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let columns = ["function", "products", "library, ms", "ftm, ms", "ratio"];
    let mut table = Table::new("gemm", &columns);
    function::<Linear>(&mut criterion, &mut table);
    function::<SquaredWeight>(&mut criterion, &mut table);
    function::<CubedWeight>(&mut criterion, &mut table);
    function::<Quadratic>(&mut criterion, &mut table);
    function::<Cubic>(&mut criterion, &mut table);
    function::<RectifiedWeight>(&mut criterion, &mut table);
    function::<RectifiedWeightStraightThrough>(&mut criterion, &mut table);
    function::<SquaredProduct>(&mut criterion, &mut table);
    function::<SignedSquare>(&mut criterion, &mut table);
    function::<ShiftedSquare>(&mut criterion, &mut table);
    function::<SignedShiftedSquare>(&mut criterion, &mut table);
    criterion.final_summary();
    table.finish();
}

fn function<C: Connection>(criterion: &mut Criterion, table: &mut Table) {
    let name = C::description().name;
    let Some(products) = C::PRODUCTS else {
        eprintln!("{name} is not planned as products");
        return;
    };
    let [batch, inputs, outputs] = SHAPE;
    // Forward Φ·Ψ, sums over samples Φᵀ·g, sums over outputs g·Ψᵀ.
    let ranks = [
        products.forward.len(),
        products.edge_sums.len(),
        products.input_sums.len(),
    ];
    let filled = |rows: usize, columns: usize| {
        Array2::from_shape_fn((rows, columns), |(i, j)| ((i + j) % 7) as f32 / 7.0)
    };
    let [phi, phi_of_sums] = [ranks[0], ranks[1]].map(|rank| filled(batch, inputs * rank));
    let [psi, psi_of_sums] = [ranks[0], ranks[2]].map(|rank| filled(inputs * rank, outputs));
    let g = filled(batch, outputs);
    let mut y = Array2::zeros((batch, outputs));
    let mut over_samples = Array2::zeros((inputs * ranks[1], outputs));
    let mut over_outputs = Array2::zeros((batch, inputs * ranks[2]));

    let mut bed = Bed::<C, f32>::new(SHAPE);
    let measured = in_turn(
        criterion,
        ["gemm", name],
        || bed.passes(),
        || {
            general_mat_mul(1.0, &phi, &psi, 0.0, &mut y);
            general_mat_mul(1.0, &phi_of_sums.t(), &g, 0.0, &mut over_samples);
            general_mat_mul(1.0, &g, &psi_of_sums.t(), 0.0, &mut over_outputs);
        },
    );
    if let Some(measured) = measured {
        let mut row = vec![
            name.to_owned(),
            format!("{} + {} + {}", ranks[0], ranks[1], ranks[2]),
        ];
        row.extend(measured.cells());
        table.row(row);
    }
}
