//! A constant of the enclosing scope that is no number.

const NAME: &str = "two";

ftm::ftm_fn! {
    pub fn Scaled(x; a) { a * x * NAME }
}

fn main() {}
