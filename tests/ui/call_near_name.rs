ftm::ftm_fn! {
    pub fn Wave(x; a, w) { a * sin(w * x) }
    pub fn F(x; a) { Wav(x, a, 2.0) }
}

fn main() {}
