//! What a pass makes, owned by the caller and used again by the next pass.

use ndarray::{ArrayView2, ArrayView3, Axis};

use super::Network;
use crate::layer::Noise;
use crate::simd::{Level, Real};

/// Memory of passes through a network: activations, states, scratch and gradients.
///
/// It fits itself to the network and the batch of each pass and only ever grows, so that
/// passes after the first of a size allocate nothing in it. (The second pass of inference after a change of
/// parameters allocates in the network: the coefficients of its separable functions.)
#[derive(Clone, Debug)]
pub struct Workspace<T> {
    pub(super) level: Level,
    pub(super) noise: Option<Noise>,
    pub(super) keeps_errors: bool,
    pub(super) batch: usize,
    pub(super) steps: usize,
    /// Input of the network, steps × batch × inputs.
    pub(super) input: Vec<T>,
    pub(super) layers: Vec<LayerMemory<T>>,
    /// ∂L/∂output of the layer in hand, and ∂L/∂input of it.
    pub(super) upstream: Vec<T>,
    pub(super) downstream: Vec<T>,
    pub(super) progress: Progress,
}

/// What the memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    Nothing,
    Forward,
    Backward,
}

/// The part of one layer.
#[derive(Clone, Debug)]
pub(super) struct LayerMemory<T> {
    pub(super) outputs: usize,
    pub(super) state_size: usize,
    /// Steps × batch × outputs.
    pub(super) output: Vec<T>,
    /// (Steps + 1) × batch × state size: before each step, and after the last.
    pub(super) states: Vec<T>,
    /// ∂L/∂output, as long as it where it is kept, otherwise empty.
    pub(super) error: Vec<T>,
    /// As long as the parameters.
    pub(super) gradient: Vec<T>,
    /// ∂L/∂(state after a step) and ∂L/∂(state before it), batch × state size.
    pub(super) next_dstate: Vec<T>,
    pub(super) dstate: Vec<T>,
    /// For the layer's own use in passes and its penalty.
    pub(super) values: Vec<T>,
    /// For that of kernels.
    pub(super) scratch: Vec<T>,
}

impl<T: Real> Workspace<T> {
    /// An empty workspace, for passes on the best instruction set ([`Level::current`]).
    #[must_use]
    pub fn new() -> Self {
        Self::on(Level::current())
    }

    /// An empty workspace, for passes on the instruction set `level`.
    #[must_use]
    pub fn on(level: Level) -> Self {
        Self {
            level,
            noise: None,
            keeps_errors: false,
            batch: 0,
            steps: 0,
            input: Vec::new(),
            layers: Vec::new(),
            upstream: Vec::new(),
            downstream: Vec::new(),
            progress: Progress::Nothing,
        }
    }

    /// The instruction set that passes run on.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Makes the passes from here on ones of training, with this noise; or, with `None`, ones of
    /// inference, as they are at first. A backward pass needs a forward pass after this.
    pub fn set_noise(&mut self, noise: Option<Noise>) {
        self.noise = noise;
        self.progress = Progress::Nothing;
    }

    /// Whether backward passes keep ∂L/∂output of every layer. They do not at first.
    pub fn keep_errors(&mut self, keep: bool) {
        self.keeps_errors = keep;
    }

