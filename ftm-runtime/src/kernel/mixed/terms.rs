//! The terms of the gradients: of one edge-sample, and of the samples of a vector of edges.

use super::order::{Evaluated, InPairs};
use crate::connection::{Connection, Values};
use crate::kernel::edges::{
    EdgeOf, EdgeSumsOf, InputOf, InputSumsOf, count, load_sums, spread, spread_both, store_sums,
    stride, twice, zeros,
};
use crate::simd::{Pair, Pairs, Simd, Vector};

/// One edge-sample for each lane: adds to both sums, and gives ∂L/∂state.
#[inline(always)]
pub(super) fn one<C: Connection, S: Simd, const DX: bool>(
    simd: S,
    input: InputOf<C, S>,
    edge: EdgeOf<C, S>,
    state: S::Vector,
    g: S::Vector,
    mut sums: EdgeSumsOf<C, S>,
    input_sums: &mut [S::Scalar],
) -> (EdgeSumsOf<C, S>, S::Vector) {
    let mut across: InputSumsOf<C, S> = if DX {
        load_sums(simd, input_sums)
    } else {
        zeros(simd)
    };
    let dstate = C::backward(simd, input, edge, state, g, &mut sums, &mut across);
    if DX {
        store_sums(&across, input_sums);
    }
    (sums, dstate)
}

/// Some samples, in an order and in pairs.
#[inline(always)]
pub(super) fn in_order<C: Connection, S: Simd, const DX: bool>(
    simd: S,
    edge: EdgeOf<C, S>,
    g: &[S::Scalar],
    staged: &[S::Scalar],
    mut sums: EdgeSumsOf<C, S>,
    input_sums: &mut [S::Scalar],
    (alone, pairs): Evaluated<'_>,
) -> EdgeSumsOf<C, S> {
    let (lanes, values) = (S::Vector::LANES, stride(count::<C::Input<f32>>()));
    let per_sample = stride(count::<C::InputSums<f32>>()) * lanes;
    for &n in alone {
        let n = usize::from(n);
        let input = spread::<C, S>(simd, &staged[n * values..], values);
        let across = &mut input_sums[n * per_sample..][..per_sample];
        let (zero, g) = (simd.number(0.0), simd.load(&g[n * lanes..]));
        sums = one::<C, S, DX>(simd, input, edge, zero, g, sums, across).0;
    }
    if !S::Vector::ABREAST {
        // There are no pairs.
        sums
    } else if C::BOUNDED {
        in_pairs::<C, S, DX, true>(simd, edge, g, staged, sums, input_sums, pairs)
    } else {
        in_pairs::<C, S, DX, false>(simd, edge, g, staged, sums, input_sums, pairs)
    }
}

/// Samples two at a time. Each of a pair has sums over the samples of its own.
#[inline(always)]
fn in_pairs<C: Connection, S: Simd, const DX: bool, const NEAR: bool>(
    simd: S,
    edge: EdgeOf<C, S>,
    g: &[S::Scalar],
    staged: &[S::Scalar],
    sums: EdgeSumsOf<C, S>,
    input_sums: &mut [S::Scalar],
    pairs: InPairs<'_>,
) -> EdgeSumsOf<C, S> {
    let (lanes, values) = (S::Vector::LANES, stride(count::<C::Input<f32>>()));
    let per_sample = stride(count::<C::InputSums<f32>>()) * lanes;
    let both = Both::<C, S, NEAR> {
        pairs: Pairs(simd),
        edge: twice::<C, S, NEAR>(edge),
    };
    let mut of_pairs = EdgeSumsOf::<C, Pairs<S, NEAR>>::from_fn(
        #[inline(always)]
        |k| Pair(sums.as_slice()[k], simd.number(0.0)),
    );
    match pairs {
        InPairs::From(first) => {
            let staged = staged[first * values..].chunks_exact(2 * values);
            let across = input_sums[first * per_sample..].chunks_exact_mut(2 * per_sample);
            let g = g[first * lanes..].chunks_exact(2 * lanes);
            for ((g, staged), across) in g.zip(staged).zip(across) {
                let (staged, g) = (staged.split_at(values), g.split_at(lanes));
                both.add::<DX>(staged, g, &mut of_pairs, across, (0, per_sample));
            }
        }
        InPairs::These(pairs) => {
            for pair in pairs {
                let [n, m] = pair.map(usize::from);
                let staged = (&staged[n * values..], &staged[m * values..]);
                let errors = (&g[n * lanes..], &g[m * lanes..]);
                let across = (n * per_sample, m * per_sample);
                both.add::<DX>(staged, errors, &mut of_pairs, input_sums, across);
            }
        }
    }
    EdgeSumsOf::<C, S>::from_fn(
        #[inline(always)]
        |k| of_pairs.as_slice()[k].0 + of_pairs.as_slice()[k].1,
    )
}

/// An edge for two samples at a time.
struct Both<C: Connection, S: Simd, const NEAR: bool> {
    pairs: Pairs<S, NEAR>,
    edge: EdgeOf<C, Pairs<S, NEAR>>,
}

impl<C: Connection, S: Simd, const NEAR: bool> Both<C, S, NEAR> {
    /// Adds the terms of two samples. Each of a pair has sums over the samples of its own; those over
    /// the outputs lie at two places of `input_sums`.
    #[inline(always)]
    fn add<const DX: bool>(
        &self,
        staged: (&[S::Scalar], &[S::Scalar]),
        errors: (&[S::Scalar], &[S::Scalar]),
        sums: &mut EdgeSumsOf<C, Pairs<S, NEAR>>,
        input_sums: &mut [S::Scalar],
        (n, m): (usize, usize),
    ) {
        let (simd, lanes, none) = (self.pairs.0, S::Vector::LANES, self.pairs.number(0.0));
        let values = stride(count::<C::Input<f32>>());
        let input = spread_both::<C, S, NEAR>(simd, staged.0, staged.1, values);
        let g = Pair(simd.load(errors.0), simd.load(errors.1));
        let mut across = InputSumsOf::<C, Pairs<S, NEAR>>::from_fn(
            #[inline(always)]
            |k| match DX {
                true => Pair(
                    simd.load(&input_sums[n + k * lanes..]),
                    simd.load(&input_sums[m + k * lanes..]),
                ),
                false => none,
            },
        );
        C::backward(self.pairs, input, self.edge, none, g, sums, &mut across);
        if DX {
            for (k, across) in across.as_slice().iter().enumerate() {
                across.0.store(&mut input_sums[n + k * lanes..]);
                across.1.store(&mut input_sums[m + k * lanes..]);
            }
        }
    }
}
