ftm::ftm_fn! {
    pub fn F(x; a, b) { a * x }
}

fn main() {}
