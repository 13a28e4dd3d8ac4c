//! What a file of drawn functions needs: the oracle, and the comparison with it.
//!
//! The oracle knows nothing of the macro. The body of a function is compiled a second time, as
//! plain Rust over dual numbers: a value and its partial derivatives, by the chain rule.

use ftm::connection::Connection;
use ftm::evaluate::{Point, evaluate};
use ftm::simd::{Level, Real};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number and its partial derivatives by up to [`SYMBOLS`] symbols.
#[derive(Clone, Copy, Debug)]
pub struct Dual {
    value: f64,
    partials: [f64; SYMBOLS],
}

/// x, four parameters, a constant and a state.
pub const SYMBOLS: usize = 7;

impl Dual {
    fn symbol(value: f64, index: usize) -> Self {
        let mut partials = [0.0; SYMBOLS];
        partials[index] = 1.0;
        Self { value, partials }
    }
    fn number(value: f64) -> Self {
        Self {
            value,
            partials: [0.0; SYMBOLS],
        }
    }
    /// The chain rule for a function of one number.
    fn chain(self, value: f64, derivative: f64) -> Self {
        Self {
            value,
            partials: self.partials.map(|partial| partial * derivative),
        }
    }
    /// The chain rule for a function of two numbers.
    fn chain2(self, other: Self, value: f64, by_self: f64, by_other: f64) -> Self {
        let mut partials = [0.0; SYMBOLS];
        for (k, partial) in partials.iter_mut().enumerate() {
            *partial = self.partials[k] * by_self + other.partials[k] * by_other;
        }
        Self { value, partials }
    }
    pub fn exp(self) -> Self {
        let e = self.value.exp();
        self.chain(e, e)
    }
    pub fn exp_m1(self) -> Self {
        self.chain(self.value.exp_m1(), self.value.exp())
    }
    pub fn ln(self) -> Self {
        self.chain(self.value.ln(), 1.0 / self.value)
    }
    pub fn ln_1p(self) -> Self {
        self.chain(self.value.ln_1p(), 1.0 / (1.0 + self.value))
    }
    pub fn sqrt(self) -> Self {
        let s = self.value.sqrt();
        self.chain(s, 0.5 / s)
    }
    pub fn recip(self) -> Self {
        self.chain(1.0 / self.value, -1.0 / (self.value * self.value))
    }
    pub fn powi(self, n: i32) -> Self {
        self.chain(self.value.powi(n), f64::from(n) * self.value.powi(n - 1))
    }
    pub fn powf(self, y: Self) -> Self {
        let p = self.value.powf(y.value);
        self.chain2(
            y,
            p,
            y.value * self.value.powf(y.value - 1.0),
            p * self.value.ln(),
        )
    }
    pub fn sin(self) -> Self {
        self.chain(self.value.sin(), self.value.cos())
    }
    pub fn cos(self) -> Self {
        self.chain(self.value.cos(), -self.value.sin())
    }
    pub fn tan(self) -> Self {
        let t = self.value.tan();
        self.chain(t, 1.0 + t * t)
    }
    pub fn asin(self) -> Self {
        self.chain(
            self.value.asin(),
            1.0 / (1.0 - self.value * self.value).sqrt(),
        )
    }
    pub fn acos(self) -> Self {
        self.chain(
            self.value.acos(),
            -1.0 / (1.0 - self.value * self.value).sqrt(),
        )
    }
    pub fn atan(self) -> Self {
        self.chain(self.value.atan(), 1.0 / (1.0 + self.value * self.value))
    }
    pub fn sinh(self) -> Self {
        self.chain(self.value.sinh(), self.value.cosh())
    }
    pub fn cosh(self) -> Self {
        self.chain(self.value.cosh(), self.value.sinh())
    }
    pub fn tanh(self) -> Self {
        let t = self.value.tanh();
        self.chain(t, 1.0 - t * t)
    }
    pub fn sigmoid(self) -> Self {
        let s = 1.0 / (1.0 + (-self.value).exp());
        self.chain(s, s * (1.0 - s))
    }
    pub fn softplus(self) -> Self {
        let s = 1.0 / (1.0 + (-self.value).exp());
        self.chain(self.value.exp().ln_1p(), s)
    }
    pub fn relu(self) -> Self {
        self.chain(
            self.value.max(0.0),
            if self.value > 0.0 { 1.0 } else { 0.0 },
        )
    }
    pub fn abs(self) -> Self {
        self.chain(self.value.abs(), sign(self.value))
    }
    pub fn sign(self) -> Self {
        self.chain(sign(self.value), 0.0)
    }
    pub fn step(self) -> Self {
        self.chain(if self.value > 0.0 { 1.0 } else { 0.0 }, 0.0)
    }
    pub fn erf(self) -> Self {
        let slope = std::f64::consts::FRAC_2_SQRT_PI * (-self.value * self.value).exp();
        self.chain(core_math::erf(self.value), slope)
    }
    pub fn min(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        if self.value <= other.value {
            self
        } else {
            other
        }
    }
    pub fn max(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        if self.value >= other.value {
            self
        } else {
            other
        }
    }
    pub fn clamp(self, low: f64, high: f64) -> Self {
        self.max(low).min(high)
    }
}

fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

pub fn detach(e: Dual) -> Dual {
    Dual::number(e.value)
}

pub fn sum(range: std::ops::Range<usize>, term: impl Fn(usize) -> Dual) -> Dual {
    range
        .map(term)
        .fold(Dual::number(0.0), |sum, term| sum + term)
}

pub fn straight_through(value: Dual, surrogate: Dual) -> Dual {
    Dual {
        value: value.value,
        partials: surrogate.partials,
    }
}

impl From<f64> for Dual {
    fn from(value: f64) -> Self {
        Self::number(value)
    }
}

