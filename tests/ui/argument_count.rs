ftm::ftm_fn! {
    pub fn F(x; a) { a * clamp(x, 1.0) }
}

fn main() {}
