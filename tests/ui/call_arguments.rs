ftm::ftm_fn! {
    pub fn Wave(x; a, w) { a * sin(w * x) }
    pub fn F(x; a) { Wave(x, a) }
}

fn main() {}
