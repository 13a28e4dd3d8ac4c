//! Stochastic gradient descent, with momentum.

use super::sweep::{Memory, Rule};
use super::{Optimizer, Update};
use crate::error::{Error, fraction, not_negative, positive};
use crate::record::Exchange;
use crate::simd::{Real, Vector};

/// Stochastic gradient descent.
///
/// With gradient g (plus λ·θ with weight decay λ): θ ← θ − rate·g. With momentum μ:
/// v ← μ·v + g, and θ ← θ − rate·v (Polyak 1964), or θ ← θ − rate·(g + μ·v) by Nesterov's rule,
/// in the form of Sutskever et al. 2013.
///
/// ```
/// use ftm_runtime::optimizer::Sgd;
/// # fn main() -> Result<(), ftm_runtime::error::Error> {
/// let optimizer: Sgd<f32> = Sgd::new(0.1)?.momentum(0.9)?.nesterov();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Sgd<T> {
    rate: f64,
    momentum: f64,
    nesterov: bool,
    decay: f64,
    plain: Memory<T, 0>,
    velocity: Memory<T, 1>,
}

impl<T: Real> Sgd<T> {
    /// Plain descent with a learning rate.
    ///
    /// # Errors
    /// [`Error::Argument`] unless the rate is finite and above 0.
    pub fn new(rate: f64) -> Result<Self, Error> {
        Ok(Self {
            rate: positive("the learning rate", rate)?,
            momentum: 0.0,
            nesterov: false,
            decay: 0.0,
            plain: Memory::new(),
            velocity: Memory::new(),
        })
    }

    /// With momentum μ.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is at least 0 and below 1.
    pub fn momentum(mut self, momentum: f64) -> Result<Self, Error> {
        self.momentum = fraction("the momentum", momentum)?;
        Ok(self)
    }

    /// With Nesterov's rule; without momentum it changes nothing.
    #[must_use]
    pub fn nesterov(mut self) -> Self {
        self.nesterov = true;
        self
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

impl<T: Real> Optimizer<T> for Sgd<T> {
    fn learning_rate(&self) -> f64 {
        self.rate
    }

    fn state_per_parameter(&self) -> usize {
        match self.momentum {
            0.0 => self.plain.numbers(),
            _ => self.velocity.numbers(),
        }
    }

    fn begin_step(&mut self) {}

    #[inline(never)]
    fn update(&mut self, update: Update<'_, T>) -> Result<(), Error> {
        let rate = self.rate * update.factor;
        if self.momentum == 0.0 {
            return self.plain.sweep::<Plain, 2>([-rate, self.decay], update);
        }
        let coefficients = [-rate, self.decay, self.momentum];
        if self.nesterov {
            self.velocity.sweep::<Nesterov, 3>(coefficients, update)
        } else {
            self.velocity.sweep::<Polyak, 3>(coefficients, update)
        }
    }

    #[inline(never)]
    fn exchange(&mut self, exchange: &mut Exchange<'_, T>) -> Result<(), Error> {
        exchange.settings(&[
            ("rule", &"SGD"),
            ("rate", &self.rate),
            ("momentum", &self.momentum),
            ("nesterov", &self.nesterov),
            ("decay", &self.decay),
        ])?;
        self.velocity.exchange(["velocity"], exchange)
    }
}

struct Plain;
struct Polyak;
struct Nesterov;

impl Rule<0, 2> for Plain {
    #[inline(always)]
    fn apply<V: Vector>([rate, decay]: [V; 2], p: V, g: V, _: [V; 0]) -> (V, [V; 0]) {
        let g = decay.mul_add(p, g);
        (rate.mul_add(g, p), [])
    }
}

impl Rule<1, 3> for Polyak {
    #[inline(always)]
    fn apply<V: Vector>([rate, decay, momentum]: [V; 3], p: V, g: V, [v]: [V; 1]) -> (V, [V; 1]) {
        let g = decay.mul_add(p, g);
        let v = momentum.mul_add(v, g);
        (rate.mul_add(v, p), [v])
    }
}

impl Rule<1, 3> for Nesterov {
    #[inline(always)]
    fn apply<V: Vector>([rate, decay, momentum]: [V; 3], p: V, g: V, [v]: [V; 1]) -> (V, [V; 1]) {
        let g = decay.mul_add(p, g);
        let v = momentum.mul_add(v, g);
        (rate.mul_add(momentum.mul_add(v, g), p), [v])
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::follows;
    use super::*;

    #[test]
    fn plain_descent_follows_its_definition() {
        let sgd = |decay| Sgd::new(0.1).and_then(|s| s.weight_decay(decay));
        follows(|| Box::new(sgd(0.0).expect("valid")), |p, g, _| p - 0.1 * g);
        follows(
            || Box::new(sgd(0.05).expect("valid")),
            |p, g, _| p - 0.1 * (g + 0.05 * p),
        );
    }

    #[test]
    fn momentum_follows_its_definition() {
        let sgd = || Sgd::new(0.1).and_then(|s| s.momentum(0.9)).expect("valid");
        follows(
            || Box::new(sgd()),
            |p, _, history| {
                // The velocity as the sum it stands for.
                let newest_first = history.iter().rev().enumerate();
                let v: f64 = newest_first
                    .map(|(age, g)| 0.9_f64.powi(age as i32) * g)
                    .sum();
                p - 0.1 * v
            },
        );
        follows(
            || Box::new(sgd().nesterov()),
            |p, g, history| {
                let mut v = 0.0;
                for g in history {
                    v = 0.9 * v + g;
                }
                p - 0.1 * (g + 0.9 * v)
            },
        );
    }

    #[test]
    fn impossible_arguments_are_refused() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(Sgd::<f32>::new(rate), Err(Error::Argument { .. })));
        }
        let sgd = || Sgd::<f32>::new(0.1).expect("valid");
        assert!(matches!(sgd().momentum(1.0), Err(Error::Argument { .. })));
        assert!(matches!(
            sgd().weight_decay(-0.1),
            Err(Error::Argument { .. })
        ));
    }
}
