ftm::ftm_fn! {
    pub fn F(x; state h ~ sign()) { x + h }
}

fn main() {}
