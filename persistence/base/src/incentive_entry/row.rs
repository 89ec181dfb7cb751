//! Rows of the ledger of rewards and penalties.

use crate::{
    organisation::Organisation,
    schema::{incentive_entries as entries, payroll_batch_entries as taken},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, is_taken, save_row},
};
use diesel::prelude::*;
use domain::{
    file::File,
    incentive_entry::{
        IncentiveAmount, IncentiveEntry, IncentiveState, IncentiveStatus, Incident, IncidentKind, Submission,
    },
    spine::{BusinessDate, Citation, EmployeeId, Entity, Id, Version, search_text},
    working_time::Period,
};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = entries, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub employee_id: Key,
    pub department_id: Key,
    pub incident_kind: String,
    pub incident: Key,
    pub incident_held: Option<String>,
    pub happened_on: BusinessDate,
    pub amount_kind: String,
    pub currency: String,
    pub measure: i64,
    pub month: String,
    pub grounds: String,
    pub policy_code: Option<String>,
    pub proposed_by_id: Option<Key>,
    pub proposed_at: Instant,
    pub counters_id: Option<Key>,
    pub status: String,
    pub answer_until: Option<Instant>,
    pub approval_id: Option<Key>,
    pub detail: String,
    pub changed_at: Instant,
    pub version: Version,
    pub search_text: String,
}

/// What is not searched for.
#[derive(Serialize, Deserialize)]
struct Detail {
    amount: IncentiveAmount,
    uncapped: IncentiveAmount,
    evidence: Vec<Id<File>>,
    citation: Citation,
    status: IncentiveStatus,
    submission: Option<Submission>,
}

/// An incident as one text, by which it is unique.
fn held(incident: &Incident) -> String {
    format!("{}:{}", incident.kind.code(), incident.id)
}

/// The currency of an amount, and how much it is: an honour counts one, or takes one.
fn measured(amount: &IncentiveAmount, is_counter: bool) -> (&'static str, i64) {
    let currency = match amount {
        IncentiveAmount::Money { amount } => amount.currency().code(),
        _ => "",
    };
    (currency, amount.measure().unwrap_or(if is_counter { -1 } else { 1 }))
}

impl Row {
    fn of(entry: &IncentiveEntry, tx: &Tx<'_>) -> Result<Self, Failure> {
        let IncentiveEntry { id, number, employee, department, incident, amount, uncapped, month, .. } =
            entry;
        let IncentiveEntry { grounds, evidence, citation, proposed_by, proposed_at, counters, .. } = entry;
        let IncentiveEntry { status, submission, version, .. } = entry;
        let (currency, measure) = measured(amount, counters.is_some());
        let answer_until = match status {
            IncentiveStatus::Notified { answer_until, .. } => Some((*answer_until).into()),
            _ => None,
        };
        let detail = Detail {
            amount: amount.clone(),
            uncapped: uncapped.clone(),
            evidence: evidence.clone(),
            citation: citation.clone(),
            status: status.clone(),
            submission: submission.clone(),
        };
        let clause = citation.clause.as_deref().unwrap_or_default();
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            employee_id: (*employee).into(),
            department_id: (*department).into(),
            incident_kind: incident.kind.code().to_owned(),
            incident: Key(incident.id),
            incident_held: entry.holds_incident().then(|| held(incident)),
            happened_on: incident.on,
            amount_kind: amount.code().to_owned(),
            currency: currency.to_owned(),
            measure,
            month: month.to_string(),
            grounds: grounds.clone(),
            policy_code: citation.policy.clone(),
            proposed_by_id: proposed_by.map(Into::into),
            proposed_at: (*proposed_at).into(),
            counters_id: counters.map(Into::into),
            status: status.state().code().to_owned(),
            answer_until,
            approval_id: submission.as_ref().map(|submission| submission.approval.into()),
            detail: serde_json::to_string(&detail)?,
            changed_at: tx.now().into(),
            version: *version,
            search_text: search_text(&[], &[number, grounds, clause]),
        })
    }
}

impl TryFrom<Row> for IncentiveEntry {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let Detail { amount, uncapped, evidence, citation, status, submission } =
            serde_json::from_str(&row.detail)?;
        let corrupt = |column| Failure::corrupt("incentive_entries", column, row.id.0);
        Ok(Self {
            id: row.id.into(),
            employee: row.employee_id.into(),
            department: row.department_id.into(),
            incident: Incident {
                kind: IncidentKind::from_code(&row.incident_kind).ok_or_else(|| corrupt("incident_kind"))?,
                id: row.incident.0,
                on: row.happened_on,
            },
            amount,
            uncapped,
            month: row.month.parse().map_err(|_| corrupt("month"))?,
            evidence,
            citation,
            proposed_by: row.proposed_by_id.map(Into::into),
            proposed_at: row.proposed_at.into(),
            counters: row.counters_id.map(Into::into),
            status,
            submission,
            version: row.version,
            number: row.number,
            grounds: row.grounds,
        })
    }
}

