ftm::ftm_fn! {
    pub fn F(x) { println!("{x}") }
}

fn main() {}
