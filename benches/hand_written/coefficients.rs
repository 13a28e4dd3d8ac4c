//! The polynomials and reductions of `ftm-runtime/src/math`, in single precision.

/// Parts of π: r = x - q·π by three fused multiply-adds.
pub(crate) const PI: [f32; 3] = [3.141_592_5, 1.509_957_9e-7, 1.078_060_5e-14];
/// The largest argument that they reduce with full accuracy.
pub(crate) const DOMAIN: f32 = 1e5;
/// 1.5·2²³: rounds a sum to an integer in the low bits.
pub(crate) const MAGIC: f32 = 12_582_912.0;
/// (sin r/r - 1)/r² on ±π/2 and on ±π/4, (cos r - 1 + r²/2)/r⁴ on ±π/4, by r².
pub(crate) const SIN_HALF: [f32; 5] = [
    -1.666_666_7e-1,
    8.333_333e-3,
    -1.984_108_6e-4,
    2.753_641e-6,
    -2.403_748_5e-8,
];
pub(crate) const SIN_QUARTER: [f32; 4] = [
    -1.666_666_7e-1,
    8.333_332e-3,
    -1.984_008_1e-4,
    2.724_914_7e-6,
];
pub(crate) const COS_QUARTER: [f32; 3] = [4.166_664_6e-2, -1.388_83e-3, 2.454_729_9e-5];
/// Multiples of sinh(x/2)/x and cosh(x/2), by x², and where tanh rounds to 1.
pub(crate) const HALF_SINH: [f32; 3] = [0.925, 2.753_935_7e-2, 1.056_537_3e-4];
pub(crate) const HALF_COSH: [f32; 4] = [1.85, 2.092_453_2e-1, 2.231_819e-3, 2.272_308_8e-6];
pub(crate) const END: f32 = 9.03125;
