ftm::ftm_fn! {
    pub fn F(x) { let mut z = x; z }
}

fn main() {}
