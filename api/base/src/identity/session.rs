//! Sessions: sign in, refresh, sign out. `[ID-1]`

use super::{Entrance, Identity, hash_of, random_text, token::KeyRing};
use crate::spine::{
    Created, Done, List, PathId, Public, Reading, Reply, Routes, SignedIn, UnitOfWork, Unrehearsed, Valid,
    View, Wanted, routes,
};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use domain::{
    identity::{
        Account, DeviceNote, EndReason, Refresh, SESSION_OVER, SIGN_IN_FAILED, SealedToken, Secret,
        SessionFamily, SessionPolicy,
    },
    spine::{Citation, Refusal, Session, SessionId},
};
use persistence::{
    identity::{SessionFilter, SessionView, account, session, sign_in_policy},
    spine::{Failure, Request, StoredAnswer, Tx},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(
        into,
        "sessions",
        [start_session, refresh_session, list_sessions, end_current_session, end_session, end_all_sessions]
    );
}

/// A user name and a password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartSession {
    /// The name to sign in with; neither case nor width of its letters matter.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "li.na")]
    username: String,
    /// The password.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    password: String,
}

/// A refresh token.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshSession {
    /// The newest refresh token of the session. It is good for one use.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    refresh_token: String,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionTokens {
    /// Send it as `Authorization: Bearer …`.
    #[schema(max_length = 4096)]
    access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(minimum = 0)]
    expires_in: i64,
    /// Exchanges for new tokens, once; keep it secret.
    #[schema(max_length = 128)]
    refresh_token: String,
    /// The session.
    session_id: SessionId,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
}

impl View for SessionTokens {
    fn location(&self) -> Option<String> {
        Some("/api/v1/sessions".to_owned())
    }
}

fn tokens(
    ring: &KeyRing,
    account: &Account,
    session: &SessionFamily,
    refresh_token: &str,
    tx: &Tx<'_>,
    policy: &SessionPolicy,
) -> Result<SessionTokens, Failure> {
    // As of when the session went on: whoever asks again is answered the same.
    let issued = session.refreshed_at;
    let expires = issued.plus(policy.access_lifetime()).min(session.expires_at);
    Ok(SessionTokens {
        access_token: Identity::issue(ring, account.id, session.id, issued, expires)?,
        token_type: "Bearer",
        expires_in: expires.since(tx.now()).num_seconds(),
        refresh_token: refresh_token.to_owned(),
        session_id: session.id,
        must_change_password: account.must_change_password,
    })
}

/// Sign in with user name and password. `[ID-1]`
///
/// Repeated failures are slowed down per account and per address. An `Idempotency-Key` is not kept here:
/// tokens are not stored.
#[utoipa::path(post, path = "/api/v1/sessions")]
async fn start_session(
    who: Public,
    entrance: Entrance,
    body: Valid<StartSession>,
    work: Unrehearsed,
) -> Created<SessionTokens> {
    let StartSession { username, password } = body.0;
    let (seen, policy) = entrance.check_password(&username, Secret::new(password)).await?;
    let ring = entrance.identity()?.signing_ring(entrance.database()).await?;
    let (refresh_token, device) = (random_text(32)?, entrance.device());
    work.without_memory()
        .write(who, move |tx| {
            let account = account::load(tx, seen.id)?;
            // Between the check and this transaction the password may have been changed.
            if account.password != seen.password || !account::is_usable(tx, &account)? {
                return Err(Refusal::new(SIGN_IN_FAILED).citing(Citation::rule("ID-1")).into());
            }
            let hash = hash_of(&refresh_token);
            let (id, now) = (tx.id(), tx.now());
            let change = SessionFamily::start(id, account.id, hash, device.clone(), now, &policy.session);
            let session = session::apply(tx, change)?;
            tokens(&ring, &account, &session, &refresh_token, tx, &policy.session)
        })
        .await
}

