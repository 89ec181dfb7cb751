//! Signing in, sessions, accounts, roles, grants and keys. `[ID-1 … ID-5]`

mod account;
mod activation;
mod api_key;
mod attempts;
mod entrance;
mod first;
mod grant;
mod me;
mod oidc;
mod password;
mod role;
mod session;
mod settings;
mod token;

pub use first::{
    NewAdministrator, create_administrator, ensure_administrator, issue_key, judge_first_administrator,
    prepare_to_sign, revoke_key, rotate_aged_keys, rotate_keys,
};
pub use oidc::OidcSettings;
pub use settings::IdentitySettings;

pub use account::keeping_an_administrator;
pub(crate) use activation::give_account;
pub use entrance::Entrance;

use crate::spine::{Chore, Doorkeeper, Every, Problem, Routes, codes, random_text};
use attempts::Attempts;
use domain::{
    identity::{ApiKeyId, TokenHash},
    spine::{SessionId, Timestamp, UserId},
};
use futures_util::future::LocalBoxFuture;
use moka::sync::Cache;
use oidc::Provider;
use password::Passwords;
use persistence::{
    identity::{account::by_username, api_key as keys, signing_key},
    spine::{Credential, Database, Failure, Request, StoredAnswer},
};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};
use token::{KeyRing, Rejection, Verified};

/// A new signing key follows one that has come of age.
pub const KEYS: &Chore = &Chore {
    name: "keys-rotate",
    every: Every::Seconds(60),
    run: |state| {
        Box::pin(async {
            let settings = &state.part::<Identity>()?.settings;
            if rotate_aged_keys(&state.database, settings).await? {
                log::info!("a new key signs access tokens: the one before had come of age");
            }
            Ok(())
        })
    },
};

/// When API keys were last used is written down.
pub const KEY_USES: &Chore = &Chore {
    name: "api-key-uses",
    every: Every::Seconds(60),
    run: |state| Box::pin(async { state.part::<Identity>()?.note_uses(&state.database).await }),
};

/// Refresh tokens of sessions that are over are forgotten.
pub const TOKENS: &Chore = &Chore {
    name: "forget-tokens",
    every: Every::Seconds(60),
    run: |state| Box::pin(forget_tokens(&state.database)),
};

pub fn routes(into: &mut Routes) {
    session::routes(into);
    me::routes(into);
    account::routes(into);
    role::routes(into);
    grant::routes(into);
    activation::routes(into);
    api_key::routes(into);
}

/// How many tokens and keys that were found good are remembered.
const REMEMBERED_MAX: u64 = 20_000;
/// A key ring older than this is read anew before it signs, so that no server signs with a retired key.
const FRESH_FOR_SIGNING: Duration = Duration::from_secs(10);
/// A key ring older than this is read anew before it verifies.
const FRESH_FOR_VERIFYING: Duration = Duration::from_secs(60);
/// A key ring at least this old is read anew when a token names a key it does not know.
const FRESH_FOR_UNKNOWN: Duration = Duration::from_secs(2);

/// What signing in needs beside the database.
pub struct Identity {
    settings: IdentitySettings,
    secret: Option<String>,
    passwords: Passwords,
    attempts: Attempts,
    ring: RwLock<Option<(Instant, Arc<KeyRing>)>>,
    tokens: Cache<[u8; 32], Verified>,
    provider: Option<Provider>,
    /// Whom tokens of the provider name, and until when they are good.
    foreign: Cache<[u8; 32], (UserId, i64)>,
    keys: Cache<[u8; 32], ApiKeyId>,
    uses: Mutex<HashMap<ApiKeyId, Timestamp>>,
}

impl Identity {
    /// With these settings.
    ///
    /// # Errors
    /// A signing secret that is too short or cannot be read; an identity provider that is described in part.
    pub fn new(settings: &IdentitySettings) -> Result<Self, String> {
        Ok(Self {
            secret: settings.sealing_secret()?,
            settings: settings.clone(),
            passwords: Passwords::new(settings),
            attempts: Attempts::default(),
            ring: RwLock::new(None),
            tokens: Cache::new(REMEMBERED_MAX),
            provider: Provider::new(&settings.oidc)?,
            foreign: Cache::new(REMEMBERED_MAX),
            keys: Cache::new(REMEMBERED_MAX),
            uses: Mutex::new(HashMap::new()),
        })
    }

    /// Does before the first request what would else make it slow.
    pub fn warm_up(&self) {
        self.passwords.warm_up();
    }

