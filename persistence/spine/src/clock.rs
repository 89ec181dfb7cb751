//! The clocks and the sources of ids.

use domain::spine::{Clock, IdSource, Timestamp};
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};
use uuid::Uuid;

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> Timestamp {
        Timestamp::new(chrono::Utc::now())
    }
}

/// A clock that stands still until it is moved. Clones share the hands.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock that shows this instant.
    pub fn at(instant: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(instant.micros())))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).unwrap_or_else(|| SystemClock.now())
    }
    fn advance(&self, by: chrono::Duration) -> bool {
        self.0.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        true
    }
}

/// UUID version 7: rows written together lie together in an index.
#[derive(Debug, Default)]
pub struct TimeOrderedIds;

impl IdSource for TimeOrderedIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one source of ids")]
    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Ids that count from one: for tests, whose answers then repeat to the byte.
#[derive(Debug)]
pub struct SequentialIds(AtomicU64);

impl Default for SequentialIds {
    fn default() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl IdSource for SequentialIds {
    fn fresh(&self) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        Uuid::from_fields(0x0197_7a3e, 0x8f00, 0x7000, &[0x80, 0, 0, 0, 0, 0, 0, 0])
            .as_u128()
            .checked_add(u128::from(n))
            .map_or_else(Uuid::nil, Uuid::from_u128)
    }
}
