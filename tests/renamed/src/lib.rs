//! A user's crate that knows ftm under another name, and depends on nothing else.

use networks::ndarray::array;
use networks::prelude::*;

/// Says that `ftm` is something else here.
pub mod ftm {}

ftm_fn! {
    /// A bump of trained place and width.
    pub fn Bump(x; a ~ normal(0.0, 1.0), w ~ uniform(0.5, 2.0), c) {
        let z = w * (x - c);
        a * exp(-z * z)
    }
}

/// Fits a bump to one sample, and gives the error before and after.
///
/// # Errors
/// As building and training.
pub fn fit() -> Result<(f64, f64), Error> {
    let mut network = Network::<f64>::new(1).functional(Bump, 1).build(1)?;
    let data = Dataset::regression(array![[0.25]], array![[1.0]])?;
    let history = Trainer::new(MeanSquaredError, Adam::new(0.05)?)
        .epochs(200)
        .fit(&mut network, &data)?;
    let epochs = &history.epochs;
    Ok((
        epochs[0].training_loss,
        epochs[epochs.len() - 1].training_loss,
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_network_learns() {
        let (before, after) = super::fit().expect("sound data");
        assert!(after < 1e-3 * before, "{before} → {after}");
    }
}
