ftm::ftm_fn! {
    pub fn F(x; c[SIZE]) { sum(k in 0..4, c[k] * x) }
}

fn main() {}
