ftm::ftm_fn! {
    pub fn F(x; a) { a * x + sum(k in 4..4, k * x) }
}

fn main() {}
