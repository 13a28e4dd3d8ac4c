//! Blocks of edges: what a layer of several functions is made of.

use std::ops::Range;

use super::{EdgeFunction, FunctionalLayer};
use crate::connection::Connection;
use crate::error::Error;
use crate::init::{Distributions, Scaling, Signal};
use crate::kernel::Edges;
use crate::layer::{check_widths, checked_size};
use crate::simd::Real;

/// What the blocks of a layer share out among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// The outputs: each block sees all inputs, and its outputs follow those of the block before.
    Outputs,
    /// The inputs: each block sees those that follow the inputs of the block before, and their
    /// outputs are added up.
    Inputs,
}

/// A layer whose edges are of different functions, a block of outputs or of inputs for each.
///
/// Each block runs in the kernels of a layer of its function alone, one after the other. All have one
/// bias, one penalty and one anchor, and [`NetworkBuilder::initial`] draws what it names in all of
/// them. Without distributions of their own, parameters get scales with which each edge gives an
/// equal share of the variance of its output, whatever its function.
///
/// [`NetworkBuilder::initial`]: crate::network::NetworkBuilder::initial
///
/// ```
/// # use ftm_runtime::connection::Connection;
/// use ftm_runtime::error::Error;
/// use ftm_runtime::layer::Blocks;
/// use ftm_runtime::network::Network;
///
/// # fn network<W: Connection + Copy, B: Connection + Copy>(wave: W, bump: B) -> Result<(), Error> {
/// // 48 outputs: 32 sums of waves and 16 sums of bumps.
/// let hidden = Blocks::of_outputs().edges(wave, 32).edges(bump, 16);
/// // 10 outputs: sums over waves of the first 40 inputs and bumps of the other 8.
/// let last = Blocks::of_inputs(10).edges(wave, 40).edges(bump, 8);
/// let network = Network::<f32>::new(64).blocks(hidden).blocks(last).build(1)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a layer is made by `layer`, or by `NetworkBuilder::blocks`"]
pub struct Blocks<T> {
    arrangement: Arrangement,
    /// Of blocks of inputs.
    outputs: usize,
    /// Functions with the outputs or inputs of their blocks.
    blocks: Vec<(EdgeFunction<T>, usize)>,
}

impl<T: Real> Blocks<T> {
    /// Begins a layer with blocks of outputs.
    pub fn of_outputs() -> Self {
        Self {
            arrangement: Arrangement::Outputs,
            outputs: 0,
            blocks: Vec::new(),
        }
    }

    /// Begins a layer of so many outputs with blocks of inputs.
    pub fn of_inputs(outputs: usize) -> Self {
        Self {
            arrangement: Arrangement::Inputs,
            outputs,
            blocks: Vec::new(),
        }
    }

    /// Adds a block of `width` outputs or inputs, whose every edge is the function `connection`.
    pub fn edges<C: Connection>(self, connection: C, width: usize) -> Self {
        let _ = connection;
        self.function(EdgeFunction::of::<C>(), width)
    }

    /// The same with a function chosen at run time.
    pub fn function(mut self, function: EdgeFunction<T>, width: usize) -> Self {
        self.blocks.push((function, width));
        self
    }

    /// The layer, all parameters 0 until it is initialised. One of one block is the same as one
    /// made by [`FunctionalLayer::of`].
    ///
    /// # Errors
    /// [`Error::Empty`] without blocks, [`Error::EmptyLayer`] when a width is 0, [`Error::Width`]
    /// when blocks of inputs do not share out `inputs`, [`Error::LayerTooLarge`] when the parameters
    /// do not fit in memory, [`Error::Distribution`] when a declared distribution does not
    /// exist.
    pub fn layer(self, inputs: usize) -> Result<FunctionalLayer<T>, Error> {
        let Some((first, _)) = self.blocks.first() else {
            return Err(Error::Empty {
                what: "the list of blocks",
            });
        };
        let name = first.description().name;
        let widths: Vec<usize> = self.blocks.iter().map(|&(_, width)| width).collect();
        let sum = widths
            .iter()
            .try_fold(0_usize, |sum, &w| sum.checked_add(w));
        let sum = sum.ok_or(Error::LayerTooLarge {
            function: name,
            factors: widths,
        })?;
        let outputs = match self.arrangement {
            Arrangement::Outputs => sum,
            Arrangement::Inputs => self.outputs,
        };
        for (function, width) in &self.blocks {
            let (inputs, outputs) = match self.arrangement {
                Arrangement::Outputs => (inputs, *width),
                Arrangement::Inputs => (*width, outputs),
            };
            check_widths(function.description().name, inputs, outputs)?;
        }
        if self.arrangement == Arrangement::Inputs && sum != inputs {
            return Err(Error::Width {
                what: "the input of the blocks",
                expected: sum,
                given: inputs,
            });
        }
        // What all blocks have together is no more than this.
        let most = |of: fn(&EdgeFunction<T>) -> usize| {
            let each = self.blocks.iter().map(|(function, _)| of(function));
            each.max().unwrap_or(0)
        };
        let parameters = |function: &EdgeFunction<T>| function.description().parameters.len();
        let constants = |function: &EdgeFunction<T>| function.description().constants.len();
        checked_size(name, &[inputs, outputs], 0)?;
        checked_size(name, &[inputs, most(parameters), outputs], outputs)?;
        checked_size(name, &[inputs, most(constants), outputs], 0)?;

        let mut blocks: Vec<Block<T>> = Vec::with_capacity(self.blocks.len());
        let mut start = Start::default();
        for (function, width) in self.blocks {
            let (inputs, outputs) = match self.arrangement {
                Arrangement::Outputs => (0..inputs, start.width..start.width + width),
                Arrangement::Inputs => (start.width..start.width + width, 0..outputs),
            };
            start.width += width;
            blocks.push(Block::new(function, inputs, outputs, &mut start)?);
        }
        for block in &mut blocks {
            let standard = Signal::standard();
            (block.distributions).solve(inputs, &standard, Scaling::Undeclared);
        }
        FunctionalLayer::new(self.arrangement, (inputs, outputs), blocks)
    }
}

