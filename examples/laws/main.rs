//! Finds laws of physics in samples of them.
//!
//! Each law is given as 192 samples without noise, and nothing else. The same five kinds of small
//! networks are trained on each, with one recipe (`recipe.rs`), from five seeds that also draw the
//! samples. A law is rediscovered when the formula of at least three seeds agrees with it to a
//! thousandth everywhere in ranges twice as wide as those of the samples.
//!
//! Expect some minutes, some lines for each law, and `rediscovered: 7 of 7` at the end:
//!
//! ```text
//! cargo run --release --example laws
//! ```

mod laws;
#[path = "../plain/mod.rs"]
mod plain;
#[path = "../program/mod.rs"]
mod program;
mod recipe;
mod structures;

use std::error::Error;

use laws::{LAWS, Law};
use program::say;
use rayon::prelude::*;
use recipe::Found;

const SEEDS: std::ops::Range<u64> = 1..6;

/// Seeds that must find a law.
const NEEDED: usize = 3;

/// How far a formula may be from the law, relative to the size of the values.
const ERROR: f64 = 1e-3;

fn main() {
    plain::run("Finds laws of physics in samples of them.", run);
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut rediscovered = 0;
    for law in LAWS {
        let seeds: Vec<u64> = SEEDS.collect();
        let found: Result<Vec<Option<Found>>, _> = (seeds.par_iter())
            .map(|&seed| recipe::discover(law, seed))
            .collect();
        let found = found?;
        let found: Vec<&Found> = found.iter().flatten().collect();
        let right: Vec<&&Found> = found.iter().filter(|found| is_right(law, found)).collect();
        say!("{}: {}", law.name, law.formula);
        // The most exact one of those that are right, or of all.
        let of = if right.is_empty() {
            found.iter().collect()
        } else {
            right.clone()
        };
        match of.into_iter().min_by(|a, b| a.loss.total_cmp(&b.loss)) {
            Some(best) => {
                say!("  found: {}", best.formula.rounded(5));
                say!("  LaTeX: {}", best.formula.rounded(5).latex());
                say!("  as {}, with a loss of {:.0e}", best.structure, best.loss);
            }
            None => say!("  found nothing"),
        }
        say!("  by {} of {} seeds\n", right.len(), SEEDS.count());
        rediscovered += usize::from(right.len() >= NEEDED);
    }
    say!("rediscovered: {rediscovered} of {}", LAWS.len());
    Ok(())
}

/// Whether a formula is the law, in wider ranges than it was found in.
fn is_right(law: &Law, found: &Found) -> bool {
    let points = law.points(1000, 2.0, 0);
    let values = law.values(&points);
    let size = (values.mapv(|y| y * y).mean().unwrap_or(0.0)).sqrt();
    points.outer_iter().zip(&values).all(|(point, &value)| {
        let ours = found.formula.evaluate(&point.to_vec());
        (ours - value).abs() <= ERROR * value.abs().max(size)
    })
}
