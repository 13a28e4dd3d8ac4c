//! Nothing would heed an attribute within a function.

ftm::ftm_fn! {
    pub fn F(x; a) { #[cfg(test)] let x = 2.0 * x; a * x }
}

fn main() {}
