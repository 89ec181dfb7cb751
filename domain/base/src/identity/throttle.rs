//! Slowing down repeated failures, per account and per address. `[ID-1]`

use crate::spine::{Findings, Timestamp};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How failures are slowed: some are free, then each wait is twice the one before, up to a longest.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThrottlePolicy {
    /// Failures without consequence.
    pub free_failures: u32,
    /// Seconds to wait after the first failure that is not free.
    pub first_wait_seconds: u32,
    /// The longest wait in seconds.
    pub longest_wait_seconds: u32,
    /// Seconds without a failure after which all is forgotten.
    pub forget_after_seconds: u32,
}

impl Default for ThrottlePolicy {
    fn default() -> Self {
        Self { free_failures: 5, first_wait_seconds: 2, longest_wait_seconds: 300, forget_after_seconds: 900 }
    }
}

impl ThrottlePolicy {
    /// The default where many may be meant: an address, behind which a whole office may sit; an account, which somebody
    /// tries from many addresses.
    pub fn for_many() -> Self {
        Self { free_failures: 30, longest_wait_seconds: 60, ..Self::default() }
    }

    /// Everything unsound in the policy itself.
    pub(super) fn check(&self, findings: &mut Findings, pointer: &str) {
        let mut within = |name: &str, value: u32, min: u32, max: u32| {
            findings.within(format!("{pointer}/{name}"), value, min..=max);
        };
        within("free_failures", self.free_failures, 1, 1000);
        within("first_wait_seconds", self.first_wait_seconds, 1, 3600);
        within("longest_wait_seconds", self.longest_wait_seconds, self.first_wait_seconds, 86_400);
        within("forget_after_seconds", self.forget_after_seconds, self.longest_wait_seconds, 604_800);
    }

    fn wait_after(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.free_failures).filter(|beyond| *beyond > 0) else {
            return Duration::zero();
        };
        let doubled = u64::from(self.first_wait_seconds).checked_shl(beyond.min(32) - 1).unwrap_or(u64::MAX);
        let seconds = doubled.min(u64::from(self.longest_wait_seconds));
        Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

/// What is remembered of one account's or address's failures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Throttle {
    failures: u32,
    latest: Timestamp,
}

impl Throttle {
    /// Begins an attempt and counts it as failed until [`Throttle::take_back`] says otherwise, so that
    /// attempts made side by side count as much as attempts in a row.
    ///
    /// # Errors
    /// How long to wait, where it comes too soon; that does not count as an attempt.
    pub fn attempt(before: Option<Self>, now: Timestamp, policy: &ThrottlePolicy) -> Result<Self, Duration> {
        let forget_after = Duration::seconds(i64::from(policy.forget_after_seconds));
        let before = before.filter(|throttle| now.since(throttle.latest) < forget_after);
        let Some(before) = before else { return Ok(Self { failures: 1, latest: now }) };
        let left = policy.wait_after(before.failures) - now.since(before.latest);
        if left > Duration::zero() {
            return Err(left);
        }
        Ok(Self { failures: before.failures.saturating_add(1), latest: now })
    }

    /// One attempt turned out to be good: it does not count. (The others still do: whoever has an
    /// account of their own must not be able to wipe out their failures on others.)
    #[must_use]
    pub fn take_back(self) -> Self {
        Self { failures: self.failures.saturating_sub(1), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).expect("an instant").plus(Duration::seconds(seconds))
    }
    fn policy() -> ThrottlePolicy {
        ThrottlePolicy {
            free_failures: 2,
            first_wait_seconds: 2,
            longest_wait_seconds: 8,
            forget_after_seconds: 60,
        }
    }
    fn failed(times: u32, now: i64) -> Throttle {
        Throttle { failures: times, latest: at(now) }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<_> = [1, 2, 3, 4, 5, 6, 40, u32::MAX]
            .map(|failures| policy().wait_after(failures).num_seconds())
            .to_vec();
        assert_eq!(waits, [0, 0, 2, 4, 8, 8, 8, 8]);
    }

    #[test]
    fn too_soon_is_refused_and_does_not_count() {
        let third = Throttle::attempt(Some(failed(2, 0)), at(0), &policy()).expect("no refusal");
        assert_eq!(third, failed(3, 0));
        assert_eq!(Throttle::attempt(Some(third), at(1), &policy()), Err(Duration::seconds(1)));
        assert_eq!(Throttle::attempt(Some(third), at(2), &policy()), Ok(failed(4, 2)));
    }

    #[test]
    fn a_quiet_while_forgets_and_success_takes_back_only_itself() {
        assert_eq!(Throttle::attempt(Some(failed(9, 0)), at(60), &policy()), Ok(failed(1, 60)));
        assert_eq!(failed(9, 0).take_back(), failed(8, 0));
    }
}
