//! How the parameters of a layer lie in memory, and their way into vectors.
//!
//! `parameters[input][parameter][output]`, and `constants` alike: what one input needs lies
//! together and streams, neighbouring outputs fill the lanes, and a range of inputs is a range
//! of memory, which a task can own.

use std::ops::Range;

use crate::connection::{Connection, Values};
use crate::math::is_near;
use crate::simd::{MAX_LANES, Mask, Pair, Pairs, Real, Simd, Vector};

/// The parameters and constants of the edges of one layer.
#[derive(Clone, Copy)]
pub(crate) struct Edges<'a, T> {
    /// Inputs of the layer.
    pub inputs: usize,
    /// Outputs of the layer.
    pub outputs: usize,
    /// Trained parameters, `[input][parameter][output]`.
    pub parameters: &'a [T],
    /// Constants, `[input][constant][output]`.
    pub constants: &'a [T],
    /// 0 for each edge that is pruned, `[input][output]`; empty when none is.
    pub kept: &'a [T],
    /// What [`coefficients`](super::coefficients) made of them; empty when a pass is to do so.
    pub coefficients: &'a [T],
}

/// Which edges of a vector are not pruned.
#[derive(Clone, Copy)]
pub(super) struct Kept<M> {
    lanes: M,
    pub(super) all: bool,
    pub(super) none: bool,
}

impl<M> Kept<M> {
    /// The values of the edges that are kept, and 0 for the others. Without a branch, of which
    /// loops would be compiled twice.
    #[inline(always)]
    pub(super) fn or_zero<V: Vector<Mask = M>>(self, values: V) -> V
    where
        M: Mask<V>,
    {
        self.lanes.select(values, values.simd().number(0.0))
    }

    /// The sums after edges were added, and those of before where an edge is pruned: vectors one
    /// after the other.
    #[inline(always)]
    pub(super) fn restore<S: Simd>(self, simd: S, before: &[S::Scalar], sums: &mut [S::Scalar])
    where
        S::Vector: Vector<Mask = M>,
        M: Mask<S::Vector> + Copy,
    {
        let lanes = S::Vector::LANES;
        let vectors = sums.chunks_exact_mut(lanes);
        for (sum, before) in vectors.zip(before.chunks_exact(lanes)) {
            let after = self.lanes.select(simd.load(sum), simd.load(before));
            after.store(sum);
        }
    }
}

/// The arrays of a connection, for the vectors of a capability.
pub(super) type InputOf<C, S> = <C as Connection>::Input<<S as Simd>::Vector>;
pub(super) type KeptOf<S> = Kept<<<S as Simd>::Vector as Vector>::Mask>;
pub(super) type EdgeOf<C, S> = <C as Connection>::Edge<<S as Simd>::Vector>;
pub(super) type EdgeSumsOf<C, S> = <C as Connection>::EdgeSums<<S as Simd>::Vector>;
pub(super) type InputSumsOf<C, S> = <C as Connection>::InputSums<<S as Simd>::Vector>;

/// How many values an array of a connection has; the same for every vector type.
pub(crate) const fn count<A: Values<f32>>() -> usize {
    A::COUNT
}

/// How many numbers apart those of two samples lie: one at least, so that there is a place for each.
pub(super) const fn stride(values: usize) -> usize {
    if values == 0 { 1 } else { values }
}

