//! Tests of layers of several blocks.

use ndarray::{Array2, Array3, Axis, concatenate};

use super::*;
use crate::connection::{Description, Parameter, Products};
use crate::data::{Dataset, Targets};
use crate::formula::{Node, Symbol};
use crate::gradient_check;
use crate::init::fill;
use crate::loss::{MeanSquaredError, SoftmaxCrossEntropy};
use crate::model::Model;
use crate::network::{EdgeCount, Network, Workspace};
use crate::optimizer::Adam;
use crate::parallel::with_threads;
use crate::registry::{Entry, Functions as Registry};
use crate::rounding::Rounding;
use crate::simd::{Simd, Vector};
use crate::test_layers::Parabola;
use crate::train::{Diagnostics, Trainer};

/// f = u·c·xⁿ, with a constant u, as products of matrices; n is 2 or 3.
#[derive(Clone, Copy)]
struct Power<const N: usize>;

impl<const N: usize> Connection for Power<N> {
    type Parameters<V: Copy + Send + Sync> = [V; 1];
    type Constants<V: Copy + Send + Sync> = [V; 1];
    type Input<V: Copy + Send + Sync> = [V; 2];
    type Edge<V: Copy + Send + Sync> = [V; 2];
    type EdgeSums<V: Copy + Send + Sync> = [V; 1];
    type InputSums<V: Copy + Send + Sync> = [V; 1];
    const FORWARD_INPUTS: usize = 1;
    const STATEFUL: bool = false;
    const PRODUCTS: Option<Products> = Some(Products {
        forward: &[(0, 0)],
        edge_sums: &[0],
        input_sums: &[0],
    });

    fn description() -> &'static Description {
        const fn of(name: &'static str, nodes: &'static [Node]) -> Description {
            Description {
                name,
                formula: name,
                parameters: &[Parameter {
                    name: "c",
                    initializer: None,
                }],
                constants: &[Parameter {
                    name: "u",
                    initializer: Some(Initializer::Sign),
                }],
                nodes,
                roots: &[5],
                ..Description::EMPTY
            }
        }
        const fn nodes(power: i32) -> [Node; 6] {
            [
                Node::Symbol(Symbol::Input(0)),
                Node::Symbol(Symbol::Parameter(0)),
                Node::Symbol(Symbol::Constant(0)),
                Node::Powi(0, power),
                Node::Mul(1, 2),
                Node::Mul(3, 4),
            ]
        }
        const SQUARE: Description = of("Square", const { &nodes(2) });
        const CUBE: Description = of("Cube", const { &nodes(3) });
        if N == 2 { &SQUARE } else { &CUBE }
    }
    #[inline(always)]
    fn input<S: Simd>(_: S, x: S::Vector) -> [S::Vector; 2] {
        match N {
            2 => [x * x, x + x],
            _ => [x * x * x, x * x + x * x + x * x],
        }
    }
    #[inline(always)]
    fn edge<S: Simd>(_: S, [c]: [S::Vector; 1], [u]: [S::Vector; 1]) -> [S::Vector; 2] {
        [u * c, u]
    }
    #[inline(always)]
    fn forward<S: Simd>(
        _: S,
        [power, _]: [S::Vector; 2],
        [factor, _]: [S::Vector; 2],
        _: S::Vector,
        sum: S::Vector,
    ) -> S::Vector {
        factor.mul_add(power, sum)
    }
    #[inline(always)]
    fn backward<S: Simd>(
        simd: S,
        [power, _]: [S::Vector; 2],
        [factor, _]: [S::Vector; 2],
        _: S::Vector,
        g: S::Vector,
        [by_factor]: &mut [S::Vector; 1],
        [by_power]: &mut [S::Vector; 1],
    ) -> S::Vector {
        *by_factor = g.mul_add(power, *by_factor);
        *by_power = g.mul_add(factor, *by_power);
        simd.number(0.0)
    }
    #[inline(always)]
    fn finish_edge<S: Simd>(
        _: S,
        [_, u]: [S::Vector; 2],
        [by_factor]: [S::Vector; 1],
    ) -> [S::Vector; 1] {
        [by_factor * u]
    }
    #[inline(always)]
    fn finish_input<S: Simd>(
        _: S,
        [_, slope]: [S::Vector; 2],
        [by_power]: [S::Vector; 1],
    ) -> S::Vector {
        by_power * slope
    }
}

