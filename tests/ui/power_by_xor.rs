ftm::ftm_fn! {
    pub fn F(x; a) { a * x ^ 2 }
}

fn main() {}
