ftm::ftm_fn! {
    pub fn F(x; a) { a * F(x, 1.0) }
}

fn main() {}
