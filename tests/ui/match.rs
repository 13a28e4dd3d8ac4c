ftm::ftm_fn! {
    pub fn F(x) { match x { _ => x } }
}

fn main() {}
