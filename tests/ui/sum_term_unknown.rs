ftm::ftm_fn! {
    pub fn F(x; amp[3]) { sum(k in 0..3, amo[k] * x) }
}

fn main() {}
