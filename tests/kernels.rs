//! Kernels of layers against sums of single evaluations: ragged sizes, every instruction set,
//! both precisions, and memory that was full of NaN before.

use ftm::connection::{Connection, Products};
use ftm::evaluate::{Evaluation, Point, evaluate};
use ftm::ftm_fn;
use ftm::functions::activation::{Gelu, ParametricRelu};
use ftm::functions::kan::{
    BSpline, Chebyshev, Fourier, Legendre, MexicanHat, Morlet, RadialBasis, Rational, ReluBell,
};
use ftm::functions::paper::{
    CubedWeight, Cubic, Exponential, Memory, RectifiedWeightStraightThrough, SignedRectifier,
    SignedShiftedSquare, Sine,
};
use ftm::layer::{ActivationLayer, Backward, Forward, FunctionalLayer, Layer, LayerEdges as _};
use ftm::simd::{Level, Real};
use ndarray::{Array2, ArrayView2};

/// Batch, inputs and outputs: none, single, below, at and past the lanes of every vector, and past
/// the samples of a tile.
const SIZES: [(usize, usize, usize); 10] = [
    (0, 2, 3),
    (1, 1, 1),
    (1, 3, 16),
    (2, 5, 7),
    (3, 2, 33),
    (4, 7, 15),
    (5, 1, 17),
    (33, 4, 9),
    (259, 2, 3),
    (600, 3, 20),
];

/// What a layer computes in a pass forward and a pass back.
struct Pass<T> {
    y: Array2<T>,
    next_state: Vec<T>,
    dx: Array2<T>,
    gradient: Vec<T>,
    dstate: Vec<T>,
}

/// What goes into them.
struct Given<T> {
    x: Array2<T>,
    dy: Array2<T>,
    state: Vec<T>,
    next_dstate: Vec<T>,
}

/// Numbers in ±`size` without a pattern.
fn numbers<T: Real>(size: f64, seed: f64) -> impl Iterator<Item = T> {
    (1..).map(move |k| T::from_f64(size * (seed + 12.9898 * f64::from(k)).sin()))
}

impl<T: Real> Given<T> {
    /// Without zeros among the inputs, or with three of four of them zero.
    fn new(batch: usize, layer: &impl Layer<T>, sparse: bool) -> Self {
        let array = |width: usize, seed| {
            let values = numbers(1.5, seed).take(batch * width).collect();
            Array2::from_shape_vec((batch, width), values).expect("the right length")
        };
        let states = batch * layer.state_size();
        let mut x = array(layer.inputs(), 0.3);
        if sparse {
            for ((n, i), x) in x.indexed_iter_mut() {
                if (3 * n + 5 * i) % 4 != 0 {
                    *x = T::ZERO;
                }
            }
        }
        Self {
            x,
            dy: array(layer.outputs(), 1.7),
            state: numbers(1.0, 4.1).take(states).collect(),
            next_dstate: numbers(1.0, 5.9).take(states).collect(),
        }
    }

    /// Runs the layer; everything it writes or works in is NaN before, but for the gradient,
    /// which is added to.
    fn run(&self, level: Level, layer: &impl Layer<T>, want_dx: bool) -> Pass<T> {
        let nan = T::from_f64(f64::NAN);
        let mut values = vec![nan; 100_000];
        let mut scratch = vec![nan; 100_000];
        let mut pass = Pass {
            y: Array2::from_elem(self.dy.dim(), nan),
            next_state: vec![nan; self.state.len()],
            dx: Array2::from_elem(self.x.dim(), nan),
            gradient: vec![T::ONE; layer.parameters().len()],
            dstate: vec![nan; self.state.len()],
        };
        layer.forward(Forward {
            level,
            noise: None,
            x: self.x.view(),
            y: pass.y.view_mut(),
            state: &self.state,
            next_state: &mut pass.next_state,
            values: &mut values,
            scratch: &mut scratch,
        });
        values.fill(nan);
        scratch.fill(nan);
        layer.backward(Backward {
            level,
            noise: None,
            x: self.x.view(),
            y: pass.y.view(),
            dy: self.dy.view(),
            dx: want_dx.then(|| pass.dx.view_mut()),
            gradient: &mut pass.gradient,
            state: &self.state,
            next_dstate: &self.next_dstate,
            dstate: &mut pass.dstate,
            values: &mut values,
            scratch: &mut scratch,
        });
        pass
    }
}

