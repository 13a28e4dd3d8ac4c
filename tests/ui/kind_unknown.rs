ftm::ftm_fn! {
    pub fn F(x; constant a) { a * x }
}

fn main() {}
