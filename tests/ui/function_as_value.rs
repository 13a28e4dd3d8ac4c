ftm::ftm_fn! {
    pub fn F(x) { sin * x }
}

fn main() {}
