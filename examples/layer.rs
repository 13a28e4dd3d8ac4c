//! A layer of functions: from 3 inputs to 2 outputs, y[o] = b[o] + Σ_i f(x[i]; θ[i, o]).
//!
//! Expect the shapes of everything, and two hundred steps of gradient descent that bring the
//! error of one small batch from about 0.5 to below 0.001:
//!
//! ```text
//! cargo run --example layer
//! ```

mod plain;
mod program;

use std::error::Error;

use ftm::functions::paper::HyperbolicTangent;
use ftm::ndarray::{Array2, array};
use ftm::network::Workspace;
use ftm::prelude::*;
use program::say;

fn main() {
    plain::run(
        "Trains a layer of functions, from 3 inputs to 2 outputs.",
        run,
    );
}

fn run() -> Result<(), Box<dyn Error>> {
    // Every edge has its own (a, w, p); the layer adds a bias to each output.
    let mut network = Network::<f64>::new(3)
        .functional(HyperbolicTangent, 2)
        .initial("w", "uniform(-2, 2)".parse()?)
        .build(1)?;
    say!("{network}\n");
    for tensor in network.layers()[0].tensors() {
        say!("parameter {:<5} has shape {:?}", tensor.name, tensor.shape);
    }

    // Four samples, a row each, and what the outputs should be.
    let x = array![
        [0.0, 0.5, 1.0],
        [1.0, 0.0, 0.5],
        [-1.0, 1.0, 0.0],
        [0.5, -0.5, -1.0]
    ];
    let target = array![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5], [0.0, -1.0]];

    // A workspace holds what a pass needs; the network itself is only read.
    let mut workspace = Workspace::new();
    let mut optimizer = Sgd::new(0.4)?.momentum(0.5)?;
    for step in 0..=200 {
        let y = network.forward(&mut workspace, x.view())?;
        let difference: Array2<f64> = &y - &target;
        let error = difference.mapv(|d| d * d).mean().unwrap_or(0.0);
        if step % 40 == 0 {
            say!("step {step:>3}: mean squared error {error:.5}");
        }
        // ∂error/∂y goes in, ∂error/∂θ of every parameter waits in the workspace.
        let dy = difference * (2.0 / target.len() as f64);
        network.backward(&mut workspace, dy.view())?;
        network.update(&mut optimizer, &workspace, 1.0)?;
    }
    say!("\nthe pass took {} bytes of workspace", workspace.bytes());
    Ok(())
}
