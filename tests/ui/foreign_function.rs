ftm::ftm_fn! {
    pub fn F(x) { std::cmp::max(x, x) }
}

fn main() {}
