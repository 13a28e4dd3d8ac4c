ftm::ftm_fn! {
    pub fn F(x; c[4]) { sum(k in 1..4, c[k] * x) }
}

fn main() {}
