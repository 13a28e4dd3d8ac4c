//! How the examples begin and end: their options, their threads, and the message where they fail.

use std::error::Error;

use clap::Arg;
use ftm::parallel;

/// Runs a program on so many threads, and ends it with a message where that fails.
pub(crate) fn run(threads: usize, program: impl FnOnce() -> Result<(), Box<dyn Error>> + Send) {
    let program = || program().map_err(|error| error.to_string());
    let result = parallel::with_threads(threads, program);
    if let Err(message) = result.map_err(|error| error.to_string()).flatten() {
        eprintln!("error: {message}");
        std::process::exit(1);
    }
}

/// Takes a negative number as the value of an option, so that a wrong one is refused as that, and
/// not as an option that there is not.
pub(crate) fn with_negative_numbers(arg: Arg) -> Arg {
    let takes_values = arg.get_action().takes_values();
    arg.allow_negative_numbers(takes_values)
}
