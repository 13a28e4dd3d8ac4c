ftm::ftm_fn! {
    pub fn F(x; amplitude) { amplitud * x }
}

fn main() {}
