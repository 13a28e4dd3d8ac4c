ftm::ftm_fn! {
    pub fn G(x; c[2]) { c[0] * x + c[1] }
    pub fn F(x; d[3]) { G(x, d) }
}

fn main() {}
