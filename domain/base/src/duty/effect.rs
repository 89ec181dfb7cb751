//! Who is told when, and when a duty is missed: effects, each with its instant and a number that is its own
//! within the duty. `[DUT-2c]`

use super::{
    DUTY_ESCALATED, DUTY_MISSED, DUTY_REMINDED, Duty, DutyRule, DutyState, DutyStatus, rule::Recipient,
};
use crate::{
    spine::{Change, EmployeeId, Explanation, Timestamp},
    working_time::WorkingTime,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EffectKind {
    /// Somebody is told: a reminder where it is who is responsible, else an escalation.
    Told {
        /// Who.
        to: Recipient,
    },
    /// It is missed.
    Missed,
}

/// Something that happens to a duty that is not done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Effect {
    /// Its number within the duty: the step of the rule, from 1; behind them the miss.
    pub n: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EffectKind,
}

impl Duty {
    /// What happens if it is not done, in the order of the steps: nothing while its clock is paused, or once
    /// it is done, waived, excused or cancelled. Reckoned anew whenever its times move.
    pub fn effects(&self, rule: &DutyRule, time: WorkingTime<'_>) -> Vec<Effect> {
        let (DutyStatus::Pending {}, Some(due)) = (&self.status, self.times.due) else { return Vec::new() };
        let mut effects: Vec<Effect> = Vec::with_capacity(rule.escalation.len() + 1);
        for (n, step) in (1..).zip(&rule.escalation) {
            let at = step.at.from(due, time).value.max(self.times.opens);
            effects.push(Effect { n, at, kind: EffectKind::Told { to: step.to } });
        }
        let n = effects.last().map_or(1, |last| last.n + 1);
        effects.extend(self.missed_at().map(|at| Effect { n, at, kind: EffectKind::Missed }));
        effects
    }

    /// Tells people of it: a reminder of who is responsible, else an escalation.
    pub fn tell(self, recipient: Recipient, n: u32, to: &[EmployeeId]) -> Change<Self> {
        let kind = if recipient == Recipient::Person { DUTY_REMINDED } else { DUTY_ESCALATED };
        let facts = json!({
            "rule": self.rule.code, "occasion": self.occasion, "responsible_id": self.responsible(),
            "due": self.times.due, "step": n, "recipient": recipient.code(), "to_ids": to,
        });
        let after = self.clone();
        Change::updated(self, after, kind, facts)
    }

    /// Tells that it is missed, and why.
    pub fn miss(self) -> Change<Self> {
        let facts = json!({
            "rule": self.rule.code, "occasion": self.occasion, "responsible_id": self.responsible(),
            "due": self.times.due, "grace_until": self.times.grace_until,
        });
        let explanation = Explanation::new("duty_missed", self.citation("DUT-2b"), facts.clone());
        let after = self.clone();
        Change::updated(self, after, DUTY_MISSED, facts).explained([explanation])
    }

    /// Whether an effect that is due by now still is to happen: the state is looked at again when it is acted
    /// on.
    pub fn acts(&self, effect: &Effect, now: Timestamp) -> bool {
        let state = self.state(now);
        let wanted = match effect.kind {
            EffectKind::Told { .. } => state.is_pending() && self.times.due.is_some(),
            EffectKind::Missed => state == DutyState::Missed,
        };
        wanted && effect.at <= now
    }
}

impl Duty {
    /// Whether what happens to it if it is not done is other than it was before a change: its times moved, or something
    /// was done, let go or taken back.
    pub fn happens_otherwise(&self, before: &Self) -> bool {
        let pending = |duty: &Self| matches!(duty.status, DutyStatus::Pending {});
        self.times != before.times || self.undone != before.undone || pending(self) != pending(before)
    }
}
