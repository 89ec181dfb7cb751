//! API keys of service accounts.

use super::account::{self, UserRef};
use crate::{
    organisation::{like, lower},
    schema::{api_keys, users},
    spine::{
        ActionView, Failure, Filter, Instant, Key, Page, Place, Placed, Reader, Slice, Stored, Tx, View,
        Where, columns, db, guard, narrow, orders, paged, save_row,
    },
};
use diesel::prelude::*;
use domain::{
    identity::{ApiKey, ApiKeyAction, ApiKeyId, TokenHash},
    spine::{Change, Permission, Timestamp, UserId, Version},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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

/// Whether another key took its place.
pub fn is_replaced(reader: &mut Reader<'_>, id: ApiKeyId) -> Result<bool, Failure> {
    let successors = api_keys::table.filter(api_keys::replaces_id.eq(Key::from(id)));
    Ok(db!(reader, |c| diesel::select(diesel::dsl::exists(successors)).get_result(c))?)
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
    /// What the caller may do now; in lists left out.
    #[schema(max_items = 10)]
    pub actions: Vec<ApiKeyActionView>,
    /// The version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: Version,
}

type ApiKeyActionView = ActionView<ApiKeyAction>;

impl Placed<crate::Base> for ApiKeyAction {
    fn place(self) -> Place {
        match self {
            Self::Rotate => Place::Post("/rotate"),
            Self::Revoke => Place::Post("/revoke"),
        }
    }
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
        actions: Vec::new(),
        version: row.version,
    })
}

fn rows(
    reader: &mut Reader<'_>,
    wanted: Where,
    order: ApiKeyOrder,
    page: &Page,
) -> Result<Slice<ApiKeyView>, Failure> {
    let found = paged!(reader, page, order, wanted;
        api_keys::table.inner_join(users::table.on(users::id.eq(api_keys::user_id)))
        => (Row::as_select(), api_keys::last_used_at, (users::id, users::username, users::name));
        |found: &Shown| &found.0);
    found.try_map(shown)
}

/// A key, as it is shown, of an account within reach.
pub fn view(reader: &mut Reader<'_>, id: ApiKeyId) -> Result<ApiKeyView, Failure> {
    let key = find(reader, id)?;
    let mut wanted = Where::new();
    wanted.also(api_keys::id.eq(Key::from(id)));
    let shown = rows(reader, wanted, ApiKeyOrder::default(), &Page::first(1))?.data.pop();
    let actions = key.actions(is_replaced(reader, id)?, reader.now());
    let actions = ActionView::listed(&format!("/api/v1/api-keys/{id}"), actions);
    shown.map(|shown| ApiKeyView { actions, ..shown }).ok_or(Failure::NotFound)
}

/// Which keys are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct ApiKeyFilter {
    /// Only those of this service account.
    #[param(inline)]
    pub user_id: Option<UserId>,
    /// Only revoked ones, or only the others.
    pub is_revoked: Option<bool>,
    /// Only where this stands in the key's name or its beginning, or in the name of its account, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "ERP")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The oldest first where absent.
    #[param(inline)]
    pub sort: ApiKeyOrder,
}

impl Filter for ApiKeyFilter {}

orders! {
    /// By what API keys are ordered.
    pub ApiKeyOrder of Row in api_keys by id, ascending:
    issued_at = id;
    name;
}

/// API keys. Service accounts stand outside the departments: only an unbounded reach sees them.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &ApiKeyFilter,
    page: &Page,
) -> Result<Slice<ApiKeyView>, Failure> {
    if !reader.reach().all {
        return Ok(Slice::empty(page));
    }
    let mut wanted = Where::new();
    narrow!(wanted, api_keys, filter; user_id = user_id);
    match filter.is_revoked {
        Some(true) => wanted.also(api_keys::revoked_at.is_not_null()),
        Some(false) => wanted.also(api_keys::revoked_at.is_null()),
        None => {}
    }
    if let Some(text) = &filter.q {
        let pattern = like(text);
        let name = lower(api_keys::name).like(pattern.clone()).escape('\\');
        let begins = api_keys::prefix.like(pattern.clone()).escape('\\');
        wanted.also(name.or(begins).or(users::search_text.like(pattern).escape('\\')));
    }
    rows(reader, wanted, filter.sort, page)
}

columns! { ApiKeyView as "api-keys" "接口密钥" "API keys", domain::spine::Permission::ExportUsers:
    prefix "开头" "Begins with";
    name "名称" "Name";
    username "登录名" "User name" = |key| &key.user.username;
    user "账号" "Account";
    scopes "权限范围" "Scopes"
        = |key| key.scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(", ");
    issued_at "签发时间" "Issued at";
    expires_at "到期时间" "Expires at";
    revoked_at "吊销时间" "Revoked at";
    last_used_at "最近使用" "Last used at";
}
