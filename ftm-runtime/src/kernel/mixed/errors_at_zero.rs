//! What samples with an input of 0 give to the gradients: the terms of one such sample with an error of 1, times
//! their errors. For ∂θ these errors are added up, for all inputs of a task in one product of matrices: of ones
//! where inputs are 0, and errors.

use super::order::are_enough;
use crate::connection::{Connection, Values};
use crate::kernel::edges::{EdgeOf, EdgeSumsOf, InputSumsOf, count, input_stage, stride, zeros};
use crate::kernel::tuning::BACKWARD_ROWS;
use crate::simd::{
    Columns, Left, Level, MAX_LANES, Mask, Multiply, Operation, Order, Real, Right, Simd, Vector,
};

/// Inputs of a task are a multiple, where there are so many: rows of a register tile.
pub(super) const STEP: usize = 4;

/// Some inputs of all samples.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a, T> {
    /// The first of the inputs in each row of `x`, and how many there are.
    pub first: usize,
    pub count: usize,
    /// `[sample][input]`, of all inputs.
    pub x: &'a [T],
    pub width: usize,
}

impl<'a, T: Real> Inputs<'a, T> {
    /// The rows of all samples, each with what follows it: whole vectors can be read.
    #[inline(always)]
    fn rows(self) -> impl Iterator<Item = &'a [T]> {
        let rows = (0..self.x.len()).step_by(self.width);
        rows.map(move |first| &self.x[first..])
    }
}

/// The errors of samples with an input of 0, added up.
pub(super) struct ErrorsAtZero<'a, T> {
    /// Of each input, how many samples have it 0.
    counts: &'a [T],
    /// `[block of outputs][input][lane]`, where samples of an input are taken apart.
    sums: &'a [T],
    inputs: usize,
    samples: usize,
}

/// Lengths of its pieces of memory, for so many inputs at most, samples and outputs.
pub(super) fn sizes(inputs: usize, samples: usize, outputs: usize) -> [usize; 3] {
    let columns = outputs.next_multiple_of(MAX_LANES);
    let places = inputs.next_multiple_of(MAX_LANES);
    [
        places,
        samples * places,
        inputs.next_multiple_of(STEP) * columns,
    ]
}

impl<'a, T: Real> ErrorsAtZero<'a, T> {
    /// Adds up the errors `g`, `[block of outputs][sample][lane]`, of so many outputs. Compiled once for a type
    /// of numbers.
    #[inline(never)]
    pub(super) fn new(
        level: Level,
        inputs: Inputs<'_, T>,
        (g, outputs): (&[T], usize),
        [counts, ones, sums]: [&'a mut [T]; 3],
    ) -> Self {
        let samples = inputs.x.len() / inputs.width;
        let places = inputs.count.next_multiple_of(MAX_LANES);
        level.run(FindZeros {
            inputs,
            ones: &mut *ones,
            counts: &mut *counts,
        });
        let is_apart = |&count: &T| are_apart(count, samples);
        let worth_it = counts[..inputs.count].iter().any(is_apart);
        let taken = if worth_it { samples } else { 0 };
        for first in (0..taken).step_by(BACKWARD_ROWS) {
            Multiply {
                a: Left {
                    values: &ones[first * places..],
                    stride: places,
                    order: Order::ByStep,
                },
                b: Right {
                    values: g,
                    steps: samples,
                    first,
                },
                c: &mut *sums,
                rows: inputs.count.next_multiple_of(STEP),
                depth: BACKWARD_ROWS.min(samples - first),
                add: first > 0,
                columns: Columns {
                    groups: 1,
                    each: outputs,
                },
            }
            .on(level);
        }
        Self {
            counts,
            sums,
            inputs: inputs.count,
            samples,
        }
    }

    /// Whether samples whose `input` is 0 are taken apart.
    #[inline(always)]
    pub(super) fn are_apart(&self, input: usize) -> bool {
        are_apart(self.counts[input], self.samples)
    }

    /// The sums of an input, for a block of outputs.
    #[inline(always)]
    pub(super) fn sum<S: Simd<Scalar = T>>(
        &self,
        simd: S,
        input: usize,
        block: usize,
    ) -> S::Vector {
        let rows = self.inputs.next_multiple_of(STEP);
        simd.load(&self.sums[(block * rows + input) * S::Vector::LANES..])
    }
}

/// Whether samples are taken apart of which so many, of so many, have an input of 0.
#[inline(always)]
fn are_apart<T: Real>(count: T, samples: usize) -> bool {
    are_enough(count.to_f64() as usize, samples)
}

/// Which inputs are 0.
struct FindZeros<'a, T> {
    inputs: Inputs<'a, T>,
    /// `[sample][input]`: 1 where an input is 0, and 0 elsewhere.
    ones: &'a mut [T],
    /// Of each input, the sum of these.
    counts: &'a mut [T],
}

impl<T: Real> Operation<T> for FindZeros<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) {
        let places = self.inputs.count.next_multiple_of(MAX_LANES);
        let counts = self.counts[..places].chunks_exact_mut(S::Vector::LANES);
        for (vector, count) in counts.enumerate() {
            let mut sum = simd.number(0.0);
            let samples = self.ones.chunks_exact_mut(places);
            for (x, sample) in self.inputs.rows().zip(samples) {
                let ones = ones_at_zero(simd, vector, self.inputs, x);
                ones.store(&mut sample[vector * S::Vector::LANES..]);
                sum += ones;
            }
            sum.store(count);
        }
    }
}

/// 1 where an input of a sample is 0, of a vector of inputs; past the last, anything.
#[inline(always)]
fn ones_at_zero<S: Simd>(
    simd: S,
    vector: usize,
    inputs: Inputs<'_, S::Scalar>,
    x: &[S::Scalar],
) -> S::Vector {
    let first = vector * S::Vector::LANES;
    if first >= inputs.count {
        return simd.number(0.0);
    }
    let x = simd.load_first(&x[inputs.first + first..], inputs.count - first);
    (x.eq(simd.number(0.0))).select(simd.number(1.0), simd.number(0.0))
}

/// What a sample with an input of 0 adds to the sums over samples and over outputs, for an error of 1.
#[inline(always)]
pub(super) fn terms<C: Connection, S: Simd>(
    simd: S,
    edge: EdgeOf<C, S>,
) -> (EdgeSumsOf<C, S>, InputSumsOf<C, S>) {
    let (zero, one) = (simd.number(0.0), simd.number(1.0));
    let (mut of_edge, mut of_input) = (zeros(simd), zeros(simd));
    let input = input_stage::<C, S>(simd, zero);
    C::backward(simd, input, edge, zero, one, &mut of_edge, &mut of_input);
    (of_edge, of_input)
}

/// Adds to the sums over outputs of some samples the terms of an error of 1, times each one's own error.
#[inline(always)]
pub(super) fn transmit<C: Connection, S: Simd>(
    simd: S,
    samples: &[u16],
    g: &[S::Scalar],
    terms: &InputSumsOf<C, S>,
    input_sums: &mut [S::Scalar],
) {
    let lanes = S::Vector::LANES;
    let per_sample = stride(count::<C::InputSums<f32>>()) * lanes;
    for &n in samples {
        let n = usize::from(n);
        let g = simd.load(&g[n * lanes..]);
        let sums = input_sums[n * per_sample..][..per_sample].chunks_exact_mut(lanes);
        for (sum, &term) in sums.zip(terms.as_slice()) {
            g.mul_add(term, simd.load(sum)).store(sum);
        }
    }
}
