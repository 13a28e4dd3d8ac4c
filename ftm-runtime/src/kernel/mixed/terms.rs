//! The terms of the gradients: of one edge-sample, and of the samples of a vector of edges.

use super::order::Order;
use crate::connection::{Connection, Values};
use crate::kernel::edges::{
    EdgeOf, EdgeSumsOf, InputOf, InputSumsOf, count, load_sums, spread, spread_both, store_sums,
    twice, zeros,
};
use crate::simd::{Pair, Pairs, Real, Simd, Vector};

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

/// All samples, those whose input is 0 at once: their terms, for an error of 1, times their errors.
#[inline(always)]
pub(super) fn in_order<C: Connection, S: Simd, const DX: bool>(
    simd: S,
    edge: EdgeOf<C, S>,
    g: &[S::Scalar],
    staged: &[S::Scalar],
    mut sums: EdgeSumsOf<C, S>,
    input_sums: &mut [S::Scalar],
    order: &Order,
) -> EdgeSumsOf<C, S> {
    let (lanes, values) = (S::Vector::LANES, count::<C::Input<f32>>());
    let (zero, rows) = (simd.number(0.0), g.len() / lanes);
    let per_sample = count::<C::InputSums<f32>>() * lanes;
    let (alone, pairs) = order.evaluated::<S>();
    for &n in alone {
        let n = usize::from(n);
        let input = spread::<C, S>(simd, &staged[n * values..], values);
        let across = &mut input_sums[n * per_sample..][..per_sample];
        let (error, before) = if n == rows {
            across.fill(S::Scalar::ZERO);
            (simd.number(1.0), zeros(simd))
        } else {
            (simd.load(&g[n * lanes..]), sums)
        };
        let (after, _) = one::<C, S, DX>(simd, input, edge, zero, error, before, across);
        if n != rows {
            sums = after;
            continue;
        }
        let mut errors = zero;
        let (input_sums, across) = input_sums.split_at_mut(n * per_sample);
        for &n in order.zeros() {
            let n = usize::from(n);
            let g = simd.load(&g[n * lanes..]);
            errors += g;
            if DX {
                let sums = input_sums[n * per_sample..][..per_sample].chunks_exact_mut(lanes);
                for (sum, across) in sums.zip(across.chunks_exact(lanes)) {
                    g.mul_add(simd.load(across), simd.load(sum)).store(sum);
                }
            }
        }
        sums = EdgeSumsOf::<C, S>::from_fn(
            #[inline(always)]
            |k| errors.mul_add(after.as_slice()[k], sums.as_slice()[k]),
        );
    }
    if !S::Vector::ABREAST {
        debug_assert!(pairs.is_empty());
        return sums;
    }
    in_pairs::<C, S, DX>(simd, edge, g, staged, sums, input_sums, pairs)
}

/// Samples two at a time. Each of a pair has sums over the samples of its own.
#[inline(always)]
fn in_pairs<C: Connection, S: Simd, const DX: bool>(
    simd: S,
    edge: EdgeOf<C, S>,
    g: &[S::Scalar],
    staged: &[S::Scalar],
    sums: EdgeSumsOf<C, S>,
    input_sums: &mut [S::Scalar],
    pairs: &[[u16; 2]],
) -> EdgeSumsOf<C, S> {
    let (lanes, values) = (S::Vector::LANES, count::<C::Input<f32>>());
    let per_sample = count::<C::InputSums<f32>>() * lanes;
    let (both, edge) = (Pairs(simd), twice::<C, S>(edge));
    let none = both.number(0.0);
    let mut sums = EdgeSumsOf::<C, Pairs<S>>::from_fn(
        #[inline(always)]
        |k| Pair(sums.as_slice()[k], simd.number(0.0)),
    );
    for pair in pairs {
        let [n, m] = pair.map(usize::from);
        let input = spread_both::<C, S>(simd, &staged[n * values..], &staged[m * values..], values);
        let g = Pair(simd.load(&g[n * lanes..]), simd.load(&g[m * lanes..]));
        let (n, m) = (n * per_sample, m * per_sample);
        let mut across = InputSumsOf::<C, Pairs<S>>::from_fn(
            #[inline(always)]
            |k| {
                let place = k * lanes;
                match DX {
                    true => Pair(
                        simd.load(&input_sums[n + place..]),
                        simd.load(&input_sums[m + place..]),
                    ),
                    false => none,
                }
            },
        );
        C::backward(both, input, edge, none, g, &mut sums, &mut across);
        if DX {
            for (k, across) in across.as_slice().iter().enumerate() {
                across.0.store(&mut input_sums[n + k * lanes..]);
                across.1.store(&mut input_sums[m + k * lanes..]);
            }
        }
    }
    EdgeSumsOf::<C, S>::from_fn(
        #[inline(always)]
        |k| sums.as_slice()[k].0 + sums.as_slice()[k].1,
    )
}
