//! Duties under way follow what changes around them: who came owes, who went does not, a post is its holder's, leave moves or
//! excuses, a calendar published anew and a rule that is eased move what is due. `[DUT-2e, DUT-2f, DUT-2i]`

use super::{
    World, apply,
    people::{holder, meant},
    raise::{born, unraised, write},
    row::{done_too_late, pending_behind},
    watermark::{self, raised_until},
};
use crate::{
    organisation::absence,
    spine::{Failure, Key, Reader, Tx},
};
use domain::{
    approval::PolicyReference,
    duty::{
        CancelCause, Duty, DutySubject, Excuse, Hold, RetimingCause,
        batch::BATCH_MAX,
        occasion::Called,
        people::{LeaveEffect, on_leave, owes_on_joining},
    },
    organisation::{Absence, AbsenceId, working_calendar::WorkingCalendar},
    spine::{AnyId, BusinessDate, Change, EmployeeId, PolicyVersion, Timestamp},
    working_time::{Period, TimeOfDay},
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// At most this many duties are looked at in one unit of work.
const LOOK_MAX: i64 = 500;
/// One thing may follow on another: leave moves a due, which a calendar moves no more.
const CHANGES_MAX: usize = 4;

/// The rules of which somebody may have come, gone or changed since they were looked at.
///
/// # Errors
/// Where the database fails.
pub fn unsettled(reader: &mut Reader<'_>) -> Result<Vec<String>, Failure> {
    let (revision, today) = (reader.master_revision(), reader.today());
    let (world, known) = (World::today(reader)?, watermark::all(reader)?);
    let is_settled = |code: &str| known.get(code).is_some_and(|row| !row.is_outdated(revision, today));
    Ok(world.rules.iter().map(|(code, _)| code.to_owned()).filter(|code| !is_settled(code)).collect())
}

/// Lets some of a rule's duties that are under way follow what changed. Answers whether more is to be done: all are gone
/// through in passes, each unit of work from where the last one ended.
///
/// # Errors
/// Where the database fails.
pub fn settle(tx: &mut Tx<'_>, code: &str) -> Result<bool, Failure> {
    let (world, mut known) = (World::today(tx)?, watermark::all(tx)?);
    let was = match known.remove(code) {
        Some(was) => was,
        None => watermark::begin(tx, code)?,
    };
    let looked = pending_behind(tx, code, was.pass_to, LOOK_MAX)?;
    let away = Away::of(tx, &world, &looked)?;
    let more = i64::try_from(looked.len()) == Ok(LOOK_MAX);
    let (mut to, mut changed) = (was.pass_to, 0);
    for duty in looked {
        if changed == BATCH_MAX {
            watermark::set_looked(tx, &was, to)?;
            return Ok(true);
        }
        to = Some(Key::from(duty.id));
        changed += usize::from(follow(tx, &world, &away, duty)?);
    }
    let is_joined = !more && join(tx, &world, code, raised_until(Some(&was))?)?;
    let more = more || is_joined;
    watermark::set_looked(tx, &was, to.filter(|_| more))?;
    Ok(more)
}

/// An open due that another calendar would move.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DueMovedByCalendar)]
pub struct MovedDue {
    /// The duty.
    pub duty_id: AnyId,
    /// The rule that calls for it.
    #[schema(max_length = 200, example = "duty-rule/weekly-report")]
    pub rule: String,
    /// When it is due.
    pub due_at: Timestamp,
    /// When it would be.
    pub would_be_due_at: Timestamp,
}

/// The open dues that a calendar would move if it were in force now, the first so many, and how many they are. `[INT-5c, DUT-2i]`
///
/// # Errors
/// Where the database fails.
pub fn moved_by(
    reader: &mut Reader<'_>,
    calendar: &WorkingCalendar,
    most: usize,
) -> Result<(Vec<MovedDue>, usize), Failure> {
    let (now, mut world, mut moved, mut count) = (reader.now(), World::today(reader)?, Vec::new(), 0);
    world.calendar = Arc::new(PolicyVersion { content: calendar.clone(), ..world.calendar.as_ref().clone() });
    let codes: Vec<String> = world.rules.iter().map(|(code, _)| code.to_owned()).collect();
    for code in codes {
        let mut behind = None;
        loop {
            let looked = pending_behind(reader, &code, behind, LOOK_MAX)?;
            let Some(last) = looked.last() else { break };
            behind = Some(Key::from(last.id));
            for duty in looked {
                let easing = world.rules.easing(&duty.rule, world.today);
                let rule = &rule_of_times(&world, &duty, easing)?.content;
                let times = duty.by_new_calendar(rule, now, &world.settings.content, world.time());
                let dues = duty.times.due.zip(times.and_then(|times| times.due));
                let Some((due_at, would_be_due_at)) = dues.filter(|(old, new)| old != new) else { continue };
                count += 1;
                if moved.len() < most {
                    let rule = duty.rule.code.clone();
                    moved.push(MovedDue { duty_id: duty.id.uuid().into(), rule, due_at, would_be_due_at });
                }
            }
        }
    }
    Ok((moved, count))
}

/// Lets a duty follow what changed; answers whether it moved.
fn follow(tx: &mut Tx<'_>, world: &World, away: &Away, duty: Duty) -> Result<bool, Failure> {
    let (mut duty, mut moved, now) = (duty, false, tx.now());
    for _ in 0..CHANGES_MAX {
        let Some(change) = followed(world, away, duty.clone(), now)? else { break };
        duty = apply(tx, change)?;
        moved = true;
    }
    Ok(moved)
}

/// What becomes of a duty that is not done by who owes it now, and by what is in force.
pub(super) fn followed(
    world: &World,
    away: &Away,
    duty: Duty,
    now: Timestamp,
) -> Result<Option<Change<Duty>>, Failure> {
    if !duty.is_pending() {
        return Ok(None);
    }
    if world.rules.repealed(&duty.rule, world.today).is_some_and(|day| {
        let repealed = world.time().instant(day, TimeOfDay::START);
        duty.ends_with_rule(repealed)
    }) {
        return Ok(Some(duty.cancel(CancelCause::Repealed, now)?));
    }
    let by_people = match duty.subject.clone() {
        DutySubject::Person { employee } => of_person(world, away, &duty, employee, now)?,
        DutySubject::Post { department, .. } => of_post(world, &duty, department, now)?,
        DutySubject::Record { .. } => None,
    };
    match by_people {
        Some(change) => Ok(Some(change)),
        None => retimed(world, duty, now),
    }
}

fn of_person(
    world: &World,
    away: &Away,
    duty: &Duty,
    employee: EmployeeId,
    now: Timestamp,
) -> Result<Option<Change<Duty>>, Failure> {
    let rule = &world.rules.version(&duty.rule)?.content;
    let cause = match world.members().get(&employee) {
        None => Some(CancelCause::LeftCompany),
        Some(member) if !rule.scope.covers(member) => Some(CancelCause::LeftScope),
        Some(_) => None,
    };
    match cause.filter(|_| is_ahead(duty, now)) {
        Some(cause) => Ok(Some(duty.clone().cancel(cause, now)?)),
        None => leave(world, away, duty, now),
    }
}

/// A post is its holder's, unless a superior handed what it owes to somebody who still works here.
fn of_post(
    world: &World,
    duty: &Duty,
    department: domain::spine::DepartmentId,
    now: Timestamp,
) -> Result<Option<Change<Duty>>, Failure> {
    let Some((to, hold)) = holder(&world.organisation, department, world.today) else { return Ok(None) };
    if !is_ahead(duty, now) {
        return Ok(None);
    }
    let hold = if hold == Hold::Raised { Hold::Succeeded } else { hold };
    let here = |employee| world.organisation.works_here(employee, world.today);
    Ok(duty.clone().pass_to(to, hold, here, now)?)
}

fn is_ahead(duty: &Duty, now: Timestamp) -> bool {
    duty.times.due.is_none_or(|due| due > now)
}

/// What a calendar that was published anew, or a newer version of its rule that eases what is open, makes of its due.
fn retimed(world: &World, duty: Duty, now: Timestamp) -> Result<Option<Change<Duty>>, Failure> {
    let easing = world.rules.easing(&duty.rule, world.today);
    if let Some(times) = easing.and_then(|rule| duty.eased_by(&rule.content, now, world.time())) {
        return Ok(Some(duty.ease(times, now)?));
    }
    let rule = &rule_of_times(world, &duty, easing)?.content;
    match duty.by_new_calendar(rule, now, &world.settings.content, world.time()) {
        Some(times) => Ok(Some(duty.retime(times, RetimingCause::Calendar, now)?)),
        None => Ok(None),
    }
}

/// The version by which its times were reckoned last.
fn rule_of_times<'a>(
    world: &'a World,
    duty: &Duty,
    easing: Option<&'a PolicyVersion<domain::duty::DutyRule>>,
) -> Result<&'a PolicyVersion<domain::duty::DutyRule>, Failure> {
    let reference: &PolicyReference = &duty.rule;
    match easing.filter(|_| duty.was_eased()) {
        Some(rule) => Ok(rule),
        None => world.rules.version(reference),
    }
}

