ftm::ftm_fn! {
    pub fn F(x) { |y| y }
}

fn main() {}
