//! A constant that is no number is reported where a distribution names it.

const LIMIT: &str = "0.5";

mod units {
    pub const SPREAD: Option<f64> = None;
}

ftm::ftm_fn! {
    pub fn F(x; a ~ uniform(-LIMIT, 1.0 + LIMIT), b ~ normal(0.0, units::SPREAD)) { a * x + b }
}

fn main() {}
