ftm::ftm_fn! {
    pub fn F(x; a) { a * chebyshev(a, x) }
}

fn main() {}
