ftm::ftm_fn! {
    pub fn F(x) { if x > 0.0 { x } }
}

fn main() {}
