ftm::ftm_fn! {
    pub fn F(x; state h, state k) { x + h + k }
}

fn main() {}