type Square = Power<2>;
type Cube = Power<3>;

/// From 5 inputs to 9 outputs, and back to 4.
fn both<T: Real>() -> [Blocks<T>; 2] {
    let side_by_side = Blocks::of_outputs()
        .edges(Parabola::<false, false>, 4)
        .edges(Power::<3>, 3)
        .edges(Power::<2>, 2);
    let sum = Blocks::of_inputs(4)
        .edges(Power::<3>, 2)
        .edges(Parabola::<false, false>, 6)
        .edges(Power::<2>, 1);
    [side_by_side, sum]
}

fn network(seed: u64) -> Network<f64> {
    let [hidden, last] = both();
    let network = Network::new(5).blocks(hidden).normalization().blocks(last);
    network.build(seed).expect("a good network")
}

fn matrix(rows: usize, width: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, width), |(n, i)| ((n * 7 + i * 3) as f64).sin())
}

fn data(rows: usize) -> Dataset<f64> {
    Dataset::regression(matrix(rows, 5), matrix(rows, 4)).expect("good data")
}

fn predicted(layer: FunctionalLayer<f64>, x: &Array2<f64>) -> Array2<f64> {
    let mut numbers = Network::new(x.ncols()).layer(|_| Ok(layer));
    numbers = numbers.dropout(0.0);
    let network = numbers.build_empty().expect("a good network");
    network.predict(x.view()).expect("it fits")
}

/// A layer of one function with the numbers of a block.
fn alone<C: Connection>(of: &FunctionalLayer<f64>, block: usize) -> FunctionalLayer<f64> {
    let Block {
        inputs,
        outputs,
        parameters,
        constants,
        ..
    } = of.blocks[block].clone();
    let mut layer = FunctionalLayer::of::<C>(inputs.len(), outputs.len()).expect("a layer");
    let edges = layer.edge_parameters();
    layer.parameters_mut()[..edges].copy_from_slice(&of.parameters()[parameters]);
    layer.constants_mut()[..].copy_from_slice(&of.constants()[constants]);
    if inputs.start == 0 {
        layer.parameters_mut()[edges..].copy_from_slice(&of.bias()[outputs]);
    }
    layer
}

/// Layers with numbers of their own everywhere.
fn layers() -> [FunctionalLayer<f64>; 2] {
    let [hidden, last] = both();
    let mut layers = [(hidden, 5), (last, 9)].map(|(b, i)| b.layer(i).expect("a layer"));
    for layer in &mut layers {
        let mut random = rand_xoshiro::rand_core::SeedableRng::seed_from_u64(3);
        layer.initialize(&mut random);
        let distribution = Initializer::Normal(0.0, 1.0);
        fill(distribution, &mut random, layer.parameters_mut());
    }
    layers
}

#[test]
fn outputs_are_those_of_the_blocks_one_by_one() {
    let [side_by_side, sum] = layers();
    for rows in [1, 2, 40] {
        let x = matrix(rows, 5);
        let parts = [
            predicted(alone::<Parabola<false, false>>(&side_by_side, 0), &x),
            predicted(alone::<Cube>(&side_by_side, 1), &x),
            predicted(alone::<Square>(&side_by_side, 2), &x),
        ];
        let expected = concatenate(Axis(1), &parts.each_ref().map(|part| part.view()));
        let y = predicted(side_by_side.clone(), &x);
        assert_eq!(y, expected.expect("as many rows"));

        let x = matrix(rows, 9);
        let columns =
            |range: std::ops::Range<usize>| x.slice_axis(Axis(1), range.into()).to_owned();
        let expected = predicted(alone::<Cube>(&sum, 0), &columns(0..2))
            + predicted(alone::<Parabola<false, false>>(&sum, 1), &columns(2..8))
            + predicted(alone::<Square>(&sum, 2), &columns(8..9));
        assert_eq!(predicted(sum.clone(), &x), expected);
    }
}

