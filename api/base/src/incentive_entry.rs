//! Rewards and penalties over HTTP: proposed, told, answered, confirmed, taken back, and what months come to. `[INC-1 … INC-3]`

use crate::spine::{
    At, Can, Created, List, Note, PathId, Query, Reading, Reason, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use chrono::NaiveDate;
use domain::{
    incentive_entry::{IncentiveAmount, IncentiveEntry},
    spine::{AnyId, EmployeeId, EnumLabels, Id, perm},
    working_time::{Period, Span},
};
use persistence::incentive_entry::{
    self as entries, IncentiveEntryFilter, IncentiveEntrySummary, IncentiveEntryView,
    deed::{self, ByHand},
    total::{self, StatementView, TotalFilter, TotalRow},
};
use serde::{Deserialize, Deserializer, de::Error};
use std::borrow::Cow;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{RefOr, Schema, schema::AdditionalProperties},
};
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "incentive-entries",
        [
            list_incentive_entries,
            propose_incentive_entry,
            show_incentive_entry,
            notify_incentive_entry,
            answer_incentive_entry,
            submit_incentive_entry,
            withdraw_incentive_entry,
            confirm_incentive_entry,
            cancel_incentive_entry,
            reverse_incentive_entry,
            list_incentive_totals,
            show_incentive_statement,
        ]
    );
}

/// List rewards and penalties. `[INC-1, INT-4]`
///
/// What the caller may see: their own, those of everybody below them, what they proposed, those of departments in reach,
/// and those that came to them for approval. The newest first.
#[utoipa::path(get, path = "/api/v1/incentive-entries")]
async fn list_incentive_entries(
    who: Can<perm::ReadIncentiveEntries>,
    wanted: Wanted<IncentiveEntryFilter>,
    reading: Reading,
) -> List<IncentiveEntrySummary> {
    reading.list(who, wanted, entries::list).await
}

/// Show a reward or penalty. `[INC-1, ACT-1]`
#[utoipa::path(get, path = "/api/v1/incentive-entries/{id}")]
async fn show_incentive_entry(
    who: Can<perm::ReadIncentiveEntries>,
    id: PathId<IncentiveEntry>,
    reading: Reading,
) -> Reply<IncentiveEntryView> {
    reading.read(who, move |reader| entries::view(reader, *id)).await
}

/// A reward or penalty that is entered by hand.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProposeIncentiveEntry {
    /// Whom it concerns.
    employee_id: EmployeeId,
    /// What is granted, or taken where it is less than nothing.
    amount: ProposedAmount,
    /// The day on which it happened.
    happened_on: NaiveDate,
    /// What for.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "会展期间主动加班，受到客户书面表扬")]
    grounds: String,
    /// The regulation and clause it rests on.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "001 §3 1.2")]
    clause: String,
    /// Uploaded files as evidence.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    evidence: Vec<AnyId>,
    /// The incident, where it is known by an id elsewhere: nothing else is entered by hand for it.
    #[serde(default)]
    incident_id: Option<AnyId>,
}

/// An amount as it may be sent: the derive leaves the choices of a tagged enum open to unknown members, which are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
struct ProposedAmount(IncentiveAmount);

/// What people read for the kinds of amounts that are sent: the same as for those that are kept.
pub(crate) const PROPOSED_AMOUNTS: &EnumLabels =
    &EnumLabels { name: "ProposedIncentiveAmount", values: IncentiveAmount::LABELS.values };

impl PartialSchema for ProposedAmount {
    fn schema() -> RefOr<Schema> {
        let mut schema = IncentiveAmount::schema();
        if let RefOr::T(Schema::OneOf(choices)) = &mut schema {
            for choice in &mut choices.items {
                if let RefOr::T(Schema::Object(object)) = choice {
                    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
                }
            }
        }
        schema
    }
}

impl ToSchema for ProposedAmount {
    fn name() -> Cow<'static, str> {
        "ProposedIncentiveAmount".into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <IncentiveAmount as ToSchema>::schemas(schemas);
    }
}

impl From<ProposeIncentiveEntry> for ByHand {
    fn from(body: ProposeIncentiveEntry) -> Self {
        let ProposeIncentiveEntry {
            employee_id,
            amount,
            happened_on,
            grounds,
            clause,
            evidence,
            incident_id,
        } = body;
        Self {
            employee: employee_id,
            amount: amount.0,
            on: happened_on,
            grounds,
            clause,
            evidence: evidence.into_iter().map(|file| Id::from_uuid(file.uuid())).collect(),
            incident: incident_id.map(|incident| incident.uuid()),
        }
    }
}

/// Propose a reward or penalty by hand. `[INC-1, INC-2]`
///
/// It counts in the month of its day, or the first that the payroll has not taken; a penalty is cut to what the caps of
/// that month leave.
#[utoipa::path(post, path = "/api/v1/incentive-entries")]
async fn propose_incentive_entry(
    who: Can<perm::ProposeIncentiveEntries>,
    body: Valid<ProposeIncentiveEntry>,
    work: UnitOfWork,
) -> Created<IncentiveEntryView> {
    work.write(who, move |tx| {
        let entry = deed::propose(tx, body.0.clone().into())?;
        entries::show(tx, entry)
    })
    .await
}

/// Tell the person of a reward or penalty. `[INC-2a]`
///
/// They may answer within the working days that the settings say.
#[utoipa::path(post, path = "/api/v1/incentive-entries/{id}/notify")]
async fn notify_incentive_entry(
    who: Can<perm::ProposeIncentiveEntries>,
    at: At<IncentiveEntry>,
    work: UnitOfWork,
) -> Reply<IncentiveEntryView> {
    work.moves(who, at, move |entry, tx| deed::notify(tx, entry)).await
}

