//! Duties gone through again by a draft of their rule: what it would have asked of whom, done in time, late, missed or
//! excused, and what would have followed. `[REG-7; DUT-1a, DUT-2]`
//!
//! Who is meant is found in the organisation of the days in question, what was filed in the feed; what superiors decided is
//! not decided anew. Where it would have to be guessed, the fact that is missing is named.

/// What events called for.
mod event;
/// What was filed, and what called for duties.
mod history;
/// Where a duty stands by a version of its rule.
mod judge;
/// Who owes something for a period by a version of the rule.
mod side;

use super::{
    World, outage,
    row::{of_occasion, subject_text},
    rule::Rules,
    settle::Away,
};
use crate::{
    organisation::{Past, Register},
    policy,
    policy_replay::{Asked, Played, Replayable, Replayer},
    spine::{Failure, Reader},
};
use domain::{
    duty::{
        Duty, DutyRule, DutySubject, Occasion, Times,
        occasion::{DatedRule, RuleVersions},
        outage::Outage,
        replay::NotOwed,
    },
    policy_replay::{Case, Outcome, PAGE, Results, Said},
    spine::{BusinessDate, EmployeeId, Entity, Permission, PolicyContent, PolicyVersion, Timestamp},
    working_time::Period,
};
use history::History;
use judge::Judging;
use side::{Owes, Side};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The duties of a rule as a decision that can be replayed.
pub(super) const REPLAYED: &Replayable = &Replayable { decision: DECISION, kind: DutyRule::KIND, begin };

const DECISION: &str = "duties";

type Rule = PolicyVersion<DutyRule>;

struct Duties {
    asked: Asked,
    draft: Arc<Rule>,
    /// The versions that were published, and the draft as if it had been in force from the first day on.
    then: Vec<DatedRule>,
    drafted: Vec<DatedRule>,
    past: Past,
    history: History,
    /// The periods that are left, in the order of their first days; none before they were found.
    periods: Option<VecDeque<Called>>,
    at_hand: Option<AtHand>,
}

/// A period, with the version that called for duties then and by the draft.
struct Called {
    period: Period,
    then: Option<(Arc<Rule>, Times)>,
    draft: Option<Times>,
}

/// A period that is being gone through.
struct AtHand {
    period: Period,
    then: Option<Side>,
    draft: Option<Side>,
    stored: BTreeMap<String, Duty>,
    outages: Vec<Outage>,
    away: Away,
    /// Whose duties are left to be looked at, as texts in order.
    left: VecDeque<(String, DutySubject)>,
    /// What of it is not known any more.
    missing: Option<Said>,
}

fn begin(reader: &mut Reader<'_>, asked: &Asked) -> Result<Box<dyn Replayer>, Failure> {
    let rules = Rules::all(reader)?;
    let mut draft = asked.version::<DutyRule>()?;
    let sources = super::publication::sources(reader.house());
    draft.content.fulfilled_by = draft.content.fulfilled_by.in_company(&sources);
    let then = rules.of(&asked.draft.code).map_or_else(Vec::new, |known| known.versions.to_vec());
    let drafted = vec![DatedRule { from: asked.period.from, rule: draft.clone() }];
    let versions: Vec<&DutyRule> = then.iter().chain(&drafted).map(|version| &version.rule.content).collect();
    let history = History::of(reader, asked, &versions);
    Ok(Box::new(Duties {
        asked: asked.clone(),
        draft: Arc::new(draft),
        then,
        drafted,
        past: Past::default(),
        history,
        periods: None,
        at_hand: None,
    }))
}

impl Replayer for Duties {
    fn page(&mut self, reader: &mut Reader<'_>) -> Result<Played, Failure> {
        if self.history.reads_on(reader)? {
            return Ok(Played::default());
        }
        let mut periods = match self.periods.take() {
            Some(periods) => periods,
            None => self.called(reader)?,
        };
        if self.at_hand.is_none()
            && let Some(called) = periods.pop_front()
        {
            self.at_hand = Some(self.lay_out(reader, called)?);
        }
        let mut played = Played::default();
        match self.at_hand.take() {
            Some(mut at_hand) => {
                self.play(reader, &mut at_hand, &mut played)?;
                self.at_hand = (!at_hand.left.is_empty()).then_some(at_hand);
            }
            None => self.play_events(reader, &mut played)?,
        }
        played.is_last = periods.is_empty() && self.at_hand.is_none() && self.history.calls.is_empty();
        self.periods = Some(periods);
        Ok(played)
    }
}

