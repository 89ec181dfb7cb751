//! Duties come to be: each period of a rule raises one for each subject, once, however many servers do it, die over it or
//! begin again; who comes later owes what is under way, who goes owes nothing any more. `[DUT-2a, DUT-2e, DUT-2f]`

use super::{
    World, apply, outage,
    people::{Meant, holder, meant},
    row::{Row, effect_rows, several, subject_text},
    tally,
};
use crate::{
    schema::{duties, duty_effects, duty_watermarks as watermarks},
    spine::{Failure, Key, Reader, Tx, db, insert_all, is_taken},
};
use diesel::prelude::*;
use domain::{
    duty::{
        CancelCause, Duty, DutySubject, NewDuty, Occasion, RetimingCause,
        batch::{BATCH_MAX, DutyBatch},
        occasion::Called,
        people::{LeaveEffect, on_leave, owes_on_joining},
    },
    spine::{Change, Explanation, Id, Timestamp},
    working_time::Period,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = watermarks, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Watermark {
    rule_code: String,
    occasion: Option<String>,
    revision: i64,
    looked_on: chrono::NaiveDate,
}

fn watermarks_of(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Watermark>, Failure> {
    let rows: Vec<Watermark> = db!(reader, |c| watermarks::table.select(Watermark::as_select()).load(c))?;
    Ok(rows.into_iter().map(|row| (row.rule_code.clone(), row)).collect())
}

fn raised_until(watermark: Option<&Watermark>) -> Result<Option<Period>, Failure> {
    let Some(Watermark { rule_code, occasion: Some(occasion), .. }) = watermark else { return Ok(None) };
    let period = occasion.parse();
    period
        .map(Some)
        .map_err(|_| Failure::fault(format!("the watermark of {rule_code} is no period: {occasion}")))
}

/// The periods that call for duties and are not raised whole yet, in order.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<(String, Period)>, Failure> {
    let (world, now, known) = (World::today(reader)?, reader.now(), watermarks_of(reader)?);
    let mut due = Vec::new();
    for (code, versions) in world.rules.iter() {
        let raised = raised_until(known.get(code))?;
        let called = versions.called(raised, now, world.time());
        due.extend(called.into_iter().map(|called| (code.to_owned(), called.period)));
    }
    Ok(due)
}

/// Raises a batch of what a period calls for; answers whether more is to be raised for it. Doing it twice, or beside another
/// server, raises nothing twice.
///
/// # Errors
/// Where the database fails, or another server raised the same in the same instant: then it is done again.
pub fn raise(tx: &mut Tx<'_>, code: &str, period: Period) -> Result<bool, Failure> {
    let (world, now, known) = (World::today(tx)?, tx.now(), watermarks_of(tx)?);
    let raised = raised_until(known.get(code))?;
    let Some(versions) = world.rules.of(code) else { return Ok(false) };
    let called = versions.called(raised, now, world.time());
    let Some(called) = called.first().filter(|called| called.period == period) else { return Ok(false) };
    let mut owed = unraised(tx, code, &called.period, meant(&called.rule.content, &world))?;
    let more = owed.len() > BATCH_MAX;
    owed.truncate(BATCH_MAX);
    let batch = born(tx, &owed, called, now);
    write(tx, &world, called, &batch)?;
    if !more {
        set_watermark(tx, code, Some(period), known.get(code))?;
    }
    relieve(tx, &world, batch)?;
    Ok(more)
}

/// Those that are meant and owe nothing for a period yet, in the order of their texts.
fn unraised(
    reader: &mut Reader<'_>,
    code: &str,
    period: &Period,
    meant: Vec<Meant>,
) -> Result<Vec<Meant>, Failure> {
    let occasion = period.to_string();
    let there: Vec<String> = db!(reader, |c| duties::table
        .filter(duties::rule_code.eq(code).and(duties::occasion.eq(&occasion)))
        .select(duties::subject)
        .load(c))?;
    let there: BTreeSet<String> = there.into_iter().collect();
    let mut owed: Vec<(String, Meant)> =
        meant.into_iter().map(|one| (subject_text(&one.subject), one)).collect();
    owed.retain(|(subject, _)| !there.contains(subject));
    owed.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(owed.into_iter().map(|(_, one)| one).collect())
}

fn born(tx: &Tx<'_>, owed: &[Meant], called: &Called<'_>, now: Timestamp) -> Vec<Duty> {
    let duty = |Meant { subject, responsible, hold }: &Meant| {
        let new = NewDuty {
            id: tx.id(),
            subject: subject.clone(),
            occasion: Occasion::Period(called.period),
            responsible: *responsible,
            hold: *hold,
            times: called.times,
            proof: None,
        };
        Duty::raise(new, called.rule, now).into_after()
    };
    owed.iter().map(duty).collect()
}

/// Writes a batch: its rows, their effects and tallies, and one audit entry with one event for all of them.
fn write(tx: &mut Tx<'_>, world: &World, called: &Called<'_>, batch: &[Duty]) -> Result<(), Failure> {
    if batch.is_empty() {
        return Ok(());
    }
    let (now, zone, rule) = (tx.now(), tx.zone(), called.rule);
    let source = rule.content.fulfilled_by.source.as_str();
    let rows = batch.iter().map(|duty| Row::of(duty, source, world, now)).collect::<Result<Vec<_>, _>>()?;
    let effects: Vec<_> = batch
        .iter()
        .flat_map(|duty| effect_rows(duty.id.into(), &duty.effects(&rule.content, world.time()), now))
        .collect();
    insert(tx, &rows)?;
    insert_all!(tx, duty_effects::table, &effects);
    let mut tallies = BTreeMap::new();
    rows.iter().for_each(|row| tally::collect(&mut tallies, None, row, zone));
    tally::add_all(tx, tallies)?;
    tx.apply(told(tx.id(), called, batch, now))?;
    Ok(())
}

fn insert(tx: &mut Tx<'_>, rows: &[Row]) -> Result<(), Failure> {
    let inserted = (|| {
        insert_all!(tx, duties::table, rows);
        Ok::<(), diesel::result::Error>(())
    })();
    match inserted {
        // Another server raised the same: found when this is done again.
        Err(error) if is_taken(&error) => Err(Failure::Moved),
        inserted => Ok(inserted?),
    }
}

fn told(id: Id<DutyBatch>, called: &Called<'_>, batch: &[Duty], at: Timestamp) -> Change<DutyBatch> {
    let mut hasher = Sha256::new();
    for duty in batch {
        hasher.update(duty.id.uuid().as_bytes());
        hasher.update(subject_text(&duty.subject));
    }
    let Called { period, rule, times } = called;
    let facts = json!({
        "occasion": period.to_string(), "opens": times.opens, "due": times.due, "grace_until": times.grace_until,
        "provisional": times.provisional, "count": batch.len(),
    });
    let explanation = Explanation::new("duties_raised", rule.cite("DUT-2a", None), facts);
    let told = DutyBatch {
        id,
        rule: domain::approval::PolicyReference { id: rule.id, code: rule.code.clone(), number: rule.number },
        occasion: Occasion::Period(*period),
        count: batch.len(),
        digest: hex::encode(hasher.finalize()),
        at,
        version: 0,
    };
    told.raise([explanation])
}

impl crate::spine::Stored<crate::Base> for DutyBatch {
    /// Its duties are its rows, and are written beside it: what is kept of a batch is its audit entry.
    fn save(&self, _before: Option<&Self>, _tx: &mut Tx<'_>) -> Result<(), Failure> {
        Ok(())
    }
}

/// What no server could have taken in is excused as it is raised.
fn relieve(tx: &mut Tx<'_>, world: &World, batch: Vec<Duty>) -> Result<(), Failure> {
    let Some(first) = batch.first() else { return Ok(()) };
    let outages = outage::since(tx, first.times.opens)?;
    for duty in batch {
        if let Some(change) = outage::relieved_by(&outages, tx.now(), world, &duty)? {
            apply(tx, change)?;
        }
    }
    Ok(())
}

fn set_watermark(
    tx: &mut Tx<'_>,
    code: &str,
    period: Option<Period>,
    was: Option<&Watermark>,
) -> Result<(), Failure> {
    let (revision, looked_on) = (tx.master_revision(), tx.today());
    let occasion = period.map(|period| period.to_string());
    let row = Watermark { rule_code: code.to_owned(), occasion, revision, looked_on };
    let Some(was) = was else {
        return match db!(tx, |c| diesel::insert_into(watermarks::table).values(&row).execute(c)) {
            Err(error) if is_taken(&error) => Err(Failure::Moved),
            made => Ok(made.map(drop)?),
        };
    };
    let mine = watermarks::rule_code.eq(code);
    let moved = match &was.occasion {
        Some(occasion) => {
            let mine = mine.and(watermarks::occasion.eq(occasion));
            db!(tx, |c| diesel::update(watermarks::table.filter(mine)).set(&row).execute(c))?
        }
        None => {
            let mine = mine.and(watermarks::occasion.is_null());
            db!(tx, |c| diesel::update(watermarks::table.filter(mine)).set(&row).execute(c))?
        }
    };
    crate::spine::guard(moved)
}

/// The rules of which somebody may have come, gone or changed since they were looked at.
///
/// # Errors
/// Where the database fails.
pub fn unsettled(reader: &mut Reader<'_>) -> Result<Vec<String>, Failure> {
    let (revision, today) = (reader.master_revision(), reader.today());
    let known = watermarks_of(reader)?;
    let moved = |row: &Watermark| row.revision != revision || row.looked_on != today;
    Ok(known.into_values().filter(moved).map(|row| row.rule_code).collect())
}

/// Lets a rule's duties that are under way follow the people: who came owes, who went does not, a post is its holder's, and
/// leave moves or excuses. Answers whether more is to be done.
///
/// # Errors
/// Where the database fails.
pub fn settle(tx: &mut Tx<'_>, code: &str) -> Result<bool, Failure> {
    let (world, known) = (World::today(tx)?, watermarks_of(tx)?);
    let Some(watermark) = known.get(code) else { return Ok(false) };
    let keys: Vec<Key> = db!(tx, |c| duties::table
        .filter(duties::rule_code.eq(code).and(duties::status.eq("pending")))
        .order(duties::id)
        .select(duties::id)
        .load(c))?;
    let mut changed = 0;
    for duty in several(tx, &keys)? {
        if changed == BATCH_MAX {
            return Ok(true);
        }
        if let Some(change) = followed(tx, &world, duty)? {
            apply(tx, change)?;
            changed += 1;
        }
    }
    if join(tx, &world, code, raised_until(Some(watermark))?)? {
        return Ok(true);
    }
    set_watermark(tx, code, raised_until(Some(watermark))?, Some(watermark))?;
    Ok(false)
}

/// What becomes of a duty by who owes it now.
pub(super) fn followed(
    reader: &mut Reader<'_>,
    world: &World,
    duty: Duty,
) -> Result<Option<Change<Duty>>, Failure> {
    let now = reader.now();
    let is_ahead = duty.times.due.is_none_or(|due| due > now);
    match duty.subject.clone() {
        DutySubject::Person { employee } => {
            let rule = &world.rules.version(&duty.rule)?.content;
            let member = world.members().get(&employee);
            let cause = match member {
                None => Some(CancelCause::LeftCompany),
                Some(member) if !rule.scope.covers(member) => Some(CancelCause::LeftScope),
                Some(_) => None,
            };
            match cause.filter(|_| is_ahead) {
                Some(cause) => Ok(Some(duty.cancel(cause, now)?)),
                None => leave(reader, world, duty),
            }
        }
        DutySubject::Post { department, .. } => match holder(&world.organisation, department, world.today) {
            Some((to, hold)) if is_ahead => {
                let hold =
                    if hold == domain::duty::Hold::Raised { domain::duty::Hold::Succeeded } else { hold };
                Ok(duty.pass_to(to, hold, now)?)
            }
            _ => Ok(None),
        },
        DutySubject::Record { .. } => Ok(None),
    }
}

/// Leave on all its working days excuses a duty, leave on its due's day moves it.
fn leave(reader: &mut Reader<'_>, world: &World, duty: Duty) -> Result<Option<Change<Duty>>, Failure> {
    let DutySubject::Person { employee } = duty.subject else { return Ok(None) };
    let now = reader.now();
    let away =
        crate::organisation::absence::days_away(reader, employee, duty.times.opens.date_in(world.zone))?;
    if away.is_empty() {
        return Ok(None);
    }
    let is_away = |day| away.iter().any(|(from, until)| *from <= day && day <= *until);
    Ok(match on_leave(&duty.times, is_away, &world.settings.content, world.time()) {
        LeaveEffect::None => None,
        LeaveEffect::Excused => Some(duty.excuse(domain::duty::Excuse::Leave, now)?),
        LeaveEffect::Moved(times) if times == duty.times => None,
        LeaveEffect::Moved(times) => Some(duty.retime(times, RetimingCause::Leave, now)?),
    })
}

/// Raises what those owe who came into scope while the last period of a rule is under way; answers whether there were any.
fn join(tx: &mut Tx<'_>, world: &World, code: &str, raised: Option<Period>) -> Result<bool, Failure> {
    let (Some(period), Some(versions), now) = (raised, world.rules.of(code), tx.now()) else {
        return Ok(false);
    };
    let Some(dated) = versions.on(period.first()) else { return Ok(false) };
    let Some(times) = dated.rule.content.times_of_period(period, world.time()) else { return Ok(false) };
    if times.due.is_none_or(|due| due <= now) {
        return Ok(false);
    }
    let mut owed = unraised(tx, code, &period, meant(&dated.rule.content, world))?;
    owed.retain(|one| {
        let is_person = matches!(one.subject, DutySubject::Person { .. });
        !is_person || owes_on_joining(world.today, &times, &world.settings.content, world.time())
    });
    owed.truncate(BATCH_MAX);
    let called = Called { period, rule: &dated.rule, times };
    let batch = born(tx, &owed, &called, now);
    write(tx, world, &called, &batch)?;
    Ok(!batch.is_empty())
}
