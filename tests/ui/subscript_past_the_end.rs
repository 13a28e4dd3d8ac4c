ftm::ftm_fn! {
    pub fn F(x; c[4]) { sum(k in 0..5, c[k] * x) }
}

fn main() {}
