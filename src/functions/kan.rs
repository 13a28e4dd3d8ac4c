//! Edges of Kolmogorov–Arnold networks: sums of basis functions with trained coefficients.
//!
//! Splines, radial bases, polynomials and Fourier series have fixed bases, so that a layer of
//! them is a product of matrices; wavelets are moved and scaled edge by edge, and rational
//! functions divide. The bases cover the interval that each function names: inputs are to be
//! brought there, by a [`Standardizer`](crate::data::Standardizer) or an activation before them.
//!
//! A coefficient without a distribution of its own starts within ±1/√inputs.
//!
#![doc = include_str!("../../docs/kan.md")]

use super::{Entry, FunctionalEntry};
use crate::ftm_fn;
use ftm_runtime::simd::Real;

ftm_fn! {
    /// Cubic B-splines on five intervals of [-1, 1], and the SiLU as a base: the original (Liu et
    /// al. 2024, arXiv 2404.19756). Its scale of the spline is part of the coefficients.
    pub fn BSpline(x; b, c[8] ~ normal(0.0, 0.1)) {
        let t = 2.5 * x + 3.5;
        b * x * sigmoid(x) + sum(k in 0..8, c[k] * bspline(3, t - k))
    }

    /// Gaussian bells at eight centres in [-2, 2], and the SiLU as a base (FastKAN: Li 2024,
    /// arXiv 2405.06721).
    pub fn RadialBasis(x; b, c[8] ~ normal(0.0, 0.1)) {
        let t = 1.75 * x + 3.5;
        b * x * sigmoid(x) + sum(k in 0..8, c[k] * gaussian(t - k))
    }

    /// Chebyshev polynomials up to degree 4 of the input squashed into ±1 (SS et al. 2024, arXiv
    /// 2405.07200).
    pub fn Chebyshev(x; c[5]) {
        let t = tanh(x);
        sum(k in 0..5, c[k] * chebyshev(k, t))
    }

    /// Legendre polynomials up to degree 4 of the input squashed into ±1.
    pub fn Legendre(x; c[5]) {
        let t = tanh(x);
        sum(k in 0..5, c[k] * legendre(k, t))
    }

    /// A Fourier series of five harmonics, of period 2π (Xu et al. 2024, arXiv 2406.01034).
    pub fn Fourier(x; a[5], b[5]) {
        sum(k in 0..5, a[k] * cos((k + 1) * x) + b[k] * sin((k + 1) * x))
    }

    /// The mexican hat of trained height, place and width (Wav-KAN: Bozorgasl, Chen 2024, arXiv
    /// 2405.12832).
    pub fn MexicanHat(x; a, shift ~ value(0.0), scale ~ value(1.0)) {
        a * mexican_hat((x - shift) / scale)
    }

    /// The Morlet wavelet of trained height, place and width (Wav-KAN, as above).
    pub fn Morlet(x; a, shift ~ value(0.0), scale ~ value(1.0)) {
        a * morlet((x - shift) / scale)
    }

    /// A quotient of polynomials of degrees 5 and 4 whose denominator is at least 1: the safe
    /// Padé unit (Molina, Schramowski, Kersting 2020, arXiv 1907.06732), as the edge of a
    /// Kolmogorov–Arnold network (Yang, Wang 2024, arXiv 2409.10594).
    pub fn Rational(x; p[6], q[4] ~ normal(0.0, 0.1)) {
        let below = sum(k in 0..4, q[k] * powi(x, k + 1));
        sum(k in 0..6, p[k] * powi(x, k)) / (1.0 + abs(below))
    }

    /// Bells that are squares of products of two rectifiers, on five intervals of [0, 1] (Qiu et
    /// al. 2024, arXiv 2406.02075).
    pub fn ReluBell(x; c[8]) {
        let t = 5.0 * x + 1.0;
        sum(k in 0..8, {
            let bell = relu(t - k + 2.0) * relu(k + 2.0 - t) / 4.0;
            c[k] * bell * bell
        })
    }
}

/// Every function of this module, to choose from at run time.
pub(super) fn entries<T: Real>() -> Vec<FunctionalEntry<T>> {
    vec![
        Entry::functional_of::<BSpline>(&["spline"]),
        Entry::functional_of::<RadialBasis>(&["rbf", "fastkan"]),
        Entry::functional_of::<Chebyshev>(&[]),
        Entry::functional_of::<Legendre>(&[]),
        Entry::functional_of::<Fourier>(&[]),
        Entry::functional_of::<MexicanHat>(&[]),
        Entry::functional_of::<Morlet>(&[]),
        Entry::functional_of::<Rational>(&[]),
        Entry::functional_of::<ReluBell>(&["relukan"]),
    ]
}
