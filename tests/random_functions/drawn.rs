//! A file of functions that `random_functions` has drawn, each compared with its oracle.

#[macro_use]
mod support;
use support::*;

include!(env!("FTM_DRAWN_FUNCTIONS"));
