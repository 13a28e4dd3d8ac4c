ftm::ftm_fn! {
    pub fn F(x) { x as f32 }
}

fn main() {}
