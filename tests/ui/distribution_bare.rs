ftm::ftm_fn! {
    pub fn F(x; a ~ uniform) { a * x }
}

fn main() {}
