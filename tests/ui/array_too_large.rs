ftm::ftm_fn! {
    pub fn F(x; c[1000]) { c[0] * x }
}

fn main() {}
