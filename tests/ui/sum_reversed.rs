ftm::ftm_fn! {
    pub fn F(x; a) { a * sum(k in 4..0, k * x) }
}

fn main() {}
