//! Accounts of people and services. `[ID-1, ID-2]`

use super::{
    ACCOUNT_DISABLED, PASSWORD_CHANGED, PASSWORD_RESET, PasswordHash, USER_CHANGED, USER_CREATED,
    USER_DISABLED, USER_ENABLED, USERNAME_MALFORMED, USERNAME_MIXED,
};
use crate::organisation::label::check_line;
use crate::spine::{
    Actor, Change, Citation, Employee, Entity, Findings, Id, Refusal, Timestamp, User, Version,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use unicode_security::MixedScript;
use utoipa::ToSchema;
use uuid::Uuid;

/// A name to sign in with: NFKC-normalised and in lower case, so that `Ｌｉ.Na` and `li.na` are one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Username(String);

impl Username {
    /// Normalises and checks a name: 2 to 64 letters or digits of any script, or `.`, `_`, `-`, `@`.
    ///
    /// # Errors
    /// `identity.username_malformed`.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let malformed = || Refusal::new(USERNAME_MALFORMED).citing(Citation::rule("ID-1")).at("/username");
        // A hostile text is refused before it is normalised: NFKC can grow it eighteenfold.
        if text.len() > 512 {
            return Err(malformed());
        }
        let normal = Self::normalise(text);
        let length = normal.chars().count();
        let allowed = |c: char| c.is_alphanumeric() || ".-_@".contains(c);
        if !(2..=64).contains(&length) || !normal.chars().all(allowed) {
            return Err(malformed());
        }
        Ok(Self(normal))
    }

    /// The same for a name that is chosen now: its letters are of one script, since `аdmin` with a Cyrillic letter looks
    /// like another's name. (Whoever has such a name from before keeps it.)
    ///
    /// # Errors
    /// `identity.username_malformed`, `identity.username_mixed`.
    pub fn choose(text: &str) -> Result<Self, Refusal> {
        let name = Self::new(text)?;
        if name.0.is_single_script() {
            return Ok(name);
        }
        Err(Refusal::new(USERNAME_MIXED).citing(Citation::rule("ID-1")).at("/username"))
    }

    fn normalise(text: &str) -> String {
        let nfkc = icu_normalizer::ComposingNormalizerBorrowed::new_nfkc();
        // Lower case can leave the normal form; the second pass restores it.
        let lower = nfkc.normalize(text.trim()).to_lowercase();
        nfkc.normalize(&lower).into_owned()
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whose account it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A person who signs in with a password.
    Person,
    /// An ERP system or script that uses API keys.
    Service,
}

crate::labels! { AccountKind = "AccountKind":
    Person = "person", "个人", "Person";
    Service = "service", "系统", "Service";
}

/// Whether it may be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum AccountStatus {
    /// It may.
    Active,
    /// It may not, since then.
    Disabled {
        /// When it was disabled.
        since: Timestamp,
    },
}

/// What is written down about an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AccountDetails {
    /// The name shown in histories, 1 to 60 characters.
    pub name: String,
    /// The employee behind it.
    pub employee: Option<Id<Employee>>,
}

/// An account.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// Identity.
    pub id: Id<User>,
    /// The name to sign in with, unique.
    pub username: Username,
    /// Whose it is; never changes.
    pub kind: AccountKind,
    /// What is written down about it.
    pub details: AccountDetails,
    /// Whether it may be used.
    pub status: AccountStatus,
    /// The hash of the password; none for services.
    pub password: Option<PasswordHash>,
    /// Whether the password was set by somebody else and must be changed first.
    pub must_change_password: bool,
    /// When the password was last set.
    pub password_changed_at: Option<Timestamp>,
    /// Counts the states.
    pub version: Version,
}

impl Entity for Account {
    const KIND: &'static str = "user";
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

impl AccountDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        check_line(&mut findings, "/name", &self.name, 1..=60);
        findings.into_result()
    }
}

