ftm::ftm_fn! {
    pub fn F(x; a ~ unifrom(0.0, 1.0)) { a * x }
}

fn main() {}
