//! The functions of the vector math, a row each: what is measured, against what, where, and how
//! far off it may be. Shared by the test and by the program that makes the table of the
//! documentation.

#![allow(dead_code, reason = "each of the two uses a part")]

use ftm_runtime::math::Elementary;
use ftm_runtime::simd::{Level, Operation, Real, Simd, Vector};

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Arguments to measure at, single and double.
    pub(crate) domain: [(f64, f64); 2],
    /// Largest error allowed, in units in the last place.
    pub(crate) bound: f64,
    pub(crate) single: fn(Level, &[f32]) -> Vec<f32>,
    pub(crate) double: fn(Level, &[f64]) -> Vec<f64>,
    pub(crate) reference_single: fn(f32) -> f64,
    pub(crate) reference_double: fn(f64) -> f64,
    /// The standard library's, for special values.
    pub(crate) standard_single: fn(f32) -> f32,
    pub(crate) standard_double: fn(f64) -> f64,
}

macro_rules! rows {
    ($($name:ident [$from:expr, $to:expr] [$from64:expr, $to64:expr] $bound:literal
       |$v:ident, $s:ident| $ours:expr, $single:expr, $double:expr, $std32:expr, $std64:expr;)+) => {
        $(#[allow(non_camel_case_types)]
        struct $name<'a, T>(&'a [T]);

        impl<T: Real> Operation<T> for $name<'_, T> {
            type Output = Vec<T>;
            #[inline(always)]
            fn run<S: Simd<Scalar = T>>(self, $s: S) -> Vec<T> {
                let mut results = vec![T::ZERO; self.0.len()];
                let lanes = S::Vector::LANES;
                for (y, x) in results.chunks_mut(lanes).zip(self.0.chunks(lanes)) {
                    let $v = $s.load_partial(x);
                    $ours.store_partial(y);
                }
                results
            }
        })+

        /// All rows.
        pub(crate) const ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            domain: [($from, $to), ($from64, $to64)],
            bound: $bound,
            single: |level, x| level.run($name(x)),
            double: |level, x| level.run($name(x)),
            reference_single: $single,
            reference_double: $double,
            standard_single: $std32,
            standard_double: $std64,
        }),+];
    };
}

/// Exponents that powers are measured at.
const POWER: f64 = 2.75;
const FALL: f64 = -11.3125;

/// 1/(1 + e⁻ˣ) with one rounding of each step corrected.
fn sigmoid(x: f64) -> f64 {
    let e = core_math::exp(-x.abs());
    let sum = 1.0 + e;
    let error = e - (sum - 1.0);
    let numerator = if x >= 0.0 { 1.0 } else { e };
    let quotient = numerator / sum;
    let rest = (-quotient).mul_add(sum, numerator) - quotient * error;
    quotient + rest / sum
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + core_math::log1p(core_math::exp(-x.abs()))
}