/// Where the next block begins.
#[derive(Default)]
struct Start {
    width: usize,
    parameters: usize,
    constants: usize,
    edges: usize,
}

/// A rectangle of edges of one function.
#[derive(Clone)]
pub(super) struct Block<T> {
    pub(super) function: EdgeFunction<T>,
    pub(super) distributions: Distributions,
    pub(super) inputs: Range<usize>,
    pub(super) outputs: Range<usize>,
    /// Places among the layer's parameters and constants, and among all edges, block by block.
    pub(super) parameters: Range<usize>,
    pub(super) constants: Range<usize>,
    pub(super) edges: Range<usize>,
}

impl<T: Real> Block<T> {
    fn new(
        function: EdgeFunction<T>,
        inputs: Range<usize>,
        outputs: Range<usize>,
        start: &mut Start,
    ) -> Result<Self, Error> {
        let edges = inputs.len() * outputs.len();
        let description = function.description();
        let next = |start: &mut usize, count: usize| {
            *start += count;
            *start - count..*start
        };
        Ok(Self {
            function,
            distributions: (function.distributions)()?,
            inputs,
            outputs,
            parameters: next(&mut start.parameters, edges * description.parameters.len()),
            constants: next(&mut start.constants, edges * description.constants.len()),
            edges: next(&mut start.edges, edges),
        })
    }

    /// Numbers of state of one sample.
    pub(super) fn state_size(&self) -> usize {
        match self.function.is_stateful {
            true => self.edges.len(),
            false => 0,
        }
    }

    /// The edges, their numbers being among these of a layer; no edge is pruned when `kept` is
    /// empty.
    pub(super) fn part<'a>(
        &self,
        parameters: &'a [T],
        constants: &'a [T],
        kept: &'a [T],
    ) -> Part<'a, T> {
        Part {
            function: self.function,
            input: self.inputs.start,
            output: self.outputs.start,
            parameter: self.parameters.start,
            edges: Edges {
                inputs: self.inputs.len(),
                outputs: self.outputs.len(),
                parameters: &parameters[self.parameters.clone()],
                constants: &constants[self.constants.clone()],
                kept: kept.get(self.edges.clone()).unwrap_or_default(),
                coefficients: &[],
            },
        }
    }
}

/// The edges of a block with their numbers.
#[derive(Clone, Copy)]
pub(in crate::layer) struct Part<'a, T> {
    pub(in crate::layer) function: EdgeFunction<T>,
    pub(in crate::layer) edges: Edges<'a, T>,
    /// The first of its inputs, outputs and parameters among those of the layer.
    pub(in crate::layer) input: usize,
    pub(in crate::layer) output: usize,
    pub(in crate::layer) parameter: usize,
}

impl<T: Real> Part<'_, T> {
    pub(in crate::layer) fn inputs(&self) -> Range<usize> {
        self.input..self.input + self.edges.inputs
    }
    pub(in crate::layer) fn outputs(&self) -> Range<usize> {
        self.output..self.output + self.edges.outputs
    }
    /// Its parameters among those of the layer.
    pub(in crate::layer) fn parameters(&self) -> Range<usize> {
        self.parameter..self.parameter + self.edges.parameters.len()
    }
    /// Numbers of state of one sample.
    pub(in crate::layer) fn state_size(&self) -> usize {
        match self.function.is_stateful {
            true => self.edges.inputs * self.edges.outputs,
            false => 0,
        }
    }
}
