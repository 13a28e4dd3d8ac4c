//! Edges that do little, found and pruned.

use std::fmt;

use ndarray::{Array2, ArrayView2, Axis};

use super::{Network, Workspace, in_layer};
use crate::error::{Error, fraction};
use crate::simd::Real;

/// How much each edge of a layer matters: the mean of |f| over some data (Liu et al. 2024, KAN).
#[derive(Clone, Debug, PartialEq)]
pub struct Importance {
    /// Of each edge, inputs × outputs; 0 for those that are pruned.
    pub edges: Array2<f64>,
}

impl Importance {
    /// Of each input: the sum over its edges.
    #[must_use]
    pub fn of_inputs(&self) -> Vec<f64> {
        self.edges.sum_axis(Axis(1)).to_vec()
    }

    /// Of each output: the sum over its edges.
    #[must_use]
    pub fn of_outputs(&self) -> Vec<f64> {
        self.edges.sum_axis(Axis(0)).to_vec()
    }

    /// That of the most important edge.
    #[must_use]
    pub fn greatest(&self) -> f64 {
        self.edges.iter().copied().fold(0.0, f64::max)
    }
}

/// How many edges a network has, and how many of them are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EdgeCount {
    /// Those that are not pruned.
    pub kept: usize,
    /// All of them.
    pub all: usize,
}

impl fmt::Display for EdgeCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} edges", self.kept, self.all)
    }
}

impl<T: Real> Network<T> {
    /// How much each edge matters for the rows of `x`, layer by layer; `None` for a layer without
    /// edges, or of a function with a state.
    ///
    /// # Errors
    /// [`Error::Width`] when `x` has not as many columns as the network has inputs,
    /// [`Error::Empty`] when it has no rows.
    #[inline(never)]
    pub fn importance(&self, x: ArrayView2<'_, T>) -> Result<Vec<Option<Importance>>, Error> {
        if x.nrows() == 0 {
            return Err(Error::Empty { what: "the data" });
        }
        let mut all: Vec<Option<Importance>> = vec![None; self.layers.len()];
        let mut workspace = Workspace::new();
        for x in x.axis_chunks_iter(Axis(0), Self::PREDICTED_ROWS) {
            self.forward(&mut workspace, x)?;
            let share = x.nrows() as f64;
            for (index, (layer, sum)) in self.layers.iter().zip(&mut all).enumerate() {
                let Some(edges) = layer.edges() else { continue };
                let x = workspace.layer_input(self.inputs, index);
                let more = edges.importances(x);
                let more = more.map_err(|source| in_layer(index, source))? * share;
                let shape = more.dim();
                let nothing = || Importance {
                    edges: Array2::zeros(shape),
                };
                sum.get_or_insert_with(nothing).edges += &more;
            }
        }
        for importance in all.iter_mut().flatten() {
            importance.edges /= x.nrows() as f64;
        }
        Ok(all)
    }

    /// Prunes, layer by layer, the edges whose importance for the rows of `x` is below `threshold`
    /// times that of the layer's most important edge. Train the network again after that: what is
    /// left makes up for what is gone.
    ///
    /// # Errors
    /// [`Error::Argument`] when the threshold is not at least 0 and below 1, and, in its layer, when
    /// an edge's values for these rows are not finite; those of [`Network::importance`].
    ///
    /// ```
    /// # use ftm_runtime::{data::Dataset, error::Error, network::Network};
    /// # fn prune(network: &mut Network<f32>, data: &Dataset<f32>) -> Result<(), Error> {
    /// let left = network.prune(data.inputs(), 0.01)?;
    /// println!("{left}");
    /// # Ok(())
    /// # }
    /// ```
    #[inline(never)]
    pub fn prune(&mut self, x: ArrayView2<'_, T>, threshold: f64) -> Result<EdgeCount, Error> {
        let threshold = fraction("the threshold of importance", threshold)?;
        let importance = self.importance(x)?;
        for (index, importance) in importance.iter().enumerate() {
            let mut edges = importance.iter().flat_map(|importance| &importance.edges);
            if let Some(given) = edges.find(|importance| !importance.is_finite()) {
                let error = Error::Argument {
                    name: "the importance of an edge for these rows",
                    given: given.to_string(),
                    allowed: "finite",
                };
                return Err(in_layer(index, error));
            }
        }
        for (index, (layer, importance)) in self.layers.iter_mut().zip(&importance).enumerate() {
            if let (Some(edges), Some(importance)) = (layer.edges_mut(), importance) {
                let least = threshold * importance.greatest();
                let enough = importance.edges.mapv(|importance| importance >= least);
                let kept = match edges.kept() {
                    Some(before) => {
                        let mut kept = enough;
                        kept.zip_mut_with(&before, |kept, &before| *kept &= before != T::ZERO);
                        kept
                    }
                    None => enough,
                };
                let done = edges.keep(kept.view());
                done.map_err(|source| in_layer(index, source))?;
            }
        }
        Ok(self.edge_count())
    }

