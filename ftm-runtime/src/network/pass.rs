//! Passes through a network: forward, backward, and both through time.
//!
//! A pass goes layer by layer, and through all steps of one before the next.

use ndarray::{Array2, ArrayView2, ArrayView3, ArrayViewMut2, Axis};

use super::layer_pass::{backward_layer, forward_layer};
use super::workspace::{Progress, rows};
use super::{Network, State, Workspace};
use crate::data::Batch;
use crate::error::{Error, check_length};
use crate::layer::PenaltyPass;
use crate::parallel;
use crate::simd::Real;

/// How far gradients flow back through the states of a sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackThroughTime {
    /// From every step to the first.
    #[default]
    Full,
    /// Within windows of so many steps, the first window beginning at the first step: the state
    /// that a window begins with is taken as given. With 1, every step takes its state as
    /// given. Must not be 0.
    Truncated(usize),
}

impl BackThroughTime {
    /// Whether the gradient of the state after `step` comes from the step that follows.
    pub(super) fn connects(self, step: usize) -> bool {
        match self {
            Self::Full => true,
            Self::Truncated(window) => !(step + 1).is_multiple_of(window),
        }
    }
}

impl<T: Real> Network<T> {
    /// Rows that [`Network::predict`] computes at a time.
    pub(super) const PREDICTED_ROWS: usize = 256;

