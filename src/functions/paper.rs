//! The twenty functions F01–F20 and the memory function of *Learning of functional transfer
//! matrices* (Cai, Xu, Ke, Su, Sun 2017, arXiv 1710.10403), with the paper's initialisers.
//!
//! Derivatives are exact, also where the paper's own program clips a value and ignores it.

use super::{Entry, FunctionalEntry};
use crate::ftm_fn;
use ftm_runtime::simd::Real;

ftm_fn! {
    /// The connection of an ordinary network, to compare with. Not one of the twenty.
    pub fn Linear(x; w ~ uniform(-0.1, 0.1)) { w * x }

    /// F01: the weight squared, so that no edge is negative.
    pub fn SquaredWeight(x; w ~ uniform(-0.1, 0.1)) { w * w * x }

    /// F02: the weight cubed.
    pub fn CubedWeight(x; w ~ uniform(-0.1, 0.1)) { w * w * w * x }

    /// F03: a parabola through the origin.
    pub fn Quadratic(x; a ~ uniform(-0.1, 0.1), b ~ uniform(-0.1, 0.1)) { a * x * x + b * x }

    /// F04: a cubic through the origin.
    pub fn Cubic(x; a ~ uniform(-0.1, 0.1), b ~ uniform(-0.1, 0.1), c ~ uniform(-0.1, 0.1)) {
        a * x * x * x + b * x * x + c * x
    }

    /// F05: an exponential; the exponent is held within ±30.
    pub fn Exponential(x; a ~ uniform(-0.1, 0.1), b ~ uniform(-4.0, -2.0)) {
        a * exp(clamp(b * x, -30.0, 30.0))
    }

    /// F06: a rectified weight of fixed sign. Its derivative is 1 where the weight is 0.
    pub fn RectifiedWeight(x; w ~ uniform(0.0, 0.2), const u ~ sign()) { u * max(w, 0.0) * x }

    /// F07: as F06, but a dead edge still learns, since its weight's derivative is passed
    /// straight through the rectifier.
    pub fn RectifiedWeightStraightThrough(x; w ~ uniform(0.0, 0.2), const u ~ sign()) {
        u * straight_through(relu(w), w) * x
    }

    /// F08: a rectifier of fixed sign, held below 20.
    pub fn SignedRectifier(x; w ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1), const u ~ sign()) {
        u * min(relu(w * x + p), 20.0)
    }

    /// F09: a rectifier with a trained height.
    pub fn Rectifier(x;
        a ~ uniform(-0.1, 0.1), w ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1)
    ) {
        a * relu(w * x + p)
    }

    /// F10: a logistic curve of fixed sign; the argument is held within ±30.
    pub fn SignedLogistic(x; w ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1), const u ~ sign()) {
        u * sigmoid(clamp(w * x + p, -30.0, 30.0))
    }

    /// F11: a logistic curve with a trained height.
    pub fn Logistic(x;
        a ~ uniform(-0.1, 0.1), w ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1)
    ) {
        a * sigmoid(w * x + p)
    }

    /// F12: a sine of trained amplitude, frequency and phase.
    pub fn Sine(x;
        a ~ uniform(-0.1, 0.1), w ~ uniform(-10.0, 10.0), p ~ uniform(-10.0, 10.0)
    ) {
        a * sin(w * x + p)
    }

    /// F13: a cosine of trained amplitude, frequency and phase.
    pub fn Cosine(x;
        a ~ uniform(-0.1, 0.1), w ~ uniform(-10.0, 10.0), p ~ uniform(-10.0, 10.0)
    ) {
        a * cos(w * x + p)
    }

    /// F14: a hyperbolic sine.
    pub fn HyperbolicSine(x;
        a ~ uniform(-0.1, 0.1), w ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1)
    ) {
        a * sinh(w * x + p)
    }

    /// F15: a hyperbolic cosine, less 1 so that it starts at 0.
    pub fn HyperbolicCosine(x;
        a ~ uniform(-0.1, 0.1), w ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1)
    ) {
        a * (cosh(w * x + p) - 1.0)
    }

    /// F16: a hyperbolic tangent.
    pub fn HyperbolicTangent(x;
        a ~ uniform(-0.1, 0.1), w ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1)
    ) {
        a * tanh(w * x + p)
    }

    /// F17: the square of an ordinary connection.
    pub fn SquaredProduct(x; w ~ uniform(-0.1, 0.1)) { w * w * x * x }

    /// F18: as F17 with a fixed sign.
    pub fn SignedSquare(x; w ~ uniform(-0.1, 0.1), const u ~ sign()) { u * w * w * x * x }

    /// F19: a parabola of trained width and place.
    pub fn ShiftedSquare(x; w ~ uniform(-0.1, 0.1), c ~ uniform(-0.1, 0.1)) {
        w * w * (x + c) * (x + c)
    }

    /// F20: as F19 with a fixed sign.
    pub fn SignedShiftedSquare(x;
        w ~ uniform(-0.1, 0.1), c ~ uniform(-0.1, 0.1), const u ~ sign()
    ) {
        u * w * w * (x + c) * (x + c)
    }

    /// The memory function: `h` is the edge's own previous output.
    pub fn Memory(x;
        w ~ uniform(-0.1, 0.1), r ~ uniform(-0.1, 0.1), p ~ uniform(-0.1, 0.1), state h
    ) {
        tanh(w * x + r * h + p)
    }
}

/// Every function of this module, to choose from at run time: by name, by number, or, for those
/// that have one, by the name in the language of the function within.
pub(super) fn entries<T: Real>() -> Vec<FunctionalEntry<T>> {
    vec![
        Entry::functional_of::<Linear>(&[]),
        Entry::functional_of::<SquaredWeight>(&["F01"]),
        Entry::functional_of::<CubedWeight>(&["F02"]),
        Entry::functional_of::<Quadratic>(&["F03"]),
        Entry::functional_of::<Cubic>(&["F04"]),
        Entry::functional_of::<Exponential>(&["F05", "exp"]),
        Entry::functional_of::<RectifiedWeight>(&["F06"]),
        Entry::functional_of::<RectifiedWeightStraightThrough>(&["F07"]),
        Entry::functional_of::<SignedRectifier>(&["F08"]),
        Entry::functional_of::<Rectifier>(&["F09", "relu"]),
        Entry::functional_of::<SignedLogistic>(&["F10"]),
        Entry::functional_of::<Logistic>(&["F11", "sigmoid"]),
        Entry::functional_of::<Sine>(&["F12", "sin"]),
        Entry::functional_of::<Cosine>(&["F13", "cos"]),
        Entry::functional_of::<HyperbolicSine>(&["F14", "sinh"]),
        Entry::functional_of::<HyperbolicCosine>(&["F15", "cosh"]),
        Entry::functional_of::<HyperbolicTangent>(&["F16", "tanh"]),
        Entry::functional_of::<SquaredProduct>(&["F17"]),
        Entry::functional_of::<SignedSquare>(&["F18"]),
        Entry::functional_of::<ShiftedSquare>(&["F19"]),
        Entry::functional_of::<SignedShiftedSquare>(&["F20"]),
        Entry::functional_of::<Memory>(&[]),
    ]
}
