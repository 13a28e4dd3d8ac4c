ftm::ftm_fn! {
    pub fn F(x) {}
}

fn main() {}
