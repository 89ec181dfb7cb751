//! Who owes something for a period by a version of a rule: who was meant as it opened, who came or went before it was due.
//! `[REG-7b; DUT-2f]`

use super::{
    super::{
        World,
        people::{Meant, holder, meant},
        row::subject_text,
    },
    Rule,
};
use crate::{
    organisation::Past,
    spine::{Failure, Reader},
};
use chrono::Duration;
use domain::{
    approval::Directory,
    duty::{CancelCause, DutyRule, DutySubject, Times, people::owes_on_joining},
    policy_replay::Said,
    spine::Timestamp,
    working_time::TimeOfDay,
};
use std::{collections::BTreeMap, sync::Arc};

/// Somebody owes something.
pub(super) struct Owes {
    pub meant: Meant,
    /// Why it is owed no longer, where they went before it was due.
    pub left: Option<CancelCause>,
    /// Whether it is known who is charged.
    pub is_sure: bool,
}

/// A version of a rule, and who owes what by it.
pub(super) struct Side {
    pub rule: Arc<Rule>,
    pub times: Times,
    pub owed: BTreeMap<String, Owes>,
    /// What was known as it came to be due.
    pub world: World,
}

impl Side {
    /// Who owes what; else what of those days is not known any more.
    pub fn of(
        reader: &mut Reader<'_>,
        past: &mut Past,
        rule: Arc<Rule>,
        times: Times,
        until: Timestamp,
    ) -> Result<Result<Self, Said>, Failure> {
        let opened = match World::then(reader, past, times.opens)? {
            Ok(opened) => opened,
            Err(missing) => return Ok(Err(missing)),
        };
        let last = times.due.unwrap_or(until).min(until).plus(-Duration::microseconds(1)).max(times.opens);
        let world = match World::then(reader, past, last)? {
            Ok(world) => world,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut owed = BTreeMap::new();
        for one in meant(&rule.content, &opened) {
            owed.insert(subject_text(&one.subject), followed(one, &rule.content, &world));
        }
        let mut joined: BTreeMap<String, Meant> = meant(&rule.content, &world)
            .into_iter()
            .map(|one| (subject_text(&one.subject), one))
            .filter(|(text, _)| !owed.contains_key(text))
            .collect();
        let mut day = opened.today;
        while let Some(next) = day.succ_opt().filter(|next| !joined.is_empty() && *next <= world.today) {
            day = next;
            let evening = world.time().instant(day, TimeOfDay::END).plus(-Duration::microseconds(1));
            let there = match World::then(reader, past, evening.min(last))? {
                Ok(there) => there,
                Err(missing) => return Ok(Err(missing)),
            };
            for one in meant(&rule.content, &there) {
                let text = subject_text(&one.subject);
                if joined.remove(&text).is_none() {
                    continue;
                }
                let is_person = matches!(one.subject, DutySubject::Person { .. });
                let settings = &there.settings.content;
                if !is_person || owes_on_joining(day, &times, settings, there.time()) {
                    owed.insert(text, followed(one, &rule.content, &world));
                }
            }
        }
        Ok(Ok(Self { rule, times, owed, world }))
    }
}

/// What became of somebody's owing it by the time it was due.
fn followed(one: Meant, rule: &DutyRule, ended: &World) -> Owes {
    match one.subject {
        DutySubject::Person { employee } => {
            let left = match ended.members().get(&employee) {
                None => Some(CancelCause::LeftCompany),
                Some(member) if !rule.scope.covers(member) => Some(CancelCause::LeftScope),
                Some(_) => None,
            };
            Owes { meant: one, left, is_sure: true }
        }
        DutySubject::Post { department, .. } => {
            let there = ended.organisation.department_parent(department).is_some()
                || ended.organisation.departments().iter().any(|(id, _)| *id == department);
            let now = holder(&ended.organisation, department, ended.today).map(|(who, _)| who);
            let is_sure = there && now == Some(one.responsible);
            Owes { meant: one, left: None, is_sure }
        }
        DutySubject::Record { .. } => Owes { meant: one, left: None, is_sure: true },
    }
}
