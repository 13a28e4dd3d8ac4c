ftm::ftm_fn! {
    pub fn F(x; a) { let z = a * x; z = 2.0; z }
}

fn main() {}
