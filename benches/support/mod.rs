//! What the benches share: the multiply-add peak of this machine, and tables of results.

#![allow(dead_code, reason = "not every bench needs all of it")]

pub(crate) mod layer;
pub(crate) mod step;

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use ftm::simd::{Level, Operation, Real, Simd, Vector};

/// Nanoseconds that one multiply-add of one number takes at best on one core: many
/// independent chains of fused multiply-adds in registers, the best of several runs.
pub(crate) fn peak<T: Real>(level: Level) -> f64 {
    const STEPS: usize = 200_000;
    let run = || {
        let start = Instant::now();
        let operations = level.run(Chains::<T> {
            steps: STEPS,
            start: T::ONE,
        });
        start.elapsed().as_secs_f64() * 1e9 / operations as f64
    };
    (0..20).map(|_| run()).fold(f64::INFINITY, f64::min)
}

/// Independent chains of multiply-adds.
struct Chains<T> {
    steps: usize,
    start: T,
}

/// Chains enough to hide the latency of two units.
const CHAINS: usize = 12;

impl<T: Real> Operation<T> for Chains<T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) -> usize {
        let factor = simd.splat(black_box(T::from_f64(0.999)));
        let addend = simd.splat(black_box(T::from_f64(0.001)));
        let mut sums = [simd.splat(self.start); CHAINS];
        for _ in 0..self.steps {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, addend);
            }
        }
        let mut total = simd.number(0.0);
        for sum in sums {
            total += sum;
        }
        black_box(total.sum());
        self.steps * CHAINS * S::Vector::LANES
    }
}

/// A table that is printed, and written to `target/performance/<name>.csv`.
pub(crate) struct Table {
    name: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(name: &'static str, columns: &[&'static str]) -> Self {
        Self {
            name,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// Prints the table and writes the file.
    pub(crate) fn finish(self) {
        if self.rows.is_empty() {
            return;
        }
        let width = |k: usize| {
            let cells = self.rows.iter().map(|row| row[k].chars().count());
            cells
                .chain([self.columns[k].chars().count()])
                .max()
                .unwrap_or(0)
        };
        let line = |cells: Vec<&str>| {
            let cells: Vec<_> = cells
                .iter()
                .enumerate()
                .map(|(k, cell)| format!("{cell:>width$}", width = width(k)))
                .collect();
            format!("| {} |", cells.join(" | "))
        };
        println!("\n{}", line(self.columns.clone()));
        let rules: Vec<_> = (0..self.columns.len())
            .map(|k| "-".repeat(width(k)))
            .collect();
        println!("|-{}-|", rules.join("-|-"));
        for row in &self.rows {
            println!("{}", line(row.iter().map(String::as_str).collect()));
        }
        let folder = target().join("performance");
        // Some cells have commas.
        let csv = |cells: Vec<&str>| format!("\"{}\"\n", cells.join("\",\""));
        let mut text = csv(self.columns.clone());
        for row in &self.rows {
            text.push_str(&csv(row.iter().map(String::as_str).collect()));
        }
        let path = folder.join(format!("{}.csv", self.name));
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text));
        match written {
            Ok(()) => println!("\nwritten to {}", path.display()),
            Err(error) => println!("\n{} cannot be written: {error}", path.display()),
        }
    }
}

/// The folder that cargo builds into.
fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => folder.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"),
    }
}

/// The median time that criterion measured for `group/function`, in nanoseconds, when it ran.
pub(crate) fn median(group: &str, function: &str) -> Option<f64> {
    let path = target().join(format!("criterion/{group}/{function}/new/estimates.json"));
    let text = fs::read_to_string(path).ok()?;
    let estimates: serde_json::Value = serde_json::from_str(&text).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
