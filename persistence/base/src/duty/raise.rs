//! Duties come to be: each period of a rule raises one for each subject, once, however many servers do it, die over it or
//! begin again. `[DUT-2a]`

use super::{
    World, apply, outage,
    people::{Meant, meant},
    row::{Row, effect_rows, subject_text},
    tally,
    watermark::{self, raised_until},
};
use crate::{
    schema::{duties, duty_effects},
    spine::{Failure, Reader, Tx, db, insert_all, is_taken},
};
use diesel::prelude::*;
use domain::{
    duty::{
        Duty, NewDuty, Occasion,
        batch::{BATCH_MAX, DutyBatch},
        occasion::Called,
    },
    spine::{Change, Explanation, Id, Timestamp},
    working_time::Period,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The periods that call for duties and are not raised whole yet, in order.
///
/// # Errors
/// Where the database fails.
pub fn due(reader: &mut Reader<'_>) -> Result<Vec<(String, Period)>, Failure> {
    let (world, now, known) = (World::today(reader)?, reader.now(), watermark::all(reader)?);
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
    let (world, now, known) = (World::today(tx)?, tx.now(), watermark::all(tx)?);
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
        watermark::set_raised(tx, code, period, known.get(code))?;
    }
    relieve(tx, &world, batch)?;
    Ok(more)
}

/// Those that are meant and owe nothing for a period yet, in the order of their texts.
pub(super) fn unraised(
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

pub(super) fn born(tx: &Tx<'_>, owed: &[Meant], called: &Called<'_>, now: Timestamp) -> Vec<Duty> {
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
pub(super) fn write(
    tx: &mut Tx<'_>,
    world: &World,
    called: &Called<'_>,
    batch: &[Duty],
) -> Result<(), Failure> {
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