#[test]
fn one_block_is_a_layer_of_one_function() {
    let of = |blocks: Blocks<f64>| {
        let network = Network::new(5).blocks(blocks).build(2);
        network.expect("a good network")
    };
    let expected = Network::<f64>::new(5).functional(Power::<2>, 3).build(2);
    let expected = expected.expect("a good network");
    for blocks in [
        Blocks::of_outputs().edges(Power::<2>, 3),
        Blocks::of_inputs(3).edges(Power::<2>, 5),
    ] {
        let network = of(blocks);
        assert_eq!(network.snapshot(), expected.snapshot());
        let [layer, same] = [&network, &expected].map(|network| &network.layers()[0]);
        assert_eq!(layer.name(), same.name());
        assert_eq!(layer.tensors(), same.tensors());
        assert_eq!(layer.kind(), same.kind());
    }
}

#[test]
fn tensors_have_names_of_their_own_and_fill_the_layer() {
    for layer in layers() {
        let mut tensors = [layer.tensors(), layer.constant_tensors()];
        for (tensors, values) in tensors.iter().zip([layer.parameters(), layer.constants()]) {
            let mut places: Vec<usize> =
                (tensors.iter().flat_map(Tensor::runs)).flatten().collect();
            places.sort_unstable();
            assert!(places.into_iter().eq(0..values.len()));
        }
        let [parameters, constants] = &mut tensors;
        parameters.append(constants);
        let mut names: Vec<_> = parameters.iter().map(|tensor| &tensor.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{names:?}");
    }
    let [side_by_side, sum] = layers();
    assert_eq!(side_by_side.name(), "5 → Parabola 4, Cube 3, Square 2");
    assert_eq!(sum.name(), "Cube 2 + Parabola 6 + Square 1 → 4");
    assert_eq!(
        side_by_side.parameter("1.c").expect("a matrix").dim(),
        (5, 3)
    );
    assert_eq!(sum.constant("2.u").expect("a matrix").dim(), (1, 4));
    assert!(sum.parameter("c").is_none() && sum.parameter("bias").is_none());
}

#[test]
fn gradients_are_exact() {
    let penalty = Penalty {
        parameters: 0.2,
        importance: 0.3,
        entropy: 0.4,
    };
    // A seed with which no step of a difference crosses a kink of a penalty.
    let seed = 8;
    for (penalty, anchored) in [
        (Penalty::default(), false),
        (penalty, false),
        (penalty, true),
    ] {
        let [hidden, last] = both();
        let mut builder = Network::new(5).blocks(hidden).penalty(penalty);
        if anchored {
            builder = builder.anchored();
        }
        builder = builder.normalization().blocks(last).penalty(penalty);
        if anchored {
            builder = builder.anchored();
        }
        let mut network = builder.build(seed).expect("a good network");
        for pruned in [false, true] {
            if pruned {
                network.prune(data(20).inputs(), 0.2).expect("it has edges");
            }
            let slopes = gradient_check::check(&mut network, &MeanSquaredError, &data(20));
            let slopes = slopes.expect("it fits");
            assert!(slopes.len() > 30);
            for slope in slopes {
                assert!(slope.error() < 1e-6, "{slope:?}");
            }
            // And by the inputs of the whole network.
            let dy = matrix(20, 4);
            let mut workspace = Workspace::new();
            let x = data(20).inputs().to_owned();
            network.forward(&mut workspace, x.view()).expect("a pass");
            let dx = network.backward_to_input(&mut workspace, dy.view());
            let dx = dx.expect("a pass before").to_owned();
            let at = |i: usize, h: f64| {
                let mut x = x.clone();
                x.column_mut(i).iter_mut().for_each(|x| *x += h);
                let mut workspace = Workspace::new();
                let y = network.forward(&mut workspace, x.view()).expect("a pass");
                (y.to_owned() * &dy).sum()
            };
            if penalty == Penalty::default() {
                for i in 0..5 {
                    let slope = (at(i, 1e-5) - at(i, -1e-5)) / 2e-5;
                    assert!((dx.column(i).sum() - slope).abs() < 1e-6 * slope.abs().max(1.0));
                }
            }
        }
    }
}

/// The penalty is one on all edges of the layer, whatever their functions.
#[test]
fn blocks_of_one_function_cost_what_one_does() {
    let penalty = Penalty {
        parameters: 0.2,
        importance: 0.3,
        entropy: 0.4,
    };
    let blocks = Blocks::of_inputs(3)
        .edges(Parabola::<false, false>, 1)
        .edges(Parabola::<false, false>, 4);
    let [split, whole] = [
        Network::<f64>::new(5).blocks(blocks),
        Network::new(5).functional(Parabola::<false, false>, 3),
    ]
    .map(|builder| builder.penalty(penalty).build(6).expect("a good network"));
    // Blocks of inputs lie in memory as their inputs do.
    assert_eq!(split.snapshot(), whole.snapshot());
    let x = matrix(30, 5);
    let [a, b] = [&split, &whole].map(|network| {
        let mut workspace = Workspace::new();
        network.forward(&mut workspace, x.view()).expect("a pass");
        let penalty = network.penalty(&mut workspace).expect("a pass before");
        let importance = network.importance(x.view()).expect("it fits");
        (penalty, importance)
    });
    assert!((a.0 - b.0).abs() < 1e-12, "{a:?} {b:?}");
    assert_eq!(a.1, b.1);
}

#[test]
fn training_gives_the_same_bits_on_any_number_of_threads() {
    let train = || {
        let mut network = network(8);
        Trainer::new(MeanSquaredError, Adam::new(1e-2).expect("a rate"))
            .epochs(2)
            .batch(64)
            .progress(false)
            .fit(&mut network, &data(150))
            .expect("it fits");
        let numbers = network
            .layers()
            .iter()
            .flat_map(|l| l.parameters().to_vec());
        numbers.map(f64::to_bits).collect::<Vec<_>>()
    };
    let [one, two, three] = [1, 2, 3].map(|threads| with_threads(threads, train).expect("starts"));
    assert!(one == two && two == three);
}

fn registry() -> Registry<f64> {
    let functional = vec![
        Entry::functional_of::<Parabola<false, false>>(&[]),
        Entry::functional_of::<Cube>(&[]),
        Entry::functional_of::<Square>(&[]),
    ];
    Registry {
        functional,
        ..Registry::default()
    }
}

#[test]
fn files_bring_back_the_same_bits() {
    let x = matrix(30, 5);
    let [hidden, last] = both();
    let mut network = (Network::new(5).blocks(hidden).anchored())
        .normalization()
        .blocks(last)
        .build(3)
        .expect("a good network");
    for threshold in [None, Some(0.3)] {
        if let Some(threshold) = threshold {
            network.prune(x.view(), threshold).expect("it has edges");
        }
        let bytes = Model::of(&network).to_bytes().expect("bytes");
        let model = Model::<f64>::from_bytes("memory", &bytes).expect("a good file");
        let made = model.network(&registry()).expect("known functions");
        let [hidden, last] = both();
        let mut loaded = (Network::new(5).blocks(hidden).anchored())
            .normalization()
            .blocks(last)
            .build(4)
            .expect("a good network");
        model.load_into(&mut loaded).expect("the same shape");
        for other in [&made, &loaded] {
            assert_eq!(other.snapshot(), network.snapshot());
            assert_eq!(other.edge_count(), network.edge_count());
            let outputs = |network: &Network<f64>| network.predict(x.view()).expect("it fits");
            assert_eq!(outputs(other), outputs(&network));
        }
    }
}

#[test]
fn files_of_other_blocks_are_refused() {
    let model = |blocks: Blocks<f64>| {
        let network = Network::new(5).blocks(blocks).build(1);
        Model::of(&network.expect("a good network"))
    };
    let mut here = Network::<f64>::new(5)
        .blocks(
            Blocks::of_outputs()
                .edges(Power::<2>, 3)
                .edges(Power::<3>, 5),
        )
        .build(1)
        .expect("a good network");
    for other in [
        Blocks::of_outputs()
            .edges(Power::<3>, 3)
            .edges(Power::<2>, 5),
        Blocks::of_outputs()
            .edges(Power::<2>, 4)
            .edges(Power::<3>, 4),
        Blocks::of_outputs().edges(Power::<2>, 8),
        Blocks::of_inputs(8)
            .edges(Power::<2>, 2)
            .edges(Power::<3>, 3),
    ] {
        let error = model(other).load_into(&mut here).expect_err("other blocks");
        assert!(matches!(error, Error::Record { .. }), "{error}");
    }
    let mut few = registry();
    few.functional.truncate(2);
    let file = model(
        Blocks::of_outputs()
            .edges(Power::<2>, 3)
            .edges(Power::<3>, 5),
    );
    let error = file.network(&few).expect_err("an unknown function");
    assert!(error.to_string().contains("Square"), "{error}");
}

#[test]
fn formulas_give_what_the_network_gives() {
    let hidden = Blocks::of_outputs()
        .edges(Power::<2>, 2)
        .edges(Power::<3>, 1);
    let last = Blocks::of_inputs(2)
        .edges(Power::<3>, 1)
        .edges(Power::<2>, 2);
    let mut network = Network::<f64>::new(3).blocks(hidden).blocks(last).build(5);
    let network = network.as_mut().expect("a good network");
    let x = matrix(10, 3);
    for pruned in [false, true] {
        if pruned {
            let left = network.prune(x.view(), 0.5).expect("it has edges");
            assert!(left.kept < left.all);
        }
        let formulas = network.formulas().expect("all have formulas");
        let y = network.predict(x.view()).expect("it fits");
        for (x, y) in x.outer_iter().zip(y.outer_iter()) {
            for (formula, &y) in formulas.iter().zip(y) {
                let value = formula.evaluate(&x.to_vec());
                assert!((value - y).abs() < 1e-9 * y.abs().max(1.0), "{value} {y}");
            }
        }
        let program = crate::source::rust(network).expect("a program");
        for part in [
            "for (x, edges) in x.iter().zip(&LAYER_0_BLOCK_1) {",
            "for (y, edge) in y[2..3].iter_mut().zip(edges) {",
            "for (x, edges) in x[1..3].iter().zip(&LAYER_1_BLOCK_1) {",
            "for (y, edge) in y.iter_mut().zip(edges) {",
        ] {
            assert!(program.contains(part), "{program}");
        }
    }
}

#[test]
fn edges_are_looked_at_and_pruned_one_by_one() {
    let mut network = network(9);
    let x = matrix(30, 5);
    let all = 5 * 9 + 9 * 4;
    assert_eq!(network.edge_count(), EdgeCount { kept: all, all });
    let importance = network.importance(x.view()).expect("it fits");
    for (layer, importance) in network.layers().iter().zip(&importance) {
        let Some(edges) = layer.edges() else { continue };
        let importance = importance.as_ref().expect("it has edges");
        for input in 0..layer.inputs() {
            for output in 0..layer.outputs() {
                let mut workspace = Workspace::new();
                network.forward(&mut workspace, x.view()).expect("a pass");
                let column = match layer.inputs() {
                    5 => x.column(input).to_vec(),
                    _ => {
                        let rows = workspace.layer_output(1).expect("a layer");
                        rows.index_axis(Axis(0), 0).column(input).to_vec()
                    }
                };
                let values = edges.values(input, output, &column).expect("an edge");
                let mean = values.iter().map(|f| f.abs()).sum::<f64>() / 30.0;
                assert!((mean - importance.edges[[input, output]]).abs() < 1e-12);
            }
        }
        assert!(edges.values(layer.inputs(), 0, &[1.0]).is_err());
    }
    // Without all edges of one output there is only its bias.
    let kept = Array2::from_shape_fn((5, 9), |(_, output)| output != 5);
    let edges = network.layers_mut()[0].edges_mut().expect("it has edges");
    edges.keep(kept.view()).expect("a mask of the layer");
    let mut workspace = Workspace::new();
    network.forward(&mut workspace, x.view()).expect("a pass");
    let output = workspace.layer_output(0).expect("a layer");
    for (place, column) in output
        .index_axis(Axis(0), 0)
        .columns()
        .into_iter()
        .enumerate()
    {
        assert_eq!(column.iter().all(|&y| y == column[0]), place == 5);
    }
    assert_eq!(network.edge_count().kept, all - 5);
}

#[test]
fn numbers_of_pruned_edges_are_not_rounded_and_their_edges_are_dead() {
    let blocks = [
        Blocks::of_outputs()
            .edges(Parabola::<false, false>, 2)
            .edges(Power::<3>, 1),
        Blocks::of_inputs(3)
            .edges(Power::<3>, 1)
            .edges(Parabola::<false, false>, 1),
    ];
    for blocks in blocks {
        let mut network = Network::new(2)
            .blocks(blocks)
            .build(2)
            .expect("a good network");
        let kept = Array2::from_shape_fn((2, 3), |(i, o)| (i, o) != (1, 2) && (i, o) != (0, 1));
        let edges = network.layers_mut()[0].edges_mut().expect("it has edges");
        edges.keep(kept.view()).expect("a mask of the layer");
        let x = matrix(20, 2);
        let mut workspace = Workspace::new();
        let y = network.forward(&mut workspace, x.view()).expect("a pass");
        let dy = y.mapv(|y| y + 0.5);
        network.backward(&mut workspace, dy.view()).expect("a pass");
        let mut table = Vec::new();
        let mut diagnostics = Diagnostics::new(&mut table);
        let done = diagnostics.record(0, 0, &network, &workspace);
        done.expect("it is written");
        let table = String::from_utf8(table).expect("text");
        assert!(table.trim_end().ends_with(",2"), "{table}");

        // A parabola has two numbers, a cube one; biases are rounded too.
        let gradient = workspace.gradients().next().expect("a layer").to_vec();
        let numbers = gradient.iter().filter(|&&slope| slope != 0.0).count();
        let data = Dataset::regression(x, matrix(20, 3)).expect("good data");
        let rounding = Rounding::new(10.0, f64::MAX).expect("good limits");
        let rounded = rounding.apply(&mut network, &MeanSquaredError, &data);
        let rounded = rounded.expect("it fits");
        assert_eq!(rounded.parameters.len() + rounded.left, numbers);
    }
}

#[test]
fn scales_make_sums_level_and_blocks_expect_what_one_layer_does() {
    let last = Blocks::of_inputs(60)
        .edges(Power::<3>, 10)
        .edges(Power::<2>, 54);
    let hidden = Blocks::of_outputs()
        .edges(Power::<3>, 30)
        .edges(Power::<2>, 34);
    let network = Network::<f64>::new(50)
        .blocks(hidden)
        .normalization()
        .blocks(last);
    let network = network.build(2).expect("a good network");
    let mut x = Array2::zeros((400, 50));
    let mut random = rand_xoshiro::rand_core::SeedableRng::seed_from_u64(1);
    let distribution = Initializer::Normal(0.0, 1.0);
    fill(
        distribution,
        &mut random,
        x.as_slice_mut().expect("standard layout"),
    );
    for layer in [0, 2] {
        let expected = network.layers()[layer].expect(&Signal::standard());
        let spread = expected.expect("it can be evaluated").spread;
        let own = spread.expect("a layer of edges").own;
        assert!((own - 1.0).abs() < 1e-3, "{own}");
    }
    let levels = network.levels(x.view()).expect("it fits");
    for layer in [&levels.layers[0], &levels.layers[2]] {
        assert!(
            (layer.measured / layer.expected - 1.0).abs() < 0.25,
            "{layer:?}"
        );
    }
    let transmitted = levels.layers[2].transmitted.expect("edges below");
    let ratio = transmitted.measured / transmitted.expected;
    assert!((ratio - 1.0).abs() < 0.3, "{transmitted:?}");

    let whole = FunctionalLayer::<f64>::of::<Parabola<false, false>>(8, 6).expect("a layer");
    let split: [Blocks<f64>; 2] = [
        Blocks::of_outputs()
            .edges(Parabola::<false, false>, 2)
            .edges(Parabola::<false, false>, 4),
        Blocks::of_inputs(6)
            .edges(Parabola::<false, false>, 7)
            .edges(Parabola::<false, false>, 1),
    ];
    let input = Signal::normal(0.4, 0.7);
    let expected = whole.expect(&input).expect("it can be evaluated");
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * a.abs().max(1.0), "{a} {b}");
    for blocks in split {
        let layer = blocks.layer(8).expect("a layer");
        let ours = layer.expect(&input).expect("it can be evaluated");
        near(ours.output.mean(), expected.output.mean());
        near(ours.output.variance(), expected.output.variance());
        near(ours.output.own_variance(), expected.output.own_variance());
        let (a, b) = (ours.spread.expect("edges"), expected.spread.expect("edges"));
        near(a.common, b.common);
        near(a.transmitted, b.transmitted);
        near(a.transmitted_common, b.transmitted_common);
    }
}

