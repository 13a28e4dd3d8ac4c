ftm::ftm_fn! {
    pub fn F(x; c[4]) { c * x }
}

fn main() {}
