//! Examples that take no options but `--help`.

use std::error::Error;

use clap::Command;

use crate::program;

/// Runs an example on all cores. `about` is what `--help` says of it.
pub(crate) fn run(about: &'static str, example: fn() -> Result<(), Box<dyn Error>>) {
    Command::new(env!("CARGO_CRATE_NAME"))
        .about(about)
        .get_matches();
    program::run(0, example);
}
