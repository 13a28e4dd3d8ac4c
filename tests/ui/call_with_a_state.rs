ftm::ftm_fn! {
    pub fn Memory(x; w, state h) { tanh(w * x + h) }
    pub fn F(x; a) { Memory(x, a) }
}

fn main() {}