/// Fails unless all numbers agree to a few roundings of the terms they are sums of.
fn agree<T: Real>(what: &str, ours: &[T], sums: &[(f64, f64)]) {
    assert_eq!(ours.len(), sums.len(), "{what}");
    for (place, (ours, (sum, size))) in ours.iter().zip(sums).enumerate() {
        let allowed = 16.0 * T::EPSILON.to_f64() * size;
        let error = (ours.to_f64() - sum).abs();
        assert!(error <= allowed, "{what}[{place}]: {ours} is not {sum}");
    }
}

/// A sum and the sum of the sizes of its terms, which bounds its roundings.
fn add(sum: &mut (f64, f64), term: f64) {
    add_of_size(sum, term, 0.0);
}

/// The same of a term that is itself a sum, of parts of `size`.
fn add_of_size(sum: &mut (f64, f64), term: f64, size: f64) {
    *sum = (sum.0 + term, sum.1 + term.abs().max(size.abs()));
}

/// The size of a number.
fn absolute<T: Real>(value: T) -> T {
    T::from_f64(value.to_f64().abs())
}

fn each_absolute<T: Real>(values: &[T]) -> Vec<T> {
    values.iter().copied().map(absolute).collect()
}

fn plane<T: Real>(layer: &impl Layer<T>, tensor: usize) -> (ArrayView2<'_, T>, usize) {
    let tensor = &layer.tensors()[tensor];
    let shape = (tensor.shape[0], tensor.shape[1]);
    let strides = ndarray::ShapeBuilder::strides(shape, (tensor.strides[0], tensor.strides[1]));
    let values = &layer.parameters()[tensor.offset..];
    let view = ArrayView2::from_shape(strides, values).expect("a tensor fits its layer");
    (view, tensor.offset)
}

/// Which edges a pruned layer keeps: of vectors of any width all, some and none.
fn is_kept(input: usize, output: usize) -> bool {
    match (input + output / 16) % 3 {
        0 => output % 5 != 3,
        1 => output.is_multiple_of(2),
        _ => false,
    }
}