/// What the person says.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerIncentiveEntry {
    /// The objection; absent where they accept it.
    #[serde(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000, example = "当日出差，已按时在系统提交")]
    objection: Option<String>,
}

/// Accept a reward or penalty, or object. `[INC-1, INC-2a]`
///
/// By whom it concerns, once, in time.
#[utoipa::path(post, path = "/api/v1/incentive-entries/{id}/answer")]
async fn answer_incentive_entry(
    who: Can<perm::ReadIncentiveEntries>,
    at: At<IncentiveEntry>,
    body: Valid<AnswerIncentiveEntry>,
    work: UnitOfWork,
) -> Reply<IncentiveEntryView> {
    work.moves(who, at, move |entry, tx| Ok(entry.answer(body.objection.clone(), tx.actor(), tx.now())?))
        .await
}

/// What is said to an objection.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Ruling {
    /// What is said to an objection; demanded where the person objects.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "系统无提交记录，维持原处理")]
    ruling: Option<String>,
}

/// Submit a reward or penalty for approval. `[INC-1, INC-2]`
///
/// What the settings want approved, such as what is entered by hand: by whoever proposed it, once the person has answered
/// or the time for it is over. Agreed to, it is confirmed; refused, it is cancelled.
#[utoipa::path(post, path = "/api/v1/incentive-entries/{id}/submit")]
async fn submit_incentive_entry(
    who: Can<perm::ProposeIncentiveEntries>,
    at: At<IncentiveEntry>,
    body: Valid<Ruling>,
    work: UnitOfWork,
) -> Reply<IncentiveEntryView> {
    work.moves(who, at, move |entry, tx| deed::submit(tx, entry, body.ruling.clone())).await
}

/// Withdraw a reward or penalty that waits for approval. `[APR-3]`
#[utoipa::path(post, path = "/api/v1/incentive-entries/{id}/withdraw")]
async fn withdraw_incentive_entry(
    who: Can<perm::ProposeIncentiveEntries>,
    at: At<IncentiveEntry>,
    body: Valid<Note>,
    work: UnitOfWork,
) -> Reply<IncentiveEntryView> {
    work.moves(who, at, move |entry, tx| deed::withdraw(tx, &entry, body.note.clone())).await
}

/// Confirm a reward or penalty. `[INC-2a]`
///
/// It counts from now on. Neither by whoever proposed it nor by whom it concerns.
#[utoipa::path(post, path = "/api/v1/incentive-entries/{id}/confirm")]
async fn confirm_incentive_entry(
    who: Can<perm::DecideIncentiveEntries>,
    at: At<IncentiveEntry>,
    body: Valid<Ruling>,
    work: UnitOfWork,
) -> Reply<IncentiveEntryView> {
    work.moves(who, at, move |entry, tx| deed::confirm(tx, entry, body.ruling.clone())).await
}

/// Cancel a reward or penalty that does not count yet. `[INC-2a]`
#[utoipa::path(post, path = "/api/v1/incentive-entries/{id}/cancel")]
async fn cancel_incentive_entry(
    who: Can<perm::DecideIncentiveEntries>,
    at: At<IncentiveEntry>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<IncentiveEntryView> {
    work.moves(who, at, move |entry, tx| Ok(entry.cancel(body.reason.clone(), tx.actor(), tx.now())?)).await
}

/// Reverse a reward or penalty that counts. `[INC-1, INC-2a]`
///
/// By one counter-entry, which counts at once, in the same month or the first that the payroll has not taken.
#[utoipa::path(post, path = "/api/v1/incentive-entries/{id}/reverse")]
async fn reverse_incentive_entry(
    who: Can<perm::DecideIncentiveEntries>,
    at: At<IncentiveEntry>,
    body: Valid<Reason>,
    work: UnitOfWork,
) -> Reply<IncentiveEntryView> {
    work.moves(who, at, move |entry, tx| deed::reverse(tx, entry, body.reason.clone())).await
}

/// Report what rewards and penalties come to. `[INC-3]`
///
/// By month and person, the latest month first: what is confirmed, with what takes it back.
#[utoipa::path(get, path = "/api/v1/incentive-totals")]
async fn list_incentive_totals(
    who: Can<perm::ReadIncentiveEntries>,
    wanted: Wanted<TotalFilter>,
    reading: Reading,
) -> List<TotalRow> {
    reading.list(who, wanted, total::list).await
}

/// Of which month.
#[derive(Debug, Deserialize, Validate, IntoParams)]
struct StatementOf {
    /// The month; the present one where absent.
    #[serde(default, deserialize_with = "month")]
    #[param(value_type = Option<String>, min_length = 7, max_length = 7, example = "2026-05")]
    month: Option<Period>,
}

fn month<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Period>, D::Error> {
    let named = Option::<String>::deserialize(from)?;
    let month = |text: String| {
        let period = text.parse::<Period>().ok().filter(|period| period.span() == Span::Month);
        period.ok_or_else(|| D::Error::custom("not a month such as 2026-05"))
    };
    named.map(month).transpose()
}

/// Show one's own statement of rewards and penalties. `[INC-3]`
///
/// The entries of a month that count or may yet, and what those that count come to.
#[utoipa::path(get, path = "/api/v1/me/incentive-statement")]
async fn show_incentive_statement(
    who: Can<perm::ReadIncentiveEntries>,
    of: Query<StatementOf>,
    reading: Reading,
) -> Reply<StatementView> {
    reading.read(who, move |reader| total::statement(reader, of.0.month)).await
}
