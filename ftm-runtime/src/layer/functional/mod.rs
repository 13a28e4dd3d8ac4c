//! The dense layer of functions: `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])`, or
//! `y[n,o] = b[o] + Σ_i (f(x[n,i]; θ[i,o]) − f(r[i]; θ[i,o]))` when it is anchored at r, where f is
//! one function for all edges or one for each block of inputs or outputs.
//!
//! | file | |
//! |---|---|
//! | `blocks` | which edges are of which function |
//! | `function` | a function, by pointers to its kernels |
//! | `pass` | the kernels of the blocks, one after the other |
//! | `initial` | initial values, and what they make of inputs |
//! | `anchor` | what edges give at the anchor |
//! | `edges` | the edges one by one |
//! | `derived` | what follows from the numbers of a layer, kept until they change |
//! | `tensors` | names and places of all numbers |

mod anchor;
mod blocks;
mod derived;
mod edges;
mod function;
mod initial;
mod pass;
mod tensors;
#[cfg(test)]
mod tests;

use std::fmt;

use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    Backward, EdgeBlock, Expectation, Forward, Functions, Kind, Layer, LayerEdges, Mapping,
    Penalty, PenaltyPass, Tensor, zeros,
};
use crate::connection::{Connection, Initializer};
use crate::error::Error;
use crate::init::{Scaling, Signal};
use crate::simd::{Level, Real};
use blocks::Block;
pub(super) use blocks::Part;
pub use blocks::{Arrangement, Blocks};
use derived::{Coefficients, Derived};
pub use function::EdgeFunction;

/// A layer whose every edge is a function, followed by a bias: one function for all edges, or one
/// for each of some [`Blocks`].
///
/// Parameters of a block lie `[input][parameter][output]`, block by block, the bias after them;
/// constants lie `[input][constant][output]`, the anchor after them, if there is one, and then which
/// edges are kept, if some are pruned. A tensor is called like its parameter, in a layer of several
/// blocks with the index of the block before: `1.w`.
#[derive(Clone)]
pub struct FunctionalLayer<T> {
    arrangement: Arrangement,
    inputs: usize,
    outputs: usize,
    blocks: Vec<Block<T>>,
    parameters: Vec<T>,
    constants: Vec<T>,
    penalty: Penalty,
    /// 0 for each output.
    no_bias: Vec<T>,
    /// Of an anchored layer: `b[o] − Σ_i f(r[i]; θ[i,o])`, once a pass has needed it, and for its
    /// instruction set: passes on others make their own.
    anchored: Option<Derived<(Level, Vec<T>)>>,
    /// Which edges are kept, block by block, once a pass has needed it.
    kept: Derived<Vec<T>>,
    coefficients: Coefficients<T>,
}

impl<T: Real> FunctionalLayer<T> {
    /// A layer of the function `C` from `inputs` to `outputs` numbers, all parameters 0 until it is
    /// initialised.
    ///
    /// # Errors
    /// [`Error::EmptyLayer`] when a width is 0, [`Error::LayerTooLarge`] when the parameters
    /// do not fit in memory, [`Error::Distribution`] when a declared distribution does
    /// not exist.
    pub fn of<C: Connection>(inputs: usize, outputs: usize) -> Result<Self, Error> {
        EdgeFunction::of::<C>().layer(inputs, outputs)
    }

    fn new(
        arrangement: Arrangement,
        (inputs, outputs): (usize, usize),
        blocks: Vec<Block<T>>,
    ) -> Result<Self, Error> {
        let of_edges = |place: fn(&Block<T>) -> usize| blocks.last().map_or(0, place);
        let parameters = of_edges(|block| block.parameters.end);
        let constants = of_edges(|block| block.constants.end);
        let zeros = |edges, more| zeros(name_of(&blocks), &[edges], more);
        let (parameters, constants) = (zeros(parameters, outputs)?, zeros(constants, 0)?);
        let no_bias = zeros(outputs, 0)?;
        Ok(Self {
            arrangement,
            inputs,
            outputs,
            blocks,
            parameters,
            constants,
            penalty: Penalty::default(),
            no_bias,
            anchored: None,
            kept: Derived::default(),
            coefficients: Coefficients::default(),
        })
    }

