//! When no server ran: each leaves a sign every minute, and who finds none for too long writes down that nobody could file
//! anything meanwhile. `[DUT-2h]`

use super::World;
use crate::{
    schema::{duties, server_outages as outages, server_signs as signs},
    spine::{Failure, Instant, Key, Reader, Tx, db, guard, is_taken},
};
use chrono::Duration;
use diesel::prelude::*;
use domain::{
    duty::{
        Duty, DutyStatus, Excuse, RetimingCause,
        outage::{Outage, OutageEffect},
    },
    spine::{Change, Id, Timestamp},
};

/// The one row of signs.
const SIGN: i32 = 1;

/// Leaves a sign that a server runs; writes an outage down where none did for longer than the settings allow. A sign from
/// the future, of a clock that was wrong, counts for nothing.
///
/// # Errors
/// Where another server left one in the same instant: then it is done again.
pub fn sign(tx: &mut Tx<'_>) -> Result<(), Failure> {
    let now = tx.now();
    let last: Option<Instant> =
        db!(tx, |c| signs::table.filter(signs::id.eq(SIGN)).select(signs::at).first(c).optional())?;
    let Some(last) = last else {
        let row = (signs::id.eq(SIGN), signs::at.eq(Instant::from(now)));
        return match db!(tx, |c| diesel::insert_into(signs::table).values(row).execute(c)) {
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            made => Ok(made.map(drop)?),
        };
    };
    let gap = Duration::minutes(World::today(tx)?.settings.content.outage_gap_minutes.into());
    if last.0 <= now && now.since(last.0) > gap {
        let id = Key(tx.ids().fresh());
        let until = Instant::from(now);
        let row = (
            outages::id.eq(id),
            outages::from_at.eq(last),
            outages::until_at.eq(until),
            outages::version.eq(1_i64),
        );
        match db!(tx, |c| diesel::insert_into(outages::table).values(row).execute(c)) {
            Err(error) if is_taken(&error) => return Err(Failure::Moved),
            made => made.map(drop)?,
        }
    }
    let mine = signs::id.eq(SIGN).and(signs::at.eq(last));
    guard(db!(tx, |c| diesel::update(signs::table.filter(mine))
        .set(signs::at.eq(Instant::from(now)))
        .execute(c))?)
}

/// The outages that ended after an instant.
pub(super) fn since(reader: &mut Reader<'_>, from: Timestamp) -> Result<Vec<Outage>, Failure> {
    let from = Instant::from(from);
    let rows: Vec<(Instant, Instant)> = db!(reader, |c| outages::table
        .filter(outages::until_at.gt(from))
        .order(outages::from_at)
        .select((outages::from_at, outages::until_at))
        .load(c))?;
    Ok(rows.into_iter().map(|(from, until)| Outage { from: from.0, until: until.0 }).collect())
}

/// What an outage does to a duty that is not done: the first that concerns it.
pub(super) fn relief(
    reader: &mut Reader<'_>,
    world: &World,
    duty: &Duty,
) -> Result<Option<Change<Duty>>, Failure> {
    let outages = since(reader, duty.times.opens)?;
    relieved_by(&outages, reader.now(), world, duty)
}

/// The same of outages at hand: those that ended after the duty opened.
pub(super) fn relieved_by(
    outages: &[Outage],
    now: Timestamp,
    world: &World,
    duty: &Duty,
) -> Result<Option<Change<Duty>>, Failure> {
    if !matches!(duty.status, DutyStatus::Pending {}) {
        return Ok(None);
    }
    for outage in outages {
        match outage.effect(&duty.times, &world.settings.content, world.time()) {
            OutageEffect::None => {}
            // It ends when it did: there was no working time to lose.
            OutageEffect::Moved(times) if times == duty.times => {}
            OutageEffect::Excused => return Ok(Some(duty.clone().excuse(Excuse::Outage, now)?)),
            OutageEffect::Moved(times) => {
                return Ok(Some(duty.clone().retime(times, RetimingCause::Outage, now)?));
            }
        }
    }
    Ok(None)
}

/// The duties that an outage of the last days may move: due within it, and not done.
///
/// # Errors
/// Where the database fails.
pub fn concerned(reader: &mut Reader<'_>) -> Result<Vec<Id<Duty>>, Failure> {
    let week = reader.now().plus(Duration::days(-7));
    let mut found = Vec::new();
    for outage in since(reader, week)? {
        let (from, until) = (Instant::from(outage.from), Instant::from(outage.until));
        let due = duties::due_at.gt(from).and(duties::due_at.le(until));
        let missed = duties::missed_at.gt(from).and(duties::missed_at.le(until));
        let keys: Vec<Key> = db!(reader, |c| duties::table
            .filter(duties::status.eq("pending").and(due.or(missed)))
            .order(duties::id)
            .select(duties::id)
            .load(c))?;
        found.extend(keys.into_iter().map(Id::from));
    }
    Ok(found)
}

/// Lets an outage do to a duty what it does; nothing where that was done.
///
/// # Errors
/// Where the database fails.
pub fn let_off(tx: &mut Tx<'_>, id: Id<Duty>) -> Result<(), Failure> {
    let (duty, world) = (super::row::locked(tx, id)?, World::today(tx)?);
    if let Some(change) = relief(tx, &world, &duty)? {
        super::apply(tx, change)?;
    }
    Ok(())
}
