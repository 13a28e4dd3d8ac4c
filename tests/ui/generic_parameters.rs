ftm::ftm_fn! {
    pub fn F<T>(x) { x }
}

fn main() {}
