//! Where the variety of a tale comes from: one seed tells one year.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// Chance, as a seed has it.
#[derive(Debug)]
pub struct Chance(StdRng);

impl Chance {
    /// Two of one seed fall alike.
    pub fn of(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// One of several; none of none.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let last = of.len().checked_sub(1)?;
        of.get(self.0.random_range(0..=last)).copied()
    }

    /// A whole number from a range, its ends among them.
    pub fn number(&mut self, from: i64, to: i64) -> i64 {
        self.0.random_range(from..=to.max(from))
    }

    /// Whether something happens that happens so often in a hundred times.
    pub fn happens(&mut self, percent: i64) -> bool {
        self.number(1, 100) <= percent
    }
}
