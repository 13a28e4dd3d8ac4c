ftm::ftm_fn! {
    pub const fn F(x) { x }
}

fn main() {}