    /// The signing keys, read at most `age` ago.
    async fn ring(&self, database: &Database, age: Duration) -> Result<Arc<KeyRing>, Problem> {
        let known = self.ring.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read_at, ring)) = known
            && read_at.elapsed() < age
        {
            return Ok(ring);
        }
        let stored = database.read(Request::system("signing-keys"), signing_key::accepted).await?;
        let IdentitySettings { token_issuer, token_audience, .. } = &self.settings;
        let opened = KeyRing::open(token_issuer, token_audience, &stored, self.secret.as_deref());
        let ring = Arc::new(opened.map_err(|error| Problem::from(Failure::fault(error)))?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), ring.clone()));
        Ok(ring)
    }

    /// The signing keys, with one to sign with: the first is made where there is none.
    async fn signing_ring(&self, database: &Database) -> Result<Arc<KeyRing>, Problem> {
        let ring = self.ring(database, FRESH_FOR_SIGNING).await?;
        if ring.can_sign() {
            return Ok(ring);
        }
        let secret = self.secret.clone();
        database
            .write(Request::system("first-signing-key"), move |tx| {
                persistence::start_alone(tx)?;
                if signing_key::accepted(tx)?.is_empty() {
                    first::new_key(tx, secret.as_deref())?;
                }
                Ok(StoredAnswer::default())
            })
            .await?;
        self.ring(database, Duration::ZERO).await
    }

    /// An access token for a session, good until `expires`.
    fn issue(
        ring: &KeyRing,
        user: UserId,
        session: SessionId,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<String, Failure> {
        ring.issue(user, session, now, expires).map_err(Failure::fault)
    }

    async fn verify(&self, database: &Database, token: &str) -> Result<Verified, Problem> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let now = database.now();
        let is_good = |verified: &Verified| now.micros().div_euclid(1_000_000) < verified.expires;
        if let Some(verified) = self.tokens.get(&digest).filter(is_good) {
            return Ok(verified);
        }
        let ring = self.ring(database, FRESH_FOR_VERIFYING).await?;
        let verified = match ring.verify(token, now) {
            // Another server may have made a key since.
            Err(Rejection::UnknownKey) => self.ring(database, FRESH_FOR_UNKNOWN).await?.verify(token, now),
            other => other,
        };
        let verified = verified.map_err(|_| Problem::new(codes::UNAUTHENTICATED))?;
        self.tokens.insert(digest, verified);
        Ok(verified)
    }

    /// The account that a token of the company's identity provider names.
    async fn account_of(
        &self,
        database: &Database,
        provider: &Provider,
        token: &str,
    ) -> Result<UserId, Problem> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let now = database.now();
        let is_good = |(_, expires): &(UserId, i64)| now.micros().div_euclid(1_000_000) < *expires;
        if let Some((user, _)) = self.foreign.get(&digest).filter(is_good) {
            return Ok(user);
        }
        let verified = provider.verify(token, now).await.map_err(|rejection| match rejection {
            oidc::Rejection::NoKeys => Problem::new(codes::OVERLOADED),
            oidc::Rejection::Bad => Problem::new(codes::UNAUTHENTICATED),
        })?;
        let (username, expires) = (verified.username, verified.expires);
        let named = move |reader: &mut persistence::spine::Reader<'_>| by_username(reader, &username);
        let found = database.read(Request::system("oidc"), named).await?;
        let user = found.ok_or_else(|| Problem::new(codes::UNAUTHENTICATED))?.id;
        self.foreign.insert(digest, (user, expires));
        Ok(user)
    }

    async fn key_of(&self, database: &Database, hash: TokenHash) -> Result<ApiKeyId, Problem> {
        if let Some(id) = self.keys.get(&hash.0) {
            return Ok(id);
        }
        let found = database.read(Request::system("api-key"), move |r| keys::by_hash(r, &hash)).await?;
        let id = found.ok_or_else(|| Problem::new(codes::UNAUTHENTICATED))?;
        self.keys.insert(hash.0, id);
        Ok(id)
    }

    /// Writes down when keys were last used.
    pub async fn note_uses(&self, database: &Database) -> Result<(), Failure> {
        let uses = std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner));
        if uses.is_empty() {
            return Ok(());
        }
        let uses: Vec<_> = uses.into_iter().collect();
        let noted = move |tx: &mut persistence::spine::Tx<'_>| {
            keys::note_uses(tx, &uses)?;
            Ok(StoredAnswer::default())
        };
        database.write(Request::system("api-key-uses"), noted).await.map(drop)
    }
}

/// Forgets the refresh tokens of sessions that are over, as a server does every minute.
///
/// # Errors
/// A database that does not answer.
pub async fn forget_tokens(database: &Database) -> Result<(), Failure> {
    let forget = |tx: &mut persistence::spine::Tx<'_>| {
        persistence::identity::session::forget_tokens(tx)?;
        Ok(StoredAnswer::default())
    };
    database.write(Request::system("forget-tokens"), forget).await.map(drop)
}

impl Doorkeeper for Identity {
    fn may_sign<'a>(&'a self, database: &'a Database) -> LocalBoxFuture<'a, bool> {
        Box::pin(async move {
            let ring = self.ring(database, FRESH_FOR_VERIFYING).await;
            ring.inspect_err(|problem| log::warn!("access tokens cannot be signed: {problem}")).is_ok()
        })
    }

    fn is_unseen(&self, token: &str) -> bool {
        key_in(token).is_some_and(|hash| !self.keys.contains_key(&hash.0))
    }

    fn credential<'a>(
        &'a self,
        database: &'a Database,
        token: &'a str,
    ) -> LocalBoxFuture<'a, Result<Credential, Problem>> {
        Box::pin(async move {
            if let Some(hash) = key_in(token) {
                let id = self.key_of(database, hash).await?;
                self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(id, database.now());
                return Ok(Credential::ApiKey(id.uuid()));
            }
            if let Some(provider) = self.provider.as_ref().filter(|provider| provider.claims_to_issue(token))
            {
                return Ok(Credential::Account(self.account_of(database, provider, token).await?));
            }
            Ok(Credential::Session(self.verify(database, token).await?.session))
        })
    }
}

/// The digest to look an API key up by, where a token is one.
fn key_in(token: &str) -> Option<TokenHash> {
    token.starts_with(api_key::KEY_MARK).then(|| hash_of(token))
}

/// The SHA-256 of a token: enough for tokens of 256 random bits, which nobody can try out.
fn hash_of(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token).into())
}

#[cfg(test)]
mod tests {
    use super::IdentitySettings;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: IdentitySettings,
    }

    /// Settings for tests: hashing that costs little.
    pub(super) fn settings() -> IdentitySettings {
        let settings = Line::parse_from(["test"]).settings;
        IdentitySettings { password_memory_kib: 64, password_passes: 1, ..settings }
    }
}
