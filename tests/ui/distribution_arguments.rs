ftm::ftm_fn! {
    pub fn F(x; a ~ uniform(1.0)) { a * x }
}

fn main() {}
