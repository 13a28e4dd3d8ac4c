ftm::ftm_fn! {
    pub fn F(x) { loop {} }
}

fn main() {}
