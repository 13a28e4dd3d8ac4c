ftm::ftm_fn! {
    pub fn F(x; a = 1.0) { a * x }
}

fn main() {}
