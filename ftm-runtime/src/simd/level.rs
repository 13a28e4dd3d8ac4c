//! Which instruction set runs: detected once, and forced where equality or comparison wants it.

use std::fmt;
use std::sync::OnceLock;

use super::{Operation, Real};
use crate::error::Error;

/// An instruction set that this machine has.
///
/// Results of different levels may differ in the last bits; on one level they never do.
#[derive(Clone, Copy)]
pub struct Level(pub(super) fearless_simd::Level);

impl Level {
    /// The level used unless one is asked for: the one named by the environment variable
    /// `FTM_SIMD` when it names an available one, otherwise the best the machine has.
    #[must_use]
    pub fn current() -> Self {
        static CURRENT: OnceLock<Level> = OnceLock::new();
        *CURRENT.get_or_init(|| {
            std::env::var("FTM_SIMD")
                .ok()
                .and_then(|name| Self::named(&name).ok())
                .unwrap_or_else(Self::best)
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