    /// The output for a batch of rows, batch × outputs. States, if any, begin at 0.
    ///
    /// # Errors
    /// [`Error::Width`] when `x` has not as many columns as the network has inputs,
    /// [`Error::Empty`] when it has no rows.
    pub fn forward<'w>(
        &self,
        workspace: &'w mut Workspace<T>,
        x: ArrayView2<'_, T>,
    ) -> Result<ArrayView2<'w, T>, Error> {
        self.run(workspace, x.insert_axis(Axis(0)), None)?;
        Ok(workspace.output_rows())
    }

    /// The outputs for a batch of sequences, steps × batch × outputs, given steps × batch ×
    /// inputs. The states begin at `start`, or at 0 without it; `State::copy_last` reads the
    /// ones at the end.
    ///
    /// # Errors
    /// [`Error::Width`] when `x` is not as wide as the network's input, [`Error::Empty`] when it
    /// has no steps or no rows, [`Error::Length`] when `start` is of another batch size or
    /// network.
    #[inline(never)]
    pub fn forward_sequence<'w>(
        &self,
        workspace: &'w mut Workspace<T>,
        x: ArrayView3<'_, T>,
        start: Option<&State<T>>,
    ) -> Result<ArrayView3<'w, T>, Error> {
        self.run(workspace, x, start)?;
        let (steps, batch) = (workspace.steps, workspace.batch);
        workspace
            .output_rows()
            .into_shape_with_order((steps, batch, self.outputs()))
            .map_err(|_| Error::NoForwardPass)
    }

    /// One step of a batch of sequences: changes `state` and gives the output, batch × outputs.
    ///
    /// # Errors
    /// As [`Network::forward_sequence`].
    #[inline(never)]
    pub fn step<'s>(
        &self,
        x: ArrayView2<'_, T>,
        state: &'s mut State<T>,
    ) -> Result<ArrayView2<'s, T>, Error> {
        let mut workspace = state.take_workspace();
        let done = self.run(&mut workspace, x.insert_axis(Axis(0)), Some(state));
        if done.is_ok() {
            state.copy_last(&workspace);
        }
        state.put_workspace(workspace);
        done?;
        Ok(state.output())
    }

    /// The output for any number of rows, computed a fixed number of rows at a time, so that
    /// the memory in use does not grow with them. It runs on the best instruction set.
    ///
    /// # Errors
    /// [`Error::Width`] when `x` has not as many columns as the network has inputs.
    pub fn predict(&self, x: ArrayView2<'_, T>) -> Result<Array2<T>, Error> {
        self.predict_in(&mut Workspace::new(), x)
    }

    /// As [`Network::predict`], with the memory and on the instruction set of `workspace`.
    ///
    /// # Errors
    /// As [`Network::predict`].
    #[inline(never)]
    pub fn predict_in(
        &self,
        workspace: &mut Workspace<T>,
        x: ArrayView2<'_, T>,
    ) -> Result<Array2<T>, Error> {
        self.check_width(x.ncols())?;
        let mut y = Array2::from_elem((x.nrows(), self.outputs()), T::ZERO);
        for (x, mut y) in x
            .axis_chunks_iter(Axis(0), Self::PREDICTED_ROWS)
            .zip(y.axis_chunks_iter_mut(Axis(0), Self::PREDICTED_ROWS))
        {
            y.assign(&self.forward(workspace, x)?);
        }
        Ok(y)
    }

    /// Computes the gradients of all parameters into `workspace`, given `dy` = ∂L/∂output,
    /// batch × outputs, of the forward pass done last.
    ///
    /// # Errors
    /// [`Error::NoForwardPass`] without such a pass, [`Error::Shape`] when `dy` has not the
    /// shape of its output.
    pub fn backward(
        &self,
        workspace: &mut Workspace<T>,
        dy: ArrayView2<'_, T>,
    ) -> Result<(), Error> {
        self.transmit(
            workspace,
            dy.insert_axis(Axis(0)),
            BackThroughTime::Full,
            false,
        )
    }

    /// As [`Network::backward`], and gives ∂L/∂input, batch × inputs.
    ///
    /// # Errors
    /// As [`Network::backward`].
    pub fn backward_to_input<'w>(
        &self,
        workspace: &'w mut Workspace<T>,
        dy: ArrayView2<'_, T>,
    ) -> Result<ArrayView2<'w, T>, Error> {
        self.transmit(
            workspace,
            dy.insert_axis(Axis(0)),
            BackThroughTime::Full,
            true,
        )?;
        Ok(rows(&workspace.upstream, self.inputs))
    }

    /// Computes the gradients of all parameters into `workspace`, given `dy` = ∂L/∂outputs,
    /// steps × batch × outputs, of the forward pass over sequences done last.
    ///
    /// # Errors
    /// As [`Network::backward`]; [`Error::Argument`] for windows of 0 steps.
    #[inline(never)]
    pub fn backward_sequence(
        &self,
        workspace: &mut Workspace<T>,
        dy: ArrayView3<'_, T>,
        back: BackThroughTime,
    ) -> Result<(), Error> {
        self.transmit(workspace, dy, back, false)
    }

    /// The penalties of all layers ([`Layer::penalty`](crate::layer::Layer::penalty)) at the
    /// forward pass done last. Backward passes add their gradients; the value of a loss does not
    /// contain them.
    ///
    /// # Errors
    /// [`Error::NoForwardPass`] without such a pass.
    pub fn penalty(&self, workspace: &mut Workspace<T>) -> Result<f64, Error> {
        if workspace.progress < Progress::Forward || !workspace.fits(self) {
            return Err(Error::NoForwardPass);
        }
        let mut total = 0.0;
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, memory) = workspace.layers.split_at_mut(index);
            let memory = &mut memory[0];
            total += layer.penalty(PenaltyPass {
                level: workspace.level,
                x: match before.last() {
                    Some(before) => rows(&before.output, before.outputs),
                    None => rows(&workspace.input, self.inputs),
                },
                gradient: None,
                dx: None,
                values: &mut memory.values,
                scratch: &mut memory.scratch,
            });
        }
        Ok(total)
    }

    fn check_width(&self, given: usize) -> Result<(), Error> {
        if given == self.inputs {
            return Ok(());
        }
        Err(Error::Width {
            what: "the input given to the network",
            expected: self.inputs,
            given,
        })
    }

    /// As [`Network::forward_sequence`] of a batch whose inputs nobody else needs: the workspace takes
    /// their memory, and the batch that of the last ones.
    pub(crate) fn forward_batch(
        &self,
        workspace: &mut Workspace<T>,
        batch: &mut Batch<T>,
    ) -> Result<(), Error> {
        let (steps, samples, width) = batch.inputs().dim();
        self.check_input(steps, samples, width)?;
        workspace.fit(self, steps, samples);
        std::mem::swap(&mut workspace.input, batch.inputs_mut());
        self.layers_forward(workspace, None);
        Ok(())
    }

    /// The forward pass.
    #[inline(never)]
    fn run(
        &self,
        workspace: &mut Workspace<T>,
        x: ArrayView3<'_, T>,
        start: Option<&State<T>>,
    ) -> Result<(), Error> {
        let (steps, batch, width) = x.dim();
        self.check_input(steps, batch, width)?;
        if let Some(start) = start {
            check_length("the batch of the state", batch, start.batch())?;
            check_length("the state", self.layers.len(), start.values.len())?;
            for (layer, values) in self.layers.iter().zip(&start.values) {
                let expected = batch * layer.state_size();
                check_length("a layer's part of the state", expected, values.len())?;
            }
        }
        workspace.fit(self, steps, batch);
        copy(&mut workspace.input, x);
        self.layers_forward(workspace, start);
        Ok(())
    }

    fn check_input(&self, steps: usize, batch: usize, width: usize) -> Result<(), Error> {
        self.check_width(width)?;
        match steps * batch {
            0 => Err(Error::Empty { what: "the batch" }),
            _ => Ok(()),
        }
    }

    /// Passes what the workspace holds as input through all layers.
    #[inline(never)]
    fn layers_forward(&self, workspace: &mut Workspace<T>, start: Option<&State<T>>) {
        let batch = workspace.batch;
        let mut before = (&*workspace.input, self.inputs);
        for (index, (layer, memory)) in self.layers.iter().zip(&mut workspace.layers).enumerate() {
            let first = batch * memory.state_size;
            match start {
                Some(start) => memory.states[..first].copy_from_slice(&start.values[index]),
                None => memory.states[..first].fill(T::ZERO),
            }
            forward_layer(
                &**layer,
                workspace.level,
                workspace.noise.map(|noise| noise.of_layer(index)),
                rows(before.0, before.1),
                batch,
                memory,
            );
            before = (&memory.output, memory.outputs);
        }
        workspace.progress = Progress::Forward;
    }

    /// The backward pass. With `to_input`, ∂L/∂input is left in `workspace.upstream`.
    #[inline(never)]
    fn transmit(
        &self,
        workspace: &mut Workspace<T>,
        dy: ArrayView3<'_, T>,
        back: BackThroughTime,
        to_input: bool,
    ) -> Result<(), Error> {
        if workspace.progress < Progress::Forward || !workspace.fits(self) {
            return Err(Error::NoForwardPass);
        }
        if back == BackThroughTime::Truncated(0) {
            return Err(Error::Argument {
                name: "the window of truncated back-propagation through time",
                given: "0".to_owned(),
                allowed: "at least 1",
            });
        }
        let shape = (workspace.steps, workspace.batch, self.outputs());
        if dy.dim() != shape {
            return Err(Error::Shape {
                what: "the gradient of the output",
                expected: vec![shape.0, shape.1, shape.2],
                given: dy.shape().to_vec(),
            });
        }
        copy(&mut workspace.upstream, dy);
        // Below this layer nobody needs the error.
        let trained =
            |index: &usize| !self.frozen[*index] && !self.layers[*index].parameters().is_empty();
        let all = 0..self.layers.len();
        let last = match to_input {
            true => 0,
            false => all.clone().find(trained).unwrap_or(all.end),
        };
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let (before, memory) = workspace.layers.split_at_mut(index);
            let x = match before.last() {
                Some(before) => rows(&before.output, before.outputs),
                None => rows(&workspace.input, self.inputs),
            };
            let memory = &mut memory[0];
            memory.gradient.resize(layer.parameters().len(), T::ZERO);
            parallel::for_parts(&mut memory.gradient, |part| part.fill(T::ZERO));
            memory.error.clear();
            if index < last {
                continue;
            }
            if workspace.keeps_errors {
                memory.error.extend_from_slice(&workspace.upstream);
            }
            let dy = rows(&workspace.upstream, memory.outputs);
            let wanted = index > last || to_input;
            if wanted {
                workspace.downstream.resize(x.len(), T::ZERO);
            }
            let mut dx = wanted
                .then(|| ArrayViewMut2::from_shape(x.dim(), &mut workspace.downstream).ok())
                .flatten();
            backward_layer(
                &**layer,
                workspace.level,
                workspace.noise.map(|noise| noise.of_layer(index)),
                (x, dy, dx.as_mut().map(|dx| dx.view_mut())),
                workspace.batch,
                back,
                memory,
            );
            layer.penalty(PenaltyPass {
                level: workspace.level,
                x,
                gradient: Some(&mut memory.gradient),
                dx,
                values: &mut memory.values,
                scratch: &mut memory.scratch,
            });
            if self.frozen[index] {
                memory.gradient.fill(T::ZERO);
            }
            if wanted {
                std::mem::swap(&mut workspace.upstream, &mut workspace.downstream);
            }
        }
        workspace.progress = Progress::Backward;
        Ok(())
    }
}

/// Copies an array of any layout to a vector in row-major order.
fn copy<T: Real>(target: &mut Vec<T>, source: ArrayView3<'_, T>) {
    target.resize(source.len(), T::ZERO);
    match source.as_slice() {
        Some(values) => parallel::copy(target, values),
        None => (target.iter_mut().zip(source)).for_each(|(target, &value)| *target = value),
    }
}
