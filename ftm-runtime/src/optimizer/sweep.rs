//! One pass over a slice of parameters, its gradient and what the optimiser remembers of it.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use crate::error::Error;
use crate::error::check_length;
use crate::parallel::{self, Divide};
use crate::record::Exchange;
use crate::simd::{Operation, Real, Simd, Vector};

use super::Update;

/// How one vector of parameters changes, with `K` remembered numbers per parameter and `C`
/// coefficients that are the same for all.
pub(super) trait Rule<const K: usize, const C: usize> {
    /// Gives the parameters and the remembered numbers after the step. Implementations are
    /// `#[inline(always)]`.
    fn apply<V: Vector>(
        coefficients: [V; C],
        parameter: V,
        gradient: V,
        memory: [V; K],
    ) -> (V, [V; K]);
}

/// What an optimiser remembers: `K` numbers per parameter, 0 at first, and 0 again when they
/// have decayed to less than [`Real::NEGLIGIBLE`].
#[derive(Clone, Debug)]
pub(super) struct Memory<T, const K: usize>(BTreeMap<usize, [Vec<T>; K]>);

impl<T: Real, const K: usize> Memory<T, K> {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// How many there are for each parameter.
    pub(super) const fn numbers(&self) -> usize {
        K
    }

    /// Writes what is remembered to a record or takes it from one: the numbers `names` of each
    /// slice.
    pub(super) fn exchange(
        &mut self,
        names: [&str; K],
        exchange: &mut Exchange<'_, T>,
    ) -> Result<(), Error> {
        let Some(first) = names.first() else {
            return Ok(());
        };
        let slices = exchange.indices(first, self.0.keys().copied());
        self.0.retain(|slice, _| slices.contains(slice));
        for slice in slices {
            let memory = self
                .0
                .entry(slice)
                .or_insert_with(|| names.map(|_| Vec::new()));
            exchange.within(&slice.to_string(), |exchange| {
                let mut numbers = memory.iter_mut().zip(names);
                numbers.try_for_each(|(values, name)| exchange.values(name, values))
            })?;
        }
        Ok(())
    }

    /// Changes the parameters of `update` by the rule `R`.
    pub(super) fn sweep<R: Rule<K, C>, const C: usize>(
        &mut self,
        coefficients: [f64; C],
        update: Update<'_, T>,
    ) -> Result<(), Error> {
        let count = update.parameters.len();
        check_length("the gradient", count, update.gradient.len())?;
        let memory = (self.0.entry(update.slice))
            .or_insert_with(|| std::array::from_fn(|_| vec![T::ZERO; count]));
        for values in memory.iter() {
            check_length("the slice of parameters", values.len(), count)?;
        }
        let all = Sweep::<T, R, K, C> {
            coefficients,
            parameters: update.parameters,
            gradient: update.gradient,
            memory: memory.each_mut().map(|values| &mut **values),
            rule: PhantomData,
        };
        let level = update.level;
        parallel::in_parts(all, count, 1, |part| level.run(part));
        Ok(())
    }
}

struct Sweep<'a, T, R, const K: usize, const C: usize> {
    coefficients: [f64; C],
    parameters: &'a mut [T],
    gradient: &'a [T],
    memory: [&'a mut [T]; K],
    rule: PhantomData<fn() -> R>,
}

impl<T: Real, R, const K: usize, const C: usize> Divide for Sweep<'_, T, R, K, C> {
    fn cut(&mut self, length: usize) -> Self {
        Self {
            coefficients: self.coefficients,
            parameters: self.parameters.cut(length),
            gradient: self.gradient.cut(length),
            memory: self.memory.each_mut().map(|values| values.cut(length)),
            rule: PhantomData,
        }
    }
}

impl<T: Real, R: Rule<K, C>, const K: usize, const C: usize> Operation<T>
    for Sweep<'_, T, R, K, C>
{
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(mut self, simd: S) {
        let coefficients = self.coefficients.map(
            #[inline(always)]
            |number| simd.number(number),
        );
        let lanes = S::Vector::LANES;
        let count = self.parameters.len();
        for first in (0..count).step_by(lanes) {
            let here = first..(first + lanes).min(count);
            let mut memory = [simd.splat(T::ZERO); K];
            for (vector, values) in memory.iter_mut().zip(&self.memory) {
                *vector = simd.load_partial(&values[here.clone()]);
            }
            let parameter = simd.load_partial(&self.parameters[here.clone()]);
            let gradient = simd.load_partial(&self.gradient[here.clone()]);
            let (parameter, memory) = R::apply(coefficients, parameter, gradient, memory);
            parameter.store_partial(&mut self.parameters[here.clone()]);
            for (vector, values) in memory.iter().zip(&mut self.memory) {
                vector
                    .zero_below(T::NEGLIGIBLE)
                    .store_partial(&mut values[here.clone()]);
            }
        }
    }
}
