//! API keys of service accounts.

use super::account::{self, UserRef};
use crate::{
    schema::{api_keys, users},
    spine::{Failure, Instant, Key, Page, Reader, Slice, Stored, Tx, View, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    identity::{ApiKey, ApiKeyId, TokenHash},
    spine::{Change, Permission, Timestamp, UserId, Version},
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: Key,
    user_id: Key,
    name: String,
    prefix: String,
    hash: Vec<u8>,
    scopes: String,
    issued_at: Instant,
    expires_at: Option<Instant>,
    revoked_at: Option<Instant>,
    replaces_id: Option<Key>,
    version: Version,
}

impl TryFrom<&ApiKey> for Row {
    type Error = Failure;
    fn try_from(key: &ApiKey) -> Result<Self, Failure> {
        let ApiKey {
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
            version,
        } = key;
        Ok(Self {
            id: (*id).into(),
            user_id: (*user).into(),
            name: name.clone(),
            prefix: prefix.clone(),
            hash: hash.0.to_vec(),
            scopes: serde_json::to_string(scopes)?,
            issued_at: (*issued_at).into(),
            expires_at: expires_at.map(Into::into),
            revoked_at: revoked_at.map(Into::into),
            replaces_id: replaces.map(Into::into),
            version: *version,
        })
    }
}

fn scopes_of(text: &str) -> Result<BTreeSet<Permission>, Failure> {
    let codes: Vec<String> = serde_json::from_str(text)?;
    // A permission that an older version knew opens nothing.
    Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
}

impl TryFrom<Row> for ApiKey {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let hash: [u8; 32] =
            row.hash.as_slice().try_into().map_err(|_| Failure::corrupt("api_keys", "hash", row.id.0))?;
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            name: row.name,
            prefix: row.prefix,
            hash: TokenHash(hash),
            scopes: scopes_of(&row.scopes)?,
            issued_at: row.issued_at.into(),
            expires_at: row.expires_at.map(Into::into),
            revoked_at: row.revoked_at.map(Into::into),
            replaces: row.replaces_id.map(Into::into),
            version: row.version,
        })
    }
}

impl Stored<crate::Base> for ApiKey {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::try_from(self)?;
        guard(save_row!(tx, api_keys, &row, before)?)
    }
}

crate::spine::resource! { crate::Base: ApiKey as ApiKeyView; find, apply, view = view }

/// Writes a change of a key; where it ends, everybody learns of it at once.
pub fn apply(tx: &mut Tx<'_>, change: Change<ApiKey>) -> Result<ApiKey, Failure> {
    if change.before().is_some() {
        tx.access_changed();
    }
    tx.apply(change)
}