impl Stored<crate::Base> for IncentiveEntry {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        match save_row!(tx, entries, &row, before) {
            // Somebody else entered the same incident in the same instant: found when this is done again.
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            saved => guard(saved?),
        }
    }
}

fn row_of(reader: &mut Reader<'_>, key: Key) -> Result<Row, Failure> {
    Ok(db!(reader, |c| entries::table.filter(entries::id.eq(key)).select(Row::as_select()).first(c))?)
}

/// One entry that the caller may see: their own, one they proposed, that of somebody below them, what lies within reach
/// or came to them for approval.
pub fn find(reader: &mut Reader<'_>, id: Id<IncentiveEntry>) -> Result<IncentiveEntry, Failure> {
    let row = row_of(reader, id.into())?;
    let (employee, sight) = (EmployeeId::from(row.employee_id), Sight::of(reader));
    let is_own = reader.actor().is(employee) || row.proposed_by_id == Some(sight.user);
    let (document, department) = (row.id, row.department_id);
    if sight.covers(reader, IncentiveEntry::KIND, document, department, is_own)? {
        return row.try_into();
    }
    if Organisation::caller_is_above(reader, employee)? { row.try_into() } else { Err(Failure::NotFound) }
}

/// One entry whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(
    reader: &mut Reader<'_>,
    id: Id<IncentiveEntry>,
) -> Result<IncentiveEntry, Failure> {
    row_of(reader, id.into())?.try_into()
}

/// The entry that an incident has, if it has one.
pub(super) fn of_incident(
    reader: &mut Reader<'_>,
    incident: &Incident,
) -> Result<Option<IncentiveEntry>, Failure> {
    let held = held(incident);
    let row: Option<Row> = db!(reader, |c| entries::table
        .filter(entries::incident_held.eq(&held))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Whether somebody decided that nothing is to be entered for an incident.
pub(super) fn is_decided_against(reader: &mut Reader<'_>, incident: &Incident) -> Result<bool, Failure> {
    let (kind, key, cancelled) = (incident.kind.code(), Key(incident.id), IncentiveState::Cancelled.code());
    let rows: Vec<Row> = db!(reader, |c| entries::table
        .filter(entries::incident.eq(key).and(entries::incident_kind.eq(kind)))
        .filter(entries::status.eq(cancelled))
        .select(Row::as_select())
        .load(c))?;
    let cancelled = rows.into_iter().map(IncentiveEntry::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(cancelled.iter().any(IncentiveEntry::is_decided_against))
}

/// All entries of a person that belong to a month.
pub(super) fn of_month(
    reader: &mut Reader<'_>,
    employee: EmployeeId,
    month: Period,
) -> Result<Vec<IncentiveEntry>, Failure> {
    let (key, month) = (Key::from(employee), month.to_string());
    let rows: Vec<Row> = db!(reader, |c| entries::table
        .filter(entries::employee_id.eq(key).and(entries::month.eq(&month)))
        .order(entries::id)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Entries by their ids, whoever asks, in the order of these.
pub(crate) fn several(reader: &mut Reader<'_>, keys: &[Key]) -> Result<Vec<IncentiveEntry>, Failure> {
    let mut found = Vec::with_capacity(keys.len());
    // In parts: an engine binds only so many values.
    for part in keys.chunks(500) {
        let rows: Vec<Row> = db!(reader, |c| entries::table
            .filter(entries::id.eq_any(part))
            .order(entries::id)
            .select(Row::as_select())
            .load(c))?;
        found.extend(rows);
    }
    found.into_iter().map(TryInto::try_into).collect()
}

/// At most so many entries up to a month that count, and went with no payroll yet; the oldest first.
pub(crate) fn goes_with_payroll(
    reader: &mut Reader<'_>,
    month: Period,
    limit: i64,
) -> Result<Vec<IncentiveEntry>, Failure> {
    let counting = [IncentiveState::Confirmed, IncentiveState::Reversed].map(IncentiveState::code);
    let month = month.to_string();
    let rows: Vec<Row> = db!(reader, |c| entries::table
        .filter(entries::status.eq_any(counting).and(entries::month.le(&month)))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            taken::table.filter(taken::entry_id.eq(entries::id)).select(taken::entry_id)
        )))
        .order(entries::id)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(TryInto::try_into).collect()
}
