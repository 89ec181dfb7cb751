//! What fulfils duties, and what calls for them: records of other nouns, which say so by [`Filed`] and [`Called`] beside
//! themselves. Whatever happens is looked at once, in the transaction in which it happens. `[DUT-1a, DUT-2a, DUT-2g]`

use super::{
    World, apply,
    row::{several, subject_text},
    settle,
};
use crate::{
    schema::duties,
    spine::{Failure, House, Key, Reader, Told, Tx, db},
};
use diesel::prelude::*;
use domain::{
    duty::{
        CancelCause, Duty, DutyRule, DutySubject, Hold, NewDuty, Occasion, Proof, RetimingCause, TakenBy,
        cadence::Cadence, rule::FieldIs, rule::SubjectKind,
    },
    organisation::{ABSENCE_CHANGED, ABSENCE_REGISTERED},
    spine::{BusinessDate, DepartmentId, EmployeeId, Id},
    working_time::Period,
};
use serde_json::Value;
use std::{collections::HashSet, iter, sync::OnceLock};
use uuid::Uuid;

/// A record that fulfils duties: registered by its noun.
pub struct Filed {
    /// The name of the source, as rules write it: `statistics.sent`.
    pub source: &'static str,
    /// What people call it.
    pub zh: &'static str,
    /// What people call it.
    pub en: &'static str,
    /// The event by which it is filed.
    pub event: &'static str,
    /// The events by which it is taken away again.
    pub undone: &'static [Undone],
    /// What it is filed for; nothing where it counts for no duty.
    pub of: fn(&mut Reader<'_>, Uuid) -> Result<Option<FiledRecord>, Failure>,
}

/// An event that takes a record away.
#[derive(Clone, Copy, Debug)]
pub struct Undone {
    /// The event.
    pub event: &'static str,
    /// By whom, as its facts tell; nobody where this one does not.
    pub by: fn(&Value) -> Option<TakenBy>,
}

/// What a record is filed for.
#[derive(Clone, Debug)]
pub enum FiledRecord {
    /// A period, by somebody: it fulfils what they owe for it, and what the posts of a department owe.
    Period {
        /// Which.
        period: Period,
        /// Who filed it.
        by: EmployeeId,
        /// The department that files it: where its author works.
        department: DepartmentId,
        /// What rules may ask of it.
        facts: Value,
    },
    /// Another record, which a duty is about.
    Record {
        /// Its kind.
        kind: &'static str,
        /// Its id.
        id: Uuid,
        /// What rules may ask of it.
        facts: Value,
    },
}

/// An event that calls for a duty of a record: registered by its noun.
pub struct Called {
    /// The event.
    pub event: &'static str,
    /// The kind of record the duty is about.
    pub kind: &'static str,
    /// Who answers for it, of the record that the event happened to.
    pub responsible: fn(&mut Reader<'_>, Uuid) -> Result<Option<EmployeeId>, Failure>,
    /// The events after which nothing is owed any more.
    pub gone: &'static [&'static str],
    /// The events after which somebody else may answer for it.
    pub passed: &'static [&'static str],
    /// The events that name another day for it.
    pub redated: &'static [&'static str],
}

/// Whether events of a kind call for duties, fulfil them, take that back, move them or make them needless, as far as nouns
/// have said.
pub(super) fn wants(house: &'static House, kind: &'static str) -> bool {
    static WANTED: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let wanted = WANTED.get_or_init(|| {
        let filed = house.all::<Filed>();
        let filed =
            filed.flat_map(|filed| iter::once(filed.event).chain(filed.undone.iter().map(|one| one.event)));
        let called = house.all::<Called>();
        let called = called.flat_map(|called| {
            let moved = called.passed.iter().chain(called.redated);
            iter::once(called.event).chain(called.gone.iter().chain(moved).copied())
        });
        filed.chain(called).chain(LEAVE).collect()
    });
    wanted.contains(kind)
}

/// The events that say when somebody is away.
const LEAVE: [&str; 2] = [ABSENCE_REGISTERED.name, ABSENCE_CHANGED.name];

