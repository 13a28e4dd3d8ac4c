ftm::ftm_fn! {
    pub fn F(x; a) { a }
}

fn main() {}
