ftm::ftm_fn! {
    pub fn F(x; a) { a * sum(k in 0..4) }
}

fn main() {}
