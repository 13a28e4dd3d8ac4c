//! Which instruction set runs: detected once, and forced where equality or comparison wants it.

use std::fmt;
use std::sync::OnceLock;

use super::{Operation, Real};
use crate::error::Error;

/// Environment variable that names the level to use.
const VARIABLE: &str = "FTM_SIMD";

/// An instruction set that this machine has.
///
/// Results of different levels may differ in the last bits; on one level they never do.
#[derive(Clone, Copy)]
pub struct Level(pub(super) fearless_simd::Level);

impl Level {
    /// The level used unless one is asked for: the one named by the environment variable
    /// `FTM_SIMD`, or the best that the machine has. A line on standard error says so where it has
    /// none of that name.
    #[must_use]
    pub fn current() -> Self {
        static CURRENT: OnceLock<Level> = OnceLock::new();
        *CURRENT.get_or_init(|| {
            let best = Self::best();
            let Some(name) = std::env::var_os(VARIABLE) else {
                return best;
            };
            Self::named(&name.to_string_lossy()).unwrap_or_else(|error| {
                eprintln!("{VARIABLE}: {error}; going on with {best}");
                best
            })
        })
    }

    /// The best level of this machine.
    #[must_use]
    pub fn best() -> Self {
        Self(fearless_simd::Level::new())
    }

    /// Every level of this machine, the best first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let best = fearless_simd::Level::new();
        let mut levels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(best.as_avx512().map(fearless_simd::Simd::level));
            levels.extend(best.as_avx2().map(fearless_simd::Simd::level));
        }
        levels.push(fearless_simd::Level::baseline());
        levels.into_iter().map(Self).collect()
    }

    /// The level called `name`: `avx512`, `avx2`, `neon` or `baseline`.
    ///
    /// # Errors
    /// [`Error::UnknownLevel`] when the machine has no level of that name.
    pub fn named(name: &str) -> Result<Self, Error> {
        Self::available()
            .into_iter()
            .find(|level| level.name() == name)
            .ok_or_else(|| Error::UnknownLevel {
                name: name.to_owned(),
                available: Self::available().iter().map(|l| l.name()).collect(),
            })
    }

    /// The name of this level, as [`Level::named`] takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            fearless_simd::Level::Avx512(_) => "avx512",
            #[cfg(target_arch = "x86_64")]
            fearless_simd::Level::Avx2(_) => "avx2",
            #[cfg(target_arch = "aarch64")]
            fearless_simd::Level::Neon(_) => "neon",
            _ => "baseline",
        }
    }

    /// Runs `operation` with this level's instructions, on vectors of `T`.
    #[inline]
    pub fn run<T: Real, O: Operation<T>>(self, operation: O) -> O::Output {
        T::dispatch(self, operation)
    }
}

impl PartialEq for Level {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Level {}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// In a process of its own; it finds the best level without the variable too.
    #[test]
    fn a_level_that_is_not_there_is_named_once() {
        let best = Level::best();
        if std::env::var_os(VARIABLE).is_some_and(|name| name == "nonsense") {
            assert_eq!((Level::current(), Level::current()), (best, best));
            return;
        }
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "--nocapture"])
            .arg("simd::level::tests::a_level_that_is_not_there_is_named_once")
            .env(VARIABLE, "nonsense")
            .output()
            .expect("it starts");
        assert!(output.status.success());
        let names: Vec<_> = Level::available().iter().map(|l| l.name()).collect();
        let line = format!(
            "FTM_SIMD: no instruction set `nonsense` on this machine; available: {}; going on with \
             {best}\n",
            names.join(", ")
        );
        assert_eq!(String::from_utf8_lossy(&output.stderr), line);
    }
}
