ftm::ftm_fn! {
    pub fn G(x; c[2]) { c[0] * x + c[1] }
    pub fn F(x; a) { G(x, a) }
}

fn main() {}
