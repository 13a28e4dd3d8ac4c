ftm::ftm_fn! {
    pub fn F(x; a) { a * chebychev(2, x) }
}

fn main() {}
