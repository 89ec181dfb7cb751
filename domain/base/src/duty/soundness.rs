//! Whether a rule is sound, and whether it may be published in this company. `[DUT-1b]`

use super::cadence::{Cadence, DueDay, Grace, Opening};
use super::rule::{ConsequenceRule, DutyRule, FieldIs, FulfilledBy, MANUAL};
use super::{
    RULE_CLAUSE_UNKNOWN, RULE_DAY_UNFIT, RULE_ESCALATES_TO_NOBODY, RULE_MONTH_UNFIT, RULE_NOBODY,
    RULE_NOT_A_PENALTY, RULE_PUNISHED_TWICE, RULE_SOURCE_UNKNOWN, RULE_TOO_EARLY,
};
use crate::{
    approval::Label,
    incentive_entry::AMOUNTS_DIFFER,
    spine::{Finding, Findings, codes, in_both, wording},
    working_time::Span,
};
use serde_json::json;

/// The longest length of time a rule may name, in its own unit.
const LAPSE_MAX: u32 = 10_000;

/// What can be said of a rule alone.
pub(super) fn findings(rule: &DutyRule) -> Vec<Finding> {
    let mut found = Findings::new();
    wording::check(&mut found, "/content/name/zh", &rule.name.zh, 60);
    wording::check(&mut found, "/content/name/en", &rule.name.en, 60);
    let scope = &rule.scope;
    for (list, codes) in
        [("roles", &scope.roles), ("positions", &scope.positions), ("departments", &scope.departments)]
    {
        found.within(format!("/content/scope/{list}"), codes.len(), 0..=200);
        for (index, code) in codes.iter().enumerate() {
            wording::check(&mut found, &format!("/content/scope/{list}/{index}"), code, 60);
        }
    }
    found.within("/content/scope/except", scope.except.len(), 0..=200);
    check_cadence(&rule.cadence, &mut found);
    if let Opening::BeforeDue { lapse } = rule.opens {
        found.within("/content/opens/lapse/amount", lapse.amount as usize, 1..=LAPSE_MAX as usize);
    }
    match rule.grace {
        Grace::Lapse { lapse } => {
            found.within("/content/grace/lapse/amount", lapse.amount as usize, 1..=LAPSE_MAX as usize);
        }
        Grace::WorkingDay { nth, .. } => found.within("/content/grace/nth", nth as usize, 1..=60),
        Grace::Due | Grace::Weekday { .. } => {}
    }
    wording::check(&mut found, "/content/fulfilled_by/source", &rule.fulfilled_by.source, 60);
    check_fields(&rule.fulfilled_by.only, "/content/fulfilled_by/only", &mut found);
    found.within("/content/escalation", rule.escalation.len(), 0..=20);
    for (index, step) in rule.escalation.iter().enumerate() {
        let pointer = format!("/content/escalation/{index}/at/amount");
        found.within(&pointer, step.at.amount as usize, 0..=LAPSE_MAX as usize);
    }
    if let Some(consequence) = &rule.consequence {
        check_consequence(consequence, &mut found);
    }
    found.into_vec()
}

fn check_fields(fields: &[FieldIs], pointer: &str, found: &mut Findings) {
    found.within(pointer, fields.len(), 0..=20);
    for (index, condition) in fields.iter().enumerate() {
        wording::check(found, &format!("{pointer}/{index}/field"), &condition.field, 60);
        found.within(format!("{pointer}/{index}/any_of"), condition.any_of.len(), 1..=100);
    }
}

