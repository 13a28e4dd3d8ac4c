//! The layers of sines and of hyperbolic tangents, in intrinsics: the same text for AVX-512 and for
//! AVX2 over the few operations that differ.
//!
//! Memory is that of the layers: `x[sample][input]`, `parameters[input][a, w, p][output]`.
//! Forward, a tile of samples goes through all edges, its sums in the cache; backward, the sums
//! over samples stay in registers and those over outputs in the cache. Samples are taken two
//! abreast, instruction by instruction, so that their chains of dependent operations overlap.

#![allow(
    unsafe_code,
    reason = "the comparison is with intrinsics, which load and store by pointers"
)]

use crate::coefficients::*;

/// A forward pass: shape, x, parameters, y.
type Forward = fn([usize; 3], &[f32], &[f32], &mut [f32], &mut Memory);
/// A backward pass: shape, x, parameters, ∂L/∂y, ∂L/∂θ (added to), ∂L/∂x.
type Backward = fn([usize; 3], &[f32], &[f32], &[f32], &mut [f32], &mut [f32], &mut Memory);

/// Both passes of a layer.
pub(crate) struct Passes {
    pub(crate) forward: Forward,
    pub(crate) backward: Backward,
}

/// Kernels of one instruction set.
pub(crate) struct Kernels {
    pub(crate) instructions: &'static str,
    pub(crate) sine: Passes,
    pub(crate) tanh: Passes,
}

/// The best that this machine has.
pub(crate) fn of_this_machine() -> Option<Kernels> {
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
        Some(avx512::KERNELS)
    } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        Some(avx2::KERNELS)
    } else {
        None
    }
}

/// The memory that passes work in.
pub(crate) struct Memory {
    /// `[block of outputs][sample][lane]`: sums forward, errors backward.
    blocks: Aligned,
    /// `[sample][lane]`: sums over the outputs.
    across: Aligned,
    /// A column of x.
    column: Vec<f32>,
}

impl Memory {
    pub(crate) fn new([batch, _, outputs]: [usize; 3]) -> Self {
        Self {
            blocks: Aligned::new(batch * outputs),
            across: Aligned::new(batch * 16),
            column: vec![0.0; batch],
        }
    }
}

/// Numbers from the start of a cache line on, so that vectors do not straddle two.
struct Aligned(Vec<f32>);

impl Aligned {
    fn new(length: usize) -> Self {
        Self(vec![0.0; length + 15])
    }

    fn get(&mut self) -> &mut [f32] {
        let start = self.0.as_ptr().align_offset(64);
        &mut self.0[start..]
    }
}

/// Samples of a tile of the forward pass.
const TILE: usize = 25;