/// The days on which people are away, as far as these duties are concerned.
pub(super) struct Away(BTreeMap<EmployeeId, Vec<(BusinessDate, BusinessDate)>>);

impl Away {
    /// Of those who owe these themselves: one question for all.
    pub fn of(reader: &mut Reader<'_>, world: &World, duties: &[Duty]) -> Result<Self, Failure> {
        let own = duties.iter().filter_map(|duty| match duty.subject {
            DutySubject::Person { employee } => Some((employee, duty.times.opens)),
            DutySubject::Post { .. } | DutySubject::Record { .. } => None,
        });
        let (people, opens): (Vec<_>, Vec<_>) = own.unzip();
        let Some(first) = opens.into_iter().min() else { return Ok(Self(BTreeMap::new())) };
        Ok(Self(absence::days_away(reader, &people, first.date_in(world.zone))?))
    }

    /// Of these people from a day on.
    pub fn of_people(
        reader: &mut Reader<'_>,
        people: &[EmployeeId],
        from: BusinessDate,
    ) -> Result<Self, Failure> {
        Ok(Self(absence::days_away(reader, people, from)?))
    }

    /// Of nobody: what posts and records owe knows no leave.
    pub const fn nobody() -> Self {
        Self(BTreeMap::new())
    }

    fn is_away(&self, employee: EmployeeId, day: BusinessDate) -> bool {
        let days = self.0.get(&employee).map_or(&[][..], Vec::as_slice);
        days.iter().any(|(from, until)| *from <= day && day <= *until)
    }
}

