//! Every declared function: against the paper's own numbers, and its gradients against
//! differences. One program, since it takes long to compile them all.

mod gradients;
mod reference_vectors;