impl Account {
    /// Opens the account of a person. `must_change_password` where somebody else chose the password.
    ///
    /// # Errors
    /// A name that is not well formed.
    pub fn open_for_person(
        id: Id<User>,
        username: Username,
        details: AccountDetails,
        password: PasswordHash,
        must_change_password: bool,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let kind = AccountKind::Person;
        let account = Self { password: Some(password), ..Self::blank(id, username, kind, details) };
        let account = Self { must_change_password, password_changed_at: Some(now), ..account };
        account.opened()
    }

    /// Opens the account of a person who will choose a password with an activation code.
    ///
    /// # Errors
    /// A name that is not well formed.
    pub fn open_to_be_activated(
        id: Id<User>,
        username: Username,
        details: AccountDetails,
    ) -> Result<Change<Self>, Refusal> {
        let password = Some(PasswordHash::unset());
        Self { password, ..Self::blank(id, username, AccountKind::Person, details) }.opened()
    }

    /// Whether it waits for its owner to choose a password.
    pub fn awaits_activation(&self) -> bool {
        self.is_active() && self.password.as_ref().is_some_and(|password| !password.is_set())
    }

    /// Opens the account of a service, which has no password.
    ///
    /// # Errors
    /// A name that is not well formed.
    pub fn open_for_service(
        id: Id<User>,
        username: Username,
        details: AccountDetails,
    ) -> Result<Change<Self>, Refusal> {
        Self::blank(id, username, AccountKind::Service, details).opened()
    }

    fn blank(id: Id<User>, username: Username, kind: AccountKind, details: AccountDetails) -> Self {
        let status = AccountStatus::Active;
        let (password, password_changed_at) = (None, None);
        let must_change_password = false;
        Self {
            id,
            username,
            kind,
            details,
            status,
            password,
            must_change_password,
            password_changed_at,
            version: 0,
        }
    }

    fn opened(self) -> Result<Change<Self>, Refusal> {
        self.details.check()?;
        let facts = json!({"kind": self.kind, "employee_id": self.details.employee});
        Ok(Change::created(self, USER_CREATED, facts))
    }

    /// Whether it may be used.
    pub fn is_active(&self) -> bool {
        self.status == AccountStatus::Active
    }

    /// Renames it or ties it to another employee.
    ///
    /// # Errors
    /// A name that is not well formed.
    pub fn change(self, details: AccountDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = json!({"employee_id": details.employee});
        let after = Self { details, ..self.clone() };
        Ok(Change::updated(self, after, USER_CHANGED, facts))
    }

    /// Disables it; all its sessions and keys end with that.
    ///
    /// # Errors
    /// One's own account; one that is disabled already.
    pub fn disable(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_be_disabled(by)?;
        let after = Self { status: AccountStatus::Disabled { since: now }, ..self.clone() };
        Ok(Change::updated(self, after, USER_DISABLED, json!({})))
    }

    /// Enables it again.
    ///
    /// # Errors
    /// One that is not disabled.
    pub fn enable(self) -> Result<Change<Self>, Refusal> {
        self.ensure_disabled()?;
        let after = Self { status: AccountStatus::Active, ..self.clone() };
        Ok(Change::updated(self, after, USER_ENABLED, json!({})))
    }

    /// Sets the password that its owner chose. All sessions end with that. `[ID-1]`
    ///
    /// # Errors
    /// A service account; a disabled one.
    pub fn change_password(self, password: PasswordHash, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.set_password(password, now, false)
    }

    /// Sets a password that somebody else chose, to be changed at the next sign-in. All sessions end.
    ///
    /// # Errors
    /// A service account; a disabled one.
    pub fn reset_password(self, password: PasswordHash, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.set_password(password, now, true)
    }

    fn set_password(
        self,
        password: PasswordHash,
        now: Timestamp,
        is_by_another: bool,
    ) -> Result<Change<Self>, Refusal> {
        self.may_get_password()?;
        let event = if is_by_another { PASSWORD_RESET } else { PASSWORD_CHANGED };
        let after = Self {
            password: Some(password),
            must_change_password: is_by_another,
            password_changed_at: Some(now),
            ..self.clone()
        };
        Ok(Change::updated(self, after, event, json!({})))
    }