/// Leave on all its working days excuses a duty, leave on its due's day moves it.
pub(super) fn leave(
    world: &World,
    away: &Away,
    duty: &Duty,
    now: Timestamp,
) -> Result<Option<Change<Duty>>, Failure> {
    let DutySubject::Person { employee } = duty.subject else { return Ok(None) };
    let is_away = |day| away.is_away(employee, day);
    Ok(match on_leave(&duty.times, is_away, &world.settings.content, world.time()) {
        LeaveEffect::None => None,
        LeaveEffect::Excused => Some(duty.clone().excuse(Excuse::Leave, now)?),
        LeaveEffect::Moved(times) if times == duty.times => None,
        LeaveEffect::Moved(times) => Some(duty.clone().retime(times, RetimingCause::Leave, now)?),
    })
}

/// Leave that is registered once the thing is done, too late, counts as well: what it covers is looked at in the unit of work
/// that registers it. What is not done yet is looked at with all else. `[DUT-2f]`
pub(super) fn leave_registered(tx: &mut Tx<'_>, id: AbsenceId) -> Result<(), Failure> {
    let Absence { employee, from, until, .. } = absence::load(tx, id)?;
    let (world, now) = (World::today(tx)?, tx.now());
    let (start, end) = world.time().span(from, until);
    let late = done_too_late(tx, employee, (start, end))?;
    let away = Away::of(tx, &world, &late)?;
    for duty in late {
        if let Some(change) = leave(&world, &away, &duty, now)? {
            apply(tx, change)?;
        }
    }
    Ok(())
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
