ftm::ftm_fn! {
    pub fn F(x; a) { a * sum((i, j) in 0..4, x) }
}

fn main() {}
