//! What the clock brings to readers: they are reminded once theirs have run, and told in batches that an answer is asked of
//! them or is not any more. `[NOT-1a, NOT-2]`

use super::{receipt::find_unscoped as receipt, row::find_unscoped as announcement};
use crate::{
    organisation::{Organisation, absence},
    policy,
    schema::announcement_receipts as receipts,
    spine::{Failure, House, Instant, Key, Reader, Told, Tx, Where, db},
};
use chrono_tz::Tz;
use diesel::prelude::*;
use domain::{
    announcement::{Announcement, Receipt},
    organisation::{ABSENCE_CHANGED, working_calendar::WorkingCalendar},
    spine::{BusinessDate, EmployeeId, Id, PolicyVersion, Timestamp},
    working_time::{WorkingTime, notice::NoticeReminder},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// So many readers are told of something in one unit of work.
const TOLD_AT_ONCE: i64 = 200;

/// When readers are reminded, by the policy, the calendar and who is away.
pub(super) struct Reminders {
    rule: Arc<PolicyVersion<NoticeReminder>>,
    calendar: Arc<PolicyVersion<WorkingCalendar>>,
    pub away: BTreeMap<EmployeeId, Vec<(BusinessDate, BusinessDate)>>,
    zone: Tz,
}

impl Reminders {
    pub fn of(reader: &mut Reader<'_>, since: Timestamp, readers: &[EmployeeId]) -> Result<Self, Failure> {
        let (today, from) = (reader.today(), since.date_in(reader.zone()));
        Ok(Self {
            rule: policy::in_force(reader, "company", today)?,
            calendar: policy::in_force(reader, "company", today)?,
            away: absence::days_away(reader, readers, from)?,
            zone: reader.zone(),
        })
    }

    pub fn due(&self, published: Timestamp, away: &[(BusinessDate, BusinessDate)]) -> Option<Timestamp> {
        let time = WorkingTime::new(&self.calendar.content, self.zone);
        let away: Vec<_> = away.iter().map(|(from, until)| time.span(*from, *until)).collect();
        self.rule.content.due(published, &away, time).map(|due| due.value)
    }

    fn due_of(&self, of: &Announcement, reader: EmployeeId) -> Option<Timestamp> {
        let away = self.away.get(&reader).map_or(&[][..], Vec::as_slice);
        self.due(of.published_at?, away)
    }
}

/// A batch of readers of whom something is still to be told.
///
/// # Errors
/// Where the database fails.
pub fn errands(reader: &mut Reader<'_>) -> Result<Vec<Id<Receipt>>, Failure> {
    let keys: Vec<Key> = db!(reader, |c| receipts::table
        .filter(receipts::errand.is_not_null())
        .order(receipts::id)
        .limit(TOLD_AT_ONCE)
        .select(receipts::id)
        .load(c))?;
    Ok(keys.into_iter().map(Id::from).collect())
}

/// The first of the readers of one announcement, in the unit of work that calls for it; the others follow in batches.
pub(super) fn run_errands_of(tx: &mut Tx<'_>, of: Id<Announcement>) -> Result<(), Failure> {
    let key = Key::from(of);
    let keys: Vec<Key> = db!(tx, |c| receipts::table
        .filter(receipts::announcement_id.eq(key).and(receipts::errand.is_not_null()))
        .order(receipts::id)
        .limit(TOLD_AT_ONCE)
        .select(receipts::id)
        .load(c))?;
    run_errands(tx, &keys.into_iter().map(Id::from).collect::<Vec<_>>())
}

/// Tells what is still to be told of some readers; nothing of those of whom another server has.
///
/// # Errors
/// Where the database fails.
pub fn run_errands(tx: &mut Tx<'_>, of: &[Id<Receipt>]) -> Result<(), Failure> {
    let mut known = HashMap::new();
    for id in of {
        let found = receipt(tx, *id)?;
        let about = published(tx, &mut known, found.announcement)?;
        if let Some(change) = found.run_errand(&about) {
            tx.apply(change)?;
        }
    }
    Ok(())
}

/// How far a sweep has come: the instant and the receipt it looked at last.
pub type Come = (Timestamp, Id<Receipt>);

/// A batch of readers who are due to be reminded, the longest due first, behind those a sweep has come to.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>, come: Option<Come>) -> Result<Vec<Come>, Failure> {
    let now = Instant::from(reader.now());
    let mut wanted = Where::new();
    wanted.also(receipts::remind_at.le(now));
    if let Some((at, id)) = come {
        let (at, key) = (Instant::from(at), Key::from(id));
        wanted.also(
            receipts::remind_at.gt(at).or(receipts::remind_at.eq(at).and(receipts::id.gt(key).nullable())),
        );
    }
    let rows: Vec<(Option<Instant>, Key)> = db!(reader, |c| receipts::table
        .filter(&wanted)
        .order((receipts::remind_at, receipts::id))
        .limit(TOLD_AT_ONCE)
        .select((receipts::remind_at, receipts::id))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(at, id)| Some((at?.0, id.into()))).collect())
}

