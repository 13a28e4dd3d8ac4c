ftm::ftm_fn! {
    pub fn F(x; a) { a * sum(0..4, x) }
}

fn main() {}
