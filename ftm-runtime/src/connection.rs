//! The contract between a connection function and the kernels: what `ftm_fn!` emits, and what
//! a hand-written function implements.
//!
//! A layer computes `y[n,o] = b[o] + Σ_i f(x[n,i]; θ[i,o])`. A kernel walks over edges (i,o)
//! and samples n, a vector of outputs o at a time, and calls the function in stages:
//!
//! | stage | runs once per | makes |
//! |---|---|---|
//! | [`Connection::input`] | input and sample | values of x alone |
//! | [`Connection::edge`] | edge and step | values of θ and the constants alone |
//! | [`Connection::forward`] | edge and sample | f, from the values above |
//! | [`Connection::backward`] | edge and sample | terms of the gradients, summed |
//! | [`Connection::finish_edge`] | edge and step | ∂L/∂θ, from sums over the samples |
//! | [`Connection::finish_input`] | input and sample | ∂L/∂x, from sums over the outputs |
//!
//! Only the two middle ones are in the inner loop. What depends on θ alone is computed before
//! it, and a factor of a gradient that does not change along a sum is applied after it.
//!
//! Every method must be `#[inline(always)]`: a kernel inlines them into code compiled for one
//! instruction set.

use crate::formula::render::Names;
use crate::formula::{Node, derivation};
use crate::simd::Simd;

/// A fixed number of values of one kind: an array.
pub trait Values<V>: Copy + Send + Sync {
    /// How many there are.
    const COUNT: usize;
    /// Makes each value from its index.
    fn from_fn(make: impl FnMut(usize) -> V) -> Self;
    /// The values in order.
    fn as_slice(&self) -> &[V];
}

impl<V: Copy + Send + Sync, const N: usize> Values<V> for [V; N] {
    const COUNT: usize = N;
    // Not `std::array::from_fn`, which may keep the closure as a function of its own: one that
    // is not compiled for the instruction set of the vectors in it.
    #[inline(always)]
    fn from_fn(mut make: impl FnMut(usize) -> V) -> Self {
        if let Ok(none) = [].as_slice().try_into() {
            return none;
        }
        let mut values = [make(0); N];
        for (k, value) in values.iter_mut().enumerate().skip(1) {
            *value = make(k);
        }
        values
    }
    #[inline(always)]
    fn as_slice(&self) -> &[V] {
        self
    }
}

