//! Basis functions: rows that are defined by other rows.
//!
//! A call is expanded when its graph is simplified, so derivative, kernel and cost are those of
//! the definition, and what neighbouring degrees share is computed once. At the knots of a
//! spline the slopes are those of `abs` and `relu`.

use super::{Algebra, Form, Parity, Primitive, Term, call, square};

/// The largest degree of a polynomial.
const POLYNOMIAL: i64 = 64;

/// The largest degree of a spline.
const SPLINE: i64 = 3;

/// 2/(√3 π^¼), with which the square of the mexican hat has the integral 1.
const MEXICAN_HAT: f64 = 0.867_325_070_584_077_6;

/// A row that is a function of `$x`, for one that is defined for each degree `$n`, a number.
macro_rules! defined {
    ($name:literal $parity:ident ($x:ident) $reference:expr, |$m:ident| $definition:expr) => {
        Primitive {
            name: $name,
            arguments: &[stringify!($x)],
            degree: None,
            form: Form::Definition(|$m, arguments| match *arguments {
                [$x] => $definition,
                _ => $m.number(f64::NAN),
            }),
            evaluate: |arguments| match *arguments {
                [$x] => $reference,
                _ => f64::NAN,
            },
            parity: Parity::$parity,
        }
    };
    ($name:literal ($n:ident <= $most:ident, $x:ident) $reference:expr,
     |$m:ident| $definition:expr) => {
        Primitive {
            name: $name,
            arguments: &[stringify!($n), stringify!($x)],
            degree: Some($most),
            form: Form::Definition(|$m, arguments| match *arguments {
                [$n, $x] => {
                    let $n = $m.as_number($n).unwrap_or(0.0);
                    $definition
                }
                _ => $m.number(f64::NAN),
            }),
            evaluate: |arguments| match *arguments {
                [$n, $x] => $reference,
                _ => f64::NAN,
            },
            parity: Parity::None,
        }
    };
}

pub(super) static TABLE: &[Primitive] = &[
    // T₀ = 1, T₁ = x, Tₙ₊₁ = 2x·Tₙ - Tₙ₋₁: those of the first kind.
    defined!("chebyshev" (n <= POLYNOMIAL, x)
    values(n, x, |_, p, before| 2.0 * x * p - before),
    |m| recurrence(m, n, x, |m, _, p, before| {
        let product = scaled(m, 2.0, x, p);
        m.sub(product, before)
    })),
    // P₀ = 1, P₁ = x, (n + 1)·Pₙ₊₁ = (2n + 1)·x·Pₙ - n·Pₙ₋₁
    defined!("legendre" (n <= POLYNOMIAL, x)
    values(n, x, |n, p, before| ((2.0 * n + 1.0) * x * p - n * before) / (n + 1.0)),
    |m| recurrence(m, n, x, |m, n, p, before| {
        let product = scaled(m, (2.0 * n + 1.0) / (n + 1.0), x, p);
        let last = times(m, n / (n + 1.0), before);
        m.sub(product, last)
    })),
    // H₀ = 1, H₁ = 2x, Hₙ₊₁ = 2x·Hₙ - 2n·Hₙ₋₁: those of the physicists.
    defined!("hermite" (n <= POLYNOMIAL, x)
    values(n, 2.0 * x, |n, p, before| 2.0 * x * p - 2.0 * n * before),
    |m| {
        let twice = times(m, 2.0, x);
        recurrence(m, n, twice, |m, n, p, before| {
            let product = m.mul(twice, p);
            let last = times(m, 2.0 * n, before);
            m.sub(product, last)
        })
    }),
    // The cardinal B-spline centred at 0, by truncated powers of the distance from its ends,
    // none of which is more than twice as large as the spline.
    defined!("bspline" (degree <= SPLINE, t) spline(degree, t), |m| {
        let distance = call(m, "abs", t);
        if degree == 0.0 {
            // 1 on [-1/2, 1/2)
            let [low, high, zero, one] = [-0.5, 0.5, 0.0, 1.0].map(|value| m.number(value));
            let below = m.where_at_least(t, high, zero, one);
            m.where_at_least(t, low, below, zero)
        } else if degree == 1.0 {
            truncated(m, 1.0, distance)
        } else if degree == 2.0 {
            // (3/2 - |t|)₊²/2 - 3·(1/2 - |t|)₊²/2
            let (outer, inner) = (truncated(m, 1.5, distance), truncated(m, 0.5, distance));
            let (outer, inner) = (square(m, outer), square(m, inner));
            let (outer, inner) = (times(m, 0.5, outer), times(m, 1.5, inner));
            m.sub(outer, inner)
        } else {
            // (2 - |t|)₊³/6 - 2·(1 - |t|)₊³/3
            let (outer, inner) = (truncated(m, 2.0, distance), truncated(m, 1.0, distance));
            let (outer, inner) = (cube(m, outer), cube(m, inner));
            let (outer, inner) = (times(m, 1.0 / 6.0, outer), times(m, 2.0 / 3.0, inner));
            m.sub(outer, inner)
        }
    }),
    defined!("hat" Even (t) spline(1.0, t), |m| {
        let distance = call(m, "abs", t);
        truncated(m, 1.0, distance)
    }),
    // exp(-t²)
    defined!("gaussian" Even (t) (-t * t).exp(), |m| bell(m, 1.0, t)),
    // 2/(√3 π^¼)·(1 - t²)·exp(-t²/2)
    defined!("mexican_hat" Even (t) MEXICAN_HAT * (1.0 - t * t) * (-0.5 * t * t).exp(), |m| {
        let (one, square) = (m.number(1.0), square(m, t));
        let less = m.sub(one, square);
        let bell = bell(m, 0.5, t);
        scaled(m, MEXICAN_HAT, less, bell)
    }),
    // cos(5t)·exp(-t²/2)
    defined!("morlet" Even (t) (5.0 * t).cos() * (-0.5 * t * t).exp(), |m| {
        let angle = times(m, 5.0, t);
        let (wave, bell) = (call(m, "cos", angle), bell(m, 0.5, t));
        m.mul(wave, bell)
    }),
];