impl<T: Real> Edges<'_, T> {
    /// Which of the edges from `input` to the vector of outputs from `output` on are not pruned.
    #[inline(always)]
    pub(super) fn kept<S: Simd<Scalar = T>>(
        &self,
        simd: S,
        input: usize,
        output: usize,
    ) -> KeptOf<S> {
        if self.kept.is_empty() {
            return Kept {
                lanes: simd.mask(true),
                all: true,
                none: false,
            };
        }
        let width = S::Vector::LANES.min(self.outputs - output);
        let place = input * self.outputs + output;
        let kept = simd.load_first(&self.kept[place..], width);
        let lanes = kept.ne(simd.number(0.0));
        Kept {
            lanes,
            all: !(!lanes).any(),
            none: !lanes.any(),
        }
    }

    /// Whether every edge of an input is pruned.
    pub(super) fn is_pruned(&self, input: usize) -> bool {
        let kept = (self.kept).get(input * self.outputs..(input + 1) * self.outputs);
        kept.is_some_and(|kept| kept.iter().all(|&kept| kept == T::ZERO))
    }

    /// Those of some inputs of which every edge is pruned.
    pub(super) fn pruned(&self, inputs: Range<usize>) -> impl Iterator<Item = usize> {
        inputs.filter(|&input| self.is_pruned(input))
    }

    /// The edge stage of the edges from `input` to the vector of outputs from `output` on.
    #[inline(always)]
    pub(super) fn stage<C: Connection, S: Simd<Scalar = T>>(
        &self,
        simd: S,
        input: usize,
        output: usize,
    ) -> EdgeOf<C, S> {
        let lanes = S::Vector::LANES.min(self.outputs - output);
        let (p, c) = (count::<C::Parameters<f32>>(), count::<C::Constants<f32>>());
        C::edge(
            simd,
            C::Parameters::from_fn(
                #[inline(always)]
                |k| {
                    let place = (input * p + k) * self.outputs + output;
                    let parameter = simd.load_first(&self.parameters[place..], lanes);
                    parameter.zero_below(T::MIN_POSITIVE)
                },
            ),
            C::Constants::from_fn(
                #[inline(always)]
                |k| {
                    let place = (input * c + k) * self.outputs + output;
                    simd.load_first(&self.constants[place..], lanes)
                },
            ),
        )
    }
}

/// The input stage of a vector of inputs. Subnormal ones count as 0, as parameters do: many processors
/// take a hundred times as long for each operation on them.
#[inline(always)]
pub(super) fn input_stage<C: Connection, S: Simd>(simd: S, x: S::Vector) -> InputOf<C, S> {
    C::input(simd, x.zero_below(S::Scalar::MIN_POSITIVE))
}

/// Runs the input stage on inputs, whole vectors of them, and stores its first values, `keep` numbers to a
/// sample ([`stride`]): `staged[sample][value]`.
#[inline(always)]
pub(super) fn stage_inputs<C: Connection, S: Simd>(
    simd: S,
    column: &[S::Scalar],
    keep: usize,
    staged: &mut [S::Scalar],
) {
    let lanes = S::Vector::LANES;
    let chunks = staged.chunks_exact_mut(lanes * keep);
    for (x, staged) in column.chunks_exact(lanes).zip(chunks) {
        let values = input_stage::<C, S>(simd, simd.load(x));
        for (k, value) in values.as_slice().iter().take(keep).enumerate() {
            if keep == 1 {
                // As they lie in the vector.
                value.store(staged);
                continue;
            }
            let mut made = [S::Scalar::ZERO; MAX_LANES];
            value.store(&mut made);
            let places = staged[k..].iter_mut().step_by(keep);
            (places.zip(&made)).for_each(|(place, &value)| *place = value);
        }
    }
}

/// The staged values of a sample, each in every lane.
#[inline(always)]
pub(super) fn spread<C: Connection, S: Simd>(
    simd: S,
    staged: &[S::Scalar],
    keep: usize,
) -> InputOf<C, S> {
    InputOf::<C, S>::from_fn(
        #[inline(always)]
        |k| {
            if k < keep {
                simd.splat(staged[k])
            } else {
                simd.number(0.0)
            }
        },
    )
}

/// The staged values of two samples, each in every lane of its own vector.
#[inline(always)]
pub(super) fn spread_both<C: Connection, S: Simd, const NEAR: bool>(
    simd: S,
    one: &[S::Scalar],
    other: &[S::Scalar],
    keep: usize,
) -> InputOf<C, Pairs<S, NEAR>> {
    let (one, other) = (
        spread::<C, S>(simd, one, keep),
        spread::<C, S>(simd, other, keep),
    );
    InputOf::<C, Pairs<S, NEAR>>::from_fn(
        #[inline(always)]
        |k| Pair(one.as_slice()[k], other.as_slice()[k]),
    )
}

/// Whether so many samples are taken in pairs at all.
#[inline(always)]
fn has_pairs<C: Connection, S: Simd>(rows: usize) -> bool {
    S::Vector::ABREAST && C::ZEROS_APART && rows > 1
}

