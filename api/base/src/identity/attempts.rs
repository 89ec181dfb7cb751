//! Remembers failed sign-ins and says who must wait. `[ID-1]`
//!
//! Counted is who tries what from where, so that a stranger shuts out neither the owner of an account nor the office
//! behind an address: each account from each address, and over all of them each account and each address; but a device
//! from which an account was signed in to before is counted by itself, for that account. Kept in memory, bounded: each
//! server slows down what it sees.

use domain::{
    identity::{SIGN_IN_THROTTLED, SignInPolicy, Throttle, ThrottlePolicy},
    spine::{Citation, Refusal, Timestamp},
};
use moka::{ops::compute::Op, sync::Cache};
use std::net::IpAddr;

/// How many accounts, addresses and devices are remembered.
const REMEMBERED_MAX: u64 = 100_000;

/// The failed attempts this server remembers.
#[derive(Clone)]
pub struct Attempts {
    failures: Cache<String, Throttle>,
}

/// From where somebody tries.
#[derive(Clone, Debug)]
pub struct Device {
    /// The network of its address.
    network: String,
    /// What the client calls itself.
    agent: String,
}

/// An attempt that was let through; it counts as failed until it is known to have succeeded.
#[derive(Clone, Debug)]
pub struct Attempt {
    keys: Vec<String>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { failures: Cache::new(REMEMBERED_MAX) }
    }
}

impl Device {
    /// At an address, with what the client calls itself.
    pub fn new(address: Option<IpAddr>, agent: &str) -> Self {
        Self { network: network(address), agent: agent.to_owned() }
    }

    /// Whether it is one of those that an account was signed in from: at such an address, with such a client.
    pub fn is_among(&self, known: &[(String, String)]) -> bool {
        known
            .iter()
            .any(|(address, agent)| *agent == self.agent && network(address.parse().ok()) == self.network)
    }

    /// What an attempt from here counts against, and how it is slowed.
    fn buckets<'p>(
        &self,
        username: &str,
        is_known: bool,
        policy: &'p SignInPolicy,
    ) -> Vec<(String, &'p ThrottlePolicy)> {
        let Self { network, agent } = self;
        if is_known {
            return vec![(format!("device {username} {network} {agent}"), &policy.per_account)];
        }
        vec![
            (format!("pair {username} {network}"), &policy.per_account),
            (format!("address {network}"), &policy.per_address),
            (format!("account {username}"), &policy.per_account_anywhere),
        ]
    }
}

impl Attempts {
    /// Lets an attempt through, or says how long to wait. `is_known` where the account was signed in to from this device
    /// before.
    ///
    /// # Errors
    /// `identity.sign_in_throttled`; the same whether the account exists or not.
    pub fn begin(
        &self,
        username: &str,
        (device, is_known): (&Device, bool),
        now: Timestamp,
        policy: &SignInPolicy,
    ) -> Result<Attempt, Refusal> {
        let mut attempt = Attempt { keys: Vec::new() };
        for (key, policy) in device.buckets(username, is_known, policy) {
            if let Err(refusal) = self.count(&key, now, policy) {
                // It was not tried: so it does not count elsewhere either.
                self.succeeded(&attempt);
                return Err(refusal);
            }
            attempt.keys.push(key);
        }
        Ok(attempt)
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
    fn at_address(text: &str) -> Device {
        Device::new(Some(text.parse().expect("an address")), "browser")
    }

    #[test]
    fn a_stranger_slows_neither_the_owner_nor_the_office() {
        let (attempts, policy) = (Attempts::default(), SignInPolicy::default());
        let (stranger, owner) = (at_address("10.0.0.9"), at_address("10.0.0.1"));
        for n in 0..=policy.per_account.free_failures {
            assert!(attempts.begin("li.na", (&stranger, false), at(0), &policy).is_ok(), "{n}");
        }
        let refused = attempts.begin("li.na", (&stranger, false), at(0), &policy).expect_err("one too many");
        assert_eq!(refused.params["seconds"], 3);
        assert!(attempts.begin("li.na", (&owner, false), at(0), &policy).is_ok(), "from elsewhere");
        assert!(attempts.begin("wang", (&stranger, false), at(0), &policy).is_ok(), "another account");
        assert!(attempts.begin("li.na", (&stranger, false), at(2), &policy).is_ok(), "after a while");
        // However many addresses strangers have, a device that was signed in from is counted by itself.
        for n in 0..200 {
            let _counted =
                attempts.begin("li.na", (&at_address(&format!("10.1.0.{n}")), false), at(3), &policy);
        }
        assert!(attempts.begin("li.na", (&at_address("10.2.0.1"), false), at(3), &policy).is_err());
        assert!(attempts.begin("li.na", (&owner, true), at(3), &policy).is_ok());
    }

    #[test]
    fn an_address_is_slowed_over_any_accounts_but_not_where_they_were_signed_in_to() {
        let (attempts, policy) = (Attempts::default(), SignInPolicy::default());
        for n in 0..=policy.per_address.free_failures {
            // Every address of one IPv6 network counts as one.
            let from = at_address(&format!("2001:db8::{n:x}"));
            assert!(attempts.begin(&format!("user{n}"), (&from, false), at(0), &policy).is_ok());
        }
        let (office, other) = (at_address("2001:db8::ffff"), at_address("2001:db8:0:1::1"));
        assert!(attempts.begin("somebody", (&office, false), at(0), &policy).is_err());
        assert!(attempts.begin("somebody", (&other, false), at(0), &policy).is_ok());
        assert!(attempts.begin("somebody", (&office, true), at(0), &policy).is_ok());
    }

    #[test]
    fn a_device_is_known_by_its_network_and_its_client() {
        let known = [("2001:db8::1".to_owned(), "browser".to_owned())];
        assert!(at_address("2001:db8::2").is_among(&known));
        assert!(!at_address("2001:db8:0:1::1").is_among(&known));
        assert!(!Device::new("2001:db8::1".parse().ok(), "curl").is_among(&known));
    }

    #[test]
    fn success_takes_back_its_own_attempt_only() {
        let (attempts, policy) = (Attempts::default(), SignInPolicy::default());
        let from = at_address("10.0.0.1");
        for _ in 0..100 {
            let attempt = attempts.begin("li.na", (&from, false), at(0), &policy).expect("an attempt");
            attempts.succeeded(&attempt);
        }
        for n in 0..=policy.per_address.free_failures {
            assert!(attempts.begin(&format!("user{n}"), (&from, false), at(0), &policy).is_ok());
        }
        let refused = attempts.begin("li.na", (&from, false), at(0), &policy);
        assert!(refused.is_err(), "success of one account does not wash away the address");
    }
}