/// A polynomial by its three-term recurrence from p₀ = 1 and p₁: pₙ₊₁ from n, pₙ and pₙ₋₁.
fn recurrence(
    m: &mut dyn Algebra,
    degree: f64,
    first: Term,
    step: impl Fn(&mut dyn Algebra, f64, Term, Term) -> Term,
) -> Term {
    let (mut before, mut last) = (m.number(1.0), first);
    if degree < 1.0 {
        return before;
    }
    for n in 1..degree as i32 {
        let next = step(m, f64::from(n), last, before);
        (before, last) = (last, next);
    }
    last
}

/// The same of numbers.
fn values(degree: f64, first: f64, step: impl Fn(f64, f64, f64) -> f64) -> f64 {
    let (mut before, mut last) = (1.0, first);
    if degree < 1.0 {
        return before;
    }
    for n in 1..degree as i32 {
        (before, last) = (last, step(f64::from(n), last, before));
    }
    last
}

/// The cardinal B-spline by its pieces.
fn spline(degree: f64, t: f64) -> f64 {
    let z = t.abs();
    match degree as i32 {
        0 => f64::from(u8::from((-0.5..0.5).contains(&t))),
        1 if z < 1.0 => 1.0 - z,
        2 if z < 0.5 => 0.75 - z * z,
        2 if z < 1.5 => 0.5 * (1.5 - z) * (1.5 - z),
        3 if z < 1.0 => 2.0 / 3.0 - z * z * (1.0 - 0.5 * z),
        3 if z < 2.0 => (2.0 - z).powi(3) / 6.0,
        _ => z * 0.0,
    }
}

/// n·a
fn times(m: &mut dyn Algebra, number: f64, a: Term) -> Term {
    let number = m.number(number);
    m.mul(number, a)
}

/// n·a·b
fn scaled(m: &mut dyn Algebra, number: f64, a: Term, b: Term) -> Term {
    let product = m.mul(a, b);
    times(m, number, product)
}

fn cube(m: &mut dyn Algebra, a: Term) -> Term {
    let square = square(m, a);
    m.mul(a, square)
}

/// (end - distance)₊
fn truncated(m: &mut dyn Algebra, end: f64, distance: Term) -> Term {
    let end = m.number(end);
    let inside = m.sub(end, distance);
    call(m, "relu", inside)
}

/// exp(-n·t²)
fn bell(m: &mut dyn Algebra, number: f64, t: Term) -> Term {
    let square = square(m, t);
    let exponent = times(m, -number, square);
    call(m, "exp", exponent)
}
