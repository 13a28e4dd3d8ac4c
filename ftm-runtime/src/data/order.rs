//! The order in which samples are taken.

use rand_xoshiro::Xoshiro256PlusPlus;

use crate::init::index_below;

/// The indices 0 … count−1 in random order, all orders equally likely (Fisher and Yates). The
/// same generator gives the same order on every platform.
///
/// ```
/// use ftm_runtime::data::shuffled;
/// use rand_xoshiro::{Xoshiro256PlusPlus, rand_core::SeedableRng};
///
/// let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
/// let mut order = shuffled(5, &mut random);
/// order.sort();
/// assert_eq!(order, [0, 1, 2, 3, 4]);
/// ```
#[must_use]
pub fn shuffled(count: usize, random: &mut Xoshiro256PlusPlus) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    shuffle(&mut order, random);
    order
}

/// Puts the elements of a slice in random order.
pub fn shuffle<E>(elements: &mut [E], random: &mut Xoshiro256PlusPlus) {
    for last in (1..elements.len()).rev() {
        elements.swap(last, index_below(last + 1, random));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::rand_core::SeedableRng as _;

    #[test]
    fn all_orders_are_equally_likely() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6000 {
            *counts.entry(shuffled(3, &mut random)).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        // Five standard deviations of a binomial count: 5 √(6000 · 1/6 · 5/6) = 144.
        assert!(counts.values().all(|count| (count - 1000).abs() < 144));
    }

    #[test]
    fn small_counts_work() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        assert!(shuffled(0, &mut random).is_empty());
        assert_eq!(shuffled(1, &mut random), [0]);
    }
}
