ftm::ftm_fn! {
    pub fn F(x) { let (a, b) = x; x }
}

fn main() {}
