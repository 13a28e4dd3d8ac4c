//! What the options of the examples have in common.

use clap::Arg;

/// Takes a negative number as the value of an option, so that a wrong one is refused as that, and
/// not as an option that there is not.
pub(crate) fn with_negative_numbers(arg: Arg) -> Arg {
    let takes_values = arg.get_action().takes_values();
    arg.allow_negative_numbers(takes_values)
}
