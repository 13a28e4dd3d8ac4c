//! The one error type of the runtime.

/// What can go wrong at a public boundary of the runtime.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An instruction set was asked for that this machine does not have.
    #[error("no instruction set `{name}` on this machine; available: {}", available.join(", "))]
    UnknownLevel {
        /// The name asked for.
        name: String,
        /// The names that would work.
        available: Vec<&'static str>,
    },
}
