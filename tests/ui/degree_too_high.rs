ftm::ftm_fn! {
    pub fn F(x; a) { a * bspline(4, x) }
}

fn main() {}