    /// Rows of the last pass.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Time steps of the last pass; 1 unless it was over sequences.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// What a layer was given in the last forward pass of a network of so many inputs, all rows of
    /// all steps × inputs.
    pub(super) fn layer_input(&self, inputs: usize, layer: usize) -> ArrayView2<'_, T> {
        match layer.checked_sub(1).map(|before| &self.layers[before]) {
            Some(before) => rows(&before.output, before.outputs),
            None => rows(&self.input, inputs),
        }
    }

    /// Number of layers of the last pass.
    #[must_use]
    pub fn layer_count(&self) -> usize {
        self.layers.len()
    }

    /// Output of a layer in the last forward pass, steps × batch × outputs; `None` when there
    /// is no such layer.
    #[must_use]
    pub fn layer_output(&self, layer: usize) -> Option<ArrayView3<'_, T>> {
        let memory = self.layers.get(layer)?;
        let shape = (self.steps, self.batch, memory.outputs);
        ArrayView3::from_shape(shape, &memory.output).ok()
    }

    /// ∂L/∂output of a layer in the last backward pass, steps × batch × outputs; `None` when there
    /// is no such layer, or the pass did not keep it or did not come down to it.
    #[must_use]
    pub fn layer_error(&self, layer: usize) -> Option<ArrayView3<'_, T>> {
        let memory = self.layers.get(layer)?;
        let shape = (self.steps, self.batch, memory.outputs);
        ArrayView3::from_shape(shape, &memory.error).ok()
    }

    /// Outputs of the last `steps` time steps of the last forward pass, step by step and in a
    /// step sample by sample: (steps · batch) × outputs. All of them when there are fewer.
    #[must_use]
    pub fn last_outputs(&self, steps: usize) -> ArrayView2<'_, T> {
        let all = self.output_rows();
        let first = self.steps.saturating_sub(steps) * self.batch;
        all.split_at(Axis(0), first.min(all.nrows())).1
    }

    /// ∂L/∂parameters of every layer, of the last backward pass.
    pub fn gradients(
        &self,
    ) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator<Item = &[T]> + Clone {
        self.layers.iter().map(|layer| &*layer.gradient)
    }

    /// The gradients, to be clipped or added to.
    pub fn gradients_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.layers.iter_mut().map(|layer| &mut *layer.gradient)
    }

    /// Bytes that the workspace holds now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let layers = self.layers.iter().map(|l| {
            let vectors = [
                &l.output,
                &l.states,
                &l.error,
                &l.gradient,
                &l.next_dstate,
                &l.dstate,
            ];
            let numbers: usize = vectors.iter().map(|v| v.capacity()).sum();
            numbers + l.values.capacity() + l.scratch.capacity()
        });
        let whole = [&self.input, &self.upstream, &self.downstream];
        let whole: usize = whole.iter().map(|v| v.capacity()).sum();
        (whole + layers.sum::<usize>()) * size_of::<T>()
    }

    /// The output of the last forward pass, all steps in one array of rows.
    pub(super) fn output_rows(&self) -> ArrayView2<'_, T> {
        match self.layers.last() {
            Some(layer) => rows(&layer.output, layer.outputs),
            None => rows(&[], 1),
        }
    }

    /// Whether the last passes were a forward and a backward one of `network`.
    pub(crate) fn has_gradient_of(&self, network: &Network<T>) -> bool {
        self.progress == Progress::Backward && self.fits(network)
    }

    /// Whether the layers have the sizes of the network's.
    pub(super) fn fits(&self, network: &Network<T>) -> bool {
        self.layers.len() == network.layers.len()
            && self.input.len() == self.steps * self.batch * network.inputs
            && self
                .layers
                .iter()
                .zip(&network.layers)
                .all(|(memory, layer)| {
                    memory.outputs == layer.outputs()
                        && memory.state_size == layer.state_size()
                        && (self.progress < Progress::Backward
                            || memory.gradient.len() == layer.parameters().len())
                })
    }

    /// Takes the sizes of a forward pass.
    pub(super) fn fit(&mut self, network: &Network<T>, steps: usize, batch: usize) {
        self.progress = Progress::Nothing;
        (self.steps, self.batch) = (steps, batch);
        self.layers.truncate(network.layers.len());
        self.layers
            .resize_with(network.layers.len(), LayerMemory::new);
        for (memory, layer) in self.layers.iter_mut().zip(&network.layers) {
            memory.error.clear();
            memory.outputs = layer.outputs();
            memory.state_size = layer.state_size();
            memory
                .output
                .resize(steps * batch * memory.outputs, T::ZERO);
            memory
                .states
                .resize((steps + 1) * batch * memory.state_size, T::ZERO);
        }
    }
}

impl<T: Real> Default for Workspace<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> LayerMemory<T> {
    fn new() -> Self {
        Self {
            outputs: 0,
            state_size: 0,
            output: Vec::new(),
            states: Vec::new(),
            error: Vec::new(),
            gradient: Vec::new(),
            next_dstate: Vec::new(),
            dstate: Vec::new(),
            values: Vec::new(),
            scratch: Vec::new(),
        }
    }
}

/// A slice as rows of `width` numbers.
pub(super) fn rows<T>(values: &[T], width: usize) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((values.len() / width, width), values)
        .expect("the length is a multiple of the width")
}
