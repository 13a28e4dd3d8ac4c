//! A training step of a network on batches of 100 pictures of 784 numbers, in 10 classes.

use ftm::connection::Connection;
use ftm::data::{Batch, Dataset};
use ftm::functions::activation::Tanh;
use ftm::loss::{Loss, SoftmaxCrossEntropy};
use ftm::ndarray::{Array2, ArrayView3, ArrayViewMut2};
use ftm::network::{BackThroughTime, Network, NetworkBuilder, Workspace};
use ftm::optimizer::Adam;
use ftm::parallel::awake;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};

const BATCH: usize = 100;
const INPUTS: usize = 784;
const CLASSES: usize = 10;

/// The network that `layers` makes, from 784 numbers to 10.
pub(crate) fn new_network(
    layers: impl FnOnce(NetworkBuilder<f32>) -> NetworkBuilder<f32>,
) -> Network<f32> {
    layers(Network::new(INPUTS)).build(1).expect("a network")
}

/// The layers of a deep network: 128, 128 and 10 outputs of functions, tanh between them.
pub(crate) fn deep<C: Connection + Default>(network: NetworkBuilder<f32>) -> NetworkBuilder<f32> {
    network
        .functional(C::default(), 128)
        .activation(Tanh)
        .functional(C::default(), 128)
        .activation(Tanh)
        .functional(C::default(), CLASSES)
}

/// Random pictures, of whose numbers a share is 0. In handwritten digits it is 4 of 5.
pub(crate) fn pictures(count: usize, zeros: f64) -> Dataset<f32> {
    let mut number = uniform();
    let inputs = Array2::from_shape_fn((count, INPUTS), |_| {
        if number() < zeros {
            0.0
        } else {
            // Not 0.
            1.0 - number() as f32
        }
    });
    let labels = (0..count).map(|n| n % CLASSES).collect();
    Dataset::classification(inputs, labels, CLASSES).expect("good data")
}

/// Random numbers of [0, 1).
pub(crate) fn uniform() -> impl FnMut() -> f64 {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    move || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

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
    /// A step of the network that `layers` makes, from 784 numbers, of which a share is 0, to 10.
    pub(crate) fn new(
        zeros: f64,
        layers: impl FnOnce(NetworkBuilder<f32>) -> NetworkBuilder<f32>,
    ) -> Self {
        let network = new_network(layers);
        Self {
            network,
            data: pictures(10 * BATCH, zeros),
            batch: Batch::new(),
            workspace: Workspace::new(),
            optimizer: Adam::new(1e-3).expect("a rate"),
            dy: vec![0.0; BATCH * CLASSES],
            next: 0,
        }
    }

    /// Gathers a batch, passes it forward and back, and updates the parameters, as a trainer does.
    pub(crate) fn run(&mut self) {
        awake(|| {
            self.gather();
            self.forward();
            self.loss();
            self.backward();
            self.update();
        });
    }

    /// Gathers the next batch.
    pub(crate) fn gather(&mut self) {
        let samples: [usize; BATCH] =
            std::array::from_fn(|n| (self.next + 7 * n) % self.data.len());
        self.next = (self.next + 13) % self.data.len();
        self.batch
            .gather(&self.data, &samples)
            .expect("samples exist");
    }

    /// Passes the batch forward.
    pub(crate) fn forward(&mut self) {
        self.network
            .forward_sequence(&mut self.workspace, self.batch.inputs(), None)
            .expect("a pass");
    }

    /// Computes the loss and its derivative by the outputs.
    pub(crate) fn loss(&mut self) {
        let dy = ArrayViewMut2::from_shape((BATCH, CLASSES), &mut self.dy).expect("a shape");
        let outputs = self.workspace.last_outputs(1);
        SoftmaxCrossEntropy
            .evaluate(outputs, self.batch.targets(), Some(dy))
            .expect("a loss");
    }

    /// Passes that derivative back.
    pub(crate) fn backward(&mut self) {
        let dy = ArrayView3::from_shape((1, BATCH, CLASSES), &self.dy).expect("a shape");
        self.network
            .backward_sequence(&mut self.workspace, dy, BackThroughTime::Full)
            .expect("a pass");
    }

    /// Updates the parameters.
    pub(crate) fn update(&mut self) {
        self.network
            .update(&mut self.optimizer, &self.workspace, 1.0)
            .expect("a gradient");
    }
}
