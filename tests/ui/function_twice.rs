ftm::ftm_fn! {
    pub fn F(x) { x }
    pub fn F(x) { x * x }
}

fn main() {}
