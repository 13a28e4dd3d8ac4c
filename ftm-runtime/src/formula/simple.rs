//! Simple numbers: p/q, pπ/q and √(p/q) of small integers.

use std::f64::consts::PI;

/// A simple number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Simple {
    /// p, with the sign.
    pub numerator: i32,
    /// q
    pub denominator: i32,
    /// What p/q is a factor of, or under.
    pub kind: Kind,
}

/// The kinds of simple numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// p/q
    Ratio,
    /// pπ/q
    Pi,
    /// √(p/q), or its negative
    Root,
}

/// The largest denominator of a simple number.
const DENOMINATORS: i32 = 12;

/// The largest numerator of one that is no integer.
const NUMERATORS: f64 = 60.0;

impl Simple {
    /// Its value.
    pub(crate) fn value(self) -> f64 {
        let ratio = f64::from(self.numerator) / f64::from(self.denominator);
        match self.kind {
            Kind::Ratio => ratio,
            Kind::Pi => f64::from(self.numerator) * PI / f64::from(self.denominator),
            Kind::Root => ratio.abs().sqrt().copysign(ratio),
        }
    }

    /// How much there is to say of it.
    pub(crate) fn complexity(self) -> f64 {
        let digits = |number: i32| f64::from(number.abs() + 1).log2();
        let kind = match self.kind {
            Kind::Ratio => 0.0,
            Kind::Pi => 2.0,
            Kind::Root => 4.0,
        };
        digits(self.numerator) + digits(self.denominator - 1) + kind
    }

    /// The one that has this very value, up to the last bits, if there is one.
    pub(crate) fn of(value: f64) -> Option<Self> {
        let near =
            |simple: &Self| (simple.value() - value).abs() <= 4.0 * f64::EPSILON * value.abs();
        candidates(value).find(near)
    }

    /// Those within `distance` of a number, the simplest first.
    pub(crate) fn near(value: f64, distance: f64) -> Vec<Self> {
        let near = |simple: &Self| (simple.value() - value).abs() <= distance;
        let mut all: Vec<Self> = candidates(value).filter(near).collect();
        all.sort_by(|a, b| a.complexity().total_cmp(&b.complexity()));
        all
    }
}

/// The nearest simple number of each kind and denominator, simple ones first.
fn candidates(value: f64) -> impl Iterator<Item = Simple> {
    let of = move |kind: Kind, denominator: i32| {
        let scaled = match kind {
            Kind::Ratio => value,
            Kind::Pi => value / PI,
            Kind::Root => value * value.abs(),
        };
        let numerator = (scaled * f64::from(denominator)).round();
        let whole = kind == Kind::Ratio && denominator == 1;
        let largest = if whole {
            f64::from(i32::MAX)
        } else {
            NUMERATORS
        };
        let fits = numerator.abs() <= largest && (numerator != 0.0 || whole);
        let simple = Simple {
            numerator: numerator as i32,
            denominator,
            kind,
        };
        (fits && divisor(simple.numerator, denominator) == 1).then_some(simple)
    };
    [Kind::Ratio, Kind::Pi, Kind::Root]
        .into_iter()
        .flat_map(move |kind| (1..=DENOMINATORS).filter_map(move |q| of(kind, q)))
        // √4 is an integer.
        .filter(|simple| simple.kind != Kind::Root || !is_ratio(simple.value()))
}

/// Whether this is p/q of small integers.
fn is_ratio(value: f64) -> bool {
    (1..=DENOMINATORS).any(|q| (value * f64::from(q)).fract() == 0.0)
}

/// The greatest common divisor; of 0 and q, q.
fn divisor(a: i32, b: i32) -> i32 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_recognised() {
        let of = |value: f64| Simple::of(value).map(|s| (s.numerator, s.denominator, s.kind));
        assert_eq!(of(-3.0), Some((-3, 1, Kind::Ratio)));
        assert_eq!(of(0.0), Some((0, 1, Kind::Ratio)));
        assert_eq!(of(2.0 / 3.0), Some((2, 3, Kind::Ratio)));
        assert_eq!(of(4.0 * PI / 3.0), Some((4, 3, Kind::Pi)));
        assert_eq!(of(-(2.0_f64.sqrt())), Some((-2, 1, Kind::Root)));
        assert_eq!(of((2.0_f64 / 3.0).sqrt()), Some((2, 3, Kind::Root)));
        assert_eq!(of(0.1234), None);
        assert_eq!(of(f64::NAN), None);
        assert_eq!(of(f64::INFINITY), None);
    }

    #[test]
    fn the_simplest_comes_first() {
        let near = Simple::near(0.499, 0.01);
        assert_eq!(near[0].value(), 0.5);
        assert!(Simple::near(3.1, 0.1).iter().any(|s| s.kind == Kind::Pi));
        assert!(Simple::near(0.123, 1e-6).is_empty());
    }
}