/// Looks at something that happened: what it calls for, fulfils, takes back, makes needless or excuses.
pub(super) fn follow(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    if LEAVE.contains(&told.kind) {
        return settle::leave_registered(tx, Id::from_uuid(told.entity));
    }
    call(tx, told)?;
    let house = tx.house();
    for filed in house.all::<Filed>() {
        if filed.event == told.kind {
            fulfil(tx, filed, told.entity)?;
        }
        let undone = filed.undone.iter().filter(|undone| undone.event == told.kind);
        for by in undone.filter_map(|undone| (undone.by)(&told.facts)) {
            reopen(tx, filed.source, told.entity, by)?;
        }
    }
    for called in house.all::<Called>().filter(|called| called.gone.contains(&told.kind)) {
        cancel(tx, called.kind, told.entity)?;
    }
    for called in house.all::<Called>().filter(|called| called.passed.contains(&told.kind)) {
        pass_on(tx, called, told)?;
    }
    for called in house.all::<Called>().filter(|called| called.redated.contains(&told.kind)) {
        redate(tx, called, told)?;
    }
    Ok(())
}

/// Raises what an event calls for.
fn call(tx: &mut Tx<'_>, told: &Told) -> Result<(), Failure> {
    let house = tx.house();
    let Some(called) = house.all::<Called>().find(|called| called.event == told.kind) else { return Ok(()) };
    let (world, now) = (World::today(tx)?, tx.now());
    for versions in world.rules.called_by(told.kind) {
        let Some(rule) = versions.of_event(now, world.time()) else { continue };
        let Cadence::Event { only, .. } = &rule.content.cadence else { continue };
        if rule.content.subject != SubjectKind::Record || !FieldIs::all_hold(only, &told.facts) {
            continue;
        }
        let due_on = named_day(&rule.content, told);
        let Some(times) = rule.content.times_of_event(now, due_on, world.time()) else { continue };
        let Some(responsible) = (called.responsible)(tx, told.entity)? else { continue };
        let subject = DutySubject::Record { kind: called.kind.to_owned(), id: told.entity };
        let occasion = Occasion::Event(tx.ids().fresh());
        let (id, hold, proof) = (tx.id(), Hold::Raised, None);
        let new = NewDuty { id, subject, occasion, responsible, hold, times, proof };
        apply(tx, Duty::raise(new, rule, now))?;
    }
    Ok(())
}

fn fulfil(tx: &mut Tx<'_>, filed: &Filed, record: Uuid) -> Result<(), Failure> {
    let Some(what) = (filed.of)(tx, record)? else { return Ok(()) };
    let (world, now, by) = (World::today(tx)?, tx.now(), tx.actor().user);
    let (owed, facts) = owed(tx, filed.source, &what)?;
    for duty in owed {
        let rule = &world.rules.version(&duty.rule)?.content.fulfilled_by;
        if !FieldIs::all_hold(&rule.only, facts) {
            continue;
        }
        let proof = Proof {
            source: filed.source.to_owned(),
            record: Some(record),
            note: None,
            files: Vec::new(),
            by: Some(by),
            received: now,
            counted: now,
            confirmed: None,
        };
        let occasion = duty.occasion;
        apply(tx, duty.fulfil(proof, occasion, rule)?)?;
    }
    Ok(())
}

/// The duties that wait for a record: of the period and of who filed it or of a post; or of the record it is about.
fn owed<'a>(
    reader: &mut Reader<'_>,
    source: &str,
    what: &'a FiledRecord,
) -> Result<(Vec<Duty>, &'a Value), Failure> {
    let waits = duties::source.eq(source).and(duties::status.eq("pending"));
    let (keys, facts): (Vec<Key>, _) = match what {
        FiledRecord::Period { period, by, department, facts } => {
            let theirs = subject_text(&DutySubject::Person { employee: *by });
            let post = subject_text(&DutySubject::Post { department: *department, position: None });
            let (occasion, positions) = (period.to_string(), format!("{post}:%"));
            let posts = duties::subject.eq(&post).or(duties::subject.like(positions));
            let keys = db!(reader, |c| duties::table
                .filter(waits.and(duties::occasion.eq(&occasion)))
                .filter(duties::subject.eq(&theirs).or(posts))
                .order(duties::id)
                .select(duties::id)
                .load(c))?;
            (keys, facts)
        }
        FiledRecord::Record { kind, id, facts } => {
            let subject = subject_text(&DutySubject::Record { kind: (*kind).to_owned(), id: *id });
            let keys = db!(reader, |c| duties::table
                .filter(waits.and(duties::subject.eq(&subject)))
                .order(duties::id)
                .select(duties::id)
                .load(c))?;
            (keys, facts)
        }
    };
    Ok((several(reader, &keys)?, facts))
}