/// Compares a functional layer with sums over its edges.
fn functional<C: Connection, T: Real>(shape: (usize, usize, usize), sparse: bool, pruned: bool) {
    let (batch, inputs, outputs) = shape;
    let mut layer = FunctionalLayer::<T>::of::<C>(inputs, outputs).expect("a layer");
    let count = layer.parameters().len();
    let values: Vec<T> = numbers(0.8, 2.2).take(count).collect();
    layer.parameters_mut().copy_from_slice(&values);
    for (constant, value) in layer.constants_mut().iter_mut().zip(numbers::<T>(1.0, 0.1)) {
        *constant = if value > T::ZERO {
            T::ONE
        } else {
            T::ZERO - T::ONE
        };
    }
    if pruned {
        let kept = Array2::from_shape_fn((inputs, outputs), |(i, o)| is_kept(i, o));
        layer.keep(kept.view()).expect("a mask of the layer");
    }
    let description = C::description();
    let given = Given::new(batch, &layer, sparse);
    let state = |n: usize, i: usize, o: usize| (n * inputs + i) * outputs + o;
    for level in Level::available() {
        let zero = (0.0, 0.0);
        let mut y = vec![zero; batch * outputs];
        let mut dx = vec![zero; batch * inputs];
        let mut gradient = vec![(1.0, 1.0); count];
        let mut next_state = vec![zero; given.state.len()];
        let mut dstate = vec![zero; given.state.len()];
        for (n, i, o) in (0..batch)
            .flat_map(|n| (0..inputs).flat_map(move |i| (0..outputs).map(move |o| (n, i, o))))
            .filter(|&(_, i, o)| !pruned || is_kept(i, o))
        {
            let planes: Vec<_> = (0..description.parameters.len())
                .map(|k| plane(&layer, k))
                .collect();
            let parameters: Vec<T> = planes.iter().map(|(plane, _)| plane[[i, o]]).collect();
            let constants: Vec<T> = description
                .constants
                .iter()
                .filter_map(|c| layer.constant(c.name))
                .map(|plane| plane[[i, o]])
                .collect();
            let at = state(n, i, o);
            let point = Point {
                x: given.x[[n, i]],
                parameters: &parameters,
                constants: &constants,
                state: given.state.get(at).copied().unwrap_or(T::ZERO),
            };
            let Evaluation {
                value,
                by_input,
                by_parameters,
                by_state,
            } = evaluate::<C, T>(level, point).expect("the numbers fit the function");
            // Where nothing is negative no terms of a polynomial cancel.
            let sizes = evaluate::<C, T>(
                level,
                Point {
                    x: absolute(point.x),
                    parameters: &each_absolute(&parameters),
                    constants: &each_absolute(&constants),
                    state: absolute(point.state),
                },
            )
            .expect("the numbers fit the function");
            add_of_size(
                &mut y[n * outputs + o],
                value.to_f64(),
                sizes.value.to_f64(),
            );
            let mut g = given.dy[[n, o]].to_f64();
            if C::STATEFUL {
                g += given.next_dstate[at].to_f64();
                add(&mut next_state[at], value.to_f64());
                add(&mut dstate[at], g * by_state.to_f64());
            }
            add_of_size(
                &mut dx[n * inputs + i],
                g * by_input.to_f64(),
                g * sizes.by_input.to_f64(),
            );
            for (k, (slope, size)) in by_parameters.iter().zip(&sizes.by_parameters).enumerate() {
                let tensor = &layer.tensors()[k];
                let place = tensor.offset + i * tensor.strides[0] + o * tensor.strides[1];
                let (slope, size) = (slope.to_f64(), size.to_f64());
                add_of_size(&mut gradient[place], g * slope, g * size);
            }
        }
        for o in 0..outputs {
            for n in 0..batch {
                add(&mut y[n * outputs + o], layer.bias()[o].to_f64());
                let bias = count - outputs + o;
                // The kernel adds the samples one after the other, which rounds more often.
                add(&mut gradient[bias], given.dy[[n, o]].to_f64());
                gradient[bias].1 += 1.5;
            }
        }
        let name = format!(
            "{} {} {level} {batch} × {inputs} × {outputs}",
            description.name,
            T::NAME
        );
        for want_dx in [true, false] {
            let pass = given.run(level, &layer, want_dx);
            let flat = |array: &Array2<T>| array.iter().copied().collect::<Vec<_>>();
            agree(&format!("{name}: y"), &flat(&pass.y), &y);
            agree(&format!("{name}: ∂θ"), &pass.gradient, &gradient);
            agree(&format!("{name}: state"), &pass.next_state, &next_state);
            agree(&format!("{name}: ∂state"), &pass.dstate, &dstate);
            if want_dx {
                agree(&format!("{name}: ∂x"), &flat(&pass.dx), &dx);
            } else {
                assert!(pass.dx.iter().all(|dx| !dx.is_finite()), "{name}: ∂x");
            }
        }
    }
}

/// Compares an activation layer with its function.
fn activation<C: Connection, T: Real>(batch: usize, width: usize) {
    let mut layer = ActivationLayer::<C, T>::new(width).expect("a layer");
    let count = layer.parameters().len();
    let values: Vec<T> = numbers(0.8, 2.2).take(count).collect();
    layer.parameters_mut().copy_from_slice(&values);
    let given = Given::new(batch, &layer, false);
    for level in Level::available() {
        let mut y = vec![(0.0, 0.0); batch * width];
        let mut dx = y.clone();
        let mut gradient = vec![(1.0, 1.0); count];
        for n in 0..batch {
            for i in 0..width {
                let parameters: Vec<T> = (0..count / width)
                    .map(|k| layer.parameters()[k * width + i])
                    .collect();
                let at =
                    evaluate::<C, T>(level, Point::new(given.x[[n, i]], &parameters)).expect("f");
                let g = given.dy[[n, i]].to_f64();
                add(&mut y[n * width + i], at.value.to_f64());
                add(&mut dx[n * width + i], g * at.by_input.to_f64());
                for (k, slope) in at.by_parameters.iter().enumerate() {
                    add(&mut gradient[k * width + i], g * slope.to_f64());
                }
            }
        }
        let name = format!("{} {} {level} {batch} × {width}", layer.name(), T::NAME);
        let pass = given.run(level, &layer, true);
        let flat = |array: &Array2<T>| array.iter().copied().collect::<Vec<_>>();
        agree(&format!("{name}: y"), &flat(&pass.y), &y);
        agree(&format!("{name}: ∂x"), &flat(&pass.dx), &dx);
        agree(&format!("{name}: ∂θ"), &pass.gradient, &gradient);
    }
}

