ftm::ftm_fn! {
    pub fn F() { 1.0 }
}

fn main() {}
