//! RMSprop.

use super::sweep::{Memory, Rule};
use super::{Optimizer, Update};
use crate::error::{Error, fraction, not_negative, positive};
use crate::record::Exchange;
use crate::simd::{Real, Vector};

/// RMSprop (Tieleman, Hinton 2012).
///
/// With gradient g (plus λ·θ with weight decay λ): v ← ρ·v + (1−ρ)·g²,
/// θ ← θ − rate·g / (√v + ε).
#[derive(Clone, Debug)]
pub struct RmsProp<T> {
    rate: f64,
    memory: f64,
    epsilon: f64,
    decay: f64,
    square: Memory<T, 1>,
}

impl<T: Real> RmsProp<T> {
    /// With a learning rate, ρ = 0.99, ε = 1e-8 and no weight decay.
    ///
    /// # Errors
    /// [`Error::Argument`] unless the rate is finite and above 0.
    pub fn new(rate: f64) -> Result<Self, Error> {
        Ok(Self {
            rate: positive("the learning rate", rate)?,
            memory: 0.99,
            epsilon: 1e-8,
            decay: 0.0,
            square: Memory::new(),
        })
    }

    /// With another ρ.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is at least 0 and below 1.
    pub fn memory(mut self, memory: f64) -> Result<Self, Error> {
        self.memory = fraction("ρ of RMSprop", memory)?;
        Ok(self)
    }

    /// With another ε.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is finite and above 0.
    pub fn epsilon(mut self, epsilon: f64) -> Result<Self, Error> {
        self.epsilon = positive("ε of RMSprop", epsilon)?;
        Ok(self)
    }

    /// With weight decay λ, added to the gradient as λ·θ.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is finite and at least 0.
    pub fn weight_decay(mut self, decay: f64) -> Result<Self, Error> {
        self.decay = not_negative("the weight decay", decay)?;
        Ok(self)
    }
}

impl<T: Real> Optimizer<T> for RmsProp<T> {
    fn learning_rate(&self) -> f64 {
        self.rate
    }

    fn state_per_parameter(&self) -> usize {
        self.square.numbers()
    }

    fn begin_step(&mut self) {}

    #[inline(never)]
    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error> {
        let rate = self.rate * update.factor;
        let coefficients = [
            -rate,
            self.memory,
            1.0 - self.memory,
            self.epsilon,
            self.decay,
        ];
        self.square.sweep::<Square, 5>(coefficients, update)
    }

    #[inline(never)]
    fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error> {
        exchange.settings(&[
            ("rule", &"RMSprop"),
            ("rate", &self.rate),
            ("memory", &self.memory),
            ("epsilon", &self.epsilon),
            ("decay", &self.decay),
        ])?;
        self.square.exchange(["square"], exchange)
    }
}

struct Square;

impl Rule<1, 5> for Square {
    #[inline(always)]
    fn apply<V: Vector>(
        [rate, memory, other, epsilon, decay]: [V; 5],
        p: V,
        g: V,
        [v]: [V; 1],
    ) -> (V, [V; 1]) {
        let g = decay.mul_add(p, g);
        // Its square must not be subnormal.
        let g = g.zero_below(V::Scalar::NEGLIGIBLE_ROOT);
        let v = memory.mul_add(v, other * (g * g));
        (p + rate * g / (v.sqrt() + epsilon), [v])
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::follows;
    use super::*;

    #[test]
    fn follows_its_definition() {
        follows(
            || {
                Box::new(
                    RmsProp::new(0.01)
                        .and_then(|r| r.memory(0.9))
                        .expect("valid"),
                )
            },
            |p, g, history| {
                let mut v = 0.0;
                for g in history {
                    v = 0.9 * v + 0.1 * g * g;
                }
                p - 0.01 * g / (v.sqrt() + 1e-8)
            },
        );
    }

    #[test]
    fn impossible_arguments_are_refused() {
        let rmsprop = || RmsProp::<f32>::new(0.1).expect("valid");
        assert!(matches!(rmsprop().memory(1.0), Err(Error::Argument { .. })));
        assert!(matches!(
            rmsprop().epsilon(-1.0),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(
            rmsprop().weight_decay(-1.0),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(
            RmsProp::<f32>::new(0.0),
            Err(Error::Argument { .. })
        ));
    }
}