#[test]
fn initial_values_are_set_in_all_blocks_or_in_one() {
    let blocks = || {
        let blocks = Blocks::<f64>::of_outputs();
        blocks.edges(Power::<2>, 2).edges(Power::<3>, 1)
    };
    let network = Network::new(3)
        .blocks(blocks())
        .initial("c", Initializer::Value(0.5))
        .initial("1.c", Initializer::Value(2.0))
        .initial("0.u", Initializer::Value(-1.0))
        .build(1)
        .expect("a good network");
    let layer = &network.layers()[0];
    assert_eq!(layer.parameters()[..6], [0.5; 6]);
    assert_eq!(layer.parameters()[6..9], [2.0; 3]);
    assert_eq!(layer.constants()[..6], [-1.0; 6]);
    for name in ["w", "2.c", "0.w"] {
        let network = Network::new(3).blocks(blocks());
        let error = network.initial(name, Initializer::Sign).build(1);
        let Err(Error::InLayer { source, .. }) = error else {
            panic!("{name} is no parameter");
        };
        assert!(
            matches!(*source, Error::UnknownParameter { .. }),
            "{source}"
        );
    }
}

#[test]
fn functions_with_a_state_keep_it_in_their_block() {
    let blocks = || {
        let blocks = Blocks::<f64>::of_outputs();
        blocks
            .edges(Power::<2>, 2)
            .edges(Parabola::<true, false>, 3)
    };
    let last = Blocks::of_inputs(2)
        .edges(Parabola::<true, false>, 1)
        .edges(Power::<3>, 4);
    let mut network = Network::new(3).blocks(blocks()).blocks(last).build(1);
    let network = network.as_mut().expect("a good network");
    assert_eq!(network.layers()[0].state_size(), 3 * 3);
    assert_eq!(network.layers()[1].state_size(), 2);
    assert!(network.layers()[0].edges().is_none());
    let x = Array3::from_shape_fn((6, 4, 3), |(n, t, i)| ((n * 5 + t * 7 + i) as f64).sin());
    let labels = (0..24).map(|n| n % 2).collect();
    let targets = Targets::Classes { labels, classes: 2 };
    let data = Dataset::sequences(x, targets).expect("good data");
    let slopes = gradient_check::check(network, &SoftmaxCrossEntropy, &data);
    for slope in slopes.expect("it fits") {
        assert!(slope.error() < 1e-6, "{slope:?}");
    }
    let error = Network::new(3).blocks(blocks()).anchored().build(1);
    let error = error.expect_err("a state").to_string();
    assert!(error.contains("without a state"), "{error}");
    let penalty = Penalty {
        importance: 1.0,
        ..Penalty::default()
    };
    let error = Network::new(3).blocks(blocks()).penalty(penalty).build(1);
    assert!(error.is_err());
}

