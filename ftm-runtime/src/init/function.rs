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
