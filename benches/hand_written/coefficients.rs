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
/// ((e²ʳ - 1)/2 - r)/r² on ±ln 2/4, and ln 2 / 2 in two parts.
pub(crate) const HALF_EXP_M1_TWICE: [f32; 6] = [
    1.0,
    4.0 * 1.666_666_7e-1,
    8.0 * 4.166_646_3e-2,
    16.0 * 8.333_311e-3,
    32.0 * 1.393_39e-3,
    64.0 * 1.989_126_9e-4,
];
pub(crate) const HALF_LN_2: [f32; 2] = [0.693_359_4 / 2.0, -2.121_944_4e-4 / 2.0];
