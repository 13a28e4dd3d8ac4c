ftm::ftm_fn! {
    pub fn F(x; c[]) { c[0] * x }
}

fn main() {}
