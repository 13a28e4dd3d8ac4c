//! Penalties on the edges of a layer, added to the loss.
//!
//! The edges are taken input by input, as their importances are: see `importance`.

use super::functional::Part;
use super::importance::{OneInput, add_magnitudes};
use crate::error::{Error, not_negative};
use crate::kernel::Edges;
use crate::parallel::Divide as _;
use crate::pass::PenaltyPass;
use crate::simd::Real;

/// What edges cost: a sum of three terms, each with a factor that is 0 unless it is set. The bias
/// of a layer costs nothing.
///
/// ```
/// use ftm_runtime::layer::Penalty;
/// let sparse = Penalty { importance: 1e-3, entropy: 1e-3, ..Penalty::default() };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Penalty {
    /// Of Σ |θ| over the parameters of all edges (Tibshirani 1996).
    pub parameters: f64,
    /// Of A = Σ a over the importances a of all edges.
    pub importance: f64,
    /// Of the entropy −Σ p ln p of the importances, where p = a / A: it is least when few edges
    /// have all the importance.
    pub entropy: f64,
}

impl Penalty {
    /// Itself, when all factors are finite and at least 0.
    pub(super) fn checked(self) -> Result<Self, Error> {
        not_negative("the factor of the parameters' penalty", self.parameters)?;
        not_negative("the factor of the importances' penalty", self.importance)?;
        not_negative("the factor of the entropy's penalty", self.entropy)?;
        Ok(self)
    }

    /// The penalty of the edges of a layer, part by part; of edges with a state only that of their
    /// parameters.
    pub(super) fn apply<'a, T: Real>(
        self,
        parts: impl Iterator<Item = Part<'a, T>> + Clone,
        mut pass: PenaltyPass<'_, T>,
    ) -> f64 {
        let mut total = 0.0;
        if self.parameters > 0.0 {
            for part in parts.clone() {
                let gradient = pass.gradient.as_deref_mut();
                let gradient = gradient.map(|all| &mut all[part.parameters()]);
                total += self.parameters * of_parameters(self.parameters, part.edges, gradient);
            }
        }
        if self.importance > 0.0 || self.entropy > 0.0 {
            total += self.of_importances(parts, pass);
        }
        total
    }

    /// The two terms of importances.
    fn of_importances<'a, T: Real>(
        self,
        parts: impl Iterator<Item = Part<'a, T>> + Clone,
        pass: PenaltyPass<'_, T>,
    ) -> f64 {
        let rows = pass.x.nrows();
        let shapes = parts.clone().map(|p| (p.edges.inputs, p.edges.outputs));
        let all = shapes.clone().map(|(inputs, outputs)| inputs * outputs);
        let widest = shapes.map(|(_, outputs)| outputs).max().unwrap_or(0);
        let sizes = [all.sum(), rows * widest, rows, rows, widest, widest];
        pass.values.resize(sizes.iter().sum(), T::ZERO);
        let mut rest = &mut **pass.values;
        let [importances, f, column, dx_column, zeros, unused] = sizes.map(|size| rest.cut(size));
        zeros.fill(T::ZERO);
        importances.fill(T::ZERO);
        let mut rest = &mut *importances;
        for part in parts.clone() {
            let outputs = part.edges.outputs;
            let mut one = OneInput {
                part,
                level: pass.level,
                zeros: &zeros[..outputs],
                scratch: &mut *pass.scratch,
            };
            let f = &mut f[..rows * outputs];
            for input in 0..part.edges.inputs {
                one.forward(input, pass.x, column, f);
                add_magnitudes(f, rest.cut(outputs));
            }
        }
        let of_rows = 1.0 / rows as f64;
        let sum: f64 = importances.iter().map(|a| a.to_f64() * of_rows).sum();
        if sum == 0.0 {
            return 0.0;
        }
        let plogp = |a: T| {
            let p = a.to_f64() * of_rows / sum;
            if p > 0.0 { p * libm::log(p) } else { 0.0 }
        };
        let entropy = -importances.iter().map(|&a| plogp(a)).sum::<f64>();

        let Some(gradient) = pass.gradient else {
            return self.importance * sum + self.entropy * entropy;
        };
        let mut dx = pass.dx;
        let mut rest = &*importances;
        for part in parts {
            let outputs = part.edges.outputs;
            let mut one = OneInput {
                part,
                level: pass.level,
                zeros: &zeros[..outputs],
                scratch: &mut *pass.scratch,
            };
            let f = &mut f[..rows * outputs];
            let gradient = &mut gradient[part.parameters()];
            let each = gradient.len() / part.edges.inputs;
            for (input, column_of_all) in part.inputs().enumerate() {
                let (importances, others) = rest.split_at(outputs);
                rest = others;
                one.forward(input, pass.x, column, f);
                for f in f.chunks_exact_mut(outputs) {
                    for (f, a) in f.iter_mut().zip(importances) {
                        // ∂entropy/∂a = −(ln p + entropy) / A.
                        let p = a.to_f64() * of_rows / sum;
                        let slope = self.importance - self.entropy * (libm::log(p) + entropy) / sum;
                        let slope = T::from_f64(slope * of_rows);
                        *f = sign(*f, slope, T::ZERO - slope);
                    }
                }
                one.backward(
                    input,
                    column,
                    f,
                    &mut gradient[input * each..][..each],
                    &mut unused[..outputs],
                    dx.is_some().then_some(&mut *dx_column),
                );
                if let Some(dx) = &mut dx {
                    for (dx, &more) in dx.column_mut(column_of_all).iter_mut().zip(&*dx_column) {
                        *dx += more;
                    }
                }
            }
        }
        self.importance * sum + self.entropy * entropy
    }
}

