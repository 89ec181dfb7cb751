//! Rows of webhook endpoints.

use crate::{
    schema::webhook_endpoints as endpoints,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    identity::Secret,
    spine::{Id, Version, search_text},
    webhook::{DisabledBy, PreviousSecret, WebhookContent, WebhookEndpoint, WebhookState, WebhookStatus},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = endpoints, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub name: String,
    pub owner_id: Key,
    pub url: String,
    pub kinds: String,
    pub is_ordered: bool,
    secret: String,
    previous_secret: Option<String>,
    previous_until: Option<Instant>,
    pub status: String,
    pub disabled_at: Option<Instant>,
    pub disabled_by: Option<String>,
    pub made_at: Instant,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

impl Row {
    fn of(endpoint: &WebhookEndpoint, tx: &Tx<'_>) -> Result<Self, Failure> {
        let WebhookEndpoint { id, owner, content, secret, previous, status, made_at, version } = endpoint;
        let WebhookContent { name, url, kinds, ordered } = content;
        let (disabled_at, disabled_by) = match status {
            WebhookStatus::Enabled {} => (None, None),
            WebhookStatus::Disabled { at, by } => (Some((*at).into()), Some(by.code().to_owned())),
        };
        Ok(Self {
            id: (*id).into(),
            name: name.clone(),
            owner_id: (*owner).into(),
            url: url.clone(),
            kinds: serde_json::to_string(kinds)?,
            is_ordered: *ordered,
            secret: secret.reveal().to_owned(),
            previous_secret: previous.as_ref().map(|previous| previous.sealed.reveal().to_owned()),
            previous_until: previous.as_ref().map(|previous| previous.until.into()),
            status: status.state().code().to_owned(),
            disabled_at,
            disabled_by,
            made_at: (*made_at).into(),
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[name], &[url]),
        })
    }
}

impl TryFrom<Row> for WebhookEndpoint {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = |column| Failure::corrupt("webhook_endpoints", column, row.id.0);
        let state = WebhookState::from_code(&row.status).ok_or_else(|| corrupt("status"))?;
        let by = row.disabled_by.as_deref().and_then(DisabledBy::from_code);
        let status = match (state, row.disabled_at, by) {
            (WebhookState::Enabled, None, None) => WebhookStatus::Enabled {},
            (WebhookState::Disabled, Some(at), Some(by)) => WebhookStatus::Disabled { at: at.into(), by },
            _ => return Err(corrupt("disabled_by")),
        };
        let previous = row.previous_secret.zip(row.previous_until);
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            content: WebhookContent {
                name: row.name,
                url: row.url,
                kinds: serde_json::from_str(&row.kinds)?,
                ordered: row.is_ordered,
            },
            secret: Secret::new(row.secret),
            previous: previous
                .map(|(sealed, until)| PreviousSecret { sealed: Secret::new(sealed), until: until.into() }),
            status,
            made_at: row.made_at.into(),
            version: row.version,
        })
    }
}

impl Stored<crate::Governance> for WebhookEndpoint {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, endpoints, &row, before)?)
    }
}

/// One endpoint whoever asks: for workers, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<WebhookEndpoint>,
) -> Result<WebhookEndpoint, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| endpoints::table.filter(endpoints::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One endpoint. An endpoint is told of the whole company's events, so whoever manages it reaches everything.
///
/// # Errors
/// Not found where they do not.
pub fn find(reader: &mut Reader<'_>, id: Id<WebhookEndpoint>) -> Result<WebhookEndpoint, Failure> {
    if !reader.reach().all {
        return Err(Failure::NotFound);
    }
    find_unscoped(reader, id)
}
