ftm::ftm_fn! {
    pub fn F(x; a) { a * hermite(x) }
}

fn main() {}
