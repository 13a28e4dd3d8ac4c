ftm::ftm_fn! {
    pub fn F(x; a) { a * sum(k in 0..1000000, k * x) }
}

fn main() {}
