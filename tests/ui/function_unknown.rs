ftm::ftm_fn! {
    pub fn F(x; a) { a * sine(x) }
}

fn main() {}
