ftm::ftm_fn! {
    pub fn F(x) { x + 1u8 }
}

fn main() {}
