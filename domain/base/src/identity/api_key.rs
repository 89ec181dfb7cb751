//! API keys of service accounts. `[ID-2]`

use super::{
    API_KEY_ISSUED, API_KEY_REVOKED, API_KEY_ROTATED, Account, AccountKind, KEY_EXPIRY_PAST, KEY_OVER,
    KEY_REPLACED, KEY_SCOPES_EMPTY, NOT_A_SERVICE, TokenHash,
};
use crate::organisation::label::check_line;
use crate::spine::{Change, Citation, Entity, Findings, Id, Permission, Refusal, Timestamp, User, Version};
use chrono::Duration;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A key that was made at the edge: shown once, stored as its hash.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Identity.
    pub id: Id<ApiKey>,
    /// The readable beginning, such as `mc_k3v9x2ab`.
    pub prefix: String,
    /// The hash of the whole key.
    pub hash: TokenHash,
}

/// An API key.
#[derive(Clone, Debug, Serialize)]
pub struct ApiKey {
    /// Identity.
    pub id: Id<Self>,
    /// The service account it acts for.
    pub user: Id<User>,
    /// What it is for, 1 to 60 characters.
    pub name: String,
    /// The readable beginning, by which people recognise it.
    pub prefix: String,
    /// The hash of the whole.
    pub hash: TokenHash,
    /// What it may be used for, within what the account may do.
    pub scopes: BTreeSet<Permission>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The key it replaced.
    pub replaces: Option<Id<Self>>,
    /// Counts the states.
    pub version: Version,
}

impl Entity for ApiKey {
    const KIND: &'static str = "api_key";
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

impl ApiKey {
    /// Issues a key to a service account.
    ///
    /// # Errors
    /// A person's or disabled account; no scope; an expiry that does not lie ahead.
    pub fn issue(
        new: NewKey,
        account: &Account,
        name: String,
        scopes: BTreeSet<Permission>,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        if account.kind != AccountKind::Service {
            return Err(Refusal::new(NOT_A_SERVICE).citing(Citation::rule("ID-2")).at("/user_id"));
        }
        if !account.is_active() {
            return Err(Refusal::new(super::ACCOUNT_DISABLED).citing(Citation::rule("ID-2")));
        }
        let mut findings = Findings::new();
        check_line(&mut findings, "/name", &name, 1..=60);
        if scopes.is_empty() {
            findings.add("/scopes", KEY_SCOPES_EMPTY);
        }
        if expires_at.is_some_and(|end| end <= now) {
            findings.add("/expires_at", KEY_EXPIRY_PAST);
        }
        findings.into_result()?;
        let NewKey { id, prefix, hash } = new;
        let facts =
            json!({"user_id": account.id, "prefix": prefix, "scopes": scopes, "expires_at": expires_at});
        let user = account.id;
        let (issued_at, revoked_at, replaces) = (now, None, None);
        let key = Self {
            id,
            user,
            name,
            prefix,
            hash,
            scopes,
            issued_at,
            expires_at,
            revoked_at,
            replaces,
            version: 0,
        };
        Ok(Change::created(key, API_KEY_ISSUED, facts))
    }

    /// Replaces it by a new key of the same scopes; the old one stays good for the overlap, so that the
    /// service can be switched over without a gap. Returns the old and the new key's change.
    ///
    /// # Errors
    /// A key that is no longer valid; an overlap that is negative or longer than 90 days is cut.
    pub fn rotate(
        self,
        new: NewKey,
        overlap: Duration,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Change<Self>, Change<Self>), Refusal> {
        self.ensure_valid(now)?;
        if expires_at.is_some_and(|end| end <= now) {
            return Err(Refusal::new(KEY_EXPIRY_PAST).citing(Citation::rule("ID-2")).at("/expires_at"));
        }
        // Without a day of its own the new key lives as long as the old one was to live.
        let lifetime = self.expires_at.map(|end| end.since(self.issued_at));
        let expires_at = expires_at.or(lifetime.map(|lifetime| now.plus(lifetime)));
        let NewKey { id, prefix, hash } = new;
        let overlap = overlap.clamp(Duration::zero(), Duration::days(90));
        let end = now.plus(overlap);
        let old_end = self.expires_at.map_or(end, |expiry| expiry.min(end));
        let facts =
            json!({"user_id": self.user, "prefix": prefix, "scopes": self.scopes, "expires_at": expires_at});
        let successor = Self {
            id,
            prefix,
            hash,
            issued_at: now,
            expires_at,
            replaces: Some(self.id),
            version: 0,
            ..self.clone()
        };
        let rotated = json!({"user_id": self.user, "prefix": self.prefix, "successor_id": id,
            "expires_at": old_end});
        let after = Self { expires_at: Some(old_end), ..self.clone() };
        let old = Change::updated(self, after, API_KEY_ROTATED, rotated);
        Ok((old, Change::created(successor, API_KEY_ISSUED, facts)))
    }