#[test]
fn wrong_blocks_are_refused_by_name() {
    let message = |inputs: usize, blocks: Blocks<f32>| {
        let error = Network::new(inputs).blocks(blocks).build(1);
        error.expect_err("wrong blocks").to_string()
    };
    for (inputs, blocks, expected) in [
        (
            3,
            Blocks::of_outputs(),
            "layer 0: the list of blocks is empty",
        ),
        (
            3,
            Blocks::of_inputs(2),
            "layer 0: the list of blocks is empty",
        ),
        (
            3,
            Blocks::of_outputs()
                .edges(Power::<2>, 4)
                .edges(Power::<3>, 0),
            "layer 0: layer of `Cube`: 3 inputs and 0 outputs; both must be at least 1",
        ),
        (
            3,
            Blocks::of_inputs(2)
                .edges(Power::<2>, 0)
                .edges(Power::<3>, 3),
            "layer 0: layer of `Square`: 0 inputs and 2 outputs; both must be at least 1",
        ),
        (
            3,
            Blocks::of_inputs(0).edges(Power::<2>, 3),
            "layer 0: layer of `Square`: 3 inputs and 0 outputs; both must be at least 1",
        ),
        (
            3,
            Blocks::of_inputs(2)
                .edges(Power::<2>, 2)
                .edges(Power::<3>, 2),
            "layer 0: the input of the blocks has 3 columns, but 4 are needed",
        ),
        (
            3,
            Blocks::of_outputs()
                .edges(Power::<2>, usize::MAX)
                .edges(Power::<3>, 2),
            "are more than memory can hold",
        ),
        (
            3,
            Blocks::of_outputs().edges(Power::<2>, usize::MAX / 16),
            "are more than memory can hold",
        ),
    ] {
        let message = message(inputs, blocks);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn layers_that_memory_does_not_hold_are_refused() {
    // Addresses of this machine's processes have less than 60 bits.
    let wide = 1 << 29;
    for (inputs, outputs) in [(wide, wide), (64, usize::MAX), (1, 1 << 58)] {
        let error = Network::<f32>::new(inputs).functional(Power::<2>, outputs);
        let message = error.build(1).expect_err("too large").to_string();
        assert!(message.contains("more than memory can hold"), "{message}");
    }
    let error = Network::<f64>::new(64).functional(Power::<2>, usize::MAX);
    let message = error.build(1).expect_err("too large").to_string();
    assert!(message.contains("64 × 18446744073709551615"), "{message}");
    let width = 1 << 58;
    for network in [
        Network::<f32>::new(width).normalization(),
        Network::<f32>::new(width).range(0.0, 1.0),
        Network::<f32>::new(width).activation(Power::<2>),
    ] {
        let error = network.build(1).expect_err("too large");
        assert!(
            error.to_string().contains("more than memory can hold"),
            "{error}"
        );
    }
}

/// f = x, without parameters.
#[derive(Clone, Copy)]
struct Plain;

impl Connection for Plain {
    type Parameters<V: Copy + Send + Sync> = [V; 0];
    type Constants<V: Copy + Send + Sync> = [V; 0];
    type Input<V: Copy + Send + Sync> = [V; 1];
    type Edge<V: Copy + Send + Sync> = [V; 0];
    type EdgeSums<V: Copy + Send + Sync> = [V; 0];
    type InputSums<V: Copy + Send + Sync> = [V; 1];
    const FORWARD_INPUTS: usize = 1;
    const STATEFUL: bool = false;

    fn description() -> &'static Description {
        const DESCRIPTION: Description = Description {
            name: "Plain",
            formula: "x",
            nodes: &[Node::Symbol(Symbol::Input(0)), Node::Number(1.0)],
            roots: &[0, 1],
            ..Description::EMPTY
        };
        &DESCRIPTION
    }
    #[inline(always)]
    fn input<S: Simd>(_: S, x: S::Vector) -> [S::Vector; 1] {
        [x]
    }
    #[inline(always)]
    fn edge<S: Simd>(_: S, _: [S::Vector; 0], _: [S::Vector; 0]) -> [S::Vector; 0] {
        []
    }
    #[inline(always)]
    fn forward<S: Simd>(
        _: S,
        [x]: [S::Vector; 1],
        _: [S::Vector; 0],
        _: S::Vector,
        sum: S::Vector,
    ) -> S::Vector {
        sum + x
    }
    #[inline(always)]
    fn backward<S: Simd>(
        simd: S,
        _: [S::Vector; 1],
        _: [S::Vector; 0],
        _: S::Vector,
        g: S::Vector,
        _: &mut [S::Vector; 0],
        [dx]: &mut [S::Vector; 1],
    ) -> S::Vector {
        *dx += g;
        simd.number(0.0)
    }
    #[inline(always)]
    fn finish_edge<S: Simd>(_: S, _: [S::Vector; 0], _: [S::Vector; 0]) -> [S::Vector; 0] {
        []
    }
    #[inline(always)]
    fn finish_input<S: Simd>(_: S, _: [S::Vector; 1], [dx]: [S::Vector; 1]) -> S::Vector {
        dx
    }
}

#[test]
fn a_file_takes_no_memory_for_edges_without_numbers() {
    let network = Network::<f64>::new(1 << 50).functional(Plain, 1);
    let network = network.build(1).expect("a network");
    let bytes = Model::of(&network).to_bytes().expect("bytes");
    assert!(bytes.len() < 1000, "{}", bytes.len());
    let model = Model::<f64>::from_bytes("it", &bytes).expect("a model");
    let mut functions = Registry::default();
    functions
        .functional
        .push(Entry::functional_of::<Plain>(&[]));
    let again = model.network(&functions).expect("a network");
    assert_eq!(again.inputs(), 1 << 50);
}
