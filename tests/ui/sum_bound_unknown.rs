ftm::ftm_fn! {
    pub fn F(x; c[4]) { sum(k in 0..n, c[k] * powi(x, k)) }
}

fn main() {}
