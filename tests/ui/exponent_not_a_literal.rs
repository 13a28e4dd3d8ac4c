ftm::ftm_fn! {
    pub fn F(x; a) { a * powi(x, a) }
}

fn main() {}
