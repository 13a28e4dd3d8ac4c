//! Random expressions of the whole language.

use proptest::prelude::*;

use super::{Point, SYMBOLS};
use crate::check::function::{Binary, Comparison, Condition, Expr};
use crate::primitives;

/// Two points: x and the state differ, parameters and constant are shared.
pub(crate) fn points() -> impl Strategy<Value = [Point; 2]> {
    let number = || (-2000_i32..2000).prop_map(|n| f64::from(n) / 1024.0 + 1.0 / 3.0);
    let point = prop::array::uniform6(number());
    (point, number(), number()).prop_map(|(first, x, state)| {
        let mut second = first;
        (second[0], second[5]) = (x, state);
        [first, second]
    })
}

/// An expression over [`SYMBOLS`]: every operator, function and choice of the language.
pub(crate) fn expression() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        4 => prop::sample::select(SYMBOLS.to_vec()).prop_map(Expr::Symbol),
        1 => prop::sample::select(vec![0.0, 1.0, -1.0, 2.0, 0.5, -3.25, 4.0]).prop_map(Expr::Number),
    ];
    leaf.prop_recursive(6, 48, 3, |inner| {
        prop_oneof![
            6 => (binary(), inner.clone(), inner.clone())
                .prop_map(|(op, a, b)| Expr::Binary(op, a.into(), b.into())),
            1 => prop::collection::vec(inner.clone(), 1..4).prop_map(Expr::Sum),
            1 => inner.clone().prop_map(|a| Expr::Neg(a.into())),
            1 => (inner.clone(), -3..6_i32).prop_map(|(a, n)| Expr::Powi(a.into(), n)),
            6 => (prop::sample::select(unary()), inner.clone()).prop_map(|(name, a)| call(name, [guarded(name, a)])),
            1 => (prop::sample::select(of_a_degree()), 0..6_i32, inner.clone())
                .prop_map(|(name, n, a)| of_degree(name, n, a)),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| call("powf", [positive(a), b])),
            1 => (prop::sample::select(vec!["min", "max"]), inner.clone(), inner.clone())
                .prop_map(|(name, a, b)| call(name, [a, b])),
            1 => inner.clone().prop_map(|a| call("clamp", [a, Expr::Number(-1.5), Expr::Number(1.5)])),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, low, high)| call("clamp", [a, low, high])),
            2 => (condition(inner.clone()), inner.clone(), inner.clone())
                .prop_map(|(c, a, b)| Expr::If(c.into(), a.into(), b.into())),
            1 => inner.clone().prop_map(|a| Expr::Detach(a.into())),
            1 => (inner.clone(), inner).prop_map(|(a, b)| Expr::StraightThrough(a.into(), b.into())),
        ]
    })
}

/// The functions of one number.
fn unary() -> Vec<&'static str> {
    let one = |name: &&str| primitives::lookup(name).is_some_and(|row| row.arguments.len() == 1);
    primitives::names().filter(one).collect()
}

/// The functions of a degree and a number.
fn of_a_degree() -> Vec<&'static str> {
    let named = |name: &&str| primitives::lookup(name).is_some_and(|row| row.degree.is_some());
    primitives::names().filter(named).collect()
}

/// A polynomial or spline, of the degree `n` or the largest there is.
pub(crate) fn of_degree(name: &str, n: i32, a: Expr) -> Expr {
    let most = primitives::lookup(name).and_then(|row| row.degree);
    let degree = most.map_or(n, |most| n.min(most as i32));
    call(name, [Expr::Number(f64::from(degree)), a])
}

fn binary() -> impl Strategy<Value = Binary> {
    prop::sample::select(vec![
        Binary::Add,
        Binary::Sub,
        Binary::Mul,
        Binary::Mul,
        Binary::Div,
    ])
}

fn condition(
    inner: impl Strategy<Value = Expr> + Clone + 'static,
) -> impl Strategy<Value = Condition> {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    let comparison = (
        prop::sample::select(vec![Lt, Le, Gt, Ge, Eq, Ne]),
        inner.clone(),
        inner,
    )
        .prop_map(|(comparison, a, b)| Condition::Compare(comparison, a, b));
    let leaf = prop_oneof![6 => comparison, 1 => any::<bool>().prop_map(Condition::Literal)];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::And(a.into(), b.into())),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::Or(a.into(), b.into())),
            inner.prop_map(|a| Condition::Not(a.into())),
        ]
    })
}

/// A call of a function of the table.
pub(crate) fn call<const N: usize>(name: &str, arguments: [Expr; N]) -> Expr {
    let row = primitives::lookup(name).expect("a function of the table");
    Expr::Call(row, arguments.into())
}

/// The argument brought into the domain of the function.
fn guarded(name: &str, a: Expr) -> Expr {
    match name {
        "ln" | "sqrt" | "recip" | "ln_1p" => positive(a),
        "asin" | "acos" => scaled(call("sin", [a]), 0.75),
        "tan" => call("sin", [a]),
        "exp" | "sinh" | "cosh" | "exp_m1" => scaled(call("tanh", [a]), 3.0),
        _ => a,
    }
}

fn scaled(a: Expr, factor: f64) -> Expr {
    Expr::Binary(Binary::Mul, a.into(), Expr::Number(factor).into())
}

/// |a| + 1/2
fn positive(a: Expr) -> Expr {
    Expr::Binary(
        Binary::Add,
        call("abs", [a]).into(),
        Expr::Number(0.5).into(),
    )
}
