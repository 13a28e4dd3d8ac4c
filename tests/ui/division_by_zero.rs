ftm::ftm_fn! {
    pub fn F(x; w) { w * x / 0 }
}

fn main() {}
