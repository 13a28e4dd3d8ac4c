//! How the examples begin and end: their threads, what they say, and the message where they fail.

use std::error::Error;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;

use ftm::parallel;

/// Why a line could not be printed, once that has happened.
static UNPRINTED: OnceLock<io::Error> = OnceLock::new();

/// Runs a program on so many threads, and ends it with a message where that fails.
pub(crate) fn run(threads: usize, program: impl FnOnce() -> Result<(), Box<dyn Error>> + Send) {
    let program = || program().map_err(|error| error.to_string());
    let result = parallel::with_threads(threads, program);
    let result = result.map_err(|error| error.to_string()).flatten();
    let printed = || match UNPRINTED.get() {
        Some(error) => Err(format!("cannot write to the standard output: {error}")),
        None => Ok(()),
    };
    if let Err(message) = result.and_then(|()| printed()) {
        let _ = print(io::stderr(), format_args!("error: {message}"));
        std::process::exit(1);
    }
}

/// Prints a line, as `println!` does. Where nobody reads on, as behind `| head`, nothing is printed
/// and the program goes on: what it trains is not lost. It also does where a line cannot be printed
/// for another reason, but fails at its end.
macro_rules! say {
    ($($text:tt)*) => { $crate::program::line(format_args!($($text)*)) };
}
pub(crate) use say;

pub(crate) fn line(text: Arguments<'_>) {
    if let Err(error) = print(io::stdout(), text) {
        let _ = UNPRINTED.set(error);
    }
}

/// Writes a line to somebody, who may have gone.
pub(crate) fn print(mut to: impl Write, text: Arguments<'_>) -> io::Result<()> {
    match writeln!(to, "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
