//! Adam and AdamW.

use super::sweep::{Memory, Rule};
use super::{Optimizer, Update};
use crate::error::{Error, fraction, not_negative, positive};
use crate::record::Exchange;
use crate::simd::{Real, Vector};

/// Adam (Kingma, Ba 2015), with bias correction; with weight decay it is AdamW (Loshchilov,
/// Hutter 2019).
///
/// m ← β₁·m + (1−β₁)·g, v ← β₂·v + (1−β₂)·g²,
/// θ ← θ − rate·λ·θ − rate · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε) in step t = 1, 2, …
///
/// ```
/// use ftm_runtime::optimizer::Adam;
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let adam: Adam<f32> = Adam::new(0.001)?;
/// let adam_w: Adam<f32> = Adam::new(0.001)?.weight_decay(0.01)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Adam<T> {
    rate: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    decay: f64,
    /// β₁ᵗ and β₂ᵗ.
    powers: (f64, f64),
    moments: Memory<T, 2>,
}

impl<T: Real> Adam<T> {
    /// With a learning rate, β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and no weight decay.
    ///
    /// # Errors
    /// [`Error::Argument`] unless the rate is finite and above 0.
    pub fn new(rate: f64) -> Result<Self, Error> {
        Ok(Self {
            rate: positive("the learning rate", rate)?,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            decay: 0.0,
            powers: (1.0, 1.0),
            moments: Memory::new(),
        })
    }

    /// With other decay rates of the two moments.
    ///
    /// # Errors
    /// [`Error::Argument`] unless both are at least 0 and below 1.
    pub fn betas(mut self, beta1: f64, beta2: f64) -> Result<Self, Error> {
        self.beta1 = fraction("β₁ of Adam", beta1)?;
        self.beta2 = fraction("β₂ of Adam", beta2)?;
        Ok(self)
    }

    /// With another ε.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is finite and above 0.
    pub fn epsilon(mut self, epsilon: f64) -> Result<Self, Error> {
        self.epsilon = positive("ε of Adam", epsilon)?;
        Ok(self)
    }

    /// With weight decay λ that does not go through the moments: AdamW.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is finite and at least 0.
    pub fn weight_decay(mut self, decay: f64) -> Result<Self, Error> {
        self.decay = not_negative("the weight decay", decay)?;
        Ok(self)
    }
}

impl<T: Real> Optimizer<T> for Adam<T> {
    fn learning_rate(&self) -> f64 {
        self.rate
    }

    fn state_per_parameter(&self) -> usize {
        self.moments.numbers()
    }

    fn begin_step(&mut self) {
        self.powers.0 *= self.beta1;
        self.powers.1 *= self.beta2;
    }

    #[inline(never)]
    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error> {
        // Both corrections leave the loop: with c₁ = 1−β₁ᵗ and c₂ = 1−β₂ᵗ,
        // (m/c₁) / (√(v/c₂) + ε) = (√c₂/c₁) · m / (√v + ε·√c₂).
        let rate = self.rate * update.factor;
        let correction = (1.0 - self.powers.1).sqrt();
        let coefficients = [
            -rate * correction / (1.0 - self.powers.0),
            self.epsilon * correction,
            self.beta1,
            1.0 - self.beta1,
            self.beta2,
            1.0 - self.beta2,
            1.0 - rate * self.decay,
        ];
        self.moments.sweep::<Moments, 7>(coefficients, update)
    }

    #[inline(never)]
    fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error> {
        exchange.settings(&[
            ("rule", &"Adam"),
            ("rate", &self.rate),
            ("beta1", &self.beta1),
            ("beta2", &self.beta2),
            ("epsilon", &self.epsilon),
            ("decay", &self.decay),
        ])?;
        exchange.value("power1", &mut self.powers.0)?;
        exchange.value("power2", &mut self.powers.1)?;
        self.moments.exchange(["m", "v"], exchange)
    }
}

struct Moments;

impl Rule<2, 7> for Moments {
    #[inline(always)]
    fn apply<V: Vector>(
        [rate, epsilon, beta1, other1, beta2, other2, kept]: [V; 7],
        p: V,
        g: V,
        [m, v]: [V; 2],
    ) -> (V, [V; 2]) {
        // Its square must not be subnormal.
        let g = g.zero_below(V::Scalar::NEGLIGIBLE_ROOT);
        let m = beta1.mul_add(m, other1 * g);
        let v = beta2.mul_add(v, other2 * (g * g));
        let change = rate * m / (v.sqrt() + epsilon);
        (kept.mul_add(p, change), [m, v])
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::follows;
    use super::*;

    /// The update of the paper, word by word, from all gradients so far.
    fn reference(p: f64, history: &[f64], decay: f64) -> f64 {
        let (mut m, mut v) = (0.0, 0.0);
        for g in history {
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
        }
        let t = history.len() as i32;
        let m = m / (1.0 - 0.9_f64.powi(t));
        let v = v / (1.0 - 0.999_f64.powi(t));
        p - 0.01 * decay * p - 0.01 * m / (v.sqrt() + 1e-8)
    }

    #[test]
    fn adam_follows_its_definition() {
        let adam = |decay| Adam::new(0.01).and_then(|a| a.weight_decay(decay));
        follows(
            || Box::new(adam(0.0).expect("valid")),
            |p, _, history| reference(p, history, 0.0),
        );
        follows(
            || Box::new(adam(0.1).expect("valid")),
            |p, _, history| reference(p, history, 0.1),
        );
    }

    #[test]
    fn impossible_arguments_are_refused() {
        let adam = || Adam::<f64>::new(0.1).expect("valid");
        assert!(matches!(
            adam().betas(1.0, 0.9),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(
            adam().betas(0.9, -0.1),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(adam().epsilon(0.0), Err(Error::Argument { .. })));
        assert!(matches!(
            adam().weight_decay(f64::NAN),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(
            Adam::<f64>::new(-0.1),
            Err(Error::Argument { .. })
        ));
    }
}
