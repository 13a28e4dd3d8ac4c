ftm::ftm_fn! {}

fn main() {}
