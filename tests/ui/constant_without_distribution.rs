ftm::ftm_fn! {
    pub fn F(x; const u) { u * x }
}

fn main() {}