impl PartialEq<f64> for Dual {
    fn eq(&self, other: &f64) -> bool {
        self.value == *other
    }
}
impl PartialOrd<f64> for Dual {
    fn partial_cmp(&self, other: &f64) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(other)
    }
}

impl Neg for Dual {
    type Output = Self;
    fn neg(self) -> Self {
        self.chain(-self.value, -1.0)
    }
}

macro_rules! operator {
    ($trait:ident $method:ident |$a:ident, $b:ident| $value:expr, $by_a:expr, $by_b:expr) => {
        impl $trait for Dual {
            type Output = Dual;
            fn $method(self, other: Dual) -> Dual {
                let ($a, $b) = (self.value, other.value);
                self.chain2(other, $value, $by_a, $by_b)
            }
        }
        impl $trait<f64> for Dual {
            type Output = Dual;
            fn $method(self, other: f64) -> Dual {
                self.$method(Dual::number(other))
            }
        }
        impl $trait<Dual> for f64 {
            type Output = Dual;
            fn $method(self, other: Dual) -> Dual {
                Dual::number(self).$method(other)
            }
        }
    };
}
operator!(Add add |a, b| a + b, 1.0, 1.0);
operator!(Sub sub |a, b| a - b, 1.0, -1.0);
operator!(Mul mul |a, b| a * b, b, a);
operator!(Div div |a, b| a / b, 1.0 / b, -a / (b * b));

/// Declares a function with the macro, and its oracle: the same body as Rust.
#[macro_export]
macro_rules! drawn {
    // The symbols are named by the caller, as the bodies are: names are hygienic.
    (($x:ident $a:ident $b:ident $c:ident $u:ident $h:ident)
     $($name:ident { $($body:tt)* } $oracle:ident $rust:block)*) => {
        $(
            ftm::ftm_fn! {
                #[allow(missing_docs)]
                pub fn $name($x; $a, $b, $c[2], const $u ~ sign(), state $h) { $($body)* }
            }
            #[allow(unused_parens, unused_variables)]
            fn $oracle([$x, $a, $b, c0, c1, $u, $h]: [Dual; SYMBOLS]) -> Dual {
                let $c = [c0, c1];
                $rust
            }
        )*
        fn main() {
            let mut compared = 0;
            $(compared += compare::<$name>($oracle);)*
            println!("{compared} points agree");
        }
    };
}

/// Points that each function is compared at, in one precision or the other, at least.
const POINTS: usize = 24;

/// Compares a function with its oracle on every instruction set, in both precisions. Gives the
/// number of points compared.
pub fn compare<C: Connection>(oracle: fn([Dual; SYMBOLS]) -> Dual) -> usize {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut compared = 0;
    for point in 0..4 * POINTS {
        if point >= POINTS && compared >= POINTS {
            break;
        }
        // Single-precision numbers, so that both precisions see the same point.
        let mut at = [0.0; SYMBOLS].map(|_: f64| f64::from((4.0 * draw() - 2.0) as f32));
        // A sign, so that functions of `u - 1` are not at a kink everywhere.
        at[5] = f64::signum(at[5]);
        compared += usize::from(compare_at::<C, f64>(oracle, at, 1e-9));
        compared += usize::from(compare_at::<C, f32>(oracle, at, 1e-3));
    }
    assert!(
        compared >= POINTS,
        "{}: too few points are well-conditioned",
        C::description().name
    );
    compared
}

/// Compares at one point, unless the oracle itself moves by a tenth of the tolerance when its
/// arguments move by a few units in the last place: then the point is at a kink, or cancels.
fn compare_at<C: Connection, T: Real>(
    oracle: fn([Dual; SYMBOLS]) -> Dual,
    at: [f64; SYMBOLS],
    tolerance: f64,
) -> bool {
    let numbers = |at: [f64; SYMBOLS]| {
        let mut index = 0;
        let dual = oracle(at.map(|value| {
            index += 1;
            Dual::symbol(value, index - 1)
        }));
        let mut numbers = vec![dual.value];
        numbers.extend(dual.partials);
        numbers
    };
    let expected = numbers(at);
    let scale = |value: f64| value.abs().max(1.0);
    for nudge in 0..2 * SYMBOLS {
        let mut near = at;
        let direction = if nudge % 2 == 0 { 16.0 } else { -16.0 };
        near[nudge / 2] *= 1.0 + direction * T::EPSILON.to_f64();
        for (near, here) in numbers(near).iter().zip(&expected) {
            if !near.is_finite() || (near - here).abs() > 0.1 * tolerance * scale(*here) {
                return false;
            }
        }
    }
    let parameters: Vec<T> = at[1..5].iter().map(|&v| T::from_f64(v)).collect();
    for level in Level::available() {
        let point = Point {
            x: T::from_f64(at[0]),
            parameters: &parameters,
            constants: &[T::from_f64(at[5])],
            state: T::from_f64(at[6]),
        };
        let ours = evaluate::<C, T>(level, point).expect("the point has all numbers");
        let mut pairs = vec![
            ("f", ours.value, expected[0]),
            ("∂x", ours.by_input, expected[1]),
        ];
        for (index, name) in ["∂a", "∂b", "∂c[0]", "∂c[1]"].into_iter().enumerate() {
            pairs.push((name, ours.by_parameters[index], expected[2 + index]));
        }
        pairs.push(("∂h", ours.by_state, expected[7]));
        for (what, ours, expected) in pairs {
            let difference = (ours.to_f64() - expected).abs();
            assert!(
                difference <= tolerance * scale(expected),
                "{} {} on {level}: {what} at {at:?} is {ours}, not {expected}\n{}",
                C::description().name,
                T::NAME,
                C::description().explanation,
            );
        }
    }
    true
}
