//! RMSprop.

use super::sweep::{Memory, Rule, fraction, positive};
use super::{Optimizer, Update};
use crate::error::Error;
use crate::simd::{Real, Vector};

/// RMSprop (Tieleman, Hinton 2012): v ← ρ·v + (1−ρ)·g², θ ← θ − rate·g / (√v + ε).
#[derive(Clone, Debug)]
pub struct RmsProp<T> {
    rate: f64,
    decay: f64,
    epsilon: f64,
    square: Memory<T, 1>,
}

impl<T: Real> RmsProp<T> {
    /// With a learning rate, ρ = 0.99 and ε = 1e-8.
    ///
    /// # Errors
    /// [`Error::Argument`] unless the rate is finite and above 0.
    pub fn new(rate: f64) -> Result<Self, Error> {
        Ok(Self {
            rate: positive("the learning rate", rate)?,
            decay: 0.99,
            epsilon: 1e-8,
            square: Memory::new(),
        })
    }

    /// With another ρ.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is at least 0 and below 1.
    pub fn decay(mut self, decay: f64) -> Result<Self, Error> {
        self.decay = fraction("ρ of RMSprop", decay)?;
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
}

impl<T: Real> Optimizer<T> for RmsProp<T> {
    fn learning_rate(&self) -> f64 {
        self.rate
    }

    fn begin_step(&mut self) {}

    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error> {
        let rate = self.rate * update.factor;
        let coefficients = [-rate, self.decay, 1.0 - self.decay, self.epsilon];
        self.square.sweep::<Square, 4>(coefficients, update)
    }
}

struct Square;

impl Rule<1, 4> for Square {
    #[inline(always)]
    fn apply<V: Vector>(
        [rate, decay, other, epsilon]: [V; 4],
        p: V,
        g: V,
        [v]: [V; 1],
    ) -> (V, [V; 1]) {
        // Its square must not be subnormal.
        let g = g.zero_below(V::Scalar::NEGLIGIBLE_ROOT);
        let v = decay.mul_add(v, other * (g * g));
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
                        .and_then(|r| r.decay(0.9))
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
        assert!(matches!(rmsprop().decay(1.0), Err(Error::Argument { .. })));
        assert!(matches!(
            rmsprop().epsilon(-1.0),
            Err(Error::Argument { .. })
        ));
        assert!(matches!(
            RmsProp::<f32>::new(0.0),
            Err(Error::Argument { .. })
        ));
    }
}
