//! The oracle: values and partial derivatives of expressions by dual numbers. Its derivatives
//! are written out here once more, so that it shares nothing with the compiler.
//!
//! Run with noise, every operation is off by a random 10⁻¹⁰ of its result: what that changes
//! tells how sure the numbers are.

use super::{Point, SYMBOLS};
use crate::check::function::{Binary, Comparison, Condition, Expr, Symbol};

/// A value and its partial derivatives by each of [`SYMBOLS`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dual {
    pub value: f64,
    pub partials: Point,
}

/// An expression with how far each of its numbers can be trusted.
#[derive(Debug)]
pub(crate) struct Expected {
    numbers: Dual,
    doubt: Dual,
}

/// Relative size of the noise; rounding is a million times smaller.
const NOISE: f64 = 1e-10;

impl Expected {
    /// The numbers of an expression at a point, or nothing where they are not to be trusted.
    pub(crate) fn of(expression: &Expr, point: &Point) -> Option<Self> {
        let mut oracle = Oracle::new(point, None);
        let numbers = oracle.number(expression);
        if !oracle.finite {
            return None;
        }
        let mut doubt = Dual::number(0.0);
        for seed in 1..=4 {
            let mut noisy = Oracle::new(point, Some(0x9E37_79B9_7F4A_7C15_u64.rotate_left(seed)));
            let other = noisy.number(expression);
            for (doubt, (a, b)) in doubt.all_mut().zip(numbers.all().zip(other.all())) {
                let change = (a - b).abs();
                // `max` would drop a NaN.
                if change.is_nan() || change > *doubt {
                    *doubt = change;
                }
            }
        }
        let sure = numbers
            .all()
            .zip(doubt.all())
            .all(|(number, doubt)| number.abs() < 1e12 && doubt <= 1e-5 * number.abs().max(1.0));
        sure.then_some(Self { numbers, doubt })
    }

    /// Whether `value` is the value.
    pub(crate) fn is_value(&self, value: f64) -> bool {
        close(value, self.numbers.value, self.doubt.value)
    }

    /// Whether `partial` is the derivative by a symbol of [`SYMBOLS`].
    pub(crate) fn is_partial(&self, symbol: usize, partial: f64) -> bool {
        close(
            partial,
            self.numbers.partials[symbol],
            self.doubt.partials[symbol],
        )
    }

    /// The derivative by a symbol, and how far it may be off.
    pub(crate) fn partial(&self, symbol: usize) -> (f64, f64) {
        (self.numbers.partials[symbol], self.doubt.partials[symbol])
    }
}

/// Whether two numbers agree within the doubt.
pub(crate) fn close(ours: f64, expected: f64, doubt: f64) -> bool {
    (ours - expected).abs() <= 1e-10 * expected.abs().max(1.0) + doubt
}

impl Dual {
    fn number(value: f64) -> Self {
        Self {
            value,
            partials: [0.0; 6],
        }
    }
    fn chain(self, value: f64, slope: f64) -> Self {
        Self {
            value,
            partials: self.partials.map(|partial| times(slope, partial)),
        }
    }
    fn chain2(self, other: Self, value: f64, slope: f64, other_slope: f64) -> Self {
        let mut partials = [0.0; 6];
        for (k, partial) in partials.iter_mut().enumerate() {
            *partial = times(slope, self.partials[k]) + times(other_slope, other.partials[k]);
        }
        Self { value, partials }
    }
    fn all(&self) -> impl Iterator<Item = f64> {
        std::iter::once(self.value).chain(self.partials)
    }
    fn all_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        std::iter::once(&mut self.value).chain(&mut self.partials)
    }
}

/// The product, 0 where what does not vary meets an infinite slope.
fn times(slope: f64, partial: f64) -> f64 {
    if partial == 0.0 { 0.0 } else { slope * partial }
}

struct Oracle<'a> {
    point: &'a Point,
    noise: Option<u64>,
    /// Whether every number on the way was finite. An infinity that a later operation drops
    /// may still meet a 0 in a derivative.
    finite: bool,
}

impl<'a> Oracle<'a> {
    fn new(point: &'a Point, noise: Option<u64>) -> Self {
        Self {
            point,
            noise,
            finite: true,
        }
    }

    fn shake(&mut self, mut dual: Dual) -> Dual {
        self.finite &= dual.all().all(f64::is_finite);
        for number in dual.all_mut() {
            *number = self.shaken(*number);
        }
        dual
    }