/// What a record fulfilled is owed again: it was taken away.
fn reopen(tx: &mut Tx<'_>, source: &str, record: Uuid, by: TakenBy) -> Result<(), Failure> {
    let fulfilled = duties::record.eq(Key(record)).and(duties::source.eq(source));
    let keys: Vec<Key> = db!(tx, |c| duties::table
        .filter(fulfilled.and(duties::status.eq("fulfilled")))
        .order(duties::id)
        .select(duties::id)
        .load(c))?;
    if keys.is_empty() {
        return Ok(());
    }
    let (world, now) = (World::today(tx)?, tx.now());
    for duty in several(tx, &keys)? {
        apply(tx, duty.reopen(by, now, &world.settings.content, world.time())?)?;
    }
    Ok(())
}

/// What is owed for a record goes to whoever answers for it now.
fn pass_on(tx: &mut Tx<'_>, called: &Called, told: &Told) -> Result<(), Failure> {
    let Some(responsible) = (called.responsible)(tx, told.entity)? else { return Ok(()) };
    let (world, now) = (World::today(tx)?, tx.now());
    let here = |employee| world.organisation.works_here(employee, world.today);
    for duty in pending_for(tx, called.kind, told.entity)? {
        if let Some(change) = duty.pass_to(responsible, Hold::Succeeded, here, now)? {
            apply(tx, change)?;
        }
    }
    Ok(())
}

/// What is owed for a record is due on the day that is named now. Only an event that moves the day comes here, so that what
/// a superior, leave or an outage made of the due stands against all else that happens to the record.
fn redate(tx: &mut Tx<'_>, called: &Called, told: &Told) -> Result<(), Failure> {
    let (world, now) = (World::today(tx)?, tx.now());
    for duty in pending_for(tx, called.kind, told.entity)? {
        let rule = &world.rules.version(&duty.rule)?.content;
        let Some(day) = named_day(rule, told) else { continue };
        let times = rule.times_of_event(duty.times.opens, Some(day), world.time());
        if let Some(times) = times.filter(|times| *times != duty.times) {
            apply(tx, duty.retime(times, RetimingCause::Extended, now)?)?;
        }
    }
    Ok(())
}

/// The day by whose end something is due, where the event that is told names one.
fn named_day(rule: &DutyRule, told: &Told) -> Option<BusinessDate> {
    day_named(rule, &told.facts)
}

/// The same by the facts of the event.
pub(super) fn day_named(rule: &DutyRule, facts: &Value) -> Option<BusinessDate> {
    let Cadence::Event { due_on, .. } = &rule.cadence else { return None };
    facts.get(due_on.as_ref()?)?.as_str()?.parse().ok()
}

/// The duties about a record that are not done.
fn pending_for(reader: &mut Reader<'_>, kind: &str, record: Uuid) -> Result<Vec<Duty>, Failure> {
    let subject = subject_text(&DutySubject::Record { kind: kind.to_owned(), id: record });
    let keys: Vec<Key> = db!(reader, |c| duties::table
        .filter(duties::subject.eq(&subject).and(duties::status.eq("pending")))
        .order(duties::id)
        .select(duties::id)
        .load(c))?;
    several(reader, &keys)
}

/// What is owed for a record is owed no longer.
fn cancel(tx: &mut Tx<'_>, kind: &str, record: Uuid) -> Result<(), Failure> {
    let subject = subject_text(&DutySubject::Record { kind: kind.to_owned(), id: record });
    let open = duties::subject.eq(&subject).and(duties::status.eq_any(["pending", "reported"]));
    let keys: Vec<Key> =
        db!(tx, |c| duties::table.filter(open).order(duties::id).select(duties::id).load(c))?;
    let now = tx.now();
    for duty in several(tx, &keys)? {
        apply(tx, duty.cancel(CancelCause::CauseGone, now)?)?;
    }
    Ok(())
}