/// Reminds some readers whose clocks have run, each once: reckoned anew by the leave that is known now. Whoever has left is
/// not reminded.
///
/// # Errors
/// Where the database fails.
pub fn remind(tx: &mut Tx<'_>, of: &[Id<Receipt>]) -> Result<(), Failure> {
    let (organisation, today, now) = (Organisation::today(tx)?, tx.today(), tx.now());
    let found = of.iter().map(|id| receipt(tx, *id)).collect::<Result<Vec<_>, _>>()?;
    let mut known = HashMap::new();
    for found in &found {
        published(tx, &mut known, found.announcement)?;
    }
    let first = known.values().filter_map(|of: &Arc<Announcement>| of.published_at).min().unwrap_or(now);
    let people: Vec<_> = found.iter().map(|receipt| receipt.reader).collect();
    let reminders = Reminders::of(tx, first, &people)?;
    for found in found {
        let about = published(tx, &mut known, found.announcement)?;
        let due =
            reminders.due_of(&about, found.reader).filter(|_| organisation.works_here(found.reader, today));
        let id = found.id;
        match due.and_then(|due| found.remind(&about, due, now)) {
            Some(change) => drop(tx.apply(change)?),
            None => postpone(tx, id, due.filter(|due| *due > now))?,
        }
    }
    Ok(())
}

/// When a reader is reminded, who has neither read nor been reminded: a matter of the clock, which is no change of theirs.
fn postpone(tx: &mut Tx<'_>, id: Id<Receipt>, to: Option<Timestamp>) -> Result<(), Failure> {
    let waits = receipts::id.eq(Key::from(id)).and(receipts::remind_at.is_not_null());
    db!(tx, |c| diesel::update(receipts::table.filter(waits))
        .set(receipts::remind_at.eq(to.map(Instant::from)))
        .execute(c))?;
    Ok(())
}

/// Whether an event moves the instants at which somebody is reminded: leave that is shortened or cancelled. What leave that is
/// registered moves is reckoned when the time has come.
pub(super) fn wants(_: &'static House, kind: &'static str) -> bool {
    kind == ABSENCE_CHANGED.name
}

/// Reckons anew when somebody is reminded whose leave has changed.
pub(super) fn leave_changed(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    let employee = absence::load(tx, Id::from_uuid(told.entity))?.employee;
    let key = Key::from(employee);
    let keys: Vec<Key> = db!(tx, |c| receipts::table
        .filter(receipts::reader_id.eq(key).and(receipts::remind_at.is_not_null()))
        .order(receipts::id)
        .select(receipts::id)
        .load(c))?;
    for key in keys {
        let found = receipt(tx, key.into())?;
        let about = announcement(tx, found.announcement)?;
        let Some(published) = about.published_at else { continue };
        let reminders = Reminders::of(tx, published, &[employee])?;
        postpone(tx, found.id, reminders.due_of(&about, employee))?;
    }
    Ok(())
}

/// An announcement of which several receipts are looked at, read once.
fn published(
    reader: &mut Reader<'_>,
    known: &mut HashMap<Id<Announcement>, Arc<Announcement>>,
    id: Id<Announcement>,
) -> Result<Arc<Announcement>, Failure> {
    if let Some(found) = known.get(&id) {
        return Ok(found.clone());
    }
    let found = Arc::new(announcement(reader, id)?);
    known.insert(id, found.clone());
    Ok(found)
}