    /// The bias of each output.
    #[must_use]
    pub fn bias(&self) -> &[T] {
        &self.parameters[self.edge_parameters()..]
    }

    /// The edges of each block.
    fn parts(&self) -> impl Iterator<Item = Part<'_, T>> + Clone {
        let kept = self.kept_of_blocks();
        let blocks = self.blocks.iter();
        blocks.map(move |block| block.part(&self.parameters, &self.constants, kept))
    }

    /// Parameters of all edges.
    fn edge_parameters(&self) -> usize {
        self.parameters.len() - self.outputs
    }

    /// Constants of all edges.
    fn edge_constants(&self) -> usize {
        self.blocks.last().map_or(0, |block| block.constants.end)
    }

    /// Where the constants say which edges are kept.
    fn first_kept(&self) -> usize {
        let anchor = if self.anchored.is_some() {
            self.inputs
        } else {
            0
        };
        self.edge_constants() + anchor
    }

    /// Whether the function of any edge has a state.
    fn is_stateful(&self) -> bool {
        self.blocks.iter().any(|block| block.function.is_stateful)
    }

    /// What all passes took from the parameters is to be taken anew.
    fn changed(&mut self) {
        if let Some(bias) = &mut self.anchored {
            bias.forget();
        }
        self.coefficients.forget();
    }

    /// The same of parameters and constants.
    fn all_changed(&mut self) {
        self.changed();
        self.kept.forget();
    }
}

impl<T: Real> EdgeFunction<T> {
    /// A layer whose every edge is this function.
    ///
    /// # Errors
    /// As [`FunctionalLayer::of`].
    pub fn layer(self, inputs: usize, outputs: usize) -> Result<FunctionalLayer<T>, Error> {
        Blocks::of_outputs().function(self, outputs).layer(inputs)
    }
}

