//! The trail, to be read: by thing, account, deed and time. `[AUD-1]`

use crate::spine::{Column, Exported, Label};
use crate::{
    organisation::{PersonRef, names},
    schema::audit_entries as entries,
    spine::{AuditRow as Row, Failure, Instant, Key, Page, Reader, Slice, View, db},
};
use diesel::prelude::*;
use domain::spine::{AnyId, EmployeeId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// One entry of the trail.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditEntryView {
    /// Its place in the trail.
    #[schema(minimum = 1)]
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// The account that acted.
    pub actor: AnyId,
    /// Its name at that time.
    #[schema(max_length = 200)]
    pub actor_name: String,
    /// On whose behalf, where the account did what was somebody else's to do: as a stand-in, for the beneficiary of a
    /// document or its submitter, or with another's task.
    pub on_behalf_of: Option<PersonRef>,
    /// What happened: the names of the events; the first says what was done, the others what followed.
    #[schema(max_length = 500)]
    pub action: String,
    /// The kind of thing that changed.
    #[schema(max_length = 60)]
    pub entity_kind: String,
    /// The thing that changed.
    pub entity: AnyId,
    /// Its version afterwards.
    #[schema(minimum = 1)]
    pub entity_version: i64,
    /// The members that changed, before; null for a new thing. Of a list that grows with every deed, such as the
    /// history of an approval, the items that changed by their places from 0.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// The members that changed, afterwards; lists as before.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// The request id.
    #[schema(max_length = 200)]
    pub request_id: String,
    /// The address it came from.
    #[schema(max_length = 100)]
    pub origin: Option<String>,
    /// The hash that chains it to the entry before, in hexadecimal.
    #[schema(max_length = 64)]
    pub hash: String,
}

impl View for AuditEntryView {}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only those of one thing.
    pub entity: Option<Uuid>,
    /// Only those of one kind of thing.
    pub entity_kind: Option<String>,
    /// Only those of one account.
    pub actor: Option<Uuid>,
    /// Only those done on behalf of this person.
    pub on_behalf_of: Option<EmployeeId>,
    /// Only where this was done: the first of the events.
    pub action: Option<String>,
    /// Only what was recorded at this instant or later.
    pub from: Option<Timestamp>,
    /// Only what was recorded before this instant.
    pub before: Option<Timestamp>,
}

/// The entries that are wanted.
macro_rules! wanted {
    ($filter:expr) => {{
        let AuditFilter { entity, entity_kind, actor, on_behalf_of, action, from, before } = $filter;
        let mut query = entries::table.into_boxed();
        if let Some(entity) = entity {
            query = query.filter(entries::entity.eq(Key(*entity)));
        }
        if let Some(kind) = entity_kind {
            query = query.filter(entries::entity_kind.eq(kind));
        }
        if let Some(actor) = actor {
            query = query.filter(entries::actor.eq(Key(*actor)));
        }
        if let Some(whom) = on_behalf_of {
            query = query.filter(entries::on_behalf_of.eq(Key::from(*whom)));
        }
        if let Some(action) = action {
            query = query.filter(entries::deed.eq(action));
        }
        if let Some(from) = from {
            query = query.filter(entries::at.ge(Instant(*from)));
        }
        if let Some(before) = before {
            query = query.filter(entries::at.lt(Instant(*before)));
        }
        query
    }};
}

/// The trail, newest first; to whom everything is shown. A page is sought by time and place, in the order that the
/// indexes of all filters have.
pub fn list_audit(
    reader: &mut Reader<'_>,
    filter: &AuditFilter,
    page: &Page<(Timestamp, i64)>,
    include_total: bool,
) -> Result<Slice<AuditEntryView, (Timestamp, i64)>, Failure> {
    reader.over_everything()?;
    let rows: Vec<Row> = db!(reader, |c| {
        let mut query = wanted!(filter).order((entries::at.desc(), entries::sequence.desc()));
        if let Some(((at, sequence), _)) = page.after {
            let at = Instant(at);
            let behind = entries::at.lt(at).or(entries::sequence.lt(sequence));
            query = query.filter(entries::at.le(at).and(behind));
        }
        query.limit(page.limit + 1).select(Row::as_select()).load(c)
    })?;
    let total =
        if include_total { Some(db!(reader, |c| wanted!(filter).count().get_result(c))?) } else { None };
    let people = names::people(reader, rows.iter().filter_map(|row| row.on_behalf_of.map(Into::into)))?;
    let rows = rows.into_iter().map(|row| view(row, &people)).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice { total, ..Slice::cut(rows, page.limit, |row| ((row.at, row.sequence), Uuid::nil())) })
}

fn view(row: Row, people: &HashMap<EmployeeId, PersonRef>) -> Result<AuditEntryView, Failure> {
    let read = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
    Ok(AuditEntryView {
        sequence: row.sequence,
        at: row.at.into(),
        actor: row.actor.into(),
        actor_name: row.actor_name,
        on_behalf_of: row.on_behalf_of.map(|whom| names::person(people, whom.into())).transpose()?,
        action: row.action,
        entity_kind: row.entity_kind,
        entity: row.entity.into(),
        entity_version: row.entity_version,
        before: read(row.before)?,
        after: read(row.after)?,
        request_id: row.request,
        origin: row.origin,
        hash: hex::encode(row.hash),
    })
}

impl Exported for AuditEntryView {
    const FILE: Label = Label { name: "audit-entries", zh: "审计记录", en: "Audit trail" };
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("sequence", "序号", "Sequence", |entry| entry.sequence.into()),
        Column::new("at", "时间", "At", |entry| entry.at.into()),
        Column::new("actor_name", "操作人", "Actor", |entry| (&entry.actor_name).into()),
        Column::new("actor", "账号编号", "Account id", |entry| entry.actor.into()),
        Column::new("on_behalf_of", "代表", "On behalf of", |entry| {
            entry.on_behalf_of.as_ref().map(|person| person.name.clone()).into()
        }),
        Column::new("action", "事项", "Action", |entry| (&entry.action).into()),
        Column::new("entity_kind", "对象类型", "Kind", |entry| (&entry.entity_kind).into()),
        Column::new("entity", "对象编号", "Thing", |entry| entry.entity.into()),
        Column::new("entity_version", "版本", "Version", |entry| entry.entity_version.into()),
        Column::new("before", "变更前", "Before", |entry| {
            entry.before.as_ref().map(Value::to_string).into()
        }),
        Column::new("after", "变更后", "After", |entry| entry.after.as_ref().map(Value::to_string).into()),
        Column::new("request_id", "请求编号", "Request", |entry| (&entry.request_id).into()),
        Column::new("origin", "来源地址", "From", |entry| entry.origin.as_ref().into()),
        Column::new("hash", "哈希", "Hash", |entry| (&entry.hash).into()),
    ];
}
