//! How a function scales with its parameters, by Euler's theorem: f(x; s^α θ) = s f(x; θ) for all s
//! where Σ α_k θ_k ∂f/∂θ_k = f everywhere.

use super::Signal;
use super::distributions::Distributions;
use crate::simd::MAX_LANES;

impl Distributions {
    /// The exponents α of the free parameters: that of the first with which the formula scales
    /// alone, or those of all with which it scales together, or all 0 when it does not.
    pub(super) fn exponents(&self, input: &Signal, free: &[bool]) -> Vec<f64> {
        let sets = self.sets_of(MAX_LANES);
        let chosen: Vec<usize> = (0..free.len()).filter(|&k| free[k]).collect();
        // θ_k ∂f/∂θ_k, and f, at points of x and θ.
        let mut rows = Vec::new();
        let mut at = self.function.slopes();
        for point in input.points().iter().step_by(5) {
            self.function.at(point.value, &sets, 0, &mut at);
            for set in 0..MAX_LANES {
                let row: Vec<f64> = (chosen.iter())
                    .map(|&k| sets.parameters[k][set] * at.by_parameters[k][set])
                    .chain([at.value[set]])
                    .collect();
                if row.iter().all(|value| value.is_finite()) {
                    rows.push(row);
                }
            }
        }
        let mut exponents = vec![0.0; free.len()];
        let all: Vec<usize> = (0..chosen.len()).collect();
        let alone = all.iter().map(|&k| vec![k]);
        for columns in alone.chain([all.clone()]) {
            if let Some(solution) = euler(&rows, &columns) {
                for (column, alpha) in columns.into_iter().zip(solution) {
                    exponents[chosen[column]] = if alpha.abs() < 1e-3 { 0.0 } else { alpha };
                }
                break;
            }
        }
        exponents
    }
}

/// The least squares solution α of Σ α_k θ_k ∂f/∂θ_k = f over some of the columns of `rows`, f being
/// in the last, if it solves the equations; of many solutions, that of least norm.
fn euler(rows: &[Vec<f64>], columns: &[usize]) -> Option<Vec<f64>> {
    let count = columns.len();
    let mut equations = vec![vec![0.0; count + 1]; count];
    let mut size = 0.0;
    for row in rows {
        let value = row[row.len() - 1];
        for (equation, &a) in equations.iter_mut().zip(columns) {
            for (sum, &b) in equation.iter_mut().zip(columns) {
                *sum += row[a] * row[b];
            }
            equation[count] += row[a] * value;
        }
        size += value * value;
    }
    let trace: f64 = (0..count).map(|k| equations[k][k]).sum();
    for (k, equation) in equations.iter_mut().enumerate() {
        equation[k] += 1e-11 * trace + f64::MIN_POSITIVE;
    }
    // The matrix is positive definite now: no pivots are sought.
    for k in 0..count {
        let pivot = equations[k].clone();
        for (other, equation) in equations.iter_mut().enumerate() {
            if other != k {
                let factor = equation[k] / pivot[k];
                for (value, from) in equation.iter_mut().zip(&pivot) {
                    *value -= factor * from;
                }
            }
        }
    }
    let solution: Vec<f64> = (0..count)
        .map(|k| equations[k][count] / equations[k][k])
        .collect();
    let error = |row: &Vec<f64>| {
        let terms = columns.iter().zip(&solution);
        let sum: f64 = terms.map(|(&k, alpha)| row[k] * alpha).sum();
        (sum - row[row.len() - 1]) * (sum - row[row.len() - 1])
    };
    // Kinks and limits may lie among the points.
    let error: f64 = rows.iter().map(error).sum();
    (size > 0.0 && error <= 1e-12 * size).then_some(solution)
}
