//! Declarations work wherever a user may write them, whatever names are in scope there.

#![deny(warnings, missing_docs, unreachable_pub)]

use ftm::connection::Connection;
use ftm::evaluate::{Point, evaluate};
use ftm::simd::Level;

/// The value of a function, the slope, and the slopes by its parameters.
fn at<C: Connection>(x: f64, parameters: &[f64]) -> (f64, f64, Vec<f64>) {
    let point = Point {
        x,
        parameters,
        constants: &[],
        state: 0.0,
    };
    let ours = evaluate::<C, f64>(Level::best(), point).expect("the numbers fit the function");
    (ours.value, ours.by_input, ours.by_parameters)
}

/// Names that emitted code could stumble over.
mod hostile {
    #![allow(dead_code, non_camel_case_types, non_upper_case_globals, unused_macros)]

    mod core {}
    mod std {}
    mod alloc {}
    mod connection {}
    struct f32;
    struct f64;
    struct usize;
    struct str;
    struct Option;
    struct Some;
    struct None;
    struct Vector;
    struct Simd;
    struct Connection;
    struct Elementary;
    struct Self_;
    trait Clone {}
    trait Copy {}
    trait Default {}
    trait Add {}
    fn sin() {}
    fn detach() {}
    const x: () = ();
    const a: () = ();
    const simd: () = ();
    macro_rules! vec {
        () => {
            compile_error!("not this one")
        };
    }
    macro_rules! concat {
        () => {
            compile_error!("not this one")
        };
    }

    ftm::ftm_fn! {
        /// A sine in bad company.
        pub(super) fn Wave(x; a, simd) { a * sin(simd * x) }
        /// A choice in bad company.
        pub(super) fn Choice(x; a) { if x > 0.0 && !(a >= 3.0) { a * x } else { x.max(a) } }
    }
}

#[test]
fn names_in_scope_do_not_matter() {
    let (value, slope, _) = at::<hostile::Wave>(0.5, &[2.0, 3.0]);
    assert!((value - 2.0 * 1.5_f64.sin()).abs() < 1e-14);
    assert!((slope - 6.0 * 1.5_f64.cos()).abs() < 1e-14);
    assert_eq!(at::<hostile::Choice>(2.0, &[2.0]).0, 4.0);
}

/// No names at all.
mod bare {
    #![no_implicit_prelude]

    ::ftm::ftm_fn! {
        /// Without a prelude.
        pub(super) fn Softened(x; a ~ normal(0.0, 1.0), const u ~ sign(), state h) {
            let z = a * x + h;
            u * z.softplus() / (1.0 + z.abs())
        }
        /// Bells, which are passes of a loop.
        pub(super) fn Bells(x; c[6]) { sum(k in 0..6, c[k] * gaussian(x - (k + 1))) }
    }
}

#[test]
fn no_prelude_is_needed() {
    assert!(bare::Softened::explain().contains("∂f/∂h"));
    let (value, ..) = at::<bare::Bells>(2.5, &[0.0, 1.0, 0.0, 0.0, 3.0, 0.0]);
    let expected = (-0.25_f64).exp() + 3.0 * (-6.25_f64).exp();
    assert!((value - expected).abs() < 1e-14, "{value}");
}

/// Constants in scopes.
mod constants {
    pub(crate) const SCALE: f64 = 2.0;
    pub(crate) const COUNT: i32 = 3;
    pub(crate) mod inner {
        pub(crate) const OFFSET: f32 = 0.5;
        ftm::ftm_fn! {
            /// Reads the constants of other modules.
            pub(crate) fn Scaled(x; a ~ uniform(-super::SCALE, super::SCALE)) {
                super::SCALE * a * x + super::COUNT * self::OFFSET
            }
        }
    }
}

#[test]
fn constants_are_named_by_path() {
    assert_eq!(at::<constants::inner::Scaled>(3.0, &[5.0]).0, 31.5);
}

macro_rules! family {
    ($($name:ident: $factor:expr, $body:block;)*) => {
        $(
            ftm::ftm_fn! {
                /// One of a family.
                fn $name(x; a) { a * $factor * $body * x }
            }
        )*
    };
}
family! {
    Doubled: 2.0, { 1.0 };
    Raised: 2.0 + 1.0, { let z = 2.0; z };
}

macro_rules! with_names {
    ($x:ident, $a:ident, $body:block) => {
        ftm::ftm_fn! {
            /// Named by the caller.
            fn Named($x; $a) $body
        }
    };
}
with_names!(input, weight, { weight * input.tanh() });

#[test]
fn macros_declare_functions() {
    assert_eq!(at::<Doubled>(3.0, &[1.0]).0, 6.0);
    // An `expr` fragment stays one operand: (2 + 1) · 2 · 3.
    assert_eq!(at::<Raised>(3.0, &[1.0]).0, 18.0);
    assert_eq!(at::<Named>(0.5, &[2.0]).0, 2.0 * 0.5_f64.tanh());
}

#[test]
fn a_function_body_declares_functions() {
    ftm::ftm_fn! {
        /// Local.
        fn Local(x; r#type, r#fn ~ value(2.0)) { r#type * x + r#fn }
    }
    let (value, slope, slopes) = at::<Local>(3.0, &[2.0, 1.0]);
    assert_eq!((value, slope, slopes), (7.0, 2.0, vec![3.0, 1.0]));
}

ftm::ftm_fn! {
    #[doc(hidden)]
    #[deprecated]
    #[allow(clippy::pedantic)]
    pub fn Clone(x; lhs, value, s, __ftm_0, v1) { lhs * value * x + s * __ftm_0 * v1 }
    fn Vector(x) { x }
    pub(crate) fn Default(this; edge, sum, state g) { edge * this + sum * g }
}

#[test]
#[allow(deprecated)]
fn names_of_traits_and_of_the_inside_are_free() {
    let (value, _, slopes) = at::<Clone>(2.0, &[3.0, 5.0, 7.0, 11.0, 13.0]);
    assert_eq!(value, 30.0 + 1001.0);
    assert_eq!(slopes, [10.0, 6.0, 143.0, 91.0, 77.0]);
    assert_eq!(at::<Vector>(2.0, &[]).0, 2.0);
    assert_eq!(at::<Default>(2.0, &[3.0, 4.0]).0, 6.0);
}

/// As a crate does that hands the macro on under its own name.
mod handed_on {
    pub(crate) mod deep {
        pub(crate) use ftm as networks;
    }
    ftm::ftm_fn! {
        crate = crate::handed_on::deep::networks;
        /// Found by another path.
        pub(crate) fn Found(x; a) { a * exp(x) }
    }
}

#[test]
fn the_path_of_the_crate_can_be_given() {
    assert_eq!(at::<handed_on::Found>(0.0, &[2.0]).0, 2.0);
}
