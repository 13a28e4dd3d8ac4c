ftm::ftm_fn! {
    pub fn F(x) { move || x }
}

fn main() {}