    pub(super) fn ensure_active(&self) -> Result<(), Refusal> {
        if self.is_active() {
            return Ok(());
        }
        Err(Refusal::new(ACCOUNT_DISABLED).citing(Citation::rule("ID-1")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NOT_A_PERSON, OWN_ACCOUNT};
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_micros(1_000_000).expect("an instant")
    }
    fn account(kind: AccountKind) -> Account {
        let id = Id::from_uuid(Uuid::from_u128(7));
        let details = AccountDetails { name: "李娜".into(), employee: None };
        let name = Username::new("li.na").expect("a user name");
        match kind {
            AccountKind::Person => {
                Account::open_for_person(id, name, details, PasswordHash::new("$argon2id$x"), true, now())
            }
            AccountKind::Service => Account::open_for_service(id, name, details),
        }
        .expect("no refusal")
        .into_after()
    }

    #[test]
    fn one_person_has_one_spelling() {
        for spelling in ["li.na", "Li.NA", " li.na ", "Ｌｉ．ｎａ", "ℓi.na"] {
            assert_eq!(Username::new(spelling).expect("a user name").as_str(), "li.na", "{spelling}");
        }
        assert_eq!(Username::new("李娜").expect("a user name").as_str(), "李娜");
    }

    #[test]
    fn odd_names_are_refused() {
        let long = "a".repeat(65);
        let bomb = "\u{FDFA}".repeat(1000);
        for name in ["", "a", "li na", "li\u{0}na", "li\u{200b}na", "root\n", "<b>", &long, &bomb, "a/../b"] {
            let result = Username::new(name);
            let trimmed = name == "root\n" && result.is_ok();
            assert!(result.is_err() || trimmed, "{name:?}");
        }
    }

    #[test]
    fn a_name_is_chosen_in_one_script() {
        for name in ["li.na-2", "李娜2", "さくら", "анна", "иван_1"] {
            assert!(Username::choose(name).is_ok(), "{name}");
        }
        for name in ["аdmin", "l\u{456}.na", "paypаl"] {
            let code = Username::choose(name).err().map(|refusal| refusal.code);
            assert_eq!((code, Username::new(name).is_ok()), (Some(USERNAME_MIXED), true), "{name}");
        }
    }

    #[test]
    fn a_password_set_by_another_must_be_changed() {
        let opened = account(AccountKind::Person);
        assert!(opened.must_change_password);
        let changed =
            opened.change_password(PasswordHash::new("$argon2id$y"), now()).expect("no refusal").into_after();
        assert!(!changed.must_change_password);
        let reset =
            changed.reset_password(PasswordHash::new("$argon2id$z"), now()).expect("no refusal").into_after();
        assert!(reset.must_change_password);
    }

    #[test]
    fn the_audit_trail_never_holds_a_hash() {
        let stored = serde_json::to_string(&account(AccountKind::Person)).expect("it is written as JSON");
        assert!(!stored.contains("argon2"), "{stored}");
    }

    #[test]
    fn a_disabled_account_comes_back_only_by_enabling() {
        let mut other = Actor::system();
        other.user = Id::from_uuid(Uuid::from_u128(8));
        let disabled = account(AccountKind::Person).disable(&other, now()).expect("no refusal").into_after();
        let hash = PasswordHash::new("$argon2id$y");
        assert_eq!(disabled.clone().change_password(hash, now()).unwrap_err().code, ACCOUNT_DISABLED);
        assert_eq!(disabled.clone().disable(&other, now()).unwrap_err().code, ACCOUNT_DISABLED);
        assert!(disabled.enable().expect("no refusal").after().is_active());
    }

    #[test]
    fn nobody_disables_themselves_and_services_have_no_password() {
        let mut own = Actor::system();
        own.user = Id::from_uuid(Uuid::from_u128(7));
        assert_eq!(account(AccountKind::Person).disable(&own, now()).unwrap_err().code, OWN_ACCOUNT);
        let hash = PasswordHash::new("$argon2id$y");
        let refused = account(AccountKind::Service).change_password(hash, now()).unwrap_err();
        assert_eq!(refused.code, NOT_A_PERSON);
    }
}
