//! Keys that sign access tokens, and how they follow one another. `[ID-3]`

use super::{SIGNING_KEY_MADE, SIGNING_KEY_RETIRING, Secret};
use crate::spine::{Change, Entity, Id, Timestamp, Version};
use chrono::Duration;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The private part, in the form in which it is stored: sealed by a secret of the configuration where
/// one is given.
#[derive(Clone, Debug)]
pub struct SealedKey(pub Secret);

/// A key pair that signs or signed access tokens. The newest one signs.
#[derive(Clone, Debug, Serialize)]
pub struct SigningKey {
    /// Identity; its text is the `kid` of the tokens.
    pub id: Id<Self>,
    /// The Ed25519 public key, base64url without padding.
    pub public: String,
    /// The private part; never in the audit trail.
    #[serde(skip)]
    pub private: SealedKey,
    /// When it was made; it signs from then on.
    pub made_at: Timestamp,
    /// Until when tokens it signed are accepted; open while it is the newest.
    pub accepted_until: Option<Timestamp>,
    /// Counts the states.
    pub version: Version,
}

impl Entity for SigningKey {
    const KIND: &'static str = "signing_key";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl SigningKey {
    /// A key pair that was made at the edge.
    pub fn make(id: Id<Self>, public: String, private: SealedKey, now: Timestamp) -> Change<Self> {
        let key = Self { id, public, private, made_at: now, accepted_until: None, version: 0 };
        let facts = json!({"kid": id});
        Change::created(key, SIGNING_KEY_MADE, facts)
    }

    /// A newer key signs from now on; this one's tokens are accepted for as long as they can live.
    /// Nothing where that was said before.
    pub fn retire(self, token_lifetime: Duration, now: Timestamp) -> Option<Change<Self>> {
        if self.accepted_until.is_some() {
            return None;
        }
        let accepted_until = now.plus(token_lifetime);
        let facts = json!({"kid": self.id, "accepted_until": accepted_until});
        let after = Self { accepted_until: Some(accepted_until), ..self.clone() };
        Some(Change::updated(self, after, SIGNING_KEY_RETIRING, facts))
    }

    /// It may have become known to others: nothing it signed is accepted any more. Nothing where that is so already.
    pub fn distrust(self, now: Timestamp) -> Option<Change<Self>> {
        if !self.is_accepted(now) {
            return None;
        }
        let facts = json!({"kid": self.id, "accepted_until": now});
        let after = Self { accepted_until: Some(now), ..self.clone() };
        Some(Change::updated(self, after, SIGNING_KEY_RETIRING, facts))
    }

    /// Whether it has signed for so long that another should follow.
    pub fn is_older_than(&self, age: Duration, now: Timestamp) -> bool {
        self.made_at.plus(age) <= now
    }

    /// Whether tokens it signed are accepted.
    pub fn is_accepted(&self, now: Timestamp) -> bool {
        self.accepted_until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_key_is_accepted_as_long_as_its_tokens_live_and_its_private_part_is_never_told() {
        let at = |minutes| Timestamp::from_micros(0).expect("an instant").plus(Duration::minutes(minutes));
        let sealed = SealedKey(Secret::new("private"));
        let key = SigningKey::make(Id::from_uuid(Uuid::nil()), "public".into(), sealed, at(0)).into_after();
        assert!(!serde_json::to_string(&key).expect("it is written as JSON").contains("private"));
        let retired = key.retire(Duration::minutes(15), at(10)).expect("no refusal").into_after();
        assert!(retired.is_accepted(at(24)) && !retired.is_accepted(at(25)));
        let age = Duration::minutes(30);
        assert!(!retired.is_older_than(age, at(29)) && retired.is_older_than(age, at(30)));
        let distrusted = retired.clone().distrust(at(20)).expect("it was accepted").into_after();
        assert!(!distrusted.is_accepted(at(20)) && distrusted.distrust(at(21)).is_none());
        assert!(retired.retire(Duration::minutes(15), at(20)).is_none(), "its end does not move");
    }
}
