ftm::ftm_fn! {
    pub fn F(x; a, a) { a * x }
}

fn main() {}
