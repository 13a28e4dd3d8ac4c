ftm::ftm_fn! {
    pub fn F(x; a) { a * TABLE[0] * x }
}

fn main() {}