/// Σ |θ| of the edges that are kept; adds `factor` times its gradient to `gradient`.
fn of_parameters<T: Real>(factor: f64, edges: Edges<'_, T>, gradient: Option<&mut [T]>) -> f64 {
    let (up, down) = (T::from_f64(factor), T::from_f64(-factor));
    let each = edges.parameters.len() / edges.inputs;
    let kept = |place: usize| {
        let edge = place / each * edges.outputs + place % edges.outputs;
        edges.kept.get(edge).is_none_or(|&kept| kept != T::ZERO)
    };
    let places = edges.parameters.iter().enumerate();
    let places = places.filter(|&(place, _)| kept(place));
    if let Some(gradient) = gradient {
        for (place, &value) in places.clone() {
            gradient[place] += sign(value, up, down);
        }
    }
    places.map(|(_, p)| p.to_f64().abs()).sum()
}

/// `up` for a number above 0, `down` for one below, 0 otherwise.
fn sign<T: Real>(value: T, up: T, down: T) -> T {
    if value > T::ZERO {
        up
    } else if value < T::ZERO {
        down
    } else {
        T::ZERO
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::Dataset;
    use crate::gradient_check;
    use crate::loss::MeanSquaredError;
    use crate::network::{Network, Workspace};
    use crate::test_layers::Parabola;

    fn network(penalty: Penalty) -> Network<f64> {
        Network::new(3)
            .functional(Parabola::<false, false>, 5)
            .penalty(penalty)
            .functional(Parabola::<false, false>, 2)
            .penalty(penalty)
            .build(4)
            .expect("a good network")
    }

    fn data() -> Dataset<f64> {
        let x = Array2::from_shape_fn((7, 3), |(n, i)| ((n * 5 + i * 3) as f64).sin());
        let y = Array2::from_shape_fn((7, 2), |(n, o)| ((n + 4 * o) as f64).cos());
        Dataset::regression(x, y).expect("good data")
    }

    const TERMS: [Penalty; 4] = [
        Penalty {
            parameters: 0.7,
            importance: 0.0,
            entropy: 0.0,
        },
        Penalty {
            parameters: 0.0,
            importance: 0.4,
            entropy: 0.0,
        },
        Penalty {
            parameters: 0.0,
            importance: 0.0,
            entropy: 1.5,
        },
        Penalty {
            parameters: 0.2,
            importance: 0.3,
            entropy: 0.4,
        },
    ];

    #[test]
    fn values_are_those_of_the_definition() {
        let data = data();
        for penalty in TERMS {
            let network = network(penalty);
            let mut workspace = Workspace::new();
            network
                .forward(&mut workspace, data.inputs())
                .expect("a pass");
            let value = network.penalty(&mut workspace).expect("a pass before");
            let hidden = workspace.layer_output(0).expect("a layer");
            let hidden = hidden.index_axis(ndarray::Axis(0), 0);
            let mut expected = 0.0;
            for (layer, x) in network.layers().iter().zip([data.inputs(), hidden]) {
                let (outputs, theta) = (layer.outputs(), layer.parameters());
                let mut importances = Vec::new();
                for i in 0..layer.inputs() {
                    for o in 0..outputs {
                        let [a, b] = [0, 1].map(|k| theta[(2 * i + k) * outputs + o]);
                        let f = x.column(i).mapv(|x| (a * x * x + b).abs());
                        importances.push(f.mean().expect("rows"));
                        expected += penalty.parameters * (a.abs() + b.abs());
                    }
                }
                let sum: f64 = importances.iter().sum();
                let entropy: f64 = importances
                    .iter()
                    .map(|a| -(a / sum) * (a / sum).ln())
                    .sum();
                expected += penalty.importance * sum + penalty.entropy * entropy;
            }
            assert!((value - expected).abs() < 1e-12, "{value}, {expected}");
        }
    }

    #[test]
    fn gradients_are_those_of_loss_and_penalty_together() {
        let data = data();
        let mut plain = network(Penalty::default());
        let plain = gradient_check::check(&mut plain, &MeanSquaredError, &data).expect("fits");
        for penalty in TERMS {
            let mut network = network(penalty);
            let slopes = gradient_check::check(&mut network, &MeanSquaredError, &data);
            let slopes = slopes.expect("fits");
            for (slope, plain) in slopes.iter().zip(&plain) {
                assert!(slope.error() < 1e-7, "{penalty:?}: {slope:?}");
                if slope.tensor != "bias" {
                    assert!((slope.backward - plain.backward).abs() > 1e-6, "{slope:?}");
                }
            }
        }
    }

    #[test]
    fn edges_that_do_nothing_have_no_gradient() {
        let penalty = Penalty {
            importance: 1.0,
            entropy: 1.0,
            ..Penalty::default()
        };
        let mut network = network(penalty);
        let x = data().inputs().to_owned();
        for dead in [4, 30] {
            network.layers_mut()[0].parameters_mut()[..dead].fill(0.0);
            let mut workspace = Workspace::new();
            network.forward(&mut workspace, x.view()).expect("a pass");
            let value = network.penalty(&mut workspace).expect("a pass before");
            assert!(value.is_finite());
            let dy = Array2::zeros((7, 2));
            network.backward(&mut workspace, dy.view()).expect("a pass");
            let gradient = workspace.gradients().next().expect("a layer");
            assert!(gradient.iter().all(|g| g.is_finite()));
        }
    }

    #[test]
    fn impossible_penalties_are_refused() {
        for penalty in [
            Penalty {
                parameters: -1.0,
                ..Penalty::default()
            },
            Penalty {
                importance: f64::NAN,
                ..Penalty::default()
            },
            Penalty {
                entropy: f64::INFINITY,
                ..Penalty::default()
            },
        ] {
            let network = Network::<f64>::new(1)
                .functional(Parabola::<false, false>, 1)
                .penalty(penalty);
            let error = network.build(0).expect_err("an impossible factor");
            assert!(
                error.to_string().contains("must be finite and at least 0"),
                "{error}"
            );
        }
        let network = Network::<f64>::new(1).dropout(0.5).penalty(TERMS[0]);
        let error = network.build(0).expect_err("no edges");
        assert_eq!(
            error.to_string(),
            "layer 0: the penalty is on Dropout 1 (0.5), but must be on a layer of edges"
        );
        // The parameters of a function with a state may cost something, its importances not.
        let stateful = |penalty| {
            let network = Network::<f64>::new(1).functional(Parabola::<true, false>, 1);
            network.penalty(penalty).build(0)
        };
        assert!(stateful(TERMS[0]).is_ok());
        for penalty in &TERMS[1..] {
            let error = stateful(*penalty).expect_err("a state");
            assert!(error.to_string().contains("with a state"), "{error}");
        }
        let error = Network::<f64>::new(1).penalty(TERMS[0]).build(0);
        assert!(error.is_err());
        let error = self::network(TERMS[0]).penalty(&mut Workspace::new());
        assert!(matches!(error, Err(Error::NoForwardPass)));
    }
}