impl World {
    /// As it was known at an instant gone by; else what of it is not known any more.
    fn then(reader: &mut Reader<'_>, past: &mut Past, at: Timestamp) -> Result<Result<Self, Said>, Failure> {
        let today = at.date_in(reader.zone());
        let organisation = match past.at(reader, at)? {
            Ok(organisation) => organisation,
            Err(missing) => return Ok(Err(missing)),
        };
        Ok(Ok(Self {
            settings: policy::in_force(reader, "company", today)?,
            calendar: policy::in_force(reader, "company", today)?,
            rules: Rules::all(reader)?,
            organisation,
            today,
            zone: reader.zone(),
        }))
    }
}

impl Duties {
    /// The periods of these days for which somebody owed something, then or by the draft.
    fn called(&self, reader: &mut Reader<'_>) -> Result<VecDeque<Called>, Failure> {
        let (world, until, days) = (World::today(reader)?, self.asked.until, self.asked.period);
        let within = |period: &Period| days.from <= period.first() && period.first() <= days.to;
        let mut found: BTreeMap<(BusinessDate, String), Called> = BTreeMap::new();
        let empty = |period: Period| Called { period, then: None, draft: None };
        for (versions, is_draft) in [(&self.then, false), (&self.drafted, true)] {
            let called = RuleVersions { versions }.called(None, until, world.time());
            for called in called.into_iter().filter(|called| within(&called.period)) {
                let key = (called.period.first(), called.period.to_string());
                let at = found.entry(key).or_insert_with(|| empty(called.period));
                match is_draft {
                    true => at.draft = Some(called.times),
                    false => at.then = Some((Arc::new(called.rule.clone()), called.times)),
                }
            }
        }
        Ok(found.into_values().collect())
    }

