//! What events called for, gone through again: each event of the days in question, in the order of history. `[REG-7; DUT-2a]`

use super::{
    super::{World, people::Meant, row::raised_for, settle::Away, source::day_named},
    Duties, Rule,
    history::Call,
    is_seen,
    judge::Judging,
    side::Owes,
};
use crate::{
    organisation::Register,
    policy_replay::Played,
    spine::{Failure, Reader},
};
use domain::{
    duty::{
        Duty, DutySubject, Hold, Occasion, Times,
        cadence::Cadence,
        occasion::{DatedRule, RuleVersions},
        replay::NotOwed,
        rule::{FieldIs, SubjectKind},
    },
    policy_replay::{Outcome, PAGE, Said},
    spine::EmployeeId,
};

impl Duties {
    /// The next page of the events that call for duties.
    pub(super) fn play_events(
        &mut self,
        reader: &mut Reader<'_>,
        played: &mut Played,
    ) -> Result<(), Failure> {
        let (world, register) = (World::today(reader)?, Register::of(reader)?);
        for _ in 0..PAGE {
            let Some(call) = self.history.calls.pop_front() else { break };
            let subject = DutySubject::Record { kind: call.called.kind.to_owned(), id: call.entity };
            let stored = raised_for(reader, &self.asked.draft.code, &subject, call.at)?;
            let (then, draft) = (by_event(&self.then, &call, &world), by_event(&self.drafted, &call, &world));
            if stored.is_none() && then.is_err() && draft.is_err() {
                continue;
            }
            let held = stored.as_ref().and_then(|duty| Some((duty.responsible()?, true)));
            let responsible = match held {
                Some(held) => Some(held),
                None => responsible_now(reader, &call)?.map(|who| (who, false)),
            };
            if !is_seen(reader, &register, &subject, responsible.map(|(who, _)| who))? {
                played.out_of_reach += 1;
                continue;
            }
            let stored = stored.as_ref();
            let by = |rule: Result<(&Rule, Times), NotOwed>| {
                self.by_call(&world, &call, stored, &subject, responsible, rule)
            };
            let results = self.results(&world, stored, by(then)?, by(draft)?)?;
            let on = call.at.date_in(reader.zone());
            let name = call.facts.get("number").and_then(serde_json::Value::as_str);
            let name = name.unwrap_or(self.draft.content.name.zh.as_str());
            played.cases.push(self.case(stored, &subject, format!("{name} {on}"), on, results));
        }
        Ok(())
    }

    fn by_call(
        &self,
        world: &World,
        call: &Call,
        stored: Option<&Duty>,
        subject: &DutySubject,
        responsible: Option<(EmployeeId, bool)>,
        rule: Result<(&Rule, Times), NotOwed>,
    ) -> Result<Result<Outcome, Said>, Failure> {
        let (rule, times) = match rule {
            Ok(known) => known,
            Err(why) => return Ok(Ok(why.outcome(&self.draft))),
        };
        let Some((responsible, is_sure)) = responsible else {
            return Ok(Err(Said::new("当时该记录的责任人", "who answered for the record then")));
        };
        let meant = Meant { subject: subject.clone(), responsible, hold: Hold::Raised };
        let away = Away::nobody();
        let judging = Judging {
            rule,
            times,
            occasion: stored.map_or(Occasion::Event(call.entity), |duty| duty.occasion),
            world,
            stored,
            history: &self.history,
            outages: &[],
            away: &away,
            gone: self.history.gone(call),
            until: self.asked.until,
        };
        judging.outcome(&Owes { meant, left: None, is_sure })
    }
}

/// The version that an event called for a duty by, with its times; else why it called for none.
fn by_event<'a>(versions: &'a [DatedRule], call: &Call, world: &World) -> Result<(&'a Rule, Times), NotOwed> {
    let versions = RuleVersions { versions };
    let rule = versions.of_event(call.at, world.time()).ok_or(NotOwed::Cadence)?;
    let Cadence::Event { kind, only, .. } = &rule.content.cadence else { return Err(NotOwed::Cadence) };
    let is_called = kind == call.called.event && rule.content.subject == SubjectKind::Record;
    if !is_called || !FieldIs::all_hold(only, &call.facts) {
        return Err(NotOwed::Event);
    }
    let due_on = day_named(&rule.content, &call.facts);
    let times = rule.content.times_of_event(call.at, due_on, world.time());
    times.map(|times| (rule, times)).ok_or(NotOwed::Cadence)
}

/// Who answers for a record today, where it is still there.
fn responsible_now(reader: &mut Reader<'_>, call: &Call) -> Result<Option<EmployeeId>, Failure> {
    match (call.called.responsible)(reader, call.entity) {
        Err(Failure::NotFound) => Ok(None),
        found => found,
    }
}
