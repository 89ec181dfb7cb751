//! The trail, to be read: by thing, account, deed and time. `[AUD-1]`

mod confidential;

pub use confidential::{Confidential, Shown};

use crate::{
    organisation::{PersonRef, Register, lower},
    schema::audit_entries as entries,
    search,
    spine::{
        AuditRow as Row, Failure, Filter, Page, Reader, Slice, View, Where, columns, narrow, orders, paged,
    },
};
use confidential::Discretion;
use diesel::prelude::*;
use domain::spine::{AnyId, EmployeeId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

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
    /// history of an approval, the items that changed by their places from 0. Of what is confidential, such as a
    /// customer's file, the names of the members with `***` for what they hold.
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

/// Which entries are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AuditFilter {
    /// Only those of this thing.
    #[param(value_type = Option<String>, max_length = 36)]
    pub entity: Option<AnyId>,
    /// Only those of this kind of thing, such as `expense_claim`.
    #[validate(length(max = 60))]
    #[param(max_length = 60)]
    pub entity_kind: Option<String>,
    /// Only those of this account.
    #[param(value_type = Option<String>, max_length = 36)]
    pub actor: Option<AnyId>,
    /// Only what was done on behalf of this employee.
    pub on_behalf_of: Option<EmployeeId>,
    /// Only where this was done: the first event in `action`.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "expense_claim.submitted")]
    pub action: Option<String>,
    /// Only what was recorded at this instant or later.
    #[serde(rename = "recorded_at[gte]")]
    pub recorded_from: Option<Timestamp>,
    /// Only what was recorded before this instant.
    #[serde(rename = "recorded_at[lt]")]
    pub recorded_before: Option<Timestamp>,
    /// Only where this stands in the actor's name, or in the name of whom it was done on behalf of, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "ln")]
    pub q: Option<String>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: AuditOrder,
}

impl Filter for AuditFilter {}

orders! {
    /// By what the trail is ordered. A page is sought by time and place, in the order that the indexes of all filters
    /// have.
    pub AuditOrder of Row in entries by sequence, descending:
    recorded_at = at;
}

/// The trail, to whom everything is shown.
pub fn list_audit(
    reader: &mut Reader<'_>,
    filter: &AuditFilter,
    page: &Page,
) -> Result<Slice<AuditEntryView>, Failure> {
    reader.over_everything()?;
    let discretion = Discretion::of(reader);
    let mut wanted = Where::new();
    discretion.narrow(&mut wanted);
    narrow!(wanted, entries, filter;
        entity = entity, entity_kind = entity_kind, actor = actor, on_behalf_of = on_behalf_of, deed = action,
        at >= recorded_from, at < recorded_before);
    search!(wanted, filter, lower(entries::actor_name); entries::on_behalf_of);
    let found =
        paged!(reader, page, filter.sort, wanted; entries::table => Row::as_select(); |row: &Row| row);
    let register = Register::of(reader)?;
    found.try_map(|row| view(row, &register, &discretion))
}

fn view(row: Row, register: &Register, discretion: &Discretion) -> Result<AuditEntryView, Failure> {
    let read = |text: Option<String>| -> Result<Option<Value>, Failure> {
        let members = text.map(|text| serde_json::from_str(&text)).transpose()?;
        Ok(discretion.shown(&row.entity_kind, members))
    };
    Ok(AuditEntryView {
        sequence: row.sequence,
        at: row.at.into(),
        actor: row.actor.into(),
        actor_name: row.actor_name,
        on_behalf_of: row.on_behalf_of.map(|whom| register.named(whom.into())).transpose()?,
        action: row.action,
        before: read(row.before)?,
        after: read(row.after)?,
        entity_kind: row.entity_kind,
        entity: row.entity.into(),
        entity_version: row.entity_version,
        request_id: row.request,
        origin: row.origin,
        hash: hex::encode(row.hash),
    })
}

columns! { AuditEntryView as "audit-entries" "审计记录" "Audit trail":
    sequence "序号" "Sequence";
    at "时间" "At";
    actor_name "操作人" "Actor";
    actor "账号编号" "Account id";
    on_behalf_of "代表" "On behalf of";
    action "事项" "Action";
    entity_kind "对象类型" "Kind";
    entity "对象编号" "Thing";
    entity_version "版本" "Version";
    before "变更前" "Before" = |entry| entry.before.as_ref().map(Value::to_string);
    after "变更后" "After" = |entry| entry.after.as_ref().map(Value::to_string);
    request_id "请求编号" "Request";
    origin "来源地址" "From";
    hash "哈希" "Hash";
}