/// A key, whoever asks.
pub(super) fn load(reader: &mut Reader<'_>, id: Key) -> Result<Option<ApiKey>, Failure> {
    let row: Option<Row> = db!(reader, |c| api_keys::table
        .filter(api_keys::id.eq(id))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// A key of an account within the reach of the route's permission.
pub fn find(reader: &mut Reader<'_>, id: ApiKeyId) -> Result<ApiKey, Failure> {
    let key = load(reader, id.into())?.ok_or(Failure::NotFound)?;
    account::find(reader, key.user)?;
    Ok(key)
}

/// The id of the key with a hash, whether it is valid or not.
pub fn by_hash(reader: &mut Reader<'_>, hash: &TokenHash) -> Result<Option<ApiKeyId>, Failure> {
    let hash = hash.0.to_vec();
    let id: Option<Key> = db!(reader, |c| api_keys::table
        .filter(api_keys::hash.eq(&hash))
        .select(api_keys::id)
        .first(c)
        .optional())?;
    Ok(id.map(Into::into))
}

/// The key with a readable beginning.
pub fn by_prefix(reader: &mut Reader<'_>, prefix: &str) -> Result<Option<ApiKey>, Failure> {
    let row: Option<Row> = db!(reader, |c| api_keys::table
        .filter(api_keys::prefix.eq(prefix))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Notes when keys were last used. Not a change of the key, so neither audited nor versioned.
pub fn note_uses(tx: &mut Tx<'_>, uses: &[(ApiKeyId, Timestamp)]) -> Result<(), Failure> {
    for (id, at) in uses {
        let (key, at) = (Key::from(*id), Instant::from(*at));
        let older = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at));
        // Presenting a key that is over is no use of it.
        let valid = api_keys::revoked_at
            .is_null()
            .and(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(at)));
        let mine = api_keys::id.eq(key).and(older).and(valid);
        db!(tx, |c| diesel::update(api_keys::table.filter(mine))
            .set(api_keys::last_used_at.eq(at))
            .execute(c))?;
    }
    Ok(())
}

/// An API key, as it is shown: never the key itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct ApiKeyView {
    /// Identity.
    pub id: ApiKeyId,
    /// The service account it acts for.
    pub user: UserRef,
    /// What it is for.
    #[schema(max_length = 60, example = "ERP")]
    pub name: String,
    /// Its readable beginning.
    #[schema(max_length = 20, example = "mc_k3v9x2abqw")]
    pub prefix: String,
    /// What it may be used for, within what the account may do.
    #[schema(max_items = 500)]
    pub scopes: BTreeSet<Permission>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The key it replaced.
    pub replaces_id: Option<ApiKeyId>,
    /// When it was last used; exact to a minute.
    pub last_used_at: Option<Timestamp>,
    /// The version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

impl View for ApiKeyView {
    fn version(&self) -> Option<Version> {
        Some(self.version)
    }
    fn location(&self) -> Option<String> {
        Some(format!("/api/v1/api-keys/{}", self.id))
    }
}

type Shown = (Row, Option<Instant>, (Key, String, String));

fn shown((row, last_used_at, user): Shown) -> Result<ApiKeyView, Failure> {
    let (user_id, username, user_name) = user;
    Ok(ApiKeyView {
        scopes: scopes_of(&row.scopes)?,
        id: row.id.into(),
        user: UserRef { id: user_id.into(), username, name: user_name },
        name: row.name,
        prefix: row.prefix,
        issued_at: row.issued_at.into(),
        expires_at: row.expires_at.map(Into::into),
        revoked_at: row.revoked_at.map(Into::into),
        replaces_id: row.replaces_id.map(Into::into),
        last_used_at: last_used_at.map(Into::into),
        version: row.version,
    })
}

fn rows(
    reader: &mut Reader<'_>,
    only: Option<ApiKeyId>,
    user: Option<UserId>,
    page: &Page<()>,
) -> Result<Vec<ApiKeyView>, Failure> {
    let rows: Vec<Shown> = db!(reader, |c| {
        let mut query = api_keys::table
            .inner_join(users::table.on(users::id.eq(api_keys::user_id)))
            .order(api_keys::id)
            .limit(page.limit + 1)
            .select((Row::as_select(), api_keys::last_used_at, (users::id, users::username, users::name)))
            .into_boxed();
        if let Some(only) = only {
            query = query.filter(api_keys::id.eq(Key::from(only)));
        }
        if let Some(((), id)) = page.after {
            query = query.filter(api_keys::id.gt(Key(id)));
        }
        if let Some(user) = user {
            query = query.filter(api_keys::user_id.eq(Key::from(user)));
        }
        query.load(c)
    })?;
    rows.into_iter().map(shown).collect()
}

/// A key, as it is shown, of an account within reach.
pub fn view(reader: &mut Reader<'_>, id: ApiKeyId) -> Result<ApiKeyView, Failure> {
    find(reader, id)?;
    rows(reader, Some(id), None, &Page { limit: 1, after: None })?.pop().ok_or(Failure::NotFound)
}

/// API keys, oldest first. Service accounts stand outside the departments: only an unbounded reach sees
/// them.
pub fn list(
    reader: &mut Reader<'_>,
    user: Option<UserId>,
    page: &Page<()>,
) -> Result<Slice<ApiKeyView, ()>, Failure> {
    if !reader.reach().all {
        return Ok(Slice { data: Vec::new(), next: None, total: None });
    }
    let views = rows(reader, None, user, page)?;
    Ok(Slice::cut(views, page.limit, |view| ((), Uuid::from(view.id))))
}
