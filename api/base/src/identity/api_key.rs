//! API keys of service accounts: shown once, rotated with overlap. `[ID-2]`

use super::{account::find_manageable, hash_of, random_text};
use crate::spine::{
    At, Can, Created, List, PathId, Problem, Reading, Reply, Routes, UnitOfWork, Unrehearsed, Valid, View,
    Wanted, routes,
};
use chrono::Duration;
use domain::{
    identity::{ApiKey, ApiKeyId, NewKey},
    spine::{Permission, Timestamp, UserId, Version, perm},
};
use persistence::{
    identity::{ApiKeyFilter, ApiKeyView, api_key},
    organisation::referred,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use validator::Validate;

pub(super) fn routes(into: &mut Routes) {
    routes!(into, "api-keys", [list_api_keys, issue_api_key, show_api_key, rotate_api_key, revoke_api_key]);
}

/// By what people and scanners for leaked secrets recognise a key of ours.
pub(super) const KEY_MARK: &str = "mc_";

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuedKey {
    /// The key itself. It is shown this once and stored nowhere.
    #[schema(max_length = 100, example = "mc_k3v9x2abqw_…")]
    key: String,
    /// What is known of it from now on.
    api_key: ApiKeyView,
}

impl View for IssuedKey {
    fn version(&self) -> Option<Version> {
        Some(self.api_key.version)
    }
    fn location(&self) -> Option<String> {
        self.api_key.location()
    }
}

/// A fresh key: its text and what is stored of it, save the id.
pub(super) struct FreshKey {
    pub text: String,
    prefix: String,
}

impl FreshKey {
    /// # Errors
    /// No randomness to be had.
    pub fn make() -> Result<Self, Problem> {
        // Ten characters that read well aloud; the secret behind them has 256 bits.
        let letters: String =
            random_text(30)?.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let prefix = format!("{KEY_MARK}{}", letters.get(..10).unwrap_or(&letters));
        Ok(Self { text: format!("{prefix}_{}", random_text(32)?), prefix })
    }

    pub fn stored(&self, id: ApiKeyId) -> NewKey {
        NewKey { id, prefix: self.prefix.clone(), hash: hash_of(&self.text) }
    }
}

/// List API keys. `[ID-2]`
#[utoipa::path(get, path = "/api/v1/api-keys")]
async fn list_api_keys(
    who: Can<perm::ManageApiKeys>,
    wanted: Wanted<ApiKeyFilter>,
    reading: Reading,
) -> List<ApiKeyView> {
    reading.list(who, wanted, api_key::list).await
}

/// Show an API key; never the key itself. `[ID-2]`
#[utoipa::path(get, path = "/api/v1/api-keys/{id}")]
async fn show_api_key(
    who: Can<perm::ManageApiKeys>,
    id: PathId<ApiKey>,
    reading: Reading,
) -> Reply<ApiKeyView> {
    reading.read(who, move |reader| api_key::view(reader, *id)).await
}

/// A key for a service account.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct IssueApiKey {
    /// The service account it acts for.
    user_id: UserId,
    /// What it is for.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "ERP")]
    name: String,
    /// What it may be used for, within what the account may do. Named twice is named once.
    #[validate(length(min = 1, max = 500))]
    #[schema(value_type = Vec<Permission>, min_items = 1, max_items = 500)]
    scopes: BTreeSet<Permission>,
    /// When it ends by itself.
    expires_at: Option<Timestamp>,
}

/// Issue an API key to a service account. `[ID-2]`
///
/// The key is shown in this answer alone, which is therefore not kept with an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/api-keys")]
async fn issue_api_key(
    who: Can<perm::ManageApiKeys>,
    body: Valid<IssueApiKey>,
    work: Unrehearsed,
) -> Created<IssuedKey> {
    let fresh = FreshKey::make()?;
    work.without_memory()
        .write(who, move |tx| {
            let IssueApiKey { user_id, name, scopes, expires_at } = body.0.clone();
            let account = referred(find_manageable(tx, user_id), "/user_id")?;
            let new = fresh.stored(tx.id());
            let change = ApiKey::issue(new, &account, name, scopes, expires_at, tx.now())?;
            let key = api_key::apply(tx, change)?;
            Ok(IssuedKey { key: fresh.text.clone(), api_key: api_key::view(tx, key.id)? })
        })
        .await
}

/// How a key is replaced.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RotateApiKey {
    /// For how many hours the old key stays good, at most 90 days.
    #[serde(default)]
    #[validate(range(min = 0, max = 2160))]
    #[schema(minimum = 0, maximum = 2160, example = 24)]
    overlap_hours: i64,
    /// When the new key ends by itself; where absent, as long after now as the old one was to live.
    expires_at: Option<Timestamp>,
}

/// Replace an API key by a new one. `[ID-2]`
///
/// The old key stays good for the overlap, so that the service can be switched over without a gap. Name, scopes and lifetime are
/// those it had; whoever lost the answer replaces the new one.
#[utoipa::path(post, path = "/api/v1/api-keys/{id}/rotate")]
async fn rotate_api_key(
    who: Can<perm::ManageApiKeys>,
    at: At<ApiKey>,
    body: Valid<RotateApiKey>,
    work: Unrehearsed,
) -> Created<IssuedKey> {
    let fresh = FreshKey::make()?;
    work.without_memory()
        .write(who, move |tx| {
            let found = at.find(tx)?;
            find_manageable(tx, found.user)?;
            let is_replaced = api_key::is_replaced(tx, found.id)?;
            let (new, now) = (fresh.stored(tx.id()), tx.now());
            let overlap = Duration::hours(body.overlap_hours);
            let (old, successor) = found.rotate(new, overlap, body.expires_at, now)?;
            ApiKey::ensure_latest(is_replaced)?;
            api_key::apply(tx, old)?;
            let key = api_key::apply(tx, successor)?;
            Ok(IssuedKey { key: fresh.text.clone(), api_key: api_key::view(tx, key.id)? })
        })
        .await
}

/// Revoke an API key at once. `[ID-2]`
#[utoipa::path(post, path = "/api/v1/api-keys/{id}/revoke")]
async fn revoke_api_key(
    who: Can<perm::ManageApiKeys>,
    at: At<ApiKey>,
    work: UnitOfWork,
) -> Reply<ApiKeyView> {
    work.moves(who, at, move |found, tx| {
        find_manageable(tx, found.user)?;
        Ok(found.revoke(tx.now())?)
    })
    .await
}
