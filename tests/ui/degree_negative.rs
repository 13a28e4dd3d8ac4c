ftm::ftm_fn! {
    pub fn F(x; c[3]) { sum(k in 0..3, c[k] * legendre(k - 1, x)) }
}

fn main() {}