fn functional_layers<C: Connection>() {
    for shape in SIZES {
        for sparse in [false, true] {
            functional::<C, f32>(shape, sparse, false);
            functional::<C, f64>(shape, sparse, false);
        }
    }
}

#[test]
fn sines() {
    functional_layers::<Sine>();
    functional_layers::<Morlet>();
    const { assert!(Sine::BOUNDED && Morlet::BOUNDED) }
}

/// Sines of which some arguments are too large to be computed in vectors, in either precision: of some
/// edges all are small enough, of some none, and of some nobody knows.
#[test]
fn sines_of_large_arguments() {
    ftm_fn! {
        fn Far(x; a, w, p) { a * sin(2e5 * w * x + p) }
        fn Farther(x; a, w, p) { a * cos(2e9 * w * x + p) + tan(p) }
        fn Unbounded(x; a, w) { a * sin(w * 2e5 / (w * x + 3.0)) }
    }
    for sparse in [false, true] {
        for shape in [(1, 3, 16), (5, 1, 17), (33, 4, 9)] {
            functional::<Far, f32>(shape, sparse, false);
            functional::<Farther, f32>(shape, sparse, false);
            functional::<Farther, f64>(shape, sparse, false);
            functional::<Unbounded, f32>(shape, sparse, false);
        }
    }
    const { assert!(Far::BOUNDED && Farther::BOUNDED && !Unbounded::BOUNDED) }
}

/// Exponentials and hyperbolic tangents at arguments near and far: of vectors of edges all are within the
/// limits up to which pairs of samples do not look, or none, or some.
#[test]
fn exponentials_and_tangents_of_large_arguments() {
    ftm_fn! {
        fn Steep(x; a, w, p) { a * tanh(20 * w * x + p) + tanh(w * x) }
        fn Steeper(x; a, w) { a * sigmoid(200 * w * x) + a * softplus(2e3 * w * x) }
        // With a linear term, beside which it may vanish.
        fn Bell(x; a, w) { (a + w) * x + a * exp(-1e3 * w * w * x * x) }
        fn Grown(x; a, w) { a * sinh(30 * w * x) + w * x / cosh(70 * w * x) }
    }
    for sparse in [false, true] {
        for shape in [(1, 3, 16), (2, 3, 16), (5, 1, 17), (33, 4, 9), (259, 2, 3)] {
            functional::<Steep, f32>(shape, sparse, false);
            functional::<Steep, f64>(shape, sparse, false);
            functional::<Steeper, f32>(shape, sparse, false);
            functional::<Steeper, f64>(shape, sparse, false);
            functional::<Bell, f32>(shape, sparse, false);
            functional::<Bell, f64>(shape, sparse, false);
            functional::<Grown, f32>(shape, sparse, false);
            functional::<Grown, f64>(shape, sparse, false);
        }
    }
    const { assert!(Steep::BOUNDED && Steeper::BOUNDED && Bell::BOUNDED && Grown::BOUNDED) }
}

