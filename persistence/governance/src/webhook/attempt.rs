//! What came of the attempts to deliver, kept as long as the policy says. `[INT-1c, INT-1d]`

use super::row::find;
use crate::{
    policy,
    schema::webhook_attempts as attempts,
    spine::{
        Failure, Filter, Instant, Key, Page, Reader, Several, Slice, Tx, View, Where, columns, db, narrow,
        orders, paged,
    },
};
use diesel::prelude::*;
use domain::{
    spine::{AnyId, Id, Timestamp},
    webhook::{AttemptOutcome, Response, WebhookDelivery, WebhookEndpoint},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = attempts, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub id: Key,
    endpoint_id: Key,
    message: String,
    sequence: Option<i64>,
    kind: String,
    number: i64,
    at: Instant,
    milliseconds: i64,
    outcome: String,
    status: Option<i32>,
    error: Option<String>,
    answer: String,
}

/// What was sent, and what came of it.
#[derive(Clone, Debug)]
pub struct Attempted {
    /// Which message: the same for every attempt at an event.
    pub message: String,
    /// Its place in the feed; none of a test.
    pub sequence: Option<i64>,
    /// The kind of event.
    pub kind: String,
    /// The how manieth attempt it was.
    pub number: i64,
    /// When it was sent.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub milliseconds: i64,
    /// What came back.
    pub response: Response,
}

impl Row {
    pub fn of(id: Key, endpoint: Id<WebhookEndpoint>, attempted: &Attempted) -> Self {
        let Attempted { message, sequence, kind, number, at, milliseconds, response } = attempted;
        let (status, error, answer) = match response {
            Response::Answered { status, body, .. } => (Some(i32::from(*status)), None, body.clone()),
            Response::Unreached { why } => (None, Some(why.clone()), String::new()),
        };
        Self {
            id,
            endpoint_id: endpoint.into(),
            message: message.clone(),
            sequence: *sequence,
            kind: kind.clone(),
            number: *number,
            at: (*at).into(),
            milliseconds: *milliseconds,
            outcome: response.outcome().code().to_owned(),
            status,
            error,
            answer,
        }
    }
}

/// One attempt to deliver an event.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct AttemptView {
    /// Its identity.
    pub id: AnyId,
    /// `webhook-id`: the same for every attempt at an event.
    #[schema(max_length = 60)]
    pub message: String,
    /// The place of the event in the feed; null of a test.
    #[schema(minimum = 1)]
    pub sequence: Option<i64>,
    /// The kind of event.
    #[schema(max_length = 100, example = "expense_claim.paid")]
    pub kind: String,
    /// The how manieth attempt it was.
    #[schema(minimum = 1)]
    pub number: i64,
    /// When it was sent.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    pub milliseconds: i64,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// The HTTP status that was answered.
    #[schema(minimum = 100, maximum = 999)]
    pub status: Option<i32>,
    /// Why nothing was answered.
    #[schema(max_length = 500)]
    pub error: Option<String>,
    /// The first of what was answered: at most 1 KB.
    #[schema(max_length = 1024)]
    pub answer: String,
}

impl View for AttemptView {}

impl TryFrom<Row> for AttemptView {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let corrupt = || Failure::corrupt("webhook_attempts", "outcome", row.id.0);
        Ok(Self {
            id: row.id.into(),
            outcome: AttemptOutcome::from_code(&row.outcome).ok_or_else(corrupt)?,
            message: row.message,
            sequence: row.sequence,
            kind: row.kind,
            number: row.number,
            at: row.at.into(),
            milliseconds: row.milliseconds,
            status: row.status,
            error: row.error,
            answer: row.answer,
        })
    }
}

/// Which attempts are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct AttemptFilter {
    /// Only these outcomes, separated by commas.
    #[param(inline, example = "failed")]
    pub outcome: Several<AttemptOutcome>,
    /// Only at this event of the feed.
    #[validate(range(min = 1))]
    #[param(minimum = 1)]
    pub sequence: Option<i64>,
    /// The order; a minus turns it round. The newest first where absent.
    #[param(inline)]
    pub sort: AttemptOrder,
}

impl Filter for AttemptFilter {}

orders! {
    /// By what attempts are ordered.
    pub AttemptOrder of Row in attempts by id, descending:
    at = id;
}

/// The attempts to deliver to an endpoint.
///
/// # Errors
/// Not found where the caller may not see it.
pub fn list(
    reader: &mut Reader<'_>,
    endpoint: Id<WebhookEndpoint>,
    filter: &AttemptFilter,
    page: &Page,
) -> Result<Slice<AttemptView>, Failure> {
    let endpoint = find(reader, endpoint)?;
    let mut wanted = Where::new();
    wanted.also(attempts::endpoint_id.eq(Key::from(endpoint.id)));
    narrow!(wanted, attempts, filter; outcome in outcome, sequence = sequence);
    let found =
        paged!(reader, page, filter.sort, wanted; attempts::table => Row::as_select(); |row: &Row| row);
    found.try_map(TryInto::try_into)
}

/// Notes one attempt, and shows it.
///
/// # Errors
/// Where the database fails.
pub fn note(
    tx: &mut Tx<'_>,
    endpoint: Id<WebhookEndpoint>,
    attempted: &Attempted,
) -> Result<AttemptView, Failure> {
    let row = Row::of(Key(tx.ids().fresh()), endpoint, attempted);
    db!(tx, |c| diesel::insert_into(attempts::table).values(&row).execute(c))?;
    row.try_into()
}

/// Forgets attempts that are older than the policy keeps them.
///
/// # Errors
/// Where the database fails.
pub fn forget(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let today = tx.today();
    let rule = policy::in_force::<WebhookDelivery>(tx, "company", today)?;
    let before = tx.now().plus(chrono::Duration::days(-i64::from(rule.content.attempts_kept_days)));
    let before = Instant::from(before);
    db!(tx, |c| diesel::delete(attempts::table.filter(attempts::at.lt(before))).execute(c))?;
    Ok(())
}

columns! { AttemptView as "webhook-attempts" "推送记录" "Webhook attempts":
    message "消息编号" "Message";
    sequence "序号" "Sequence";
    kind "事件" "Event";
    number "第几次" "Attempt";
    at "时间" "At";
    milliseconds "耗时（毫秒）" "Milliseconds";
    outcome "结果" "Outcome";
    status "HTTP 状态" "HTTP status";
    error "错误" "Error";
}
