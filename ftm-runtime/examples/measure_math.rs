//! Measures the errors of the vector math against a correctly rounded library, and prints them
//! as the table of `docs/numerics.md`:
//!
//! ```text
//! cargo run --release -p ftm-runtime --example measure_math
//! ```
//!
//! Expect no error above the bound of its row. The count of arguments may follow, such as
//! `-- 10000000`.

#[path = "../tests/functions/mod.rs"]
mod functions;

use ftm_runtime::simd::{Level, Real};
use functions::{ROWS, arguments, ulps};

/// Arguments of each function in each precision, unless a count is given.
const COUNT: usize = 1_000_000;

fn main() {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let count = count.unwrap_or(COUNT);
    let levels: Vec<_> = Level::available().iter().map(|l| l.name()).collect();
    println!(
        "Largest errors in units in the last place, over {count} arguments of each domain, on {}:",
        levels.join(", ")
    );
    println!();
    println!("| function | f32, on | error | f64, on | error | bound |");
    println!("|---|---|---|---|---|---|");
    for row in ROWS {
        let single: Vec<f32> = arguments(row.domain[0], count, 1)
            .iter()
            .map(|&x| x as f32)
            .collect();
        let double = arguments(row.domain[1], count, 2);
        println!(
            "| {} | {} | {:.2} | {} | {:.2} | {} |",
            row.name.trim_end_matches('_'),
            interval(row.domain[0]),
            worst(&single, row.single, row.reference_single),
            interval(row.domain[1]),
            worst(&double, row.double, row.reference_double),
            row.bound,
        );
    }
}

/// The largest error on any instruction set.
fn worst<T: Real>(x: &[T], ours: fn(Level, &[T]) -> Vec<T>, exact: fn(T) -> f64) -> f64 {
    let exact: Vec<f64> = x.iter().map(|&x| exact(x)).collect();
    let errors = Level::available().into_iter().flat_map(|level| {
        let pairs: Vec<_> = ours(level, x).into_iter().zip(&exact).collect();
        pairs.into_iter().map(|(y, &exact)| ulps(y, exact))
    });
    errors.fold(0.0, f64::max)
}

fn interval((low, high): (f64, f64)) -> String {
    let number = |x: f64| {
        if x != 0.0 && !(1e-2..1e4).contains(&x.abs()) {
            format!("{x:e}")
        } else {
            x.to_string()
        }
    };
    format!("[{}, {}]", number(low), number(high))
}
