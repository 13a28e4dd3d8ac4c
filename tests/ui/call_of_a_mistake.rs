ftm::ftm_fn! {
    pub fn G(x) { sin(y) }
    pub fn F(x; a) { a * G(x) }
}

fn main() {}
