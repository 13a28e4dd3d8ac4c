//! How the examples begin and end: their threads, what they say, and the message where they fail.

use std::error::Error;
use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};

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

/// Prints a line, as `println!` does. Where nobody reads on, as behind `| head`, nothing is printed
/// and the program goes on: what it trains is not lost.
macro_rules! say {
    ($($text:tt)*) => { $crate::program::line(format_args!($($text)*)) };
}
pub(crate) use say;

pub(crate) fn line(text: Arguments<'_>) {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => eprintln!("error: {error}"),
        _ => (),
    }
}