/// The kernels of one instruction set.
macro_rules! kernels {
    ($module:ident, $name:literal, $features:literal) => {
        mod $module {
            use super::*;
            use crate::instructions::$module::*;

            // SAFETY: `of_this_machine` has detected the instruction set.
            pub(super) const KERNELS: Kernels = Kernels {
                instructions: $name,
                sine: Passes {
                    forward: |shape, x, parameters, y, memory| unsafe {
                        sine_forward(shape, x, parameters, y, memory)
                    },
                    backward: |shape, x, parameters, dy, gradient, dx, memory| unsafe {
                        sine_backward(shape, x, parameters, dy, gradient, dx, memory)
                    },
                },
                tanh: Passes {
                    forward: |shape, x, parameters, y, memory| unsafe {
                        tanh_forward(shape, x, parameters, y, memory)
                    },
                    backward: |shape, x, parameters, dy, gradient, dx, memory| unsafe {
                        tanh_backward(shape, x, parameters, dy, gradient, dx, memory)
                    },
                },
            };

            /// A vector from LANES numbers on.
            #[inline]
            #[target_feature(enable = $features)]
            fn load(from: &[f32], place: usize) -> V {
                debug_assert!(place + LANES <= from.len());
                // SAFETY: shapes are multiples of the lanes, so that a vector lies within.
                unsafe { read(from.as_ptr().add(place)) }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn store(to: &mut [f32], place: usize, vector: V) {
                debug_assert!(place + LANES <= to.len());
                // SAFETY: as in `load`.
                unsafe { write(to.as_mut_ptr().add(place), vector) }
            }

            /// The same operation on two vectors.
            macro_rules! each {
                (|$k:ident| $value:expr) => {
                    [
                        {
                            let $k = 0;
                            $value
                        },
                        {
                            let $k = 1;
                            $value
                        },
                    ]
                };
            }

            /// Sines of arguments within the domain.
            #[inline]
            #[target_feature(enable = $features)]
            fn sine(z: [V; 2]) -> [V; 2] {
                let magic = set(MAGIC);
                if beyond(abs(z[0]), abs(z[1]), set(DOMAIN)) {
                    return each!(|k| lane_by_lane(z[k], f32::sin));
                }
                let shifted = each!(|k| fma(z[k], set(std::f32::consts::FRAC_1_PI), magic));
                let q = each!(|k| sub(shifted[k], magic));
                let r = each!(|k| fnma(q[k], set(PI[0]), z[k]));
                let r = each!(|k| fnma(q[k], set(PI[1]), r[k]));
                let r = each!(|k| fnma(q[k], set(PI[2]), r[k]));
                let square = each!(|k| mul(r[k], r[k]));
                let p = each!(|k| fma(set(SIN_HALF[4]), square[k], set(SIN_HALF[3])));
                let p = each!(|k| fma(p[k], square[k], set(SIN_HALF[2])));
                let p = each!(|k| fma(p[k], square[k], set(SIN_HALF[1])));
                let p = each!(|k| fma(p[k], square[k], set(SIN_HALF[0])));
                let p = each!(|k| fma(p[k], square[k], set(0.0)));
                let s = each!(|k| fma(p[k], r[k], r[k]));
                each!(|k| xor(s[k], shift_left::<31>(shifted[k])))
            }

            /// Sines and cosines.
            #[inline]
            #[target_feature(enable = $features)]
            fn sine_cosine(z: [V; 2]) -> ([V; 2], [V; 2]) {
                let (magic, minus) = (set(MAGIC), set(-0.0));
                if beyond(abs(z[0]), abs(z[1]), set(DOMAIN)) {
                    return (
                        each!(|k| lane_by_lane(z[k], f32::sin)),
                        each!(|k| lane_by_lane(z[k], f32::cos)),
                    );
                }
                let shifted = each!(|k| fma(z[k], set(std::f32::consts::FRAC_2_PI), magic));
                let q = each!(|k| sub(shifted[k], magic));
                let r = each!(|k| fnma(q[k], set(PI[0] / 2.0), z[k]));
                let r = each!(|k| fnma(q[k], set(PI[1] / 2.0), r[k]));
                let r = each!(|k| fnma(q[k], set(PI[2] / 2.0), r[k]));
                let square = each!(|k| mul(r[k], r[k]));
                let fourth = each!(|k| mul(square[k], square[k]));
                let even = each!(|k| fma(set(SIN_QUARTER[2]), fourth[k], set(SIN_QUARTER[0])));
                let odd = each!(|k| fma(set(SIN_QUARTER[3]), fourth[k], set(SIN_QUARTER[1])));
                let p = each!(|k| fma(odd[k], square[k], even[k]));
                let p = each!(|k| fma(p[k], square[k], set(0.0)));
                let s = each!(|k| fma(p[k], r[k], r[k]));
                let even = each!(|k| fma(set(COS_QUARTER[2]), fourth[k], set(COS_QUARTER[0])));
                let p = each!(|k| fma(set(COS_QUARTER[1]), square[k], even[k]));
                let c = each!(|k| fnma(square[k], set(0.5), set(1.0)));
                let c = each!(|k| fma(p[k], fourth[k], c[k]));
                let sin_sign = each!(|k| and(shift_left::<30>(shifted[k]), minus));
                let cos_sign = each!(|k| and(shift_left::<30>(next(shifted[k])), minus));
                let sin = each!(|k| xor(if_odd(shifted[k], c[k], s[k]), sin_sign[k]));
                let cos = each!(|k| xor(if_odd(shifted[k], s[k], c[k]), cos_sign[k]));
                (sin, cos)
            }

            /// Hyperbolic tangents.
            #[inline]
            #[target_feature(enable = $features)]
            fn tangent(z: [V; 2]) -> [V; 2] {
                let (end, one) = (set(END), set(1.0));
                let held = each!(|k| min(end, max(set(-END), z[k])));
                let square = each!(|k| mul(held[k], held[k]));
                let s = each!(|k| fma(set(HALF_SINH[2]), square[k], set(HALF_SINH[1])));
                let s = each!(|k| fma(s[k], square[k], set(HALF_SINH[0])));
                let s = each!(|k| mul(s[k], held[k]));
                let c = each!(|k| fma(set(HALF_COSH[3]), square[k], set(HALF_COSH[2])));
                let c = each!(|k| fma(c[k], square[k], set(HALF_COSH[1])));
                let c = each!(|k| fma(c[k], square[k], set(HALF_COSH[0])));
                let over = each!(|k| mul(add(s[k], s[k]), c[k]));
                let t = each!(|k| div(over[k], fma(s[k], s[k], mul(c[k], c[k]))));
                each!(|k| min(one, max(set(-1.0), t[k])))
            }

            /// tanh and 1 - tanh².
            #[inline]
            #[target_feature(enable = $features)]
            fn tangent_slope(z: [V; 2]) -> ([V; 2], [V; 2]) {
                let t = tangent(z);
                (t, each!(|k| fnma(t[k], t[k], set(1.0))))
            }

            #[cold]
            #[inline(never)]
            fn lanes(values: &mut [f32; LANES], function: fn(f32) -> f32) {
                for value in values {
                    *value = function(*value);
                }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn lane_by_lane(z: V, function: fn(f32) -> f32) -> V {
                let mut values = [0.0; LANES];
                store(&mut values, 0, z);
                lanes(&mut values, function);
                load(&values, 0)
            }

            passes!(sine_forward, sine_backward, sine, sine_cosine, $features);
            passes!(
                tanh_forward,
                tanh_backward,
                tangent,
                tangent_slope,
                $features
            );
        }
    };
}

/// The passes of a · f(w x + p), from f of two vectors, and f with its derivative.
macro_rules! passes {
    ($forward:ident, $backward:ident, $value:ident, $both:ident, $features:literal) => {
        #[target_feature(enable = $features)]
        fn $forward(
            [batch, inputs, outputs]: [usize; 3],
            x: &[f32],
            parameters: &[f32],
            y: &mut [f32],
            memory: &mut Memory,
        ) {
            assert!(batch % TILE == 0 && outputs % LANES == 0);
            let blocks = outputs / LANES;
            let sums = memory.blocks.get();
            for first in (0..batch).step_by(TILE) {
                sums[..TILE * outputs].fill(0.0);
                for i in 0..inputs {
                    let column = &mut memory.column[..TILE];
                    for (n, value) in column.iter_mut().enumerate() {
                        *value = x[(first + n) * inputs + i];
                    }
                    let edges = &parameters[i * 3 * outputs..][..3 * outputs];
                    for block in 0..blocks {
                        let [a, w, p] = [0, 1, 2].map(|k| load(edges, k * outputs + block * LANES));
                        let sums = &mut sums[block * TILE * LANES..][..TILE * LANES];
                        for n in (0..TILE - 1).step_by(2) {
                            let z = [fma(w, set(column[n]), p), fma(w, set(column[n + 1]), p)];
                            let f = $value(z);
                            let (one, two) = (n * LANES, (n + 1) * LANES);
                            let sum = [load(sums, one), load(sums, two)];
                            store(sums, one, fma(a, f[0], sum[0]));
                            store(sums, two, fma(a, f[1], sum[1]));
                        }
                        if TILE % 2 == 1 {
                            let last = TILE - 1;
                            let z = fma(w, set(column[last]), p);
                            let [f, _] = $value([z, z]);
                            let sum = load(sums, last * LANES);
                            store(sums, last * LANES, fma(a, f, sum));
                        }
                    }
                }
                for n in 0..TILE {
                    for block in 0..blocks {
                        let sum = load(sums, (block * TILE + n) * LANES);
                        store(y, (first + n) * outputs + block * LANES, sum);
                    }
                }
            }
        }

        #[target_feature(enable = $features)]
        fn $backward(
            [batch, inputs, outputs]: [usize; 3],
            x: &[f32],
            parameters: &[f32],
            dy: &[f32],
            gradient: &mut [f32],
            dx: &mut [f32],
            memory: &mut Memory,
        ) {
            assert!(batch % 2 == 0 && outputs % LANES == 0);
            let blocks = outputs / LANES;
            let errors = memory.blocks.get();
            for block in 0..blocks {
                for n in 0..batch {
                    let error = load(dy, n * outputs + block * LANES);
                    store(errors, (block * batch + n) * LANES, error);
                }
            }
            let across = &mut memory.across.get()[..batch * LANES];
            for i in 0..inputs {
                let column = &mut memory.column[..batch];
                for (n, value) in column.iter_mut().enumerate() {
                    *value = x[n * inputs + i];
                }
                across.fill(0.0);
                let edges = &parameters[i * 3 * outputs..][..3 * outputs];
                for block in 0..blocks {
                    let [a, w, p] = [0, 1, 2].map(|k| load(edges, k * outputs + block * LANES));
                    let aw = mul(a, w);
                    let errors = &errors[block * batch * LANES..][..batch * LANES];
                    let (mut da, mut dw, mut dp) = (set(0.0), set(0.0), set(0.0));
                    for n in (0..batch).step_by(2) {
                        let (one, two) = (n * LANES, (n + 1) * LANES);
                        let x = [set(column[n]), set(column[n + 1])];
                        let (f, slope) = $both([fma(w, x[0], p), fma(w, x[1], p)]);
                        let g = [load(errors, one), load(errors, two)];
                        let g_slope = [mul(g[0], slope[0]), mul(g[1], slope[1])];
                        da = fma(g[1], f[1], fma(g[0], f[0], da));
                        dw = fma(g_slope[1], x[1], fma(g_slope[0], x[0], dw));
                        dp = add(add(dp, g_slope[0]), g_slope[1]);
                        let sum = [load(across, one), load(across, two)];
                        store(across, one, fma(g_slope[0], aw, sum[0]));
                        store(across, two, fma(g_slope[1], aw, sum[1]));
                    }
                    for (k, sum) in [da, mul(a, dw), mul(a, dp)].into_iter().enumerate() {
                        let place = (i * 3 + k) * outputs + block * LANES;
                        store(gradient, place, add(load(gradient, place), sum));
                    }
                }
                for n in 0..batch {
                    dx[n * inputs + i] = reduce(load(across, n * LANES));
                }
            }
        }
    };
}

kernels!(avx512, "AVX-512", "avx512f,avx512dq");
kernels!(avx2, "AVX2", "avx2,fma");