/// NaN stays NaN, whatever its bits, and whichever of the samples or parameters it is.
#[test]
fn nan_of_any_bits_stays() {
    ftm_fn! {
        fn Hidden(x; a, w) { a * exp(clamp(w * x, -3, 3)) }
        fn Twice(x; a, w) { a * exp(w * tanh(x + w)) }
        fn Constant(x; a, w) { a * exp(clamp(w * x + NO_NUMBER, -3, 3)) }
    }
    // Of other bits than those of 0/0 in single precision too.
    const NO_NUMBER: f64 = f64::from_bits(0x7ff8_0000_2000_0001);
    fn check<C: Connection>() {
        let (batch, inputs, outputs) = (9, 2, 20);
        for bits in [
            0x7fc0_0000,
            0xffc0_0000,
            0x7fc0_0001,
            0x7fff_ffff,
            0x7fc0_01ff,
        ] {
            let nan = f32::from_bits(bits);
            let mut layer = FunctionalLayer::<f32>::of::<C>(inputs, outputs).expect("a layer");
            let count = layer.parameters().len();
            let values: Vec<f32> = numbers(0.8, 2.2).take(count).collect();
            layer.parameters_mut().copy_from_slice(&values);
            for level in Level::available() {
                let mut given = Given::new(batch, &layer, false);
                given.x[[4, 1]] = nan;
                let Pass {
                    y, dx, gradient, ..
                } = given.run(level, &layer, true);
                for (n, row) in y.outer_iter().enumerate() {
                    assert!(
                        row.iter().all(|y| y.is_nan() == (n == 4)),
                        "{bits:x} {level} {n}"
                    );
                }
                for ((n, i), dx) in dx.indexed_iter() {
                    // A clamp is level where it is NaN, too.
                    assert!(
                        !dx.is_nan() || (n, i) == (4, 1),
                        "{bits:x} {level} ∂x[{n}, {i}]"
                    );
                }
                let by_first = &layer.tensors()[0];
                for o in 0..outputs {
                    let [by_numbers, by_nan] = [0, 1].map(|i| {
                        gradient
                            [by_first.offset + i * by_first.strides[0] + o * by_first.strides[1]]
                    });
                    assert!(
                        !by_numbers.is_nan() && by_nan.is_nan(),
                        "{bits:x} {level} gradient of {o}"
                    );
                }
            }
            let place = layer.tensors()[1].offset + 3;
            layer.parameters_mut()[place] = nan;
            for level in Level::available() {
                let y = Given::new(batch, &layer, false).run(level, &layer, true).y;
                for ((n, o), y) in y.indexed_iter() {
                    assert_eq!(y.is_nan(), o == 3, "{bits:x} {level} {n} {o}");
                }
            }
        }
    }
    check::<Exponential>();
    check::<Hidden>();
    check::<Twice>();
    for (batch, inputs, outputs) in [(9, 2, 20), (1, 1, 1)] {
        all_nan::<Constant, f32>(batch, inputs, outputs);
        all_nan::<Constant, f64>(batch, inputs, outputs);
    }
}

/// Limits of a clamp that are NaN bound nothing, neither for one sample nor for pairs.
#[test]
fn limits_that_are_nan_bound_nothing() {
    ftm_fn! {
        fn Above(x; a, w, p) { a * exp(clamp(w * x, -30.0, sqrt(p * x))) }
        fn Below(x; a, w, p) { a * tanh(clamp(w * x, sqrt(p * x), 1.0)) }
    }
    fn check<C: Connection, T: Real>(parameters: [f64; 3], x: f64, expected: f64) {
        let mut layer = FunctionalLayer::<T>::of::<C>(1, 1).expect("a layer");
        let values = layer.parameters_mut().iter_mut().zip(parameters);
        values.for_each(|(value, parameter)| *value = T::from_f64(parameter));
        for level in Level::available() {
            let mut given = Given::new(7, &layer, false);
            given.x.fill(T::from_f64(x));
            let y = given.run(level, &layer, true).y;
            for (n, y) in y.iter().enumerate() {
                assert_eq!(y.to_f64(), expected, "{} {level} {n}", T::NAME);
            }
        }
    }
    check::<Above, f32>([1.0, 100.0, -1.0], 1.0, f64::INFINITY);
    check::<Above, f64>([1.0, 1000.0, -1.0], 1.0, f64::INFINITY);
    check::<Below, f32>([1.0, 100.0, 1.0], -1.0, -1.0);
    check::<Below, f64>([1.0, 100.0, 1.0], -1.0, -1.0);
}

/// Fails unless every output of a layer is NaN.
fn all_nan<C: Connection, T: Real>(batch: usize, inputs: usize, outputs: usize) {
    let mut layer = FunctionalLayer::<T>::of::<C>(inputs, outputs).expect("a layer");
    let values: Vec<T> = numbers(0.8, 2.2).take(layer.parameters().len()).collect();
    layer.parameters_mut().copy_from_slice(&values);
    for level in Level::available() {
        let y = Given::new(batch, &layer, false).run(level, &layer, true).y;
        assert!(y.iter().all(|y| y.to_f64().is_nan()), "{} {level}", T::NAME);
    }
}

/// A function with gradients of some kinds only, which takes long enough to tell zeros apart.
#[test]
fn steps() {
    ftm_fn! {
        fn Step(x; a) { a * detach(tanh(sinh(a * x))) }
        fn Given(x; a) { detach(tanh(sinh(a * x))) }
    }
    functional_layers::<Step>();
    functional_layers::<Given>();
}

