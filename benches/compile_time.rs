//! What declared functions cost the user who compiles them: programs of 1 and of 50 functions, in
//! a crate of their own, which each train a network of all their functions in single precision.
//!
//! ```text
//! cargo bench --bench compile_time
//! ```
//!
//! `build` is a release build of the program alone, its dependencies being there; `check` is what
//! an editor waits for. The program is built anew after a constant in one function has changed.
//! `code` is the size of the program without symbols. `each` is the difference, divided by the 49
//! functions that make it; the last two rows are a program with a spline of 16 coefficients beside the
//! one function, and what the spline adds. How much of it the macro takes, the bench `expansion` of
//! `ftm-macros` says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{fs, io};

use support::Table;
use support::table::target;

mod support;

/// Bodies of the functions; `K` is a number that differs from function to function.
const BODIES: [&str; 10] = [
    "a * sin(K * w * x + p)",
    "a * tanh(K * w * x + p)",
    "a * exp(clamp(K * w * x + p, -30.0, 30.0))",
    "a * relu(K * w * x + p)",
    "a * sigmoid(K * w * x + p)",
    "a * softplus(K * w * x + p)",
    "a * exp(-K * (w * x + p) * (w * x + p))",
    "K * a * x * x * x + w * x * x + p * x",
    "K * w * w * w * x + a * p",
    "a * sinh(K * w * x + p)",
];

/// Functions of the larger program.
const MANY: usize = 50;

/// The spline.
const SPLINE: &str = "    fn Spline(x; b ~ normal(0.0, 0.1), c[16] ~ normal(0.0, 0.1)) {
        let t = 5.0 * x + 7.0;
        b * x * sigmoid(x) + sum(k in 0..16, c[k] * bspline(3, t - k))
    }
";

fn main() {
    if let Err(error) = compile_time() {
        eprintln!("error: {error}");
    }
}

fn compile_time() -> io::Result<()> {
    let user = User::new()?;
    let columns = ["functions", "check, s", "build, s", "code, kB"];
    let mut table = Table::new("compile_time", &columns);
    let mut row = |name: &str, [check, build, code]: [f64; 3]| {
        let numbers = [format!("{check:.2}"), format!("{build:.2}")];
        let mut cells = vec![name.to_owned()];
        cells.extend(numbers);
        cells.push(format!("{code:.1}"));
        table.row(cells);
    };
    let one = user.measure(1, "", 3)?;
    row("1", one);
    let many = user.measure(MANY, "", 1)?;
    row(&MANY.to_string(), many);
    let each = std::array::from_fn(|k| (many[k] - one[k]) / (MANY - 1) as f64);
    row("each", each);
    let both = user.measure(1, SPLINE, 3)?;
    row("1 and a spline", both);
    row("the spline", std::array::from_fn(|k| both[k] - one[k]));
    table.finish();
    Ok(())
}

/// The crate of a user.
struct User {
    folder: PathBuf,
}

impl User {
    fn new() -> io::Result<Self> {
        let folder = target().join("compile_time");
        let ftm = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir_all(folder.join("src"))?;
        fs::copy(ftm.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let manifest = format!(
            "[package]\nname = \"user\"\nedition = \"2024\"\n\n\
             [dependencies]\nftm = {{ path = {ftm:?} }}\n\n\
             [profile.release]\nstrip = true\n\n[workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(Self { folder })
    }

    /// Seconds of a check and of a build, and the size of the program in kB, for so many functions and
    /// the spline; times are the least of some runs after one that is not counted.
    fn measure(&self, functions: usize, spline: &str, runs: usize) -> io::Result<[f64; 3]> {
        let mut times = [f64::INFINITY; 2];
        for (least, arguments) in times
            .iter_mut()
            .zip([["check", "--release"], ["build", "--release"]])
        {
            // Dependencies first.
            self.write(1, "", 0)?;
            self.cargo(arguments)?;
            for run in 1..=runs {
                self.write(functions, spline, run)?;
                *least = least.min(self.cargo(arguments)?);
            }
        }
        let [check, build] = times;
        let program = format!("target/release/user{}", std::env::consts::EXE_SUFFIX);
        let code = fs::metadata(self.folder.join(program))?.len();
        Ok([check, build, code as f64 / 1e3])
    }

    /// Writes the program; another `change` changes the first function.
    fn write(&self, functions: usize, spline: &str, change: usize) -> io::Result<()> {
        let mut text = "use ftm::ndarray::Array2;\nuse ftm::prelude::*;\n\nftm_fn! {\n".to_owned();
        let mut layers = String::new();
        for index in 0..functions {
            let constant = 1.0 + index as f64 / 64.0;
            let constant = if index == 0 {
                constant + change as f64 / 1024.0
            } else {
                constant
            };
            let body = BODIES[index % BODIES.len()].replace('K', &format!("{constant:?}"));
            let _ = writeln!(text, "    fn F{index}(x; a, w, p) {{ {body} }}");
            let _ = write!(layers, ".functional(F{index}, 4)");
        }
        text.push_str(spline);
        if !spline.is_empty() {
            layers.push_str(".functional(Spline, 4)");
        }
        let _ = writeln!(
            text,
            "}}\n\nfn main() -> Result<(), Error> {{\n\
             let x = Array2::<f32>::zeros((8, 4));\n\
             let data = Dataset::regression(x.clone(), x)?;\n\
             let mut network = Network::new(4){layers}.build(1)?;\n\
             Trainer::new(MeanSquaredError, Adam::new(0.01)?).epochs(1).fit(&mut network, &data)?;\n\
             Ok(())\n}}"
        );
        fs::write(self.folder.join("src/main.rs"), text)
    }

    /// Runs cargo; gives the seconds that it took.
    fn cargo(&self, arguments: [&str; 2]) -> io::Result<f64> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let start = Instant::now();
        let status = Command::new(cargo)
            .args(arguments)
            .args(["--offline", "--quiet"])
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .current_dir(&self.folder)
            .status()?;
        if !status.success() {
            return Err(io::Error::other("the user's program does not compile"));
        }
        Ok(start.elapsed().as_secs_f64())
    }
}