/// The largest magnitude of the staged values of some rows, in every lane, or 0 where [`may_pair`] need not
/// know; NaN where some are not finite.
#[inline(always)]
pub(super) fn largest<C: Connection, S: Simd>(
    simd: S,
    rows: usize,
    staged: &[S::Scalar],
) -> S::Vector {
    let lanes = S::Vector::LANES;
    let mut most = simd.number(0.0);
    if !C::BOUNDED || !has_pairs::<C, S>(rows) {
        return most;
    }
    let mut undefined = most;
    let last = &staged[staged.len().saturating_sub(lanes)..];
    for values in staged.chunks_exact(lanes).chain([last]) {
        let values = simd.load_partial(values);
        undefined = nan_unless_finite(values, undefined);
        most = values.abs().fast_max(most);
    }
    // Each time, the lanes hold the largest of twice as many.
    for _ in 0..lanes.ilog2() {
        let (low, high) = most.interleave(most);
        most = low.fast_max(high);
    }
    most + simd.splat(undefined.sum())
}

/// `sum`, which is 0 or NaN, where `values` are finite, and NaN elsewhere.
#[inline(always)]
fn nan_unless_finite<V: Vector>(values: V, sum: V) -> V {
    values.mul_add(values.simd().number(0.0), sum)
}

/// Whether so many samples, up to some [`largest`] magnitude, may be taken in pairs by a vector of edges. Sines,
/// exponentials and hyperbolic tangents of pairs do not look whether their argument is too large, or NaN of
/// other bits than those of 0/0. Only inputs, edge values and constants of the formula can be such a NaN.
#[inline(always)]
pub(super) fn may_pair<C: Connection, S: Simd>(
    simd: S,
    rows: usize,
    largest: S::Vector,
    edge: EdgeOf<C, S>,
) -> bool {
    let input = InputOf::<C, S>::from_fn(
        #[inline(always)]
        |_| largest,
    );
    if !C::BOUNDED || !has_pairs::<C, S>(rows) {
        return has_pairs::<C, S>(rows);
    }
    let mut undefined = nan_unless_finite(largest, simd.number(0.0));
    for &value in edge.as_slice() {
        undefined = nan_unless_finite(value, undefined);
    }
    let [sines, exponentials, tangents] = C::reach(simd, input, edge);
    is_near([sines + undefined, exponentials, tangents])
}

/// The edge values of two samples: the same.
#[inline(always)]
pub(super) fn twice<C: Connection, S: Simd, const NEAR: bool>(
    edge: EdgeOf<C, S>,
) -> EdgeOf<C, Pairs<S, NEAR>> {
    EdgeOf::<C, Pairs<S, NEAR>>::from_fn(
        #[inline(always)]
        |k| Pair(edge.as_slice()[k], edge.as_slice()[k]),
    )
}

/// Sets of sums, all zero.
#[inline(always)]
pub(super) fn zeros<S: Simd, A: Values<S::Vector>>(simd: S) -> A {
    A::from_fn(
        #[inline(always)]
        |_| simd.number(0.0),
    )
}

/// Sets of sums from memory, a vector each.
#[inline(always)]
pub(super) fn load_sums<S: Simd, A: Values<S::Vector>>(simd: S, memory: &[S::Scalar]) -> A {
    A::from_fn(
        #[inline(always)]
        |k| simd.load(&memory[k * S::Vector::LANES..]),
    )
}

/// Sets of sums to memory, a vector each.
#[inline(always)]
pub(super) fn store_sums<V: Vector, A: Values<V>>(sums: &A, memory: &mut [V::Scalar]) {
    for (sum, place) in sums
        .as_slice()
        .iter()
        .zip(memory.chunks_exact_mut(V::LANES))
    {
        sum.store(place);
    }
}

/// The sum of a vector of each sample, which starts at `place`; of as many samples as lanes at
/// most, and 0 in the other lanes.
#[inline(always)]
pub(super) fn sum_each<'a, S: Simd>(
    simd: S,
    samples: impl Iterator<Item = &'a [S::Scalar]>,
    place: usize,
) -> S::Vector {
    let mut vectors = [simd.number(0.0); MAX_LANES];
    for (vector, sums) in vectors.iter_mut().zip(samples) {
        *vector = simd.load(&sums[place..]);
    }
    // Two vectors of which half of the lanes are to be added up become one of both.
    for half in [8, 4, 2, 1] {
        if half < S::Vector::LANES {
            for j in 0..half {
                let (low, high) = vectors[j].interleave(vectors[j + half]);
                vectors[j] = low + high;
            }
        }
    }
    vectors[0]
}
