//! Rows of receptions.

use crate::{
    organisation::Organisation,
    schema::receptions,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    reception::{Answer, Assist, Ended, Reception, ReceptionState, Visitor},
    reception_queue::Turn,
    spine::{Id, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = receptions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub queue_id: Key,
    pub site_id: Key,
    pub department_id: Key,
    pub receiver_id: Key,
    pub visitor: String,
    pub turn: String,
    pub customer_id: Option<Key>,
    pub registration_id: Option<Key>,
    pub host_id: Option<Key>,
    pub asked_at: Option<Instant>,
    pub answer_by: Option<Instant>,
    pub escalated_at: Option<Instant>,
    pub answered_at: Option<Instant>,
    pub answered_by_id: Option<Key>,
    pub is_agreed: Option<bool>,
    pub begun_at: Instant,
    pub ended_at: Option<Instant>,
    pub ended_by_id: Option<Key>,
    pub is_mistaken: bool,
    pub is_unregistered: bool,
    pub status: String,
    pub version: Version,
}

impl From<&Reception> for Row {
    fn from(reception: &Reception) -> Self {
        let Reception { id, queue, site, department, receiver, visitor, turn, customer, assist, .. } =
            reception;
        let Reception { registration, begun_at, ended, version, .. } = reception;
        let answer = assist.as_ref().and_then(|assist| assist.answer.as_ref());
        Self {
            id: (*id).into(),
            queue_id: (*queue).into(),
            site_id: (*site).into(),
            department_id: (*department).into(),
            receiver_id: (*receiver).into(),
            visitor: visitor.code().to_owned(),
            turn: turn.code().to_owned(),
            customer_id: customer.map(Into::into),
            registration_id: registration.map(Into::into),
            host_id: assist.as_ref().map(|assist| assist.host.into()),
            asked_at: assist.as_ref().map(|assist| assist.asked_at.into()),
            answer_by: assist.as_ref().map(|assist| assist.answer_by.into()),
            escalated_at: assist.as_ref().and_then(|assist| assist.escalated_at).map(Into::into),
            answered_at: answer.map(|answer| answer.at.into()),
            answered_by_id: answer.and_then(|answer| answer.by).map(Into::into),
            is_agreed: answer.map(|answer| answer.agreed),
            begun_at: (*begun_at).into(),
            ended_at: ended.as_ref().map(|ended| ended.at.into()),
            ended_by_id: ended.as_ref().and_then(|ended| ended.by).map(Into::into),
            is_mistaken: ended.as_ref().is_some_and(|ended| ended.is_mistaken),
            is_unregistered: ended.as_ref().is_some_and(|ended| ended.is_unregistered),
            status: reception.state().code().to_owned(),
            version: *version,
        }
    }
}

impl TryFrom<Row> for Reception {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let key = row.id;
        let corrupt = |column: &'static str| move || Failure::corrupt("receptions", column, key.0);
        let answer = row.answered_at.zip(row.is_agreed).map(|(at, agreed)| Answer {
            at: at.into(),
            by: row.answered_by_id.map(Into::into),
            agreed,
        });
        let assist = match row.host_id {
            None => None,
            Some(host) => Some(Assist {
                host: host.into(),
                asked_at: row.asked_at.ok_or_else(corrupt("asked_at"))?.into(),
                answer_by: row.answer_by.ok_or_else(corrupt("answer_by"))?.into(),
                escalated_at: row.escalated_at.map(Into::into),
                answer,
            }),
        };
        let (is_mistaken, is_unregistered) = (row.is_mistaken, row.is_unregistered);
        let by = row.ended_by_id.map(Into::into);
        let ended = row.ended_at.map(|at| Ended { at: at.into(), by, is_mistaken, is_unregistered });
        Ok(Self {
            id: row.id.into(),
            queue: row.queue_id.into(),
            site: row.site_id.into(),
            department: row.department_id.into(),
            receiver: row.receiver_id.into(),
            visitor: Visitor::from_code(&row.visitor).ok_or_else(corrupt("visitor"))?,
            turn: Turn::from_code(&row.turn).ok_or_else(corrupt("turn"))?,
            customer: row.customer_id.map(Into::into),
            assist,
            registration: row.registration_id.map(Into::into),
            begun_at: row.begun_at.into(),
            ended,
            version: row.version,
        })
    }
}

impl Stored<crate::Customer> for Reception {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::from(self);
        guard(save_row!(tx, receptions, &row, before)?)
    }
}

/// One reception whoever asks: for rules, never for an answer.
pub(crate) fn load(reader: &mut Reader<'_>, id: Id<Reception>) -> Result<Reception, Failure> {
    let key = Key::from(id);
    let row: Row =
        db!(reader, |c| receptions::table.filter(receptions::id.eq(key)).select(Row::as_select()).first(c))?;
    row.try_into()
}

/// One reception that the caller may see: in which they receive, or whose visitor it is; of somebody below them, or of a
/// department in reach.
///
/// # Errors
/// Not found where they may not.
pub fn find(reader: &mut Reader<'_>, id: Id<Reception>) -> Result<Reception, Failure> {
    let found = load(reader, id)?;
    let hosts = found.assist.as_ref().is_some_and(|assist| reader.actor().is(assist.host));
    if hosts || reader.actor().is(found.receiver) || reader.reach().covers(found.department, false) {
        return Ok(found);
    }
    if Organisation::caller_is_above(reader, found.receiver)? { Ok(found) } else { Err(Failure::NotFound) }
}

/// The receptions whose helper has had no answer in time, and of which that was not told.
///
/// # Errors
/// Where the database fails.
pub fn due_to_escalate(reader: &mut Reader<'_>) -> Result<Vec<Id<Reception>>, Failure> {
    /// At most so many at once; the others have their turn next.
    const AT_ONCE: i64 = 500;
    let now = Instant::from(reader.now());
    let waits = receptions::answered_at.is_null().and(receptions::escalated_at.is_null());
    let due = receptions::status.eq(ReceptionState::Open.code()).and(receptions::answer_by.le(Some(now)));
    let keys: Vec<Key> = db!(reader, |c| receptions::table
        .filter(due.and(waits))
        .order(receptions::id)
        .select(receptions::id)
        .limit(AT_ONCE)
        .load(c))?;
    Ok(keys.into_iter().map(Into::into).collect())
}
