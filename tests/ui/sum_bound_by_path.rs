ftm::ftm_fn! {
    pub fn F(x; a) { a * sum(k in 0..super::COUNT, k * x) }
}

fn main() {}