rows! {
    exp [-104.0, 89.0] [-746.0, 710.0] 2.0 |v, s| v.exp(),
        |x| core_math::exp(x.into()), core_math::exp, f32::exp, f64::exp;
    exp_m1 [-20.0, 88.0] [-40.0, 709.0] 4.0 |v, s| v.exp_m1(),
        |x| core_math::expm1(x.into()), core_math::expm1, f32::exp_m1, f64::exp_m1;
    ln [1e-45, 3e38] [1e-323, 1e308] 2.0 |v, s| v.ln(),
        |x| core_math::log(x.into()), core_math::log, f32::ln, f64::ln;
    ln_1p [-1.0, 1e6] [-1.0, 1e6] 4.0 |v, s| v.ln_1p(),
        |x| core_math::log1p(x.into()), core_math::log1p, f32::ln_1p, f64::ln_1p;
    sin [-1e5, 1e5] [-1e9, 1e9] 2.0 |v, s| v.sin(),
        |x| core_math::sin(x.into()), core_math::sin, f32::sin, f64::sin;
    cos [-1e5, 1e5] [-1e9, 1e9] 2.0 |v, s| v.cos(),
        |x| core_math::cos(x.into()), core_math::cos, f32::cos, f64::cos;
    sin_of_both [-1e5, 1e5] [-1e9, 1e9] 2.0 |v, s| v.sin_cos().0,
        |x| core_math::sin(x.into()), core_math::sin, f32::sin, f64::sin;
    cos_of_both [-1e5, 1e5] [-1e9, 1e9] 2.0 |v, s| v.sin_cos().1,
        |x| core_math::cos(x.into()), core_math::cos, f32::cos, f64::cos;
    tan [-1e5, 1e5] [-1e9, 1e9] 4.0 |v, s| v.tan(),
        |x| core_math::tan(x.into()), core_math::tan, f32::tan, f64::tan;
    asin [-1.0, 1.0] [-1.0, 1.0] 4.0 |v, s| v.asin(),
        |x| core_math::asin(x.into()), core_math::asin, f32::asin, f64::asin;
    acos [-1.0, 1.0] [-1.0, 1.0] 4.0 |v, s| v.acos(),
        |x| core_math::acos(x.into()), core_math::acos, f32::acos, f64::acos;
    atan [-1e3, 1e3] [-1e3, 1e3] 4.0 |v, s| v.atan(),
        |x| core_math::atan(x.into()), core_math::atan, f32::atan, f64::atan;
    sinh [-89.5, 89.5] [-710.5, 710.5] 4.0 |v, s| v.sinh(),
        |x| core_math::sinh(x.into()), core_math::sinh, f32::sinh, f64::sinh;
    cosh [-89.5, 89.5] [-710.5, 710.5] 4.0 |v, s| v.cosh(),
        |x| core_math::cosh(x.into()), core_math::cosh, f32::cosh, f64::cosh;
    sinh_of_both [-89.5, 89.5] [-710.5, 710.5] 4.0 |v, s| v.sinh_cosh().0,
        |x| core_math::sinh(x.into()), core_math::sinh, f32::sinh, f64::sinh;
    cosh_of_both [-89.5, 89.5] [-710.5, 710.5] 4.0 |v, s| v.sinh_cosh().1,
        |x| core_math::cosh(x.into()), core_math::cosh, f32::cosh, f64::cosh;
    tanh [-12.0, 12.0] [-24.0, 24.0] 4.0 |v, s| v.tanh(),
        |x| core_math::tanh(x.into()), core_math::tanh, f32::tanh, f64::tanh;
    sigmoid_ [-104.0, 40.0] [-746.0, 40.0] 2.0 |v, s| v.sigmoid(),
        |x| sigmoid(x.into()), sigmoid, |x| sigmoid(x.into()) as f32, sigmoid;
    softplus_ [-104.0, 100.0] [-746.0, 100.0] 4.0 |v, s| v.softplus(),
        |x| softplus(x.into()), softplus, |x| softplus(x.into()) as f32, softplus;
    erf [-4.5, 4.5] [-6.5, 6.5] 4.0 |v, s| v.erf(),
        |x| core_math::erf(x.into()), core_math::erf, |x| core_math::erf(x.into()) as f32, core_math::erf;
    recip [-1e6, 1e6] [-1e6, 1e6] 1.0 |v, s| v.recip(),
        |x| 1.0 / f64::from(x), |x| 1.0 / x, f32::recip, f64::recip;
    powf [1e-13, 1e13] [1e-110, 1e110] 4.0 |v, s| v.powf(s.number(POWER)),
        |x| core_math::pow(x.into(), POWER), |x| core_math::pow(x, POWER),
        |x| x.powf(POWER as f32), |x| x.powf(POWER);
    powf_falling [1e-3, 1e3] [1e-26, 1e26] 4.0 |v, s| v.powf(s.number(FALL)),
        |x| core_math::pow(x.into(), FALL), |x| core_math::pow(x, FALL),
        |x| x.powf(FALL as f32), |x| x.powf(FALL);
    powf_of_two [-149.0, 127.0] [-1074.0, 1023.0] 4.0 |v, s| s.number(2.0).powf(v),
        |x| core_math::pow(2.0, x.into()), |x| core_math::pow(2.0, x),
        |x| 2.0_f32.powf(x), |x| 2.0_f64.powf(x);
}

/// Arguments spread over the domain: evenly, and by magnitude down to the smallest.
pub(crate) fn arguments(domain: (f64, f64), count: usize, mut seed: u64) -> Vec<f64> {
    let mut draw = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let (low, high) = domain;
    let most = low.abs().max(high.abs());
    let mut all = vec![low, high];
    while all.len() < count {
        all.push(low + (high - low) * draw());
        let magnitude = most * (2.0_f64).powf(-60.0 * draw());
        let signed = if draw() < 0.5 { -magnitude } else { magnitude };
        if (low..=high).contains(&signed) {
            all.push(signed);
        }
        if low > 0.0 {
            all.push((low.ln() + (high / low).ln() * draw()).exp());
        }
        // Near multiples of π/2, where sine or cosine is small.
        let near = (draw() * most / 1.6).floor() * std::f64::consts::FRAC_PI_2;
        if (low..=high).contains(&near) {
            all.push(near);
        }
    }
    all
}

/// The error of a result in units in the last place of the exact value, given rounded to double.
pub(crate) fn ulps<T: Real>(ours: T, exact: f64) -> f64 {
    let ours = ours.to_f64();
    let (digits, smallest, largest) = match T::NAME {
        "f32" => (23, f64::from(f32::from_bits(1)), f64::from(f32::MAX)),
        _ => (52, f64::from_bits(1), f64::MAX),
    };
    if ours == exact || (ours.is_nan() && exact.is_nan()) {
        return 0.0;
    }
    // What rounds to infinity is infinity.
    if ours.is_infinite() || exact.abs() > largest {
        let close = exact.abs().min(f64::MAX) >= largest * (1.0 - 1e-7) || ours.abs() >= largest;
        return if close && ours.signum() == exact.signum() {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let size = exact.abs();
    let ulp = if digits == 23 {
        let size = size as f32;
        f64::from(size.next_up()) - f64::from(size)
    } else {
        size.next_up() - size
    };
    let ulp = if ulp.is_finite() {
        ulp.max(smallest)
    } else {
        f64::INFINITY
    };
    ((ours - exact) / ulp).abs()
}
