//! Four mistakes in three functions, one message for each; the right function compiles, and uses
//! of the wrong ones add no message.

use ftm::prelude::*;

ftm_fn! {
    pub fn Wave(x; a, w) { let z = a * q; z * sim(w * x) }
    pub fn Typed(x: f64) { x ^ 2 }
    pub fn Right(x; a) { a * x }
    pub fn Short(x; a) { a * max(x) }
}

fn main() {
    let network = Network::<f32>::new(2)
        .functional(Wave, 3)
        .functional(Typed, 3)
        .functional(Right, 3)
        .functional(Short, 3)
        .build(1);
    drop(network);
    let _ = Wave::explain();
}
