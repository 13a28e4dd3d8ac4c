//! A training step of a network on batches of 100 pictures of 784 numbers, in 10 classes.

use ftm::data::{Batch, Dataset};
use ftm::loss::{Loss, SoftmaxCrossEntropy};
use ftm::ndarray::{Array2, ArrayView3, ArrayViewMut2};
use ftm::network::{BackThroughTime, Network, NetworkBuilder, Workspace};
use ftm::optimizer::Adam;

const BATCH: usize = 100;
const INPUTS: usize = 784;
const CLASSES: usize = 10;

/// A network, data and all memory of a step.
pub(crate) struct Step {
    network: Network<f32>,
    data: Dataset<f32>,
    batch: Batch<f32>,
    workspace: Workspace<f32>,
    optimizer: Adam<f32>,
    dy: Vec<f32>,
    next: usize,
}

impl Step {
    /// A step of the network that `layers` makes, from 784 numbers to 10.
    pub(crate) fn new(layers: impl FnOnce(NetworkBuilder<f32>) -> NetworkBuilder<f32>) -> Self {
        let network = layers(Network::new(INPUTS)).build(1).expect("a network");
        // As of handwritten digits, 4 of 5 numbers are 0.
        let inputs = Array2::from_shape_fn((10 * BATCH, INPUTS), |(n, i)| {
            let number = (n * 7919 + i * 104_729) % 1009;
            if number % 5 == 0 {
                number as f32 / 1009.0
            } else {
                0.0
            }
        });
        let labels = (0..10 * BATCH).map(|n| n % CLASSES).collect();
        Self {
            network,
            data: Dataset::classification(inputs, labels, CLASSES).expect("good data"),
            batch: Batch::new(),
            workspace: Workspace::new(),
            optimizer: Adam::new(1e-3).expect("a rate"),
            dy: vec![0.0; BATCH * CLASSES],
            next: 0,
        }
    }

    /// Gathers a batch, passes it forward and back, and updates the parameters.
    pub(crate) fn run(&mut self) {
        let samples: [usize; BATCH] =
            std::array::from_fn(|n| (self.next + 7 * n) % self.data.len());
        self.next = (self.next + 13) % self.data.len();
        self.batch
            .gather(&self.data, &samples)
            .expect("samples exist");
        let (network, workspace) = (&mut self.network, &mut self.workspace);
        network
            .forward_sequence(workspace, self.batch.inputs(), None)
            .expect("a pass");
        let dy = ArrayViewMut2::from_shape((BATCH, CLASSES), &mut self.dy).expect("a shape");
        let outputs = workspace.last_outputs(1);
        SoftmaxCrossEntropy
            .evaluate(outputs, self.batch.targets(), Some(dy))
            .expect("a loss");
        let dy = ArrayView3::from_shape((1, BATCH, CLASSES), &self.dy).expect("a shape");
        network
            .backward_sequence(workspace, dy, BackThroughTime::Full)
            .expect("a pass");
        network
            .update(&mut self.optimizer, workspace, 1.0)
            .expect("a gradient");
    }
}
