ftm::ftm_fn! {
    pub fn F(x) { return x }
}

fn main() {}