/// A function f(x; θ) that an edge of a network can be.
///
/// Declared with `ftm_fn!`, or by hand:
///
/// ```
/// use ftm_runtime::connection::{Connection, Description, Initializer, Parameter};
/// use ftm_runtime::simd::{Simd, Vector};
///
/// /// `w * x`: the connection of an ordinary network.
/// #[derive(Clone, Copy, Debug)]
/// struct Linear;
///
/// impl Connection for Linear {
///     type Parameters<V: Copy + Send + Sync> = [V; 1];
///     type Constants<V: Copy + Send + Sync> = [V; 0];
///     type Input<V: Copy + Send + Sync> = [V; 1];
///     type Edge<V: Copy + Send + Sync> = [V; 1];
///     type EdgeSums<V: Copy + Send + Sync> = [V; 1];
///     type InputSums<V: Copy + Send + Sync> = [V; 1];
///     const FORWARD_INPUTS: usize = 1;
///     const STATEFUL: bool = false;
///
///     fn description() -> &'static Description {
///         const DESCRIPTION: Description = Description {
///             name: "Linear",
///             formula: "w * x",
///             parameters: &[Parameter { name: "w", initializer: Some(Initializer::Uniform(-0.1, 0.1)) }],
///             ..Description::EMPTY
///         };
///         &DESCRIPTION
///     }
///     #[inline(always)]
///     fn input<S: Simd>(_: S, x: S::Vector) -> [S::Vector; 1] { [x] }
///     #[inline(always)]
///     fn edge<S: Simd>(_: S, parameters: [S::Vector; 1], _: [S::Vector; 0]) -> [S::Vector; 1] {
///         parameters
///     }
///     #[inline(always)]
///     fn forward<S: Simd>(
///         _: S, [x]: [S::Vector; 1], [w]: [S::Vector; 1], _: S::Vector, sum: S::Vector,
///     ) -> S::Vector {
///         w.mul_add(x, sum)
///     }
///     #[inline(always)]
///     fn backward<S: Simd>(
///         s: S, [x]: [S::Vector; 1], [w]: [S::Vector; 1], _: S::Vector, g: S::Vector,
///         [dw]: &mut [S::Vector; 1], [dx]: &mut [S::Vector; 1],
///     ) -> S::Vector {
///         *dw = g.mul_add(x, *dw);
///         *dx = g.mul_add(w, *dx);
///         s.number(0.0)
///     }
///     #[inline(always)]
///     fn finish_edge<S: Simd>(_: S, _: [S::Vector; 1], sums: [S::Vector; 1]) -> [S::Vector; 1] { sums }
///     #[inline(always)]
///     fn finish_input<S: Simd>(_: S, _: [S::Vector; 1], [dx]: [S::Vector; 1]) -> S::Vector { dx }
/// }
/// ```
pub trait Connection: Copy + Send + Sync + 'static {
    /// The trained parameters of one edge, in the order declared.
    type Parameters<V: Copy + Send + Sync>: Values<V>;
    /// The constants of one edge, in the order declared.
    type Constants<V: Copy + Send + Sync>: Values<V>;
    /// What the input stage makes. The first [`Connection::FORWARD_INPUTS`] are what
    /// [`Connection::forward`] reads; the others are for the backward pass.
    type Input<V: Copy + Send + Sync>: Values<V>;
    /// What the edge stage makes.
    type Edge<V: Copy + Send + Sync>: Values<V>;
    /// Sums over the samples, a set for each edge: the factors of ∂L/∂θ that vary with both.
    type EdgeSums<V: Copy + Send + Sync>: Values<V>;
    /// Sums over the outputs, a set for each input and sample: the same of ∂L/∂x.
    type InputSums<V: Copy + Send + Sync>: Values<V>;

    /// How many of the input values the forward pass reads.
    const FORWARD_INPUTS: usize;
    /// Whether the function reads its own previous output.
    const STATEFUL: bool;

    /// Whether kernels take all samples with an input of 0 at once. That pays for functions that
    /// take longer than telling such samples apart does. Not with [`Connection::STATEFUL`]: f(0) would differ
    /// from sample to sample.
    const ZEROS_APART: bool = false;

    /// Whether [`Connection::reach`] bounds the arguments of functions of its kinds in the forward and the
    /// backward stage, all of them. Kernels then ask once for many samples whether these are small enough.
    const BOUNDED: bool = false;

    /// Set when the function is a sum of products of edge values and input values, and kernels
    /// may compute it and its gradients as matrix products.
    const PRODUCTS: Option<Products> = None;

    /// Name, formula, parameters and derivation.
    fn description() -> &'static Description;

    /// Values of the input alone.
    fn input<S: Simd>(simd: S, x: S::Vector) -> Self::Input<S::Vector>;

    /// Values of parameters and constants alone.
    fn edge<S: Simd>(
        simd: S,
        parameters: Self::Parameters<S::Vector>,
        constants: Self::Constants<S::Vector>,
    ) -> Self::Edge<S::Vector>;

    /// `sum + f`. Input values past [`Connection::FORWARD_INPUTS`] are not to be read; `state`
    /// is the edge's previous output, and not to be read unless [`Connection::STATEFUL`].
    fn forward<S: Simd>(
        simd: S,
        input: Self::Input<S::Vector>,
        edge: Self::Edge<S::Vector>,
        state: S::Vector,
        sum: S::Vector,
    ) -> S::Vector;

    /// The largest magnitudes that arguments can have where no input value has a larger one than `input`
    /// says, by kinds of functions: `[sin cos tan, exp sinh cosh sigmoid softplus, tanh]`. 0 where there
    /// is none of a kind. Not to be asked unless [`Connection::BOUNDED`].
    fn reach<S: Simd>(
        simd: S,
        _input: Self::Input<S::Vector>,
        _edge: Self::Edge<S::Vector>,
    ) -> [S::Vector; 3] {
        [simd.number(f64::INFINITY); 3]
    }

    /// Adds this edge-sample's terms of the gradients to the sums, given `g = ∂L/∂f`, and
    /// returns `∂L/∂state` (anything unless [`Connection::STATEFUL`]).
    fn backward<S: Simd>(
        simd: S,
        input: Self::Input<S::Vector>,
        edge: Self::Edge<S::Vector>,
        state: S::Vector,
        g: S::Vector,
        edge_sums: &mut Self::EdgeSums<S::Vector>,
        input_sums: &mut Self::InputSums<S::Vector>,
    ) -> S::Vector;

    /// ∂L/∂θ of an edge from its sums over the samples.
    fn finish_edge<S: Simd>(
        simd: S,
        edge: Self::Edge<S::Vector>,
        sums: Self::EdgeSums<S::Vector>,
    ) -> Self::Parameters<S::Vector>;

    /// ∂L/∂x of an input and sample from its sums over the outputs.
    fn finish_input<S: Simd>(
        simd: S,
        input: Self::Input<S::Vector>,
        sums: Self::InputSums<S::Vector>,
    ) -> S::Vector;
}

