ftm::ftm_fn! {
    pub fn F(x) { x + 1e999 }
}

fn main() {}
