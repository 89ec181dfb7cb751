//! Sessions: families of refresh tokens, of which only the newest is good for one use. `[ID-1]`

use super::{SESSION_ENDED, SESSION_REFRESHED, SESSION_REPEATED, SESSION_STARTED, SESSION_STOLEN};
use crate::spine::{Change, Entity, Findings, Id, Session, Timestamp, User, Version, withhold};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The SHA-256 of a token of at least 256 random bits. The token itself is never stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct TokenHash(#[serde(serialize_with = "withhold")] pub [u8; 32]);

/// The newest token, sealed by the one before it and by who presented that: nobody else can open it, whatever they read of
/// the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct SealedToken(#[serde(serialize_with = "withhold")] pub [u8; 32]);

/// How long tokens and sessions live.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionPolicy {
    /// Minutes an access token is good for.
    pub access_minutes: i64,
    /// Hours after which a session that was not refreshed is over.
    pub idle_hours: i64,
    /// Days after which a session is over in any case.
    pub longest_days: i64,
    /// For so many seconds the same client that presents a token again is answered the same: two tabs, or an answer that was
    /// lost on its way.
    pub repeat_seconds: i64,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self { access_minutes: 15, idle_hours: 72, longest_days: 30, repeat_seconds: 10 }
    }
}

impl SessionPolicy {
    /// No policy lets an access token live for more minutes than these.
    pub const ACCESS_MINUTES_MAX: i64 = 24 * 60;

    /// Everything unsound in the policy itself.
    pub(super) fn check(&self, findings: &mut Findings, pointer: &str) {
        let mut within = |name: &str, value: i64, min: i64, max: i64| {
            findings.within(format!("{pointer}/{name}"), value, min..=max);
        };
        within("access_minutes", self.access_minutes, 1, Self::ACCESS_MINUTES_MAX);
        within("idle_hours", self.idle_hours, 1, 24 * 90);
        within("longest_days", self.longest_days, 1, 365);
        within("repeat_seconds", self.repeat_seconds, 0, 60);
    }

    /// How long an access token is good for.
    pub fn access_lifetime(&self) -> Duration {
        Duration::minutes(self.access_minutes)
    }
}

/// Where a session was started from, as its owner sees it in the list of sessions.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct DeviceNote {
    /// The network address.
    pub address: String,
    /// What the client calls itself, cut to 200 characters.
    pub agent: String,
}

impl DeviceNote {
    /// Cuts what the client says to a bounded, printable text.
    pub fn new(address: &str, agent: &str) -> Self {
        let printable = |text: &str, most| text.chars().filter(|c| !c.is_control()).take(most).collect();
        Self { address: printable(address, 64), agent: printable(agent, 200) }
    }
}

/// Why a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its owner signed out.
    SignedOut,
    /// The password was changed or reset.
    PasswordChanged,
    /// The account was disabled.
    Disabled,
    /// Its owner left the company.
    Left,
    /// A refresh token was used twice.
    Reused,
}

/// The course of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum SessionStatus {
    /// May be refreshed until it expires.
    Live,
    /// Is over.
    Ended {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
}

/// A session: one sign-in and all refresh tokens that descend from it.
#[derive(Clone, Debug, Serialize)]
pub struct SessionFamily {
    /// Identity.
    pub id: Id<Session>,
    /// Whose it is.
    pub user: Id<User>,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it was last refreshed.
    pub refreshed_at: Timestamp,
    /// When it is over unless it is refreshed.
    pub expires_at: Timestamp,
    /// Where it was started from; personal, so not in the audit trail.
    #[serde(skip)]
    pub device: DeviceNote,
    /// The number of the refresh token that is good: 1, 2, 3 …
    pub generation: i32,
    /// Its hash.
    pub token: TokenHash,
    /// The same token for the client that presented the one before it; none before the first was presented.
    pub sealed: Option<SealedToken>,
    /// Its course.
    pub status: SessionStatus,
    /// Counts the states.
    pub version: Version,
}

impl Entity for SessionFamily {
    const KIND: &'static str = "session";
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

/// What comes of presenting a refresh token.
#[derive(Debug)]
pub enum Refresh {
    /// The session goes on with the next token.
    Continued(Change<SessionFamily>),
    /// The same client presents the token before the newest once more, at once: it is answered the same.
    Repeated(Change<SessionFamily>),
    /// The token had been used before: somebody has a copy. The change revokes the whole family and must
    /// be written although the caller is refused.
    Stolen(Change<SessionFamily>),
    /// The session is over; nothing to write.
    Over,
}

impl SessionFamily {
    /// Starts a session with its first refresh token.
    pub fn start(
        id: Id<Session>,
        user: Id<User>,
        token: TokenHash,
        device: DeviceNote,
        now: Timestamp,
        policy: &SessionPolicy,
    ) -> Change<Self> {
        let session = Self {
            id,
            user,
            started_at: now,
            refreshed_at: now,
            expires_at: now,
            device,
            generation: 1,
            token,
            sealed: None,
            status: SessionStatus::Live,
            version: 0,
        };
        let session = Self { expires_at: session.expiry(now, policy), ..session };
        Change::created(session, SESSION_STARTED, json!({"user_id": user}))
    }