/// Exchange a refresh token for new tokens. `[ID-1]`
///
/// The old refresh token is used up. Using it a second time means that somebody has a copy: the whole session
/// is then revoked, also for its rightful owner. Only the same client, within a few seconds, is answered the same pair once
/// more: two tabs, or an answer that was lost.
#[utoipa::path(post, path = "/api/v1/sessions/refresh")]
async fn refresh_session(
    who: Public,
    entrance: Entrance,
    body: Valid<RefreshSession>,
    work: Unrehearsed,
) -> Reply<SessionTokens> {
    let ring = entrance.identity()?.signing_ring(entrance.database()).await?;
    let (presented, next) = (hash_of(&body.refresh_token), random_text(32)?);
    let seal = Seal::of(&body.refresh_token, &entrance.device());
    let stolen = Arc::new(AtomicBool::new(false));
    let noticed = stolen.clone();
    let over = || Failure::from(Refusal::new(SESSION_OVER).citing(Citation::rule("ID-1")));
    let answer = work
        .without_memory()
        .write(who, move |tx| {
            let (family, generation) = session::by_token(tx, &presented)?.ok_or_else(over)?;
            let account = account::load(tx, family.user)?;
            let policy = sign_in_policy(tx)?.session;
            if !account::is_usable(tx, &account)? {
                return Err(over());
            }
            let newest = family.sealed.map(|sealed| seal.open(sealed));
            let opens = newest.as_ref().is_some_and(|newest| hash_of(newest) == family.token);
            let following = (hash_of(&next), seal.close(&next)?);
            match (family.refresh((generation, opens), following, tx.now(), &policy), newest) {
                (Refresh::Continued(change), _) => {
                    let session = session::apply(tx, change)?;
                    tokens(&ring, &account, &session, &next, tx, &policy)
                }
                (Refresh::Repeated(change), Some(newest)) => {
                    let session = session::apply(tx, change)?;
                    tokens(&ring, &account, &session, &newest, tx, &policy)
                }
                (Refresh::Stolen(_), _) => {
                    noticed.store(true, Ordering::SeqCst);
                    Err(over())
                }
                (Refresh::Over | Refresh::Repeated(_), _) => Err(over()),
            }
        })
        .await;
    if stolen.load(Ordering::SeqCst) {
        // The refusal undid its own unit of work: the revocation needs one that is kept.
        let revoked = move |tx: &mut Tx<'_>| revoke_stolen(tx, &presented);
        entrance.database().write(Request::system("refresh-token-reused"), revoked).await?;
    }
    answer
}

/// What a refresh token seals its successor with, for the client that presents it.
#[derive(Clone, Copy)]
struct Seal([u8; 32]);

impl Seal {
    fn of(presented: &str, client: &DeviceNote) -> Self {
        let mut hasher = Sha256::new();
        for part in ["refresh token successor", presented, &client.address, &client.agent] {
            hasher.update(part.len().to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    fn with(self, mut bytes: [u8; 32]) -> [u8; 32] {
        bytes.iter_mut().zip(self.0).for_each(|(byte, key)| *byte ^= key);
        bytes
    }

    fn close(self, token: &str) -> Result<SealedToken, Failure> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(Failure::fault)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Failure::fault("a token of another length"))?;
        Ok(SealedToken(self.with(bytes)))
    }

    fn open(self, sealed: SealedToken) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.with(sealed.0))
    }
}

fn revoke_stolen(tx: &mut Tx<'_>, presented: &domain::identity::TokenHash) -> Result<StoredAnswer, Failure> {
    if let Some((family, generation)) = session::by_token(tx, presented)? {
        let policy = sign_in_policy(tx)?.session;
        // The next token is not used: the presented one is not the newest, which only grows older.
        let unused = (*presented, SealedToken([0; 32]));
        if let Refresh::Stolen(change) = family.refresh((generation, false), unused, tx.now(), &policy) {
            session::apply(tx, change)?;
        }
    }
    Ok(StoredAnswer::default())
}

/// List one's own live sessions. `[ID-1]`
#[utoipa::path(get, path = "/api/v1/sessions")]
async fn list_sessions(who: SignedIn, wanted: Wanted<SessionFilter>, reading: Reading) -> List<SessionView> {
    reading.list(who, wanted, session::list_own).await
}

/// Sign out. `[ID-1]`
///
/// The session ends at once on every server, its access tokens with it.
#[utoipa::path(delete, path = "/api/v1/sessions/current")]
async fn end_current_session(who: SignedIn, work: UnitOfWork) -> Done {
    work.write(who, |tx| {
        let current = tx.actor().session.ok_or(Failure::NotFound)?;
        end_own(tx, current)
    })
    .await
}

/// End another session of one's own. `[ID-1]`
#[utoipa::path(delete, path = "/api/v1/sessions/{id}")]
async fn end_session(who: SignedIn, id: PathId<Session>, work: UnitOfWork) -> Done {
    work.write(who, move |tx| end_own(tx, *id)).await
}

/// Sign out everywhere. `[ID-1]`
#[utoipa::path(delete, path = "/api/v1/sessions")]
async fn end_all_sessions(who: SignedIn, work: UnitOfWork) -> Done {
    work.write(who, |tx| {
        let user = tx.actor().user;
        session::end_all(tx, user, EndReason::SignedOut)
    })
    .await
}

fn end_own(tx: &mut Tx<'_>, id: SessionId) -> Result<(), Failure> {
    let (family, now) = (session::load(tx, id)?, tx.now());
    if family.user != tx.actor().user {
        return Err(Failure::NotFound);
    }
    let change = family.end(EndReason::SignedOut, now).ok_or(Failure::NotFound)?;
    session::apply(tx, change).map(drop)
}
