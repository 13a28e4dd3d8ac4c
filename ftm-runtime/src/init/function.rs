//! A function as initial values are solved from it: its values and derivatives alone.

use std::marker::PhantomData;

use super::moments::Sets;
use crate::connection::{Connection, Values};
use crate::evaluate::Derivatives;
use crate::simd::{Level, MAX_LANES, Operation, Simd, Vector};

/// A function by its values and derivatives. All that builds on them is compiled once, and not for
/// every function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    at: fn(f64, &Sets, usize, &mut Slopes),
    parameters: usize,
}

/// A number for each of some sets of parameters.
type Each = [f64; MAX_LANES];

/// A function's value and derivatives at an input, with each of some sets of parameters.
pub(super) struct Slopes {
    pub(super) value: Each,
    pub(super) by_input: Each,
    /// In the order of the parameters.
    pub(super) by_parameters: Vec<Each>,
}

impl Function {
    pub(super) fn of<C: Connection>() -> Self {
        Self {
            at: |x, sets, first, slopes| {
                Level::current().run(At::<C> {
                    connection: PhantomData,
                    x,
                    sets,
                    first,
                    slopes,
                });
            },
            parameters: C::Parameters::<f64>::COUNT,
        }
    }

    /// All 0, to be filled.
    pub(super) fn slopes(&self) -> Slopes {
        Slopes {
            value: [0.0; MAX_LANES],
            by_input: [0.0; MAX_LANES],
            by_parameters: vec![[0.0; MAX_LANES]; self.parameters],
        }
    }

    /// Evaluates it at `x`, with the sets from `first` on. A state is taken as 0.
    pub(super) fn at(&self, x: f64, sets: &Sets, first: usize, slopes: &mut Slopes) {
        (self.at)(x, sets, first, slopes);
    }
}

struct At<'a, C> {
    connection: PhantomData<C>,
    x: f64,
    sets: &'a Sets,
    first: usize,
    slopes: &'a mut Slopes,
}

impl<C: Connection> Operation<f64> for At<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = f64>>(self, simd: S) {
        let input = C::input(simd, simd.splat(self.x));
        for lane in (0..MAX_LANES).step_by(S::Vector::LANES) {
            let set = self.first + lane;
            let at = Derivatives::<C, S>::at(
                simd,
                input,
                C::Parameters::from_fn(
                    #[inline(always)]
                    |k| simd.load(&self.sets.parameters[k][set..]),
                ),
                C::Constants::from_fn(
                    #[inline(always)]
                    |k| simd.load(&self.sets.constants[k][set..]),
                ),
                simd.number(0.0),
            );
            at.value.store(&mut self.slopes.value[lane..]);
            at.by_input.store(&mut self.slopes.by_input[lane..]);
            let places = self.slopes.by_parameters.iter_mut();
            for (place, by_parameter) in places.zip(at.by_parameters.as_slice()) {
                by_parameter.store(&mut place[lane..]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layers::Parabola;

    /// f = a·x² + b at 3, with another a and b in each set.
    #[test]
    fn each_place_is_of_its_own_set() {
        let count = 3 * MAX_LANES;
        let a: Vec<f64> = (0..count).map(|set| set as f64).collect();
        let b: Vec<f64> = a.iter().map(|a| 100.0 - a * a).collect();
        let sets = Sets {
            count,
            parameters: vec![a.clone(), b.clone()],
            constants: Vec::new(),
        };
        let function = Function::of::<Parabola<false, false>>();
        let mut slopes = function.slopes();
        for first in [0, MAX_LANES, 2 * MAX_LANES] {
            function.at(3.0, &sets, first, &mut slopes);
            for place in 0..MAX_LANES {
                let (a, b) = (a[first + place], b[first + place]);
                assert_eq!(slopes.value[place], 9.0 * a + b);
                assert_eq!(slopes.by_input[place], 6.0 * a);
                assert_eq!(slopes.by_parameters[0][place], 9.0);
                assert_eq!(slopes.by_parameters[1][place], 1.0);
            }
        }
    }
}