    fn lay_out(&mut self, reader: &mut Reader<'_>, called: Called) -> Result<AtHand, Failure> {
        let Called { period, then, draft } = called;
        let until = self.asked.until;
        let opens = then.iter().map(|(_, times)| times).chain(&draft).map(|times| times.opens).min();
        let mut missing = None;
        let mut side = |reader: &mut Reader<'_>, rule: Arc<Rule>, times: Times| {
            let side = Side::of(reader, &mut self.past, rule, times, until)?;
            Ok::<_, Failure>(side.map_err(|said| missing = Some(said)).ok())
        };
        let then = then.map(|(rule, times)| side(reader, rule, times)).transpose()?.flatten();
        let draft = draft.map(|times| side(reader, self.draft.clone(), times)).transpose()?.flatten();
        let stored: BTreeMap<String, Duty> =
            of_occasion(reader, &self.asked.draft.code, &period.to_string())?
                .into_iter()
                .map(|duty| (subject_text(&duty.subject), duty))
                .collect();
        let mut left: BTreeMap<String, DutySubject> =
            stored.iter().map(|(text, duty)| (text.clone(), duty.subject.clone())).collect();
        for side in then.iter().chain(&draft) {
            left.extend(side.owed.iter().map(|(text, owes)| (text.clone(), owes.meant.subject.clone())));
        }
        let people = left.values().filter_map(|subject| match subject {
            DutySubject::Person { employee } => Some(*employee),
            DutySubject::Post { .. } | DutySubject::Record { .. } => None,
        });
        let people: Vec<EmployeeId> = people.collect();
        let outages = opens.map_or_else(|| Ok(Vec::new()), |opens| outage::since(reader, opens))?;
        let away = Away::of_people(reader, &people, period.first())?;
        Ok(AtHand { period, then, draft, stored, outages, away, left: left.into_iter().collect(), missing })
    }

    /// The next page of a period.
    fn play(
        &self,
        reader: &mut Reader<'_>,
        at_hand: &mut AtHand,
        played: &mut Played,
    ) -> Result<(), Failure> {
        let (today, register) = (World::today(reader)?, Register::of(reader)?);
        for _ in 0..PAGE {
            let Some((text, subject)) = at_hand.left.pop_front() else { break };
            let stored = at_hand.stored.get(&text);
            let owes = [&at_hand.then, &at_hand.draft].map(|side| side.as_ref()?.owed.get(&text));
            let held = stored.and_then(Duty::responsible);
            let responsible = held.or_else(|| owes.iter().flatten().next().map(|one| one.meant.responsible));
            if !is_seen(reader, &register, &subject, responsible)? {
                played.out_of_reach += 1;
                continue;
            }
            let results = match &at_hand.missing {
                Some(missing) => Results::Undetermined(missing.clone()),
                None => self.of_period(&today, at_hand, stored, owes)?,
            };
            let whose = whose(&register, &subject, &self.draft);
            let number = format!("{whose} {}", at_hand.period);
            played.cases.push(self.case(stored, &subject, number, at_hand.period.first(), results));
        }
        Ok(())
    }

    fn of_period(
        &self,
        today: &World,
        at_hand: &AtHand,
        stored: Option<&Duty>,
        owes: [Option<&Owes>; 2],
    ) -> Result<Results, Failure> {
        let AtHand { period, then, draft, outages, away, .. } = at_hand;
        let by = |side: &Option<Side>, owes: Option<&Owes>| -> Result<Result<Outcome, Said>, Failure> {
            let Some(side) = side else { return Ok(Ok(NotOwed::Cadence.outcome(&self.draft))) };
            let Some(owes) = owes else { return Ok(Ok(NotOwed::Scope.outcome(&side.rule))) };
            let judging = Judging {
                rule: &side.rule,
                times: side.times,
                occasion: Occasion::Period(*period),
                world: &side.world,
                stored,
                history: &self.history,
                outages,
                away,
                gone: None,
                until: self.asked.until,
            };
            judging.outcome(owes)
        };
        let (current, draft) = (by(then, owes[0])?, by(draft, owes[1])?);
        self.results(today, stored, current, draft)
    }

    /// The three results, or the fact that one of them lacks.
    fn results(
        &self,
        today: &World,
        stored: Option<&Duty>,
        current: Result<Outcome, Said>,
        draft: Result<Outcome, Said>,
    ) -> Result<Results, Failure> {
        let (current, draft) = match (current, draft) {
            (Ok(current), Ok(draft)) => (current, draft),
            (Err(missing), _) | (_, Err(missing)) => return Ok(Results::Undetermined(missing)),
        };
        let stored = match stored {
            Some(duty) => {
                let rule = today.rules.version(&duty.rule)?;
                duty.replayed(rule, self.asked.until, &today.settings.content, today.time())
            }
            None => NotOwed::Scope.outcome(&self.draft),
        };
        Ok(Results::Determined { stored: Some(stored), current, draft })
    }

    fn case(
        &self,
        stored: Option<&Duty>,
        subject: &DutySubject,
        number: String,
        on: BusinessDate,
        results: Results,
    ) -> Case {
        let (kind, id) = match (stored, subject) {
            (Some(duty), _) => (Duty::KIND, duty.id.uuid()),
            (None, DutySubject::Person { employee }) => ("employee", employee.uuid()),
            (None, DutySubject::Post { department, .. }) => ("department", department.uuid()),
            (None, DutySubject::Record { kind, id }) => (kind.as_str(), *id),
        };
        self.asked.case(DECISION, (kind, id), number.chars().take(100).collect(), on, results)
    }
}

/// Whether the caller may see what somebody owes or would owe: as with duties that were raised.
fn is_seen(
    reader: &mut Reader<'_>,
    register: &Register,
    subject: &DutySubject,
    responsible: Option<EmployeeId>,
) -> Result<bool, Failure> {
    let today = reader.today();
    let department = match subject {
        DutySubject::Post { department, .. } => Some(*department),
        _ => responsible.and_then(|who| register.department_on(who, today)),
    };
    let is_own = responsible.is_some_and(|who| reader.actor().is(who));
    let reach = reader.actor().reach(Permission::ReadDuties);
    if is_own || department.is_some_and(|department| reach.covers(department, false)) || reach.all {
        return Ok(true);
    }
    match responsible {
        Some(who) => crate::organisation::Organisation::caller_is_above(reader, who),
        None => Ok(false),
    }
}

fn whose(register: &Register, subject: &DutySubject, rule: &Rule) -> String {
    let name = match subject {
        DutySubject::Person { employee } => register.person(*employee).map(|person| person.name.clone()),
        DutySubject::Post { department, .. } => {
            register.department(*department).map(|unit| unit.name_zh.clone())
        }
        DutySubject::Record { .. } => None,
    };
    name.unwrap_or_else(|| rule.content.name.zh.clone())
}
