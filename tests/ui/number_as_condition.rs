ftm::ftm_fn! {
    pub fn F(x) { if x { 1.0 } else { 0.0 } }
}

fn main() {}
