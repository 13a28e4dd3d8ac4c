//! The message stands at the tokens that the user wrote.

macro_rules! scaled {
    ($name:ident, $body:expr) => {
        ftm::ftm_fn! {
            pub fn $name(x; a) { a * x * $body }
        }
    };
}

scaled!(Good, 2.0);
scaled!(Bad, 2.0 * coz(1.0));

fn main() {}