    /// Revokes it at once.
    ///
    /// # Errors
    /// A key that is no longer valid.
    pub fn revoke(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_valid(now)?;
        let facts = json!({"user_id": self.user, "prefix": self.prefix});
        let after = Self { revoked_at: Some(now), ..self.clone() };
        Ok(Change::updated(self, after, API_KEY_REVOKED, facts))
    }

    /// Whether it opens anything.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Refuses to replace a key twice: what is left of its time is that of the overlap, and its successor has what it had.
    ///
    /// # Errors
    /// `identity.key_replaced`.
    pub fn ensure_latest(is_replaced: bool) -> Result<(), Refusal> {
        if is_replaced { Err(Refusal::new(KEY_REPLACED).citing(Citation::rule("ID-2"))) } else { Ok(()) }
    }

    pub(super) fn ensure_valid(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.is_valid(now) {
            return Ok(());
        }
        Err(Refusal::new(KEY_OVER).citing(Citation::rule("ID-2")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{AccountDetails, PasswordHash, Username};

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_micros(0).expect("an instant").plus(Duration::hours(hours))
    }
    fn new_key(n: u128) -> NewKey {
        NewKey { id: Id::from_uuid(Uuid::from_u128(n)), prefix: format!("mc_{n}"), hash: TokenHash([0; 32]) }
    }
    fn service() -> Account {
        let details = AccountDetails { name: "ERP".into(), employee: None };
        let id = Id::from_uuid(Uuid::from_u128(9));
        Account::open_for_service(id, Username::new("erp").expect("a user name"), details)
            .expect("no refusal")
            .into_after()
    }
    fn issue(scopes: &[Permission], expires_at: Option<Timestamp>) -> Result<ApiKey, Refusal> {
        let scopes = scopes.iter().copied().collect();
        ApiKey::issue(new_key(1), &service(), "ERP".into(), scopes, expires_at, at(0)).map(Change::into_after)
    }

    #[test]
    fn a_key_needs_a_service_a_scope_and_a_future() {
        assert_eq!(issue(&[], None).unwrap_err().code, KEY_SCOPES_EMPTY);
        assert_eq!(issue(&[Permission::ReadEvents], Some(at(0))).unwrap_err().code, KEY_EXPIRY_PAST);
        let details = AccountDetails { name: "李娜".into(), employee: None };
        let name = Username::new("li.na").expect("a user name");
        let hash = PasswordHash::new("x");
        let person = Account::open_for_person(Id::from_uuid(Uuid::nil()), name, details, hash, true, at(0))
            .expect("no refusal");
        let scopes = BTreeSet::from([Permission::ReadEvents]);
        let refused = ApiKey::issue(new_key(1), person.after(), "k".into(), scopes, None, at(0)).unwrap_err();
        assert_eq!(refused.code, NOT_A_SERVICE);
    }

    #[test]
    fn rotation_overlaps_and_never_lengthens_the_old_key() {
        let key = issue(&[Permission::ReadEvents], Some(at(10))).expect("no refusal");
        let (old, new) = key.rotate(new_key(2), Duration::hours(24), None, at(1)).expect("no refusal");
        assert_eq!(old.after().expires_at, Some(at(10)));
        assert_eq!(new.after().scopes, old.after().scopes);
        assert_eq!(new.after().version, 1);
        assert_eq!(new.after().expires_at, Some(at(11)), "it lives as long as the old one was to live");
        let endless = issue(&[Permission::ReadEvents], None).expect("no refusal");
        let (_, endless) = endless.rotate(new_key(4), Duration::zero(), None, at(1)).expect("no refusal");
        assert_eq!(endless.after().expires_at, None);
        let (old, _) =
            new.into_after().rotate(new_key(3), Duration::hours(2), None, at(3)).expect("no refusal");
        assert!(old.after().is_valid(at(4)) && !old.after().is_valid(at(5)));
    }

    #[test]
    fn a_revoked_key_is_over_for_good() {
        let revoked = issue(&[Permission::ReadEvents], None)
            .expect("no refusal")
            .revoke(at(1))
            .expect("no refusal")
            .into_after();
        assert!(!revoked.is_valid(at(1)));
        assert_eq!(revoked.clone().revoke(at(2)).unwrap_err().code, KEY_OVER);
        assert!(revoked.rotate(new_key(2), Duration::zero(), None, at(2)).is_err());
    }
}
