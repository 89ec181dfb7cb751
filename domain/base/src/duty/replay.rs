//! What a rule makes of a subject and an occasion, as a decision to be compared with another's. `[REG-7; DUT-2b, DUT-2d,
//! DUT-2e]`
//!
//! What superiors decided — a waiver, more time, a confirmation — is history and is never decided anew.

use super::{
    Duty, DutyRule, DutySettings, DutyState, DutyStatus, Proof, Retiming, RetimingCause,
    consequence::Consequence,
};
use crate::{
    incentive_entry::IncentiveAmount,
    policy_replay::{Outcome, Point, Said},
    spine::{PolicyVersion, Timestamp},
    working_time::WorkingTime,
};
use std::collections::BTreeMap;

/// What keeps a rule from asking something of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotOwed {
    /// No version calls for anything then: it comes back at other times, or is repealed.
    Cadence,
    /// The rule means others.
    Scope,
    /// The event is none of those that call for it.
    Event,
}

impl NotOwed {
    const fn fact(self) -> &'static str {
        match self {
            Self::Cadence => "cadence",
            Self::Scope => "scope",
            Self::Event => "event",
        }
    }

    /// What a rule says where it asks nothing.
    pub fn outcome(self, rule: &PolicyVersion<DutyRule>) -> Outcome {
        let silent = Point { fact: Some(self.fact().to_owned()), ..point("duty", rule, None, "due") };
        Outcome { points: vec![silent, point("consequence", rule, None, "amount")], money: BTreeMap::new() }
    }
}

/// A point of what a rule says: `duty` is where the duty stands, `consequence` what follows.
fn point(key: &str, rule: &PolicyVersion<DutyRule>, says: Option<Said>, otherwise: &str) -> Point {
    let name = &rule.content.name;
    let name = match key {
        "consequence" => Said::new(format!("{}（后果）", name.zh), format!("{} (consequence)", name.en)),
        _ => Said::new(&name.zh, &name.en),
    };
    let fact = (key == "consequence" && says.is_none()).then(|| "status".to_owned());
    let clause = Some(rule.clause.clone());
    Point { key: key.to_owned(), name, clause, says, fact, otherwise: otherwise.to_owned() }
}

impl Duty {
    /// The same duty as another version of its rule has it, or as a version that was never in force would have: who held it
    /// and how a superior gave it more time stays.
    #[must_use]
    pub fn as_it_was_held(mut self, stored: &Self, time: WorkingTime<'_>) -> Self {
        self.id = stored.id;
        self.holdings.clone_from(&stored.holdings);
        self.undone = stored.undone;
        for (index, retiming) in stored.retimings.iter().enumerate() {
            if retiming.cause != RetimingCause::Extended {
                continue;
            }
            let after = stored.retimings.get(index + 1).map_or(stored.times, |next: &Retiming| next.before);
            if let Some(due) = after.due.filter(|due| self.times.due.is_some_and(|own| own < *due)) {
                self.times = self.times.due_at(due, time);
            }
        }
        self
    }

    /// The same done by what fulfils it, or waiting to be confirmed.
    #[must_use]
    pub fn done_by(self, proof: Proof, waits: bool) -> Self {
        let status = if waits { DutyStatus::Reported { proof } } else { DutyStatus::Fulfilled { proof } };
        Self { status, ..self }
    }

    /// The same let go where a superior let the stored one go: unless it was done in time.
    #[must_use]
    pub fn waived_as(self, stored: &Self, now: Timestamp) -> Self {
        let is_waived = matches!(stored.status, DutyStatus::Waived { .. });
        if !is_waived || matches!(self.state(now), DutyState::OnTime | DutyState::Cancelled) {
            return self;
        }
        Self { status: stored.status.clone(), ..self }
    }

    /// What was done, whatever became of the duty since.
    pub const fn proof(&self) -> Option<&Proof> {
        match &self.status {
            DutyStatus::Reported { proof } | DutyStatus::Fulfilled { proof } => Some(proof),
            DutyStatus::Waived { proof, .. } | DutyStatus::Excused { proof, .. } => proof.as_ref(),
            DutyStatus::Pending {} | DutyStatus::Cancelled { .. } => None,
        }
    }

    /// Where it stands by a version of its rule, and what follows, before any cap of the month.
    pub fn replayed(
        &self,
        rule: &PolicyVersion<DutyRule>,
        now: Timestamp,
        settings: &DutySettings,
        time: WorkingTime<'_>,
    ) -> Outcome {
        let (zh, en) = self.state(now).labels();
        let stands = point("duty", rule, Some(Said::new(zh, en)), "due");
        let mut money = BTreeMap::new();
        let follows = match self.consequence(rule, false, now, settings, time) {
            Consequence::Enter(charged) => {
                if let IncentiveAmount::Money { amount } = &charged.amount {
                    money.insert(charged.employee.to_string(), *amount);
                }
                Some(in_words(&charged.amount))
            }
            Consequence::Nothing | Consequence::Held | Consequence::TakeBack(_) => None,
        };
        Outcome { points: vec![stands, point("consequence", rule, follows, "amount")], money }
    }
}

/// What is taken, or granted.
fn in_words(amount: &IncentiveAmount) -> Said {
    match amount {
        IncentiveAmount::Money { amount } => {
            let code = amount.currency().code();
            Said::new(format!("金额 {amount} {code}"), format!("{amount} {code}"))
        }
        IncentiveAmount::Points { points } => Said::new(format!("积分 {points}"), format!("{points} points")),
        IncentiveAmount::WageDays { half_days } => {
            let (sign, half) = (if *half_days < 0 { "-" } else { "" }, half_days.unsigned_abs());
            let days = format!("{sign}{}{}", half / 2, if half % 2 == 1 { ".5" } else { "" });
            Said::new(format!("工资 {days} 天"), format!("{days} days of wages"))
        }
        IncentiveAmount::Honour { zh, en } => Said::new(zh, en),
    }
}
