//! Every declared function: against the paper's own numbers or a formula of the test's own, and its gradients against
//! differences. One program, since it takes long to compile them all.

mod gradients;
mod kan;
mod reference_vectors;
