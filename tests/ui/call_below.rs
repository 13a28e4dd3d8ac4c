ftm::ftm_fn! {
    pub fn F(x; a) { a * G(x) }
    pub fn G(x) { sin(x) }
}

fn main() {}