fn check_cadence(cadence: &Cadence, found: &mut Findings) {
    match cadence {
        Cadence::Period { every, month, on, periods_later, .. } => {
            let month_fits = month.is_none_or(|month| (1..=every.months().unwrap_or(0)).contains(&month));
            if !month_fits {
                let month = json!(month.unwrap_or_default());
                found.add_with("/content/cadence/month", RULE_MONTH_UNFIT, [("month", month)]);
            }
            let longest = match (every, month) {
                (Span::Day, _) => 1,
                (Span::Week, _) => 7,
                (Span::Month, _) | (_, Some(_)) => 31,
                (Span::Quarter, None) => 92,
                (Span::HalfYear, None) => 184,
                (Span::Year, None) => 366,
            };
            let day_fits = match on {
                DueDay::Weekday(_) => *every == Span::Week,
                DueDay::Day(n) | DueDay::WorkingDay(n) | DueDay::WorkingDayFromEnd(n) => {
                    (1..=longest).contains(n)
                }
            };
            if !day_fits {
                found.add("/content/cadence/on", RULE_DAY_UNFIT);
            }
            found.within("/content/cadence/periods_later", *periods_later as usize, 0..=12);
        }
        Cadence::Event { kind, only, within: lapse, due_on } => {
            wording::check_optional(found, "/content/cadence/due_on", due_on.as_deref(), 60);
            wording::check(found, "/content/cadence/kind", kind, 60);
            check_fields(only, "/content/cadence/only", found);
            found.within("/content/cadence/within/amount", lapse.amount as usize, 0..=LAPSE_MAX as usize);
            let ends_days = matches!(
                lapse.unit,
                super::cadence::LapseUnit::Days | super::cadence::LapseUnit::WorkingDays
            );
            if lapse.amount == 0 && !ends_days {
                found.add("/content/cadence/within", RULE_TOO_EARLY);
            }
        }
    }
}

fn check_consequence(consequence: &ConsequenceRule, found: &mut Findings) {
    let pointer = "/content/consequence";
    consequence.missed.check(found, &format!("{pointer}/missed"));
    if !consequence.missed.is_penalty() {
        found.add(format!("{pointer}/missed"), RULE_NOT_A_PENALTY);
    }
    if let Some(late) = &consequence.late {
        late.check(found, &format!("{pointer}/late"));
        late.check_like(&consequence.missed, found, &format!("{pointer}/late"));
    }
    let Some(cap) = consequence.monthly_cap else { return };
    if cap.measure() <= 0 {
        let range = [("min", json!(1)), ("max", json!(i64::MAX))];
        found.add_with(format!("{pointer}/monthly_cap"), codes::OUT_OF_RANGE, range);
    }
    if !cap.fits(&consequence.missed) {
        found.add(format!("{pointer}/monthly_cap"), AMOUNTS_DIFFER);
    }
}

/// Something of the product that fulfils duties.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// Its name, such as `report.filed`.
    pub code: &'static str,
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// Whether the wing that brings it is there.
    pub is_present: bool,
}

impl FulfilledBy {
    /// The same as it holds in this company: what a wing would fulfil that is not there is done by hand.
    #[must_use]
    pub fn in_company(&self, sources: &[Source]) -> Self {
        let is_present = sources.iter().any(|known| known.code == self.source && known.is_present);
        if is_present { self.clone() } else { Self { source: MANUAL.to_owned(), ..self.clone() } }
    }
}

/// What is asked of the company when a rule is published.
#[derive(Clone, Debug)]
pub struct Publication<'a> {
    /// The full catalogue of sources.
    pub sources: &'a [Source],
    /// How many people, posts or records are meant today.
    pub meant: usize,
    /// The steps of the escalation, from 1, that reach nobody.
    pub unreached_steps: &'a [usize],
    /// What is called what else takes something from the same people for the same fact.
    pub punished_by: &'a [Label],
    /// Whether the clause that is cited exists.
    pub is_clause_known: bool,
}

/// Everything that speaks against publishing a rule in this company.
pub fn check_publication(rule: &DutyRule, publication: &Publication<'_>) -> Vec<Finding> {
    let mut found = Findings::new();
    let source = rule.fulfilled_by.source.as_str();
    if source != MANUAL && !publication.sources.iter().any(|known| known.code == source) {
        let name = [("source", json!(source))];
        found.add_with("/content/fulfilled_by/source", RULE_SOURCE_UNKNOWN, name);
    }
    // A rule for records may be published before there are any.
    if publication.meant == 0 && rule.subject != super::rule::SubjectKind::Record {
        found.add("/content/scope", RULE_NOBODY);
    }
    for step in publication.unreached_steps {
        let pointer = format!("/content/escalation/{}", step.saturating_sub(1));
        found.add_with(pointer, RULE_ESCALATES_TO_NOBODY, [("step", json!(step))]);
    }
    if rule.consequence.as_ref().is_some_and(|consequence| !consequence.despite_indicator) {
        for Label { zh, en } in publication.punished_by {
            let name = in_both(zh.as_str(), en.as_str());
            found.add_with("/content/consequence", RULE_PUNISHED_TWICE, [("name", name)]);
        }
    }
    if !publication.is_clause_known {
        found.add("/clause", RULE_CLAUSE_UNKNOWN);
    }
    found.into_vec()
}
