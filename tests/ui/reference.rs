ftm::ftm_fn! {
    pub fn F(x) { &x }
}

fn main() {}
