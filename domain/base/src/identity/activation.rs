//! One-time codes with which people choose the password of an account that was opened for them. `[INT-5a]`

use super::{ACTIVATION_ISSUED, ACTIVATION_USED, Account, CODE_NOT_VALID, TokenHash};
use crate::spine::{Change, Citation, Entity, Id, Refusal, Timestamp, User, Version};
use chrono::Duration;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// For how many days a code is good.
pub const CODE_DAYS: i64 = 7;

/// The code of an account: one at a time, the last that was issued. It is known by its hash alone.
#[derive(Clone, Debug, Serialize)]
pub struct Activation {
    /// Identity.
    pub id: Id<Self>,
    /// Whose account.
    pub user: Id<User>,
    /// The hash of the code.
    pub code: TokenHash,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Activation {
    const KIND: &'static str = "activation";
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

impl Activation {
    /// Issues the first code of an account, or another in the place of the last, which is good for nothing from then on.
    pub fn issue(
        id: Id<Self>,
        last: Option<Self>,
        account: &Account,
        code: TokenHash,
        now: Timestamp,
    ) -> Change<Self> {
        let facts = json!({"user_id": account.id});
        match last {
            None => {
                let (user, used_at) = (account.id, None);
                let first = Self { id, user, code, issued_at: now, used_at, version: 0 };
                Change::created(first, ACTIVATION_ISSUED, facts)
            }
            Some(last) => {
                let after = Self { code, issued_at: now, used_at: None, ..last.clone() };
                Change::updated(last, after, ACTIVATION_ISSUED, facts)
            }
        }
    }

    /// Until when it is good.
    pub fn expires_at(&self) -> Timestamp {
        self.issued_at.plus(Duration::days(CODE_DAYS))
    }

    /// Whether it can be used.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at()
    }

    /// Is used, once.
    ///
    /// # Errors
    /// `identity.activation_code_invalid` where it was used before, ran out, or the account waits for none any more.
    pub fn take(self, account: &Account, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if !self.is_good(now) || !account.awaits_activation() {
            return Err(Self::refusal());
        }
        let facts = json!({"user_id": self.user});
        let after = Self { used_at: Some(now), ..self.clone() };
        Ok(Change::updated(self, after, ACTIVATION_USED, facts))
    }

    /// What a code that is none is answered: the same whatever is wrong with it.
    pub fn refusal() -> Refusal {
        Refusal::new(CODE_NOT_VALID).citing(Citation::rule("INT-5a")).at("/code")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AccountDetails, PasswordHash, Username};
    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_micros(0).expect("an instant").plus(Duration::days(days))
    }
    fn account() -> Account {
        let name = Username::new("li.na").expect("a user name");
        let details = AccountDetails { name: "李娜".into(), employee: None };
        Account::open_to_be_activated(Id::from_uuid(Uuid::from_u128(7)), name, details)
            .expect("no refusal")
            .into_after()
    }
    fn issued(last: Option<Activation>, days: i64) -> Activation {
        let id = Id::from_uuid(Uuid::from_u128(1));
        Activation::issue(id, last, &account(), TokenHash([1; 32]), at(days)).into_after()
    }

    #[test]
    fn a_code_is_good_once_and_for_seven_days() {
        let code = issued(None, 0);
        assert_eq!((code.is_good(at(6)), code.is_good(at(7))), (true, false));
        assert_eq!(code.clone().take(&account(), at(7)).unwrap_err().code, CODE_NOT_VALID);
        let used = code.take(&account(), at(6)).expect("it is good").into_after();
        assert_eq!(used.clone().take(&account(), at(6)).unwrap_err().code, CODE_NOT_VALID);
        assert!(issued(Some(used), 8).is_good(at(14)), "another was issued");
    }

    #[test]
    fn whoever_has_a_password_needs_no_code() {
        let hash = PasswordHash::new("$argon2id$x");
        let activated = account().change_password(hash, at(0)).expect("no refusal").into_after();
        assert!(account().awaits_activation() && !activated.awaits_activation());
        assert_eq!(issued(None, 0).take(&activated, at(1)).unwrap_err().code, CODE_NOT_VALID);
    }
}