/// Separable functions, whose kernels are matrix products, of which this one has sums of inputs
/// that the forward pass has not.
#[test]
fn products() {
    ftm_fn! {
        fn Turned(x; a, p) { a * sin(x + p) + detach(p * x * x) }
        fn Chosen(x; a, b) { if x > 0.0 { a * x } else { b * exp(x) } }
    }
    functional_layers::<CubedWeight>();
    functional_layers::<Cubic>();
    functional_layers::<SignedShiftedSquare>();
    functional_layers::<Turned>();
    functional_layers::<Chosen>();
    assert!(Cubic::PRODUCTS.is_some() && SignedShiftedSquare::PRODUCTS.is_some());
    assert!(Turned::PRODUCTS.is_some() && Chosen::PRODUCTS.is_some());
    assert!(Sine::PRODUCTS.is_none() && Memory::PRODUCTS.is_none());
}

/// Sums over arrays: of a separable function, and of one that is not.
#[test]
fn sums() {
    ftm_fn! {
        const TERMS: usize = 5;
        fn Bases(x; b, c[TERMS]) { b * x + sum(k in 0..TERMS, c[k] * relu(0.7 * x + 1.0 - 0.5 * k)) }
        // All terms are positive, and so are those of the slope.
        fn Growths(x; a[2], w[2], const u[2] ~ sign()) {
            sum(k in 0..2, (1.5 + u[1 - k]) * a[k] * a[k] * exp(0.3 * w[k] * w[k] * x))
        }
    }
    functional_layers::<Bases>();
    functional_layers::<Growths>();
    assert_eq!(
        Bases::PRODUCTS.map(|products| products.forward.len()),
        Some(6)
    );
    assert!(Growths::PRODUCTS.is_none());
}

/// The functions of Kolmogorov–Arnold networks, whose fixed bases make matrix products.
#[test]
fn bases_and_wavelets() {
    let rank = |products: Option<Products>| products.map(|products| products.forward.len());
    functional_layers::<BSpline>();
    functional_layers::<MexicanHat>();
    functional_layers::<Rational>();
    assert_eq!(rank(BSpline::PRODUCTS), Some(9));
    assert_eq!(rank(RadialBasis::PRODUCTS), Some(9));
    assert_eq!(rank(Chebyshev::PRODUCTS), Some(5));
    assert_eq!(rank(Legendre::PRODUCTS), Some(5));
    assert_eq!(rank(Fourier::PRODUCTS), Some(10));
    assert_eq!(rank(ReluBell::PRODUCTS), Some(8));
    assert_eq!(rank(MexicanHat::PRODUCTS), None);
    assert_eq!(rank(Morlet::PRODUCTS), None);
    assert_eq!(rank(Rational::PRODUCTS), None);
}

#[test]
fn exponentials() {
    functional_layers::<Exponential>();
}

#[test]
fn constants_and_kinks() {
    functional_layers::<SignedRectifier>();
    functional_layers::<RectifiedWeightStraightThrough>();
}

ftm_fn! {
    /// Its value depends on the parameter alone, so that the forward pass reads nothing of the input.
    fn Straight(x; a) { straight_through(tanh(a), tanh(a * x)) }
}

#[test]
fn values_of_parameters_alone() {
    assert_eq!(Straight::FORWARD_INPUTS, 0);
    functional_layers::<Straight>();
}

/// What samples with an input of 0 are given must not show in the others, however large it is.
#[test]
fn large_at_zero() {
    ftm_fn! {
        fn Peak(x; a, b) { a * exp(b - 9.0 * x * x) }
    }
    const { assert!(Peak::ZEROS_APART) };
    let mut layer = FunctionalLayer::<f32>::of::<Peak>(2, 20).expect("a layer");
    for (parameter, value) in layer.parameters_mut().chunks_mut(20).zip([1.0, 88.4]) {
        parameter.fill(value);
    }
    let mut all = Given::new(12, &layer, true);
    all.x.fill(0.0);
    all.x[[3, 0]] = 3.0;
    all.x[[3, 1]] = 3.0;
    let mut alone = Given::new(1, &layer, true);
    alone.x.fill(3.0);
    for level in Level::available() {
        let expected = alone.run(level, &layer, false).y;
        let y = all.run(level, &layer, false).y;
        assert_eq!(y.row(3), expected.row(0), "{level}");
        assert!(expected[[0, 0]].is_finite(), "{level}");
    }
}