    fn shaken(&mut self, number: f64) -> f64 {
        let Some(state) = &mut self.noise else {
            return number;
        };
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        let unit = (*state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
        number * (1.0 + NOISE * unit)
    }

    fn number(&mut self, expression: &Expr) -> Dual {
        let dual = match expression {
            Expr::Number(value) => return Dual::number(*value),
            Expr::Symbol(symbol) => {
                let place = place(*symbol);
                let mut dual = Dual::number(self.point[place]);
                dual.partials[place] = 1.0;
                return dual;
            }
            Expr::Local(_) => panic!("random expressions have no locals"),
            Expr::Neg(a) => self.number(a).chain_with(|a| (-a, -1.0)),
            Expr::Binary(op, a, b) => {
                let (a, b) = (self.number(a), self.number(b));
                let (x, y) = (a.value, b.value);
                match op {
                    Binary::Add => a.chain2(b, x + y, 1.0, 1.0),
                    Binary::Sub => a.chain2(b, x - y, 1.0, -1.0),
                    Binary::Mul => a.chain2(b, x * y, y, x),
                    Binary::Div => a.chain2(b, x / y, 1.0 / y, -x / (y * y)),
                }
            }
            Expr::Sum(terms) => {
                let mut sum = Dual::number(0.0);
                for term in terms {
                    let term = self.number(term);
                    sum = self.shake(sum.chain2(term, sum.value + term.value, 1.0, 1.0));
                }
                return sum;
            }
            Expr::Powi(a, n) => self.number(a).chain_with(|a| {
                let slope = if *n == 0 {
                    0.0
                } else {
                    f64::from(*n) * a.powi(n - 1)
                };
                (a.powi(*n), slope)
            }),
            Expr::Call(row, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|a| self.number(a)).collect();
                function(row.name, &arguments, &mut |number| self.shaken(number))
            }
            Expr::If(condition, a, b) => {
                let yes = self.truth(condition);
                return self.number(if yes { a } else { b });
            }
            Expr::Detach(a) => Dual::number(self.number(a).value),
            Expr::StraightThrough(a, b) => {
                let value = self.number(a).value;
                Dual {
                    value,
                    partials: self.number(b).partials,
                }
            }
        };
        self.shake(dual)
    }

    fn truth(&mut self, condition: &Condition) -> bool {
        match condition {
            Condition::Literal(value) => *value,
            Condition::Compare(comparison, a, b) => {
                let (a, b) = (self.number(a).value, self.number(b).value);
                match comparison {
                    Comparison::Lt => a < b,
                    Comparison::Le => a <= b,
                    Comparison::Gt => a > b,
                    Comparison::Ge => a >= b,
                    Comparison::Eq => a == b,
                    Comparison::Ne => a != b,
                }
            }
            Condition::And(a, b) => self.truth(a) & self.truth(b),
            Condition::Or(a, b) => self.truth(a) | self.truth(b),
            Condition::Not(a) => !self.truth(a),
        }
    }
}

fn place(symbol: Symbol) -> usize {
    SYMBOLS
        .iter()
        .position(|&other| other == symbol)
        .expect("a symbol of the tests")
}

impl Dual {
    fn chain_with(self, rule: impl Fn(f64) -> (f64, f64)) -> Self {
        let (value, slope) = rule(self.value);
        self.chain(value, slope)
    }
}

