ftm::ftm_fn! {
    pub fn F(x; a) { let z = a; a * x }
}

fn main() {}
