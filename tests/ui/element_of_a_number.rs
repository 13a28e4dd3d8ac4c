ftm::ftm_fn! {
    pub fn F(x) { x[0] }
}

fn main() {}
