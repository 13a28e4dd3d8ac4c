//! Random functions, compiled by the real macro and compared with an oracle that knows nothing
//! of it, on every instruction set, in both precisions, value and all derivatives.
//!
//! Sixty functions of a fixed seed by default. For five hundred fresh ones:
//!
//! ```text
//! FTM_RANDOM_FUNCTIONS=500 FTM_RANDOM_SEED=$RANDOM cargo test --test random_functions
//! ```

use std::fmt::Write as _;
use std::path::Path;

/// Functions in one file: a file is one program that the test compiles and runs.
const FILE_FUNCTIONS: usize = 20;

#[test]
fn random_functions_agree_with_dual_numbers() {
    let setting = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| {
            text.parse()
                .unwrap_or_else(|_| panic!("{name}={text} is not a number"))
        })
    };
    let count = setting("FTM_RANDOM_FUNCTIONS", 60) as usize;
    let seed = setting("FTM_RANDOM_SEED", 1);
    println!("{count} functions of seed {seed}");
    let mut random = Random(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) | 1);

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target/random_functions");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let cases = trybuild::TestCases::new();
    for first in (0..count).step_by(FILE_FUNCTIONS) {
        let mut source = format!(
            "#[path = {:?}]\n#[macro_use]\nmod support;\nuse support::*;\n\ndrawn! {{\n    (x a b c d u h)\n",
            root.join("tests/random_functions/support.rs")
        );
        for index in first..count.min(first + FILE_FUNCTIONS) {
            let body = body(&mut random);
            let _ = writeln!(source, "    F{index} f{index} {{\n{body}    }}");
        }
        source.push_str("}\n");
        let file = folder.join(format!("from_{first}.rs"));
        std::fs::write(&file, source).expect("the target folder can be written");
        cases.pass(&file);
    }
}

/// A generator of Marsaglia's xorshift family.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) as usize) % bound
    }
    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
    fn number(&mut self) -> String {
        format!("{:.2}", 0.25 + self.below(200) as f64 / 100.0)
    }
}

/// A body in the part of the language that is Rust as well. Every symbol occurs, so that no
/// parameter is unused.
fn body(random: &mut Random) -> String {
    let mut text = String::new();
    let mut names = vec!["x", "a", "b", "c", "d", "u", "h"];
    for local in ["s", "t"] {
        let value = expression(random, &names, 3);
        let _ = writeln!(text, "        let {local} = {value};");
        names.push(local);
    }
    let value = expression(random, &names, 3);
    let rest = "0.5 * x * a + 0.25 * b * c + 0.125 * d * u * h + s * t";
    let _ = writeln!(text, "        {value} + {rest}");
    text
}

/// An expression whose value and derivatives are finite wherever its symbols are within ±2.
/// Literals stand on the right, where Rust can tell the type of what they are multiplied with.
fn expression(random: &mut Random, names: &[&str], depth: usize) -> String {
    if depth == 0 {
        return random.pick(names).to_owned();
    }
    let inner = |random: &mut Random| expression(random, names, depth - 1);
    match random.below(16) {
        0 | 1 => format!("({} + {})", inner(random), inner(random)),
        2 => format!("({} - {})", inner(random), inner(random)),
        3 | 4 => format!("({} * {})", inner(random), inner(random)),
        5 => format!("({} / ({}.abs() + 0.5))", inner(random), inner(random)),
        6 => format!("(-{})", inner(random)),
        7 => format!(
            "({} * {} + {})",
            inner(random),
            random.number(),
            random.number()
        ),
        8 | 9 => {
            let smooth = ["sin", "cos", "atan", "tanh", "sigmoid", "softplus", "erf"];
            format!("{}.{}()", inner(random), random.pick(&smooth))
        }
        10 => {
            let growing = ["exp", "sinh", "cosh", "exp_m1"];
            format!(
                "{}.clamp(-2.5, 2.5).{}()",
                inner(random),
                random.pick(&growing)
            )
        }
        11 => {
            let positive = ["ln", "sqrt", "recip", "ln_1p"];
            format!(
                "({}.abs() + 0.5).{}()",
                inner(random),
                random.pick(&positive)
            )
        }
        12 => {
            let bounded = ["asin", "acos", "tan"];
            format!(
                "({}.sin() * 0.75).{}()",
                inner(random),
                random.pick(&bounded)
            )
        }
        13 => {
            let kinked = ["relu", "abs", "sign", "step"];
            match random.below(3) {
                0 => format!("{}.{}()", inner(random), random.pick(&kinked)),
                1 => format!("{}.max({})", inner(random), inner(random)),
                _ => format!("{}.min({})", inner(random), random.number()),
            }
        }
        14 => match random.below(3) {
            0 => format!("{}.tanh().powi({})", inner(random), 2 + random.below(4)),
            1 => format!(
                "({}.abs() + 0.5).powf({}.tanh())",
                inner(random),
                inner(random)
            ),
            _ => format!("detach({}) * {}", inner(random), inner(random)),
        },
        _ => match random.below(3) {
            0 => format!("straight_through({}, {})", inner(random), inner(random)),
            1 => format!(
                "(if {} > {} {{ {} }} else {{ {} }})",
                random.pick(names),
                random.number(),
                inner(random),
                inner(random)
            ),
            _ => format!(
                "(if {} < 0.5 && !({} >= 1.5) {{ {} }} else {{ {} }})",
                random.pick(names),
                random.pick(names),
                inner(random),
                inner(random)
            ),
        },
    }
}
