ftm::ftm_fn! {
    pub fn F(x; a) { ftm::functions::paper::Sine(x, a, 50.0, 0.0) }
}

fn main() {}
