//! Greedy training, layer by layer.

use super::{History, Trainer};
use crate::data::Dataset;
use crate::error::Error;
use crate::network::Network;
use crate::simd::Real;

/// Trains a network block by block from the bottom (Bengio et al. 2007, supervised): each block of
/// layers under a head of its own, while the blocks below it stay as they are. The last block is
/// what follows the last cut, trained with nothing on top. In the end no layer is frozen, and
/// [`Trainer::fit`] fine-tunes the whole.
///
/// A block begins at layer 0 and at each of `cuts`. `head` makes the head for a number of inputs,
/// and `trainer` the trainer for the index of a block. Gives the history of each block.
///
/// ```
/// # use ftm_runtime::{data::Dataset, error::Error, loss::SoftmaxCrossEntropy, network::Network};
/// use ftm_runtime::optimizer::Adam;
/// use ftm_runtime::train::{Trainer, layer_by_layer};
///
/// # fn train(
/// #     network: &mut Network<f32>,
/// #     data: &Dataset<f32>,
/// #     head: impl FnMut(usize) -> Result<Network<f32>, Error>,
/// # ) -> Result<(), Error> {
/// // Layers 0 and 1, then 2 and 3, then the rest.
/// layer_by_layer(network, data, &[2, 4], head, |_| {
///     Ok(Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-3)?).epochs(2))
/// })?;
/// Trainer::new(SoftmaxCrossEntropy, Adam::new(1e-4)?).fit(network, data)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Argument`] unless the cuts rise and lie within the network; [`Error::LayerWidth`] when
/// a head does not fit; those of the heads, the trainers and [`Trainer::fit`]. The network keeps
/// its layers, and what they have learnt until then.
pub fn layer_by_layer<'a, T: Real>(
    network: &mut Network<T>,
    data: &Dataset<T>,
    cuts: &[usize],
    mut head: impl FnMut(usize) -> Result<Network<T>, Error>,
    mut trainer: impl FnMut(usize) -> Result<Trainer<'a, T>, Error>,
) -> Result<Vec<History>, Error> {
    let layers = network.layers().len();
    let rising = cuts.iter().zip(cuts.iter().skip(1)).all(|(a, b)| a < b);
    if !rising || cuts.iter().any(|&cut| cut == 0 || cut >= layers) {
        return Err(Error::Argument {
            name: "the list of cuts",
            given: format!("{cuts:?}"),
            allowed: "rising, from 1 to below the number of layers",
        });
    }
    let mut histories = Vec::with_capacity(cuts.len() + 1);
    let mut first = 0;
    for (block, &cut) in cuts.iter().enumerate() {
        let rest = network.split_off(cut)?;
        let trained = head(network.outputs())
            .and_then(|head| network.append(head))
            .and_then(|()| fit(network, data, first, trainer(block)));
        if network.layers().len() > cut {
            network.split_off(cut)?;
        }
        network.append(rest)?;
        histories.push(trained?);
        first = cut;
    }
    histories.push(fit(network, data, first, trainer(cuts.len()))?);
    Ok(histories)
}

/// Trains the layers from `first` on.
fn fit<T: Real>(
    network: &mut Network<T>,
    data: &Dataset<T>,
    first: usize,
    trainer: Result<Trainer<'_, T>, Error>,
) -> Result<History, Error> {
    let mut trainer = trainer?;
    network.thaw();
    network.freeze(0..first)?;
    let history = trainer.fit(network, data);
    network.thaw();
    history
}
