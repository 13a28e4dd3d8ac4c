ftm::ftm_fn! {
    pub fn F(x; a ~ normal(0.0, -1.0)) { a * x }
}

fn main() {}