impl<T: Real> Layer<T> for FunctionalLayer<T> {
    fn name(&self) -> String {
        let name = |block: &Block<T>| block.function.description().name;
        let (inputs, outputs) = (self.inputs, self.outputs);
        if let [block] = &self.blocks[..] {
            return format!("{} {inputs} → {outputs}", name(block));
        }
        let blocks = self.blocks.iter();
        let list = |width: fn(&Block<T>) -> usize, between: &str| {
            let blocks = blocks.map(|block| format!("{} {}", name(block), width(block)));
            blocks.collect::<Vec<_>>().join(between)
        };
        match self.arrangement {
            Arrangement::Outputs => {
                format!("{inputs} → {}", list(|block| block.outputs.len(), ", "))
            }
            Arrangement::Inputs => {
                format!("{} → {outputs}", list(|block| block.inputs.len(), " + "))
            }
        }
    }
    fn inputs(&self) -> usize {
        self.inputs
    }
    fn outputs(&self) -> usize {
        self.outputs
    }
    fn parameters(&self) -> &[T] {
        &self.parameters
    }
    fn parameters_mut(&mut self) -> &mut [T] {
        self.changed();
        &mut self.parameters
    }
    fn constants(&self) -> &[T] {
        &self.constants
    }
    fn constants_mut(&mut self) -> &mut [T] {
        self.all_changed();
        &mut self.constants
    }
    fn tensors(&self) -> Vec<Tensor> {
        self.parameter_tensors()
    }
    fn constant_tensors(&self) -> Vec<Tensor> {
        self.tensors_of_constants()
    }
    fn first_edge(&self, tensor: &Tensor) -> Option<(usize, usize)> {
        let mut blocks = self.blocks.iter();
        let block = blocks.find(|block| block.parameters.contains(&tensor.offset))?;
        Some((block.inputs.start, block.outputs.start))
    }
    fn edges(&self) -> Option<&dyn LayerEdges<T>> {
        (!self.is_stateful()).then_some(self)
    }
    fn edges_mut(&mut self) -> Option<&mut dyn LayerEdges<T>> {
        (!self.is_stateful()).then_some(self)
    }
    fn kind(&self) -> Kind {
        let blocks = self.blocks.iter();
        let each = blocks.map(|block| {
            let width = match self.arrangement {
                Arrangement::Outputs => block.outputs.len(),
                Arrangement::Inputs => block.inputs.len(),
            };
            (block.function.description(), width)
        });
        match &self.blocks[..] {
            [block] => Kind::Functional(block.function.description()),
            _ => Kind::Blocks(self.arrangement, each.collect()),
        }
    }
    fn mapping(&self) -> Result<Mapping, Error> {
        let block = |part: Part<'_, T>| {
            let edges = part.edges;
            let functions = Functions::new(
                || self.name(),
                part.function.description(),
                (edges.inputs, edges.outputs),
                edges.parameters,
                edges.constants,
            )?;
            Ok(EdgeBlock {
                input: part.input,
                output: part.output,
                functions: functions.keep(edges.kept),
            })
        };
        let blocks = self.parts().map(block).collect::<Result<_, Error>>()?;
        let bias = match self.anchored {
            Some(_) => self.anchored_bias(Level::current(), &mut Vec::new(), &mut Vec::new()),
            None => self.bias().to_vec(),
        };
        let bias = bias.iter().map(|bias| bias.to_f64()).collect();
        Ok(Mapping::Edges { blocks, bias })
    }
    fn initialize(&mut self, random: &mut Xoshiro256PlusPlus) {
        self.draw(random);
    }
    fn set_initializer(&mut self, name: &str, initializer: Initializer) -> Result<(), Error> {
        self.set_distribution(name, initializer)
    }
    fn set_penalty(&mut self, penalty: Penalty) -> Result<(), Error> {
        let penalty = penalty.checked()?;
        let of_importances = penalty.importance + penalty.entropy;
        if self.is_stateful() && of_importances > 0.0 {
            return Err(Error::Argument {
                name: "the penalty on importances",
                given: of_importances.to_string(),
                allowed: "0 for a function with a state",
            });
        }
        self.penalty = penalty;
        Ok(())
    }
    fn penalty(&self, pass: PenaltyPass<'_, T>) -> f64 {
        self.penalty.apply(self.parts(), pass)
    }
    fn set_anchored(&mut self) -> Result<(), Error> {
        if self.is_stateful() {
            return Err(Error::Argument {
                name: "the layer to be anchored",
                given: self.name(),
                allowed: "one of a function without a state",
            });
        }
        if self.anchored.is_none() {
            let (place, anchor) = (
                self.first_kept(),
                zeros(name_of(&self.blocks), &[self.inputs], 0)?,
            );
            self.constants.splice(place..place, anchor);
        }
        self.anchored = Some(Derived::default());
        for block in &mut self.blocks {
            block.distributions.anchored = true;
        }
        Ok(())
    }
    fn adapt(&mut self, input: &Signal, scaling: Scaling) -> Result<(), Error> {
        self.solve(input, scaling);
        Ok(())
    }
    fn expect(&self, input: &Signal) -> Result<Expectation, Error> {
        Ok(self.expected(input))
    }
    fn state_size(&self) -> usize {
        self.blocks.iter().map(Block::state_size).sum()
    }
    fn forward(&self, pass: Forward<'_, T>) {
        let made;
        let bias = match &self.anchored {
            Some(bias) => {
                let mut make = || self.anchored_bias(pass.level, pass.values, pass.scratch);
                match bias.get_or_make(|| (pass.level, make())) {
                    (level, bias) if *level == pass.level => bias,
                    _ => {
                        made = make();
                        &made
                    }
                }
            }
            None => self.bias(),
        };
        let coefficients = match pass.noise {
            Some(_) => &[],
            None => self.coefficients(pass.level),
        };
        self.forward_blocks(bias, coefficients, pass);
    }
    fn backward(&self, mut pass: Backward<'_, T>) {
        let gradient = std::mem::take(&mut pass.gradient);
        let (edges, bias) = gradient.split_at_mut(self.edge_parameters());
        if self.anchored.is_some() {
            self.backward_at_anchor(edges, &mut pass);
        }
        self.backward_blocks(edges, bias, pass);
    }
}

/// The function of the first block.
fn name_of<T: Real>(blocks: &[Block<T>]) -> &'static str {
    blocks
        .first()
        .map_or("", |block| block.function.description().name)
}

impl<T: Real> fmt::Debug for FunctionalLayer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FunctionalLayer({}, {})", self.name(), T::NAME)
    }
}
