ftm::ftm_fn! {
    pub fn F(x; PI) { PI * x }
}

fn main() {}
