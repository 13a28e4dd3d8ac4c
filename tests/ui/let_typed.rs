ftm::ftm_fn! {
    pub fn F(x) { let z: f32 = x; z }
}

fn main() {}
