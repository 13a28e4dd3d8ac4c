//! What is compiled in this crate for both scalar types, and not again in every crate that uses it.
//!
//! A generic function is compiled where it is called, with all that it calls. But one that is never
//! inlined is taken from the crate that it comes from, where that has compiled it for the same types.
//! These are the entrances to all that programs do with networks, and what kernels do that is not vector
//! code: what is left for programs to compile are the kernels of their own functions.

use std::hint::black_box;

use crate::checkpoint::Checkpoints;
use crate::data::{Dataset, Digits};
use crate::kernel;
use crate::loss::{Loss, MeanSquaredError, SoftmaxCrossEntropy};
use crate::metrics;
use crate::model::Model;
use crate::network::{Network, NetworkBuilder};
use crate::optimizer::{Adam, Optimizer, RmsProp, Sgd};
use crate::record::Record;
use crate::rounding::Rounding;
use crate::simd::Real;
use crate::source;
use crate::train::Trainer;

/// Nobody calls this. It is public so that it is compiled; programs do not keep it.
#[inline(never)]
pub fn for_both_scalar_types() {
    entrances::<f32>();
    entrances::<f64>();
}

/// Has them compiled. Each is `#[inline(never)]`.
fn entrances<T: Real>() {
    black_box(kernel::assign_columns::<T> as fn(_, _));
    black_box(kernel::in_tiles::<T> as fn(_, _, _, _, _));
    black_box(kernel::pack_errors::<T> as fn(_, _, _, _));
    black_box(kernel::copy_errors::<T> as fn(_, _, _));
    black_box(kernel::in_ranges::<T> as fn(_, _, _, _));

    black_box(NetworkBuilder::<T>::blocks as fn(_, _) -> _);
    black_box(NetworkBuilder::<T>::dropout as fn(_, _) -> _);
    black_box(NetworkBuilder::<T>::normalization as fn(_) -> _);
    black_box(NetworkBuilder::<T>::range as fn(_, _, _) -> _);
    black_box(NetworkBuilder::<T>::initial as fn(_, _, _) -> _);
    black_box(NetworkBuilder::<T>::anchored as fn(_) -> _);
    black_box(NetworkBuilder::<T>::penalty as fn(_, _) -> _);
    black_box(NetworkBuilder::<T>::build as fn(_, _) -> _);

    black_box(Network::<T>::initialize as fn(_, _));
    black_box(Network::<T>::update as fn(_, _, _, _) -> _);
    black_box(Network::<T>::snapshot as fn(_) -> _);
    black_box(Network::<T>::restore as fn(_, _) -> _);
    black_box(Network::<T>::forward_sequence as fn(_, _, _, _) -> _);
    black_box(Network::<T>::step as fn(_, _, _) -> _);
    black_box(Network::<T>::predict_in as fn(_, _, _) -> _);
    black_box(Network::<T>::backward_sequence as fn(_, _, _, _) -> _);
    black_box(Network::<T>::levels as fn(_, _) -> _);
    black_box(Network::<T>::importance as fn(_, _) -> _);
    black_box(Network::<T>::prune as fn(_, _, _) -> _);
    black_box(Network::<T>::mappings as fn(_) -> _);
    black_box(Network::<T>::formula as fn(_, _) -> _);
    black_box(Network::<T>::formulas as fn(_) -> _);
    black_box(source::rust::<T> as fn(_) -> _);

    black_box(Dataset::<T>::classification as fn(_, _, _) -> _);
    black_box(Dataset::<T>::regression as fn(_, _) -> _);
    black_box(Dataset::<T>::sequences as fn(_, _) -> _);
    black_box(Dataset::<T>::select as fn(_, _) -> _);
    black_box(Dataset::<T>::shuffled as fn(_, _) -> _);
    black_box(Digits::<T>::load as fn() -> _);

    black_box(Trainer::<T>::fit as fn(_, _, _) -> _);
    black_box(<SoftmaxCrossEntropy as Loss<T>>::evaluate as fn(_, _, _, _) -> _);
    black_box(<MeanSquaredError as Loss<T>>::evaluate as fn(_, _, _, _) -> _);
    black_box(<Sgd<T> as Optimizer<T>>::update as fn(_, _) -> _);
    black_box(<Sgd<T> as Optimizer<T>>::exchange as fn(_, _) -> _);
    black_box(<RmsProp<T> as Optimizer<T>>::update as fn(_, _) -> _);
    black_box(<RmsProp<T> as Optimizer<T>>::exchange as fn(_, _) -> _);
    black_box(<Adam<T> as Optimizer<T>>::update as fn(_, _) -> _);
    black_box(<Adam<T> as Optimizer<T>>::exchange as fn(_, _) -> _);
    black_box(metrics::evaluate::<T> as fn(_, _, _) -> _);
    black_box(metrics::confusion::<T> as fn(_, _) -> _);

    black_box(Model::<T>::of as fn(_) -> _);
    black_box(Model::<T>::from_record as fn(_) -> _);
    black_box(Model::<T>::to_bytes as fn(_) -> _);
    black_box(Model::<T>::load_into as fn(_, _) -> _);
    black_box(Model::<T>::network as fn(_, _) -> _);
    black_box(Record::<T>::open as fn(_) -> _);
    black_box(Record::<T>::save as fn(_, _) -> _);
    black_box(Checkpoints::latest::<T> as fn(_) -> _);
    black_box(Rounding::apply::<T> as fn(_, _, _, _) -> _);
}
