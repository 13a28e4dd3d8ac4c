ftm::ftm_fn! {
    pub fn F(x; state h[3]) { x + h }
}

fn main() {}
