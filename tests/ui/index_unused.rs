ftm::ftm_fn! {
    pub fn F(x; a) { sum(k in 0..4, a * x) }
}

fn main() {}
