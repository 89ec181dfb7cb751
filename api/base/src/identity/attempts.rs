//! Remembers failed sign-ins per account and per address, and says who must wait. `[ID-1]`
//!
//! Kept in memory, bounded: each server slows down what it sees.

use domain::{
    identity::{SIGN_IN_THROTTLED, SignInPolicy, Throttle, ThrottlePolicy},
    spine::{Citation, Refusal, Timestamp},
};
use moka::{ops::compute::Op, sync::Cache};
use std::net::IpAddr;

/// How many accounts and addresses are remembered.
const REMEMBERED_MAX: u64 = 100_000;

/// The failed attempts this server remembers.
#[derive(Clone)]
pub struct Attempts {
    failures: Cache<String, Throttle>,
}

/// An attempt that was let through; it counts as failed until it is known to have succeeded.
#[derive(Clone, Debug)]
pub struct Attempt {
    keys: [String; 2],
}

impl Default for Attempts {
    fn default() -> Self {
        Self { failures: Cache::new(REMEMBERED_MAX) }
    }
}

impl Attempts {
    /// Lets an attempt through, or says how long to wait.
    ///
    /// # Errors
    /// `identity.sign_in_throttled`; the same whether the account exists or not.
    pub fn begin(
        &self,
        username: &str,
        address: Option<IpAddr>,
        now: Timestamp,
        policy: &SignInPolicy,
    ) -> Result<Attempt, Refusal> {
        let by_account = format!("account {username}");
        let by_address = format!("address {}", network(address));
        self.count(&by_address, now, &policy.per_address)?;
        if let Err(refusal) = self.count(&by_account, now, &policy.per_account) {
            // It was not tried: so it does not count against the address either.
            self.forgive(&by_address);
            return Err(refusal);
        }
        Ok(Attempt { keys: [by_account, by_address] })
    }

    /// An attempt succeeded: it does not count.
    pub fn succeeded(&self, attempt: &Attempt) {
        for key in &attempt.keys {
            self.forgive(key);
        }
    }

    fn count(&self, key: &str, now: Timestamp, policy: &ThrottlePolicy) -> Result<(), Refusal> {
        let mut wait = None;
        self.failures.entry_by_ref(key).and_compute_with(|entry| {
            match Throttle::attempt(entry.map(moka::Entry::into_value), now, policy) {
                Ok(throttle) => Op::Put(throttle),
                Err(left) => {
                    wait = Some(left);
                    Op::Nop
                }
            }
        });
        let Some(wait) = wait else { return Ok(()) };
        let seconds = wait.num_milliseconds().max(0).div_euclid(1000) + 1;
        Err(Refusal::new(SIGN_IN_THROTTLED).with("seconds", seconds).citing(Citation::rule("ID-1")))
    }

    fn forgive(&self, key: &str) {
        self.failures.entry_by_ref(key).and_compute_with(|entry| match entry {
            Some(entry) => Op::Put(entry.into_value().take_back()),
            None => Op::Nop,
        });
    }
}

/// The network an address stands for: one host of IPv4; a /64 of IPv6, of which every customer has many
/// addresses.
fn network(address: Option<IpAddr>) -> String {
    match address {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).expect("the epoch").plus(Duration::seconds(seconds))
    }
    fn name(text: &str) -> String {
        text.to_owned()
    }
    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn an_account_is_slowed_from_any_address_and_others_are_not() {
        let (attempts, policy) = (Attempts::default(), SignInPolicy::default());
        for n in 0..=policy.per_account.free_failures {
            let from = address(&format!("10.0.0.{n}"));
            assert!(attempts.begin(&name("li.na"), from, at(0), &policy).is_ok(), "{n}");
        }
        let refused =
            attempts.begin(&name("li.na"), address("10.0.1.1"), at(0), &policy).expect_err("one too many");
        assert_eq!(refused.params["seconds"], 3);
        assert!(attempts.begin(&name("wang"), address("10.0.0.1"), at(0), &policy).is_ok());
        assert!(attempts.begin(&name("li.na"), address("10.0.1.1"), at(2), &policy).is_ok());
    }

    #[test]
    fn an_address_is_slowed_over_any_accounts() {
        let (attempts, policy) = (Attempts::default(), SignInPolicy::default());
        for n in 0..=policy.per_address.free_failures {
            // Every address of one IPv6 network counts as one.
            let from = address(&format!("2001:db8::{n:x}"));
            assert!(attempts.begin(&name(&format!("user{n}")), from, at(0), &policy).is_ok());
        }
        assert!(attempts.begin(&name("somebody"), address("2001:db8::ffff"), at(0), &policy).is_err());
        assert!(attempts.begin(&name("somebody"), address("2001:db8:0:1::1"), at(0), &policy).is_ok());
    }

    #[test]
    fn success_takes_back_its_own_attempt_only() {
        let (attempts, policy) = (Attempts::default(), SignInPolicy::default());
        let from = address("10.0.0.1");
        for _ in 0..100 {
            let attempt = attempts.begin(&name("li.na"), from, at(0), &policy).expect("an attempt");
            attempts.succeeded(&attempt);
        }
        for n in 0..=policy.per_address.free_failures {
            assert!(attempts.begin(&name(&format!("user{n}")), from, at(0), &policy).is_ok());
        }
        let refused = attempts.begin(&name("li.na"), from, at(0), &policy);
        assert!(refused.is_err(), "success of one account does not wash away the address");
    }
}
