//! Constants that only give infinity or no number, each at its own place.

ftm::ftm_fn! {
    pub fn F(x; a, b ~ value(1e200 * 1e200)) {
        a * x / 1e-400 + b * ln(-1.0) * x + 2.0 * (1.0).powf(2.0) * recip(0.0)
    }
}

fn main() {}