/// Which values of the stages a separable function multiplies, f = Σ c(θ)·g(x).
///
/// [`Connection::forward`] and [`Connection::backward`] must compute the very same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Products {
    /// f adds up input value times edge value, by their indices. The input values are among the
    /// first [`Connection::FORWARD_INPUTS`].
    pub forward: &'static [(usize, usize)],
    /// The input value that each sum over the samples adds up, times the error.
    pub edge_sums: &'static [usize],
    /// The edge value that each sum over the outputs adds up, times the error.
    pub input_sums: &'static [usize],
}

/// What is known of a function when it is declared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Description {
    /// The name of its type.
    pub name: &'static str,
    /// f as text.
    pub formula: &'static str,
    /// The name of the input.
    pub input: &'static str,
    /// The trained parameters.
    pub parameters: &'static [Parameter],
    /// The constants, drawn once per edge.
    pub constants: &'static [Parameter],
    /// The name of the edge's previous output, for a function with a memory.
    pub state: Option<&'static str>,
    /// The derivatives as text: of the input, of each parameter in order, of the state.
    pub derivatives: &'static [Derivative],
    /// f and its derivatives, simplified, as a list of operations. A function written by hand may
    /// have none; its networks have no formulas then.
    pub nodes: &'static [Node],
    /// Which of the nodes is f, and then each derivative, in the order of `derivatives`.
    pub roots: &'static [usize],
    /// Operations that one step takes, by where they run.
    pub operations: Operations,
    /// The whole derivation as text: formula, derivatives, what leaves the inner loop, the
    /// plan of the kernels and the operation counts.
    pub explanation: &'static str,
}

impl Description {
    /// A description that says nothing, to start one from.
    pub const EMPTY: Self = Self {
        name: "",
        formula: "",
        input: "x",
        parameters: &[],
        constants: &[],
        state: None,
        derivatives: &[],
        nodes: &[],
        roots: &[],
        operations: Operations {
            edge: 0.0,
            input: 0.0,
            forward: 0.0,
            backward: 0.0,
        },
        explanation: "",
    };

    /// f and its derivatives in LaTeX, one under the other, for mathematics mode; empty when
    /// there are no nodes. [`Description::explanation`] is the same as text.
    ///
    /// ```
    /// # use ftm_runtime::connection::{Derivative, Description, Parameter};
    /// # use ftm_runtime::formula::{Node, Symbol};
    /// # let line = Description {
    /// #     parameters: &[Parameter { name: "w", initializer: None }],
    /// #     derivatives: &[Derivative { by: "x", formula: "w" }, Derivative { by: "w", formula: "x" }],
    /// #     nodes: &[Node::Symbol(Symbol::Input(0)), Node::Symbol(Symbol::Parameter(0)), Node::Mul(0, 1)],
    /// #     roots: &[2, 1, 0],
    /// #     ..Description::EMPTY
    /// # };
    /// // Of `w * x`:
    /// let latex = r"\begin{aligned}
    /// f &= x w \\
    /// \frac{\partial f}{\partial x} &= w \\
    /// \frac{\partial f}{\partial w} &= x
    /// \end{aligned}";
    /// assert_eq!(line.latex(), latex);
    /// ```
    #[must_use]
    pub fn latex(&self) -> String {
        let by: Vec<&str> = self
            .derivatives
            .iter()
            .map(|derivative| derivative.by)
            .collect();
        derivation::latex(self.nodes, self.roots, &self.names(), &by)
    }

    /// What its symbols are called.
    pub(crate) fn names(&self) -> Names {
        let of = |parameters: &[Parameter]| -> Vec<String> {
            parameters.iter().map(|p| p.name.to_owned()).collect()
        };
        Names {
            inputs: vec![self.input.to_owned()],
            parameters: of(self.parameters),
            constants: of(self.constants),
            state: self.state.unwrap_or_default().to_owned(),
        }
    }
}

/// A derivative as text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Derivative {
    /// The symbol derived by.
    pub by: &'static str,
    /// The derivative.
    pub formula: &'static str,
}

/// Operations of the multiply-add pipe, per vector, by the stage that runs them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operations {
    /// Once per edge and step.
    pub edge: f64,
    /// Once per input and sample.
    pub input: f64,
    /// Once per edge and sample, forward.
    pub forward: f64,
    /// Once per edge and sample, backward, all gradients wanted.
    pub backward: f64,
}

/// A parameter or constant of a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name; that of an element of the array `c` is `c[0]`.
    pub name: &'static str,
    /// How it is drawn; `None`: solved from the formula.
    pub initializer: Option<Initializer>,
}

impl Parameter {
    /// The name of the array that this is an element of.
    #[must_use]
    pub fn array(&self) -> Option<&'static str> {
        self.name.split_once('[').map(|(array, _)| array)
    }
}

/// A distribution that initial values are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Initializer {
    /// Uniform on [low, high).
    Uniform(f64, f64),
    /// Normal with a mean and a standard deviation.
    Normal(f64, f64),
    /// +1 or -1 with equal chance.
    Sign,
    /// Always this value.
    Value(f64),
}