    /// How many edges there are, of functions without a state, and how many are not pruned.
    #[must_use]
    pub fn edge_count(&self) -> EdgeCount {
        let mut count = EdgeCount::default();
        for layer in &self.layers {
            if let Some(edges) = layer.edges() {
                let all = layer.inputs() * layer.outputs();
                let pruned = |kept: ArrayView2<'_, T>| {
                    let kept = kept.iter();
                    kept.filter(|&&kept| kept == T::ZERO).count()
                };
                count.all += all;
                count.kept += all - edges.kept().map_or(0, pruned);
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Connection;
    use crate::data::Dataset;
    use crate::gradient_check;
    use crate::layer::{FunctionalLayer, Penalty};
    use crate::loss::MeanSquaredError;
    use crate::model::Model;
    use crate::optimizer::Adam;
    use crate::test_layers::{Parabola, parabolas};
    use crate::train::Trainer;

    const PENALTY: Penalty = Penalty {
        parameters: 0.2,
        importance: 0.3,
        entropy: 0.4,
    };

    fn of<C: Connection>(function: C, penalty: Penalty) -> Network<f64> {
        Network::new(3)
            .functional(function, 20)
            .anchored()
            .penalty(penalty)
            .layer(|inputs| FunctionalLayer::<f64>::of::<C>(inputs, 2))
            .penalty(penalty)
            .build(4)
            .expect("a good network")
    }

    /// By kernels of one loop.
    fn built() -> Network<f64> {
        of(Parabola::<false, false>, PENALTY)
    }

    fn data() -> Dataset<f64> {
        let x = Array2::from_shape_fn((300, 3), |(n, i)| ((n * 5 + i * 3) as f64).sin());
        let y = Array2::from_shape_fn((300, 2), |(n, o)| ((n + 4 * o) as f64).cos());
        Dataset::regression(x, y).expect("good data")
    }

    fn pruned() -> (Network<f64>, EdgeCount) {
        let mut network = built();
        let count = network.prune(data().inputs(), 0.3).expect("fits");
        (network, count)
    }

    #[test]
    fn importances_that_are_not_finite_prune_nothing() {
        let mut network = built();
        let mut x = data().inputs().to_owned();
        x[[7, 1]] = f64::NAN;
        let error = network.prune(x.view(), 0.3).expect_err("refused");
        assert!(error.to_string().contains("layer 0"), "{error}");
        assert!(error.to_string().contains("finite"), "{error}");
        assert_eq!(network.edge_count().kept, network.edge_count().all);
    }

    /// The parameters of edges that are pruned, of all layers.
    fn of_pruned(network: &Network<f64>) -> Vec<f64> {
        let mut values = Vec::new();
        for layer in network.layers() {
            let kept = layer.edges().and_then(|edges| edges.kept()).expect("some");
            for tensor in layer.tensors().iter().filter(|t| t.shape.len() == 2) {
                for (place, kept) in tensor.runs().into_iter().flatten().zip(kept) {
                    if *kept == 0.0 {
                        values.push(layer.parameters()[place]);
                    }
                }
            }
        }
        values
    }

    #[test]
    fn importance_is_the_mean_size_of_f() {
        let (network, data) = (built(), data());
        let x = data.inputs();
        let importance = network.importance(x).expect("fits");
        let first = importance[0].as_ref().expect("edges");
        let theta = network.layers()[0].parameters();
        for ((i, o), importance) in first.edges.indexed_iter() {
            let [a, b] = [0, 1].map(|k| theta[(2 * i + k) * 20 + o]);
            let expected = x.column(i).mapv(|x| (a * x * x + b).abs());
            let expected = expected.mean().expect("rows");
            assert!((importance - expected).abs() < 1e-12);
        }
        let sums = [first.of_inputs(), first.of_outputs()].map(|all| all.iter().sum::<f64>());
        assert!((sums[0] - sums[1]).abs() < 1e-12 && sums[0] > 0.0);
        let edges = network.layers()[0].edges().expect("edges");
        let values = edges.values(2, 7, &[0.0, 0.5]).expect("an edge");
        let [a, b] = [0, 1].map(|k| theta[(2 * 2 + k) * 20 + 7]);
        assert_eq!(values, [b, 0.25 * a + b]);
        assert!(edges.values(3, 0, &[]).is_err());
    }

    #[test]
    fn pruned_edges_are_exactly_0_and_gradients_exact() {
        are_exact(built());
        are_exact(of(Parabola::<false, true>, PENALTY));
    }

    fn are_exact(mut network: Network<f64>) {
        let count = network.prune(data().inputs(), 0.3).expect("fits");
        assert_eq!(count.all, 3 * 20 + 20 * 2);
        assert!((10..90).contains(&count.kept), "{count}");
        let importance = network.importance(data().inputs()).expect("fits");
        for (layer, importance) in network.layers().iter().zip(&importance) {
            let edges = layer.edges().expect("edges");
            let importance = importance.as_ref().expect("edges");
            for (at, kept) in edges.kept().expect("pruned ones").indexed_iter() {
                assert_eq!(*kept != 0.0, importance.edges[at] > 0.0, "{at:?}");
            }
        }
        // Without an anchor at the second layer, its outputs are the bias and the edges one by one.
        let mut workspace = Workspace::new();
        let y = network
            .forward(&mut workspace, data().inputs())
            .expect("fits")
            .to_owned();
        let x = workspace.layer_input(3, 1).to_owned();
        let (layer, bias) = (&network.layers()[1], network.layers()[1].parameters());
        let edges = layer.edges().expect("edges");
        for (o, y) in y.columns().into_iter().enumerate() {
            let mut sums = vec![bias[bias.len() - 2 + o]; y.len()];
            for (i, x) in x.columns().into_iter().enumerate() {
                let f = edges.values(i, o, &x.to_vec()).expect("an edge");
                if edges.kept().expect("pruned ones")[[i, o]] == 0.0 {
                    assert!(f.iter().all(|&f| f == 0.0));
                }
                sums.iter_mut().zip(f).for_each(|(sum, f)| *sum += f);
            }
            for (y, sum) in y.iter().zip(sums) {
                assert!((y - sum).abs() < 1e-12, "{y} is not {sum}");
            }
        }
        let slopes = gradient_check::check(&mut network, &MeanSquaredError, &data());
        for slope in slopes.expect("fits") {
            assert!(slope.error() < 1e-7, "{slope:?}");
        }
        // And those of pruned edges are exactly 0.
        let dy = Array2::ones(y.dim());
        network
            .forward(&mut workspace, data().inputs())
            .expect("fits");
        network.backward(&mut workspace, dy.view()).expect("a pass");
        for (layer, gradient) in network.layers().iter().zip(workspace.gradients()) {
            let kept = layer.edges().and_then(|edges| edges.kept()).expect("some");
            for tensor in layer.tensors().iter().filter(|t| t.shape.len() == 2) {
                for (place, kept) in tensor.runs().into_iter().flatten().zip(kept) {
                    assert!(*kept != 0.0 || gradient[place] == 0.0);
                }
            }
        }
    }

    #[test]
    fn parameters_of_pruned_edges_stay_and_come_back() {
        let (mut network, _) = pruned();
        let before = of_pruned(&network);
        let adam = Adam::new(0.01).expect("a good rate");
        let mut trainer = Trainer::new(MeanSquaredError, adam).epochs(2);
        trainer.fit(&mut network, &data()).expect("fits");
        assert_eq!(of_pruned(&network), before);

        let (mut network, _) = pruned();
        for layer in network.layers_mut() {
            let all = Array2::from_elem((layer.inputs(), layer.outputs()), true);
            let edges = layer.edges_mut().expect("edges");
            edges.keep(all.view()).expect("the shape");
            assert!(edges.kept().is_none());
        }
        let x = data().inputs().to_owned();
        let outputs = |network: &Network<f64>| network.predict(x.view()).expect("fits");
        assert_eq!(outputs(&network), outputs(&built()));
    }

    #[test]
    fn files_say_which_edges_are_pruned() {
        let (network, count) = pruned();
        let outputs = |network: &Network<f64>| network.predict(data().inputs()).expect("fits");
        let bytes = Model::of(&network).to_bytes().expect("bytes");
        let model = Model::<f64>::from_bytes("memory", &bytes).expect("a model");
        let made = model.network(&parabolas()).expect("known functions");
        assert_eq!(made.edge_count(), count);
        assert_eq!(outputs(&made), outputs(&network));
        let mut loaded = built();
        model.load_into(&mut loaded).expect("the same layers");
        assert_eq!(outputs(&loaded), outputs(&network));
        // And back to all edges.
        Model::of(&built()).load_into(&mut loaded).expect("again");
        assert_eq!(loaded.edge_count().kept, count.all);
    }

    #[test]
    fn impossible_thresholds_and_data_are_refused() {
        let mut network = built();
        for threshold in [-0.1, 1.0, f64::NAN] {
            let error = network.prune(data().inputs(), threshold);
            assert!(matches!(error, Err(Error::Argument { .. })));
        }
        let narrow = Array2::zeros((4, 2));
        let error = network.prune(narrow.view(), 0.1);
        assert!(matches!(error, Err(Error::Width { .. })));
        let none = Array2::zeros((0, 3));
        let error = network.importance(none.view());
        assert!(matches!(error, Err(Error::Empty { .. })));
        let few = Array2::from_elem((3, 19), true);
        let edges = network.layers_mut()[0].edges_mut().expect("edges");
        assert!(matches!(edges.keep(few.view()), Err(Error::Shape { .. })));
        let stateful = Network::<f64>::new(2).functional(Parabola::<true, false>, 3);
        let mut stateful = stateful.build(1).expect("a network");
        let count = stateful.prune(Array2::zeros((4, 2)).view(), 0.5);
        assert_eq!(count.expect("nothing to prune"), EdgeCount::default());
    }
}
