ftm::ftm_fn! {
    pub fn F(x) -> f32 { x }
}

fn main() {}