    /// Presents the refresh token that was the `generation`-th of this family. `opens`: whether it opens the sealed one,
    /// which only the client does that presented it first. The next token comes with its seal.
    pub fn refresh(
        self,
        (generation, opens): (i32, bool),
        (next, sealed): (TokenHash, SealedToken),
        now: Timestamp,
        policy: &SessionPolicy,
    ) -> Refresh {
        if !self.is_live(now) {
            return Refresh::Over;
        }
        let is_before = generation.checked_add(1) == Some(self.generation);
        if is_before && opens && now.since(self.refreshed_at) <= Duration::seconds(policy.repeat_seconds) {
            let (after, facts) = (self.clone(), json!({"user_id": self.user}));
            return Refresh::Repeated(Change::updated(self, after, SESSION_REPEATED, facts));
        }
        if generation != self.generation {
            let status = SessionStatus::Ended { at: now, reason: EndReason::Reused };
            let facts = json!({"user_id": self.user, "generation": generation});
            let after = Self { status, ..self.clone() };
            return Refresh::Stolen(Change::updated(self, after, SESSION_STOLEN, facts));
        }
        let after = Self {
            generation: self.generation.saturating_add(1),
            token: next,
            sealed: Some(sealed),
            refreshed_at: now,
            expires_at: self.expiry(now, policy),
            ..self.clone()
        };
        let facts = json!({"user_id": self.user});
        Refresh::Continued(Change::updated(self, after, SESSION_REFRESHED, facts))
    }

    /// Ends it; nothing where it ended already.
    pub fn end(self, reason: EndReason, now: Timestamp) -> Option<Change<Self>> {
        if self.status != SessionStatus::Live {
            return None;
        }
        let after = Self { status: SessionStatus::Ended { at: now, reason }, ..self.clone() };
        let facts = json!({"user_id": self.user, "reason": reason});
        Some(Change::updated(self, after, SESSION_ENDED, facts))
    }

    /// Whether it is neither ended nor expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Live && now < self.expires_at
    }

    fn expiry(&self, now: Timestamp, policy: &SessionPolicy) -> Timestamp {
        let idle = now.plus(Duration::hours(policy.idle_hours));
        idle.min(self.started_at.plus(Duration::days(policy.longest_days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_micros(0).expect("an instant").plus(Duration::hours(hours))
    }
    fn token(n: u8) -> TokenHash {
        TokenHash([n; 32])
    }
    fn next(n: u8) -> (TokenHash, SealedToken) {
        (token(n), SealedToken([n; 32]))
    }
    fn policy() -> SessionPolicy {
        SessionPolicy { access_minutes: 15, idle_hours: 10, longest_days: 1, repeat_seconds: 10 }
    }
    fn started() -> SessionFamily {
        let device = DeviceNote::new("127.0.0.1", "curl\n/8");
        let id = Id::from_uuid(Uuid::from_u128(1));
        SessionFamily::start(id, Id::from_uuid(Uuid::from_u128(2)), token(1), device, at(0), &policy())
            .into_after()
    }
    fn continued(refresh: Refresh) -> SessionFamily {
        match refresh {
            Refresh::Continued(change) => change.into_after(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_refresh_makes_the_next_token_the_only_good_one() {
        let second = continued(started().refresh((1, false), next(2), at(5), &policy()));
        assert_eq!((second.generation, second.token), (2, token(2)));
        assert_eq!(second.expires_at, at(15));
        let third = continued(second.refresh((2, false), next(3), at(14), &policy()));
        assert_eq!(third.expires_at, at(24), "the longest life bounds the idle time");
    }

    #[test]
    fn using_a_token_twice_revokes_the_family() {
        let second = continued(started().refresh((1, false), next(2), at(1), &policy()));
        let Refresh::Stolen(change) = second.refresh((1, false), next(3), at(2), &policy()) else { panic!() };
        let revoked = change.into_after();
        assert_eq!(revoked.status, SessionStatus::Ended { at: at(2), reason: EndReason::Reused });
        assert!(
            matches!(revoked.refresh((2, false), next(4), at(2), &policy()), Refresh::Over),
            "the thief's too"
        );
    }

    #[test]
    fn the_same_client_may_ask_again_at_once_and_nobody_else() {
        let second = continued(started().refresh((1, false), next(2), at(1), &policy()));
        let soon = |seconds| at(1).plus(Duration::seconds(seconds));
        let again = |seconds, opens| second.clone().refresh((1, opens), next(3), soon(seconds), &policy());
        assert!(matches!(again(10, true), Refresh::Repeated(same) if same.after().generation == 2));
        assert!(matches!(again(10, false), Refresh::Stolen(_)), "somebody else has a copy");
        assert!(matches!(again(11, true), Refresh::Stolen(_)), "too late");
        let third = continued(second.clone().refresh((2, false), next(3), soon(1), &policy()));
        assert!(
            matches!(third.refresh((1, true), next(4), soon(2), &policy()), Refresh::Stolen(_)),
            "too old"
        );
    }

    #[test]
    fn an_expired_or_ended_session_is_over() {
        assert!(matches!(started().refresh((1, false), next(2), at(10), &policy()), Refresh::Over));
        let ended = started().end(EndReason::SignedOut, at(1)).expect("no refusal").into_after();
        assert!(ended.clone().end(EndReason::Left, at(1)).is_none(), "it ends once");
        assert!(matches!(ended.refresh((1, false), next(2), at(1), &policy()), Refresh::Over));
    }

    #[test]
    fn the_audit_trail_holds_neither_token_nor_address() {
        let stored = serde_json::to_string(&started()).expect("it is written as JSON");
        assert!(!stored.contains("127.0.0.1") && stored.contains(r#""token":"***""#), "{stored}");
    }
}
