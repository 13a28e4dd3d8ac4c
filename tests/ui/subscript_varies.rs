ftm::ftm_fn! {
    pub fn F(x; c[4]) { sum(k in 0..4, c[x] * k) }
}

fn main() {}
