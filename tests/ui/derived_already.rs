//! The struct of a function derives all that it can, and is never left out alone.

ftm::ftm_fn! {
    #[derive(Clone, Debug, PartialOrd)]
    pub fn F(x; a) { a * x }

    #[cfg_attr(all(), cfg(test))]
    pub fn G(x; a) { a * sin(x) }
}

fn main() {}
