//! Every kind of mistake and its exact message.

use super::compile;

#[test]
fn each_mistake_has_its_message() {
    let long = format!("fn F(x; a) {{ {} a * x }}", "- ".repeat(1200));
    let choices = "if a < x { a } else ".repeat(300);
    let choices = format!("const K: f64 = {choices} {{ x }}; fn F(x) {{ x }}");
    let deep = format!("fn F(x) {{ {}x{} }}", "(".repeat(80), ")".repeat(80));
    let cases: &[(&str, &[&str])] = &[
        (
            "",
            &["nothing is declared; declare a function as `pub fn Name(x; a) { a * x }`"],
        ),
        (
            "fn F(x) { x ^ 2 }",
            &[
                "`^` is not a power: in Rust it is XOR and binds weaker than `+`; write `powi(x, 3)` or `powf(x, y)`",
            ],
        ),
        (
            "fn F(x; amp) { amo * x }",
            &["unknown name `amo`; did you mean `amp`?"],
        ),
        (
            "fn F(x; a) { a * Pi * x }",
            &["unknown name `Pi`; did you mean `PI`?"],
        ),
        (
            "fn F(x; a) { a * sinn(x) }",
            &["unknown function `sinn`; did you mean `sin`?"],
        ),
        (
            "fn F(x; a) { a * sine(x) }",
            &["unknown function `sine`; did you mean `sin`?"],
        ),
        (
            "fn F(x; a) { a * pow(x, 2) }",
            &["unknown function `pow`; use `powi(x, 3)` or `powf(x, y)`"],
        ),
        (
            "fn F(x; a) { a * signum(x) }",
            &["unknown function `signum`; did you mean `sign`?"],
        ),
        (
            "fn F(x; a) { a * log(x) }",
            &["unknown function `log`; the natural logarithm is `ln`"],
        ),
        (
            "fn F(x; a) { a * clamp(x, 1.0) }",
            &["`clamp` takes 3 arguments (x, low, high); 2 given"],
        ),
        (
            "fn F(x; a) { a * sin() }",
            &["`sin` takes 1 argument (x); 0 given"],
        ),
        (
            "fn F(x; a) { a * x.max() }",
            &["`max` takes 2 arguments (a, b); 1 given"],
        ),
        (
            "fn F(x; a) { a * powi(x) }",
            &["`powi` takes 2 arguments (x, n); 1 given"],
        ),
        (
            "fn F(x; a) { a * x + detach() }",
            &["`detach` takes 1 argument (e); 0 given"],
        ),
        (
            "fn F(x; a) { a * straight_through(x) }",
            &["`straight_through` takes 2 arguments (value, surrogate); 1 given"],
        ),
        (
            "fn F(x; a) { a * x + (0..3) }",
            &["there are ranges in sums only, as in `sum(k in 0..8, …)`"],
        ),
        (
            "fn F(x; a) { a * x * <f32 as Real>::ONE }",
            &[
                "this is not part of a formula: numbers, names, `+ - * /`, calls, `let` and `if` are",
            ],
        ),
        (
            "fn F(x; a) { a * powi(x, <u8>::MAX) }",
            &[
                "the exponent of `powi` (for others use `powf`) is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "fn F(x; a ~ value(<f64>::MAX)) { a * x }",
            &["an argument of a distribution is a number, a constant, or `+ - * /` of them"],
        ),
        (
            "fn F(x; a) { a * powi(x, a) }",
            &[
                "the exponent of `powi` (for others use `powf`) is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "fn F(x; a) { a * powi(x, 2.5) }",
            &[
                "the exponent of `powi` (for others use `powf`) is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "fn F(x; a, b) { a * x }",
            &["the parameter `b` is never used; its gradient would always be 0"],
        ),
        ("fn F(x; const u ~ sign()) { x }", &["`u` is never used"]),
        (
            "fn F(x; a) { a }",
            &["the value does not depend on the input `x`"],
        ),
        (
            "fn F(x; a) { let z = a; a * x }",
            &["`z` is never used; remove this `let`"],
        ),
        ("fn F(x; a, a) { a * x }", &["`a` is declared twice"]),
        ("fn F(x; x) { x }", &["`x` is declared twice"]),
        (
            "fn F(x; PI) { PI * x }",
            &["`PI` is a constant of the language; choose another name"],
        ),
        (
            "fn F(x; const u) { u * x }",
            &["the constant `u` needs a distribution to be drawn from, such as `~ sign()`"],
        ),
        (
            "fn F(x; state h ~ sign()) { x + h }",
            &["the state `h` starts at 0; it has no distribution"],
        ),
        (
            "fn F(x; state h, state k) { x + h + k }",
            &["a function has one state at most: its own previous output"],
        ),
        (
            "fn F(x; a ~ unifrom(0, 1)) { a * x }",
            &["unknown distribution `unifrom`; did you mean `uniform`?"],
        ),
        (
            "fn F(x; a ~ gamma(0, 1)) { a * x }",
            &[
                "unknown distribution `gamma`; there are `uniform(low, high)`, `normal(mean, deviation)`, `sign()` and `value(v)`",
            ],
        ),
        (
            "fn F(x; a ~ uniform(1)) { a * x }",
            &["`uniform` takes 2 arguments (low, high); 1 given"],
        ),
        (
            "fn F(x; const a ~ sign(1)) { a * x }",
            &["`sign` takes no arguments; 1 given"],
        ),
        (
            "fn F(x; a ~ uniform(1, -1)) { a * x }",
            &["the upper bound must be above the lower one"],
        ),
        (
            "fn F(x; a ~ normal(0, -1)) { a * x }",
            &["the standard deviation must be above 0"],
        ),
        (
            "fn F(x; a ~ value(x.sin())) { a * x }",
            &["an argument of a distribution is a number, a constant, or `+ - * /` of them"],
        ),
        (
            "fn F(x; a ~ uniform) { a * x }",
            &["`uniform` needs its arguments, as in `uniform(-0.1, 0.1)`"],
        ),
        (
            "fn F(x; a = 1) { a * x }",
            &["an initial value is given as `~ value(…)`"],
        ),
        (
            "fn F(x; mut a) { a * x }",
            &["expected the name of a parameter"],
        ),
        (
            "fn F(x; constant a) { a * x }",
            &["`constant` is no kind of symbol; write `name`, `const name` or `state name`"],
        ),
        (
            "fn F(x: f32) { x }",
            &["the input has no type; it is a number of the layer's type"],
        ),
        (
            "fn F(x; a: f32) { a * x }",
            &["a parameter has no type; it is a number of the layer's type"],
        ),
        (
            "fn F(x, a) { a * x }",
            &["parameters are set off from the input by `;`, as in `(x; a, b)`"],
        ),
        (
            "fn F() { 1.0 }",
            &["the input is missing; write `(x)` or `(x; a, b)`"],
        ),
        (
            "fn F(self) { 1.0 }",
            &["a connection function has no `self`"],
        ),
        ("fn F(_) { 1.0 }", &["the input needs a name"]),
        (
            "fn F<T>(x) { x }",
            &[
                "a connection function has no generic parameters; it is compiled for `f32` and `f64`",
            ],
        ),
        (
            "fn F(x) -> f32 { x }",
            &["a connection function gives one number; leave the return type out"],
        ),
        (
            "fn F(x) where T: Copy { x }",
            &["a connection function has no `where` clause"],
        ),
        (
            "fn F(x);",
            &["expected the body in braces, such as `{ a * x }`"],
        ),
        (
            "unsafe fn F(x) { x }",
            &["a connection function cannot be `unsafe`; write `fn Name(x) { … }`"],
        ),
        (
            "struct F;",
            &["expected a declaration such as `pub fn Name(x; a) { a * x }`"],
        ),
        (
            "fn F(x) { }",
            &["a block needs a value, such as `{ a * x }`"],
        ),
        (
            "fn F(x; a) { a * x; }",
            &["the value must be the last thing in the block; remove this `;`"],
        ),
        (
            "fn F(x; a) { let z = a * x; }",
            &["a block ends with its value, not with a statement"],
        ),
        (
            "fn F(x; a) { a; x }",
            &["this value is not used; a body is `let` statements and one final value"],
        ),
        (
            "fn F(x) { let mut z = x; z }",
            &["values never change; write `let` without `mut`, and a new `let` for a new value"],
        ),
        (
            "fn F(x) { let z: f32 = x; z }",
            &["a value has no type; it is a number of the layer's type"],
        ),
        (
            "fn F(x) { let (a, b) = x; x }",
            &["`let` binds one name, as in `let z = w * x;`"],
        ),
        (
            "fn F(x) { let z; x }",
            &["`let` needs a value, as in `let z = w * x;`"],
        ),
        (
            "fn F(x) { if x > 0.0 { x } }",
            &["`if` needs an `else`: the value must be a number either way"],
        ),
        (
            "fn F(x) { if x { 1.0 } else { 0.0 } }",
            &["a number where a condition is needed; compare it, as in `x > 0.0`"],
        ),
        (
            "fn F(x) { x > 0.0 }",
            &["a condition where a number is needed; choose numbers with `if c { a } else { b }`"],
        ),
        (
            "fn F(x) { x + true }",
            &["a truth value where a number is needed; `if` turns one into the other"],
        ),
        (
            "fn F(x) { !x }",
            &["`!` is for conditions; the negative of a number is `-`"],
        ),
        (
            "fn F(x) { x % 2.0 }",
            &["there is no remainder `%`; the operators are `+ - * /`"],
        ),
        (
            "fn F(x) { x as f32 }",
            &["there are no casts; every value is a number of the layer's type"],
        ),
        (
            "fn F(x) { for i in 0..3 { } x }",
            &["there are no loops in a formula"],
        ),
        (
            "fn F(x) { let z = x; z = 2.0; z }",
            &["values never change; bind a new one with `let`"],
        ),
        ("fn F(x) { loop { } }", &["there are no loops in a formula"]),
        (
            "fn F(x) { match x { _ => x } }",
            &["there is no `match` in a formula; use `if c { a } else { b }`"],
        ),
        (
            "fn F(x) { println!(\"\") }",
            &["macros cannot be used here"],
        ),
        (
            "fn F(x) { |y| y }",
            &[
                "a bar has no meaning here; an absolute value is written `abs(x)`, and two conditions joined `||`",
            ],
        ),
        ("fn F(x) { &x }", &["there are no references here"]),
        ("fn F(x) { *x }", &["there are no references here"]),
        (
            "fn F(x) { x[0] }",
            &["`x` is one number; an array is declared as `x[8]`"],
        ),
        ("fn F(x) { x.0 }", &["there are no fields in a formula"]),
        ("fn F(x) { (x, x) }", &["there are no tuples in a formula"]),
        (
            "fn F(x) { return x }",
            &["the value is the last expression; there is no `return`"],
        ),
        ("fn F(x) { \"x\" }", &["this literal is no number"]),
        (
            "fn F(x) { x + 1u8 }",
            &["a number has no suffix `u8`; it is of the layer's type"],
        ),
        (
            "fn F(x; a ~ value(1f32)) { a * x + 1.0f32 }",
            &[
                "a number has no suffix `f32`; it is of the layer's type",
                "a number has no suffix `f32`; it is of the layer's type",
            ],
        ),
        (
            "#[cfg(test)] fn F(x) { x } fn G(x) { F(x) }",
            &["`cfg` stands before the whole `ftm_fn!`: others here may need this"],
        ),
        (
            "#[cfg_attr(test, doc = \"\", cfg_attr(unix, cfg(test)))] #[cfg_attr(test, inline)] fn F(x) { x }",
            &["`cfg` stands before the whole `ftm_fn!`: others here may need this"],
        ),
        // The macro would take the value of the one that is left out.
        (
            "#[cfg(test)] const N: usize = 2; fn F(x; c[2]) { sum(k in 0..N, c[k] * x) }",
            &["`cfg` stands before the whole `ftm_fn!`: others here may need this"],
        ),
        (
            "#[derive(Clone, PartialOrd, other::Copy)] #[cfg_attr(test, derive(std::fmt::Debug))] fn F(x) { x }",
            &[
                "every function derives this already",
                "every function derives this already",
            ],
        ),
        // Nothing would heed them.
        (
            "fn F(x; a) { #[cfg(test)] let x = 2.0 * x; a * x } fn G(x; a) { a * (#[cold] x) }
             fn H(x; /** The height. */ a) { a * x }",
            &["attributes and doc comments stand before the whole function"; 3],
        ),
        // Constants that are no numbers, once each, wherever they come from.
        (
            "fn F(x; w) { w * x / 1e-400 + 0e-400 * x }",
            &["this number is too small for `f64`, where it is 0"],
        ),
        (
            "fn F(x; w) { w * x * ln(-1.0) + (0.0).ln() + sqrt(1.0 - PI) * 2.0 }",
            &[
                "the value of this is no number",
                "the value of this is infinite",
                "the value of this is no number",
            ],
        ),
        (
            "fn F(x; w) { w * x + recip(0.0) + powi(0.0, -1) + 1e308 * 10.0 + exp(1e3) }",
            &["the value of this is infinite"; 4],
        ),
        (
            "fn F(x; w) { let z = 1.0 - 1.0; let t = [z, 2.0]; x / t[0] + w / t[1] + ln(t[0]) * x }",
            &[
                "a division by 0 is no number",
                "the value of this is infinite",
            ],
        ),
        (
            "fn G(x; a) { let z = x * a; ln(z) } fn F(x; a) { a * x + G(-1.0, 2.0) }",
            &["the value of this is no number"],
        ),
        (
            "fn F(x; c[2]) { sum(k in 0..2, c[k] * x * (1e300 * 1e300 + k)) }",
            &["the value of this is infinite"],
        ),
        (
            "fn F(x; c[2]) { sum(k in 0..2, c[k] * x / k) }",
            &["a division by 0 is no number"],
        ),
        (
            "fn F(x; c[3]) { sum(k in 0..3, { let z = 1 - k; c[k] * x + ln(z) }) }",
            &["the value of this is infinite"],
        ),
        (
            "fn F(x; a ~ value(-1e308 * 10)) { a * x }",
            &["the value of this is infinite"],
        ),
        (
            "fn F(x; w) { w * x / 0 + x / (-0.0) + x / (0.5) }",
            &[
                "a division by 0 is no number",
                "a division by 0 is no number",
            ],
        ),
        (
            "fn F(x; c[2]) { sum(k in 0..2, c[k] * x / 0) }",
            &["a division by 0 is no number"],
        ),
        (
            "fn F(x; a ~ value(1 / (2 - 2))) { a * x }",
            &["a division by 0 is no number"],
        ),
        (
            "fn F(x) { x + 1e999 }",
            &["this number is too large for `f64`"],
        ),
        (
            "fn F(x) { sin * x }",
            &["`sin` is a function; call it as `sin(…)`"],
        ),
        (
            "fn F(x) { std::cmp::max(x, x) }",
            &[
                "functions outside of this `ftm_fn!` cannot be called, since their formula is not known; declare it here, above",
            ],
        ),
        (
            "fn F(x) { x.sin::<f32>() }",
            &["functions have no generic arguments"],
        ),
        (
            "fn F(x) { detach(x, x) }",
            &["`detach` takes 1 argument (e); 2 given"],
        ),
        (
            "fn F(x) { fn g() {} x }",
            &["items cannot be declared here"],
        ),
        (
            "fn F(x) { x } fn F(x) { x }",
            &["a function called `F` is declared above"],
        ),
        // Basis functions and calls.
        (
            "fn F(x; a) { a * chebyshev(a, x) }",
            &[
                "the degree of `chebyshev` is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "fn F(x; a) { a * bspline(4, x) }",
            &["the degree of `bspline` is 0 to 3; 4 given"],
        ),
        (
            "fn F(x; c[3]) { sum(k in 0..3, c[k] * legendre(k - 1, x)) }",
            &["the degree of `legendre` is 0 to 64; -1 given"],
        ),
        (
            "fn F(x; a) { a * chebyshev(x) }",
            &["`chebyshev` takes 2 arguments (n, x); 1 given"],
        ),
        (
            "fn F(x; a) { a * chebychev(2, x) }",
            &["unknown function `chebychev`; did you mean `chebyshev`?"],
        ),
        (
            "fn Wave(x; a, w) { a * sin(w * x) } fn F(x; a) { Wave(x, a) }",
            &["`Wave` takes 3 arguments (x, a, w); 2 given"],
        ),
        (
            "fn Wave(x; a, w) { a * sin(w * x) } fn F(x; a) { Wav(x, a, 2.0) }",
            &["unknown function `Wav`; did you mean `Wave`?"],
        ),
        (
            "fn F(x; a, b) { a(x + 1) - x(b) + PI(x) }",
            &[
                "`a` is no function; a product is written `a * (…)`",
                "`x` is no function; a product is written `x * (…)`",
                "`PI` is no function; a product is written `PI * (…)`",
            ],
        ),
        (
            "fn F(x; a) { Wave(x, a) }",
            &[
                "unknown function `Wave`; a function calls those declared above it in the same `ftm_fn!`",
            ],
        ),
        (
            "fn F(x; a) { a * F(x, 1.0) }",
            &["`F` is not declared above; a function calls those above it, not itself"],
        ),
        (
            "fn F(x; a) { a * G(x) } fn G(x) { sin(x) }",
            &["`G` is not declared above; a function calls those above it, not itself"],
        ),
        (
            "fn G(x) { sin(y) } fn F(x; a) { a * G(x) }",
            &["unknown name `y`; known here: x"],
        ),
        (
            "fn M(x; w, state h) { tanh(w * x + h) } fn F(x; a) { M(x, a) }",
            &[
                "`M` reads its own previous output, which it has only as an edge; it cannot be called",
            ],
        ),
        (
            "fn G(x; c[2]) { c[0] * x + c[1] } fn F(x; a) { G(x, a) }",
            &["`c` of `G` is an array of 2; give the name of one, or `[…]`"],
        ),
        (
            "fn G(x; c[2]) { c[0] * x + c[1] } fn F(x; d[3]) { G(x, d) }",
            &["`c` of `G` is an array of 2; this one has 3"],
        ),
        (
            "fn G(x; c[2]) { c[0] * x + c[1] } fn F(x; d[2]) { G(d, d) }",
            &["`d` is an array of 2; choose one element, as in `d[0]`"],
        ),
        // All mistakes at once, and one message for one mistake.
        (
            "fn F(x; a) { let z = a * q; z * sim(z) }",
            &[
                "unknown name `q`; known here: x, a",
                "unknown function `sim`; did you mean `sin`?",
            ],
        ),
        (
            "fn F(x) { x ^ 2 } fn G(x: f64) { x } fn H(x) { y }",
            &[
                "the input has no type; it is a number of the layer's type",
                "`^` is not a power: in Rust it is XOR and binds weaker than `+`; write `powi(x, 3)` or `powf(x, y)`",
                "unknown name `y`; known here: x",
            ],
        ),
        // Arrays and sums.
        (
            "fn F(x; c[4]) { c * x }",
            &["`c` is an array of 4; choose one element, as in `c[0]`"],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..5, c[k] * x) }",
            &["there is no `c[4]`: the elements of `c` are 0 to 3"],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..4, c[k - 1] * x) }",
            &["there is no `c[-1]`: the elements of `c` are 0 to 3"],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..3, c[k] * x) }",
            &["`c[3]` is never used; its gradient would always be 0"],
        ),
        (
            "fn F(x; a, const u[2] ~ sign()) { a * u[1] * x }",
            &["`u[0]` is never used"],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..4, c[x] * x) }",
            &[
                "a subscript is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..4, c[i] * x) }",
            &[
                "unknown name `i`; known here: x, c, k; a subscript is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..4, d[k] * x) }",
            &["unknown name `d`; known here: x, c, k"],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..4, c[k / 2] * x) }",
            &["1 / 2 is no integer"],
        ),
        (
            "fn F(x; a) { a * powi(x, (-9223372036854775807 - 1) / -1) }",
            &["the exponent of `powi` (for others use `powf`) is too large"],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..4, c[1] * x) }",
            &[
                "`c[0]` is never used; its gradient would always be 0",
                "the index `k` is never used; all terms of the sum are the same",
            ],
        ),
        (
            "fn F(x; c[4]) { sum(k in 0..4, { let z = k * x; c[k] * x }) }",
            &["`z` is never used; remove this `let`"],
        ),
        (
            "fn F(x; c[N]) { sum(k in 0..4, c[k] * x) }",
            &[
                "the size of `c` must be known to the macro, which cannot see the value of `N`; declare it in this `ftm_fn!`, as `const N: usize = 8;`",
            ],
        ),
        (
            "fn F(x; a) { sum(k in 0..super::COUNT, a * powi(x, k)) }",
            &[
                "a bound of a sum must be known to the macro, which cannot see the value of `super::COUNT`; declare it in this `ftm_fn!`, as `const COUNT: usize = 8;`",
            ],
        ),
        (
            "fn F(x; c[2.5]) { c[0] * x }",
            &[
                "the size of `c` is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "const R: f64 = 2.0; fn F(x; c[R]) { c[0] * x }",
            &[
                "the size of `c` is an integer: a literal, the index of a sum, a constant of this `ftm_fn!`, or `+ - * /` of them",
            ],
        ),
        (
            "fn F(x; c[0]) { c[0] * x }",
            &["an array has at least one element; `c` would have 0"],
        ),
        (
            "fn F(x; c[2 - 3]) { c[0] * x }",
            &["an array has at least one element; `c` would have -1"],
        ),
        (
            "fn F(x; c[]) { c[0] * x }",
            &["`c` needs its number of elements, as in `c[8]`"],
        ),
        (
            "fn F(x; a, c[512]) { a * sum(k in 0..512, c[k] * x) }",
            &["too large to compile: more than 512 parameters and constants of one function"],
        ),
        (
            "fn F(x; c[99999999999999999999]) { c[0] * x }",
            &["the size of `c` is too large"],
        ),
        (
            "fn F(x; state h[3]) { x + h }",
            &["a state is one number: the function's own previous output"],
        ),
        (
            "fn F(x; a) { a * sum(0..4, x) }",
            &["a sum is written `sum(k in 0..8, c[k] * powi(x, k))`"],
        ),
        (
            "fn F(x; a) { a * sum(k in 0..4) }",
            &["a sum is written `sum(k in 0..8, c[k] * powi(x, k))`"],
        ),
        (
            "fn F(x; a) { a * sum(k = 0..4, x) }",
            &["a sum is written `sum(k in 0..8, c[k] * powi(x, k))`"],
        ),
        (
            "fn F(x; a) { a * x.sum(k in 0..4) }",
            &["a sum is written `sum(k in 0..8, c[k] * powi(x, k))`"],
        ),
        (
            "fn F(x; a) { a * sum(k in 4, k * x) }",
            &["an index runs over a range, as in `sum(k in 0..8, …)`"],
        ),
        (
            "fn F(x; a) { a * sum(k in ..4, k * x) }",
            &["the range of a sum has two bounds, as in `sum(k in 0..8, …)`"],
        ),
        (
            "fn F(x; a) { a * sum(k in 4..0, k * x) }",
            &["the upper bound must not be below the lower one"],
        ),
        (
            "fn F(x; a) { a * sum(k in 4..4, k * x) }",
            &["this range is empty; the sum would always be 0"],
        ),
        (
            "fn F(x; a) { a * sum(k in 0..3, y * x) + sum(j in 0..2, z * x) }",
            &[
                "unknown name `y`; known here: x, a, k",
                "unknown name `z`; known here: x, a, j",
            ],
        ),
        (
            "fn F(x; a) { a * sum(k in 0..30000, k * x) }",
            &[
                "too large to compile: more than 20000 operations when sums and calls are written out",
            ],
        ),
        (
            "fn F(x; a) { a * sum(i in 0..99, sum(j in 0..99, sum(k in 0..9999999, (i + j + k) * x))) }",
            &[
                "too large to compile: more than 20000 operations when sums and calls are written out",
            ],
        ),
        (
            "fn F(x; a) { a * powi(x, 9999999999) }",
            &["the exponent of `powi` (for others use `powf`) is too large"],
        ),
        (
            "fn F(x; a) { a * [x, 1.0] }",
            &[
                "an array where a number is needed; bind it, as in `let t = [0.5, 2.0];`, and choose one, as in `t[0]`",
            ],
        ),
        (
            "fn F(x; a) { let t = [0.5, q]; a * t[0] * x }",
            &["unknown name `q`; known here: x, a"],
        ),
        (
            "fn F(x; a) { a * K[0] * x }",
            &["the elements of a constant are not known here; bind the array with `let`"],
        ),
        (
            "fn F(x; a) { a * sin(x)[0] }",
            &["only arrays have elements; bind this with `let` first"],
        ),
        (
            "const N: usize = M; fn F(x; c[N]) { c[0] * x }",
            &[
                "a constant of an integer type must be known to the macro, which cannot see the value of `M`; declare it in this `ftm_fn!`, as `const M: usize = 8;`",
            ],
        ),
        (
            "fn F(x; a) { a * sum((i, j) in 0..4, x) }",
            &["the index of a sum is one name"],
        ),
        (
            &long,
            &["too large to compile: an expression of more than 1000 tokens; split it with `let`"],
        ),
        (
            &choices,
            &["too large to compile: an expression of more than 1000 tokens; split it with `let`"],
        ),
        (&deep, &["too large to compile: more than 64 nested groups"]),
    ];
    let mut failures = Vec::new();
    for (source, expected) in cases {
        let (_, messages) = compile(source);
        if messages != *expected {
            failures.push(format!(
                "{source}\n  gives    {messages:#?}\n  expected {expected:#?}"
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