/// A function of the table by name, its slope from a book of formulas. Slopes that are a
/// difference from 1 are made of a value that `shake` may change, as any rounding would.
fn function(name: &str, arguments: &[Dual], shake: &mut dyn FnMut(f64) -> f64) -> Dual {
    let x = arguments[0];
    let v = x.value;
    let step = |yes: bool| if yes { 1.0 } else { 0.0 };
    let sign = if v == 0.0 { 0.0 } else { v.signum() };
    let logistic = 1.0 / (1.0 + (-v).exp());
    match name {
        "exp" => x.chain(v.exp(), v.exp()),
        "exp_m1" => x.chain(v.exp_m1(), v.exp()),
        "ln" => x.chain(v.ln(), 1.0 / v),
        "ln_1p" => x.chain(v.ln_1p(), 1.0 / (1.0 + v)),
        "sqrt" => x.chain(v.sqrt(), 0.5 / v.sqrt()),
        "recip" => x.chain(1.0 / v, -1.0 / (v * v)),
        "sin" => x.chain(v.sin(), v.cos()),
        "cos" => x.chain(v.cos(), -v.sin()),
        "tan" => x.chain(v.tan(), 1.0 / (v.cos() * v.cos())),
        "asin" => x.chain(v.asin(), 1.0 / (1.0 - v * v).sqrt()),
        "acos" => x.chain(v.acos(), -1.0 / (1.0 - v * v).sqrt()),
        "atan" => x.chain(v.atan(), 1.0 / (1.0 + v * v)),
        "sinh" => x.chain(v.sinh(), v.cosh()),
        "cosh" => x.chain(v.cosh(), v.sinh()),
        "tanh" => {
            let t = shake(v.tanh());
            x.chain(v.tanh(), 1.0 - t * t)
        }
        "sigmoid" => {
            let s = shake(logistic);
            x.chain(logistic, s * (1.0 - s))
        }
        "softplus" => x.chain(v.max(0.0) + (-v.abs()).exp().ln_1p(), logistic),
        "relu" => x.chain(v.max(0.0), step(v > 0.0)),
        "abs" => x.chain(v.abs(), sign),
        "sign" => x.chain(sign, 0.0),
        "step" => x.chain(step(v > 0.0), 0.0),
        "erf" => x.chain(
            libm::erf(v),
            std::f64::consts::FRAC_2_SQRT_PI * (-v * v).exp(),
        ),
        "min" => {
            if v <= arguments[1].value {
                x
            } else {
                arguments[1]
            }
        }
        "max" => {
            if v >= arguments[1].value {
                x
            } else {
                arguments[1]
            }
        }
        "clamp" => {
            let raised = function("max", &[x, arguments[1]], shake);
            function("min", &[raised, arguments[2]], shake)
        }
        "powf" => {
            let y = arguments[1];
            let power = v.powf(y.value);
            x.chain2(y, power, y.value * v.powf(y.value - 1.0), power * v.ln())
        }
        "hat" => function("bspline", &[Dual::number(1.0), x], shake),
        "gaussian" => x.chain((-v * v).exp(), -2.0 * v * (-v * v).exp()),
        "mexican_hat" => {
            let bell =
                2.0 / (3.0_f64.sqrt() * std::f64::consts::PI.powf(0.25)) * (-v * v / 2.0).exp();
            x.chain((1.0 - v * v) * bell, v * (v * v - 3.0) * bell)
        }
        "morlet" => {
            let bell = (-v * v / 2.0).exp();
            let slope = -(5.0 * (5.0 * v).sin() + v * (5.0 * v).cos()) * bell;
            x.chain((5.0 * v).cos() * bell, slope)
        }
        "chebyshev" | "legendre" | "hermite" => polynomial(name, v as usize, arguments[1]),
        "bspline" => {
            let (degree, t) = (v as usize, arguments[1]);
            let slope = match degree {
                0 => 0.0,
                // At a kink, the slopes of `abs` and `relu`.
                1 if t.value == 0.0 || t.value.abs() == 1.0 => 0.0,
                _ => bspline(degree - 1, t.value + 0.5) - bspline(degree - 1, t.value - 0.5),
            };
            t.chain(bspline(degree, t.value), slope)
        }
        other => panic!("the oracle does not know `{other}`"),
    }
}

/// Polynomials by their coefficients, the last one first.
fn polynomial(name: &str, degree: usize, x: Dual) -> Dual {
    let rows: [&[f64]; 6] = match name {
        "chebyshev" => [
            &[1.0],
            &[1.0, 0.0],
            &[2.0, 0.0, -1.0],
            &[4.0, 0.0, -3.0, 0.0],
            &[8.0, 0.0, -8.0, 0.0, 1.0],
            &[16.0, 0.0, -20.0, 0.0, 5.0, 0.0],
        ],
        "legendre" => [
            &[1.0],
            &[1.0, 0.0],
            &[1.5, 0.0, -0.5],
            &[2.5, 0.0, -1.5, 0.0],
            &[4.375, 0.0, -3.75, 0.0, 0.375],
            &[7.875, 0.0, -8.75, 0.0, 1.875, 0.0],
        ],
        _ => [
            &[1.0],
            &[2.0, 0.0],
            &[4.0, 0.0, -2.0],
            &[8.0, 0.0, -12.0, 0.0],
            &[16.0, 0.0, -48.0, 0.0, 12.0],
            &[32.0, 0.0, -160.0, 0.0, 120.0, 0.0],
        ],
    };
    let (mut value, mut slope) = (0.0, 0.0);
    for coefficient in rows[degree] {
        slope = slope * x.value + value;
        value = value * x.value + coefficient;
    }
    x.chain(value, slope)
}

/// Cardinal B-splines by de Boor's recurrence, centred.
fn bspline(degree: usize, t: f64) -> f64 {
    if degree == 0 {
        return if (-0.5..0.5).contains(&t) { 1.0 } else { 0.0 };
    }
    let (p, half) = (degree as f64, (degree as f64 + 1.0) / 2.0);
    let left = (t + half) / p * bspline(degree - 1, t + 0.5);
    left + (half - t) / p * bspline(degree - 1, t - 0.5)
}
