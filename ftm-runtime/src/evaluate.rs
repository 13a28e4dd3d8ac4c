//! One function at one point: its value and derivatives, as the kernels compute them.

use std::marker::PhantomData;

use crate::connection::{Connection, Values};
use crate::error::Error;
use crate::simd::{Level, Operation, Real, Simd, Vector};

/// The value of a function at a point, and its derivatives there.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation<T> {
    /// f
    pub value: T,
    /// ∂f/∂x
    pub by_input: T,
    /// ∂f/∂θ, a number for each trained parameter in the order declared
    pub by_parameters: Vec<T>,
    /// ∂f/∂state; 0 for a function without a memory
    pub by_state: T,
}

/// Where to evaluate a function.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a, T> {
    /// The input.
    pub x: T,
    /// Trained parameters in the order declared.
    pub parameters: &'a [T],
    /// Constants in the order declared.
    pub constants: &'a [T],
    /// The previous output of the edge.
    pub state: T,
}

impl<'a, T: Real> Point<'a, T> {
    /// A point for a function without constants and memory.
    pub fn new(x: T, parameters: &'a [T]) -> Self {
        Self {
            x,
            parameters,
            constants: &[],
            state: T::ZERO,
        }
    }
}

/// Evaluates `C` at a point through its kernel stages, on the given instruction set.
///
/// # Errors
/// [`Error::ParameterCount`] when there are too few or too many parameters or constants.
///
/// ```
/// # use ftm_runtime::connection::*; use ftm_runtime::simd::*;
/// use ftm_runtime::evaluate::{Point, evaluate};
/// # #[derive(Clone, Copy)] struct Square;
/// # impl Connection for Square {
/// #     type Parameters<V: Copy + Send + Sync> = [V; 0]; type Constants<V: Copy + Send + Sync> = [V; 0];
/// #     type Input<V: Copy + Send + Sync> = [V; 1]; type Edge<V: Copy + Send + Sync> = [V; 0];
/// #     type EdgeSums<V: Copy + Send + Sync> = [V; 0]; type InputSums<V: Copy + Send + Sync> = [V; 1];
/// #     const FORWARD_INPUTS: usize = 1; const STATEFUL: bool = false;
/// #     fn description() -> &'static Description { &Description::EMPTY }
/// #     fn input<S: Simd>(_: S, x: S::Vector) -> [S::Vector; 1] { [x] }
/// #     fn edge<S: Simd>(_: S, _: [S::Vector; 0], _: [S::Vector; 0]) -> [S::Vector; 0] { [] }
/// #     fn forward<S: Simd>(_: S, [x]: [S::Vector; 1], _: [S::Vector; 0], _: S::Vector, sum: S::Vector) -> S::Vector { x.mul_add(x, sum) }
/// #     fn backward<S: Simd>(_: S, _: [S::Vector; 1], _: [S::Vector; 0], _: S::Vector, g: S::Vector, _: &mut [S::Vector; 0], [dx]: &mut [S::Vector; 1]) -> S::Vector { *dx += g; g }
/// #     fn finish_edge<S: Simd>(_: S, _: [S::Vector; 0], _: [S::Vector; 0]) -> [S::Vector; 0] { [] }
/// #     fn finish_input<S: Simd>(_: S, [x]: [S::Vector; 1], [dx]: [S::Vector; 1]) -> S::Vector { dx * (x + x) }
/// # }
/// // Square is declared as x * x.
/// let at = evaluate::<Square, f64>(Level::current(), Point::new(3.0, &[]))?;
/// assert_eq!((at.value, at.by_input), (9.0, 6.0));
/// # Ok::<(), ftm_runtime::error::Error>(())
/// ```
pub fn evaluate<C: Connection, T: Real>(
    level: Level,
    point: Point<'_, T>,
) -> Result<Evaluation<T>, Error> {
    let description = C::description();
    for (kind, expected, given) in [
        (
            "parameters",
            C::Parameters::<T>::COUNT,
            point.parameters.len(),
        ),
        ("constants", C::Constants::<T>::COUNT, point.constants.len()),
    ] {
        if expected != given {
            return Err(Error::ParameterCount {
                function: description.name,
                kind,
                expected,
                given,
            });
        }
    }
    Ok(level.run(Evaluate::<C, T> {
        connection: PhantomData,
        point,
    }))
}

struct Evaluate<'a, C, T> {
    connection: PhantomData<C>,
    point: Point<'a, T>,
}

impl<C: Connection, T: Real> Operation<T> for Evaluate<'_, C, T> {
    type Output = Evaluation<T>;

    #[inline(always)]
    fn run<S: Simd<Scalar = T>>(self, simd: S) -> Evaluation<T> {
        let Point {
            x,
            parameters,
            constants,
            state,
        } = self.point;
        let at = Derivatives::<C, S>::at(
            simd,
            C::input(simd, simd.splat(x)),
            C::Parameters::from_fn(
                #[inline(always)]
                |k| simd.splat(parameters[k]),
            ),
            C::Constants::from_fn(
                #[inline(always)]
                |k| simd.splat(constants[k]),
            ),
            simd.splat(state),
        );
        let by_parameters = at.by_parameters.as_slice().iter();
        Evaluation {
            value: first(at.value),
            by_input: first(at.by_input),
            by_parameters: by_parameters.map(|&v| first(v)).collect(),
            by_state: if C::STATEFUL {
                first(at.by_state)
            } else {
                T::ZERO
            },
        }
    }
}

/// A function and its derivatives, a point in each lane.
pub(crate) struct Derivatives<C: Connection, S: Simd> {
    pub(crate) value: S::Vector,
    pub(crate) by_input: S::Vector,
    pub(crate) by_parameters: C::Parameters<S::Vector>,
    by_state: S::Vector,
}

impl<C: Connection, S: Simd> Derivatives<C, S> {
    /// At what the input stage made of the inputs.
    #[inline(always)]
    pub(crate) fn at(
        simd: S,
        input: C::Input<S::Vector>,
        parameters: C::Parameters<S::Vector>,
        constants: C::Constants<S::Vector>,
        state: S::Vector,
    ) -> Self {
        let (zero, one) = (simd.number(0.0), simd.number(1.0));
        let edge = C::edge(simd, parameters, constants);
        let value = C::forward(simd, input, edge, state, zero);
        let mut edge_sums = C::EdgeSums::from_fn(
            #[inline(always)]
            |_| zero,
        );
        let mut input_sums = C::InputSums::from_fn(
            #[inline(always)]
            |_| zero,
        );
        let sums = (&mut edge_sums, &mut input_sums);
        let by_state = C::backward(simd, input, edge, state, one, sums.0, sums.1);
        Self {
            value,
            by_input: C::finish_input(simd, input, input_sums),
            by_parameters: C::finish_edge(simd, edge, edge_sums),
            by_state,
        }
    }
}

/// The first lane.
#[inline(always)]
fn first<V: Vector>(vector: V) -> V::Scalar {
    let mut lane = [V::Scalar::ZERO];
    vector.store_partial(&mut lane);
    lane[0]
}
