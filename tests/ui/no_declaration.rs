ftm::ftm_fn! {
    pub struct F;
}

fn main() {}
