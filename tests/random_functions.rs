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
use std::process::Command;

/// Functions in one file: a file is one program (`random_functions/drawn.rs`) that the test compiles and runs.
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

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("random_functions_{seed}"));
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    for first in (0..count).step_by(FILE_FUNCTIONS) {
        let mut source = String::from("drawn! {\n    (x a b c u h)\n");
        for index in first..count.min(first + FILE_FUNCTIONS) {
            let body = body(&mut random);
            let (language, rust) = (in_the_language(&body), in_rust(&body));
            let _ = writeln!(
                source,
                "    F{index} {{\n{language}    }} f{index} {{\n{rust}    }}"
            );
        }
        source.push_str("}\n");
        let file = folder.join(format!("from_{first}.rs"));
        std::fs::write(&file, source).expect("the target folder can be written");
        compile_and_run(&file);
    }
}

/// By the program of that name, with the library as this test has it.
fn compile_and_run(file: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "test",
        "--quiet",
        "--package",
        "ftm",
        "--test",
        "drawn_functions",
    ]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // They may be those of a sanitizer, which the macro could not be loaded with.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("FTM_DRAWN_FUNCTIONS", file)
        .output()
        .expect("cargo starts");
    let (said, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{}:\n{said}{errors}",
        file.display()
    );
    print!("{}: {said}", file.display());
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

/// A body for [`in_the_language`] and [`in_rust`]. Every symbol occurs, so that no parameter is
/// unused.
fn body(random: &mut Random) -> String {
    let mut text = String::new();
    let mut names = vec!["x", "a", "b", "c[0]", "c[1]", "u", "h"];
    for local in ["s", "t"] {
        let value = expression(random, &names, 3);
        let _ = writeln!(text, "        let {local} = {value};");
        names.push(local);
    }
    let value = expression(random, &names, 3);
    let rest = "0.5 * x * a + 0.25 * b * c[0] + 0.125 * c[1] * u * h + s * t";
    let _ = writeln!(text, "        {value} + {rest}");
    text
}

/// Sums are written `sum(⟦k|0..2⟧ term)` and numbers made of an index `⟪k + 1⟫`; the rest of a
/// body is Rust and the language at once.
fn in_the_language(body: &str) -> String {
    let index = |(index, range): (&str, &str)| format!("{index} in {range},");
    let text = replaced(body, '⟦', '⟧', |binding| {
        binding.split_once('|').map_or_else(String::new, index)
    });
    replaced(&text, '⟪', '⟫', |number| format!("({number})"))
}

fn in_rust(body: &str) -> String {
    let index = |(index, range): (&str, &str)| format!("{range}, |{index}: usize|");
    let text = replaced(body, '⟦', '⟧', |binding| {
        binding.split_once('|').map_or_else(String::new, index)
    });
    replaced(&text, '⟪', '⟫', |number| format!("(({number}) as f64)"))
}

/// A text with all that stands between two signs replaced.
fn replaced(text: &str, open: char, close: char, by: impl Fn(&str) -> String) -> String {
    let mut parts = text.split(open);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, rest) = part.split_once(close).expect("what opens also closes");
        result.push_str(&by(inside));
        result.push_str(rest);
    }
    result
}

/// An expression whose value and derivatives are finite wherever its symbols are within ±2.
/// Literals stand on the right, where Rust can tell the type of what they are multiplied with.
fn expression(random: &mut Random, names: &[&str], depth: usize) -> String {
    if depth == 0 {
        return random.pick(names).to_owned();
    }
    let inner = |random: &mut Random| expression(random, names, depth - 1);
    match random.below(18) {
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
        // The index of a sum is named for its depth, and so is what it chooses.
        14 | 15 => {
            let (index, element, other) = match depth {
                3 => ("k", "c[k]", "c[1 - k]"),
                2 => ("j", "c[j]", "c[1 - j]"),
                _ => ("i", "c[i]", "c[1 - i]"),
            };
            let mut inside = names.to_vec();
            inside.extend([element, element, other]);
            let term = expression(random, &inside, depth - 1);
            format!("sum(⟦{index}|0..2⟧ {element} * {term} * ⟪{index} + 1⟫)")
        }
        16 => match random.below(3) {
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
