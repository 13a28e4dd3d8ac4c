ftm::ftm_fn! {
    pub fn F(x) { x % 2.0 }
}

fn main() {}
