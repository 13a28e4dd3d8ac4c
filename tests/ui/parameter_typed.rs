ftm::ftm_fn! {
    pub fn F(x; a: f32) { a * x }
}

fn main() {}