/// A function may be infinite where the input is 0.
#[test]
fn infinite_at_zero() {
    ftm_fn! {
        fn Logarithm(x; a, b) { a * ln(abs(b * x)) }
    }
    let mut layer = FunctionalLayer::<f32>::of::<Logarithm>(1, 3).expect("a layer");
    layer.parameters_mut().fill(1.0);
    let mut given = Given::new(12, &layer, true);
    given.x.fill(0.0);
    given.x[[3, 0]] = 2.0;
    for level in Level::available() {
        let y = given.run(level, &layer, false).y;
        assert!(
            (y[[3, 0]] - (2.0_f32.ln() + 1.0)).abs() < 1e-6,
            "{level}: {y}"
        );
        assert!(y[[4, 1]] == f32::NEG_INFINITY, "{level}: {y}");
    }
}

/// Pruned edges: of one loop that takes inputs of 0 apart, of one that does not, of products.
#[test]
fn pruned_edges() {
    fn layers<C: Connection>() {
        for shape in SIZES {
            functional::<C, f32>(shape, true, true);
            functional::<C, f64>(shape, false, true);
        }
    }
    const { assert!(MexicanHat::ZEROS_APART && !SignedRectifier::ZEROS_APART) };
    layers::<MexicanHat>();
    layers::<SignedRectifier>();
    layers::<BSpline>();
}

/// Whatever a pruned edge would have given, it gives nothing.
#[test]
fn pruned_edges_may_be_infinite() {
    fn finite<C: Connection>() {
        let mut layer = FunctionalLayer::<f32>::of::<C>(2, 20).expect("a layer");
        layer.parameters_mut().fill(1.0);
        let parameters = C::description().parameters.len();
        for k in 0..parameters {
            layer.parameters_mut()[k * 20 + 3] = f32::INFINITY;
        }
        let kept = Array2::from_shape_fn((2, 20), |edge| edge != (0, 3));
        layer.keep(kept.view()).expect("a mask of the layer");
        let given = Given::new(12, &layer, true);
        for level in Level::available() {
            let pass = given.run(level, &layer, true);
            let numbers = pass.y.iter().chain(&pass.dx).chain(&pass.gradient);
            assert!(
                numbers.into_iter().all(|number| number.is_finite()),
                "{level}"
            );
            for k in 0..parameters {
                // As it was before the pass.
                assert_eq!(pass.gradient[k * 20 + 3], 1.0, "{level}");
            }
        }
    }
    finite::<Sine>();
    finite::<SignedRectifier>();
    finite::<BSpline>();
}

#[test]
fn states() {
    functional_layers::<Memory>();
}

#[test]
fn activations() {
    for (batch, _, width) in SIZES {
        activation::<Gelu, f32>(batch, width);
        activation::<Gelu, f64>(batch, width);
        activation::<ParametricRelu, f32>(batch, width);
        activation::<ParametricRelu, f64>(batch, width);
    }
}

#[test]
fn subnormal_inputs_and_parameters_count_as_0() {
    fn layers<C: Connection>() {
        let mut layer = FunctionalLayer::<f32>::of::<C>(3, 20).expect("a layer");
        let mut other = layer.clone();
        let mut given = Given::new(12, &layer, false);
        let mut numbers = numbers(1.0, 2.3);
        layer
            .parameters_mut()
            .fill_with(|| numbers.next().expect("a number"));
        let mut run = |tiny: f32| {
            other.parameters_mut().copy_from_slice(layer.parameters());
            for (place, parameter) in other.parameters_mut()[..40].iter_mut().enumerate() {
                if place % 3 == 0 {
                    *parameter = tiny;
                }
            }
            // So few that samples with an input of 0 are not taken apart.
            given.x.row_mut(5).fill(-tiny);
            Level::available()
                .into_iter()
                .map(|level| given.run(level, &other, true))
                .collect::<Vec<_>>()
        };
        for (pass, expected) in run(1e-39).iter().zip(run(0.0)) {
            assert_eq!(pass.y, expected.y);
            assert_eq!(pass.dx, expected.dx);
            assert_eq!(pass.gradient, expected.gradient);
        }
    }
    layers::<Sine>();
    layers::<SignedRectifier>();
    layers::<Cubic>();
    let mut layer = ActivationLayer::<ParametricRelu, f32>::new(20).expect("a layer");
    layer.parameters_mut().fill(0.25);
    let mut given = Given::new(12, &layer, false);
    for level in Level::available() {
        let [pass, expected] = [1e-39, 0.0].map(|tiny| {
            given.x.fill(tiny);
            given.run(level, &layer, true)
        });
        assert_eq!((pass.y, pass.dx), (expected.y, expected.dx));
    }
}
