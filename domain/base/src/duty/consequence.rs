//! What follows where a duty is missed: one entry in the ledger of rewards and penalties, unique by the duty.
//! `[DUT-2d]`

use super::{Duty, DutyRule, DutySettings, DutyState, rule::MonthlyCap};
use crate::{
    incentive_entry::{IncentiveAmount, Incident, IncidentKind, UndoGround},
    spine::{BusinessDate, EmployeeId, Explanation, PolicyVersion, Timestamp},
    working_time::WorkingTime,
};
use serde_json::json;

/// An entry that is to be proposed.
#[derive(Clone, PartialEq, Debug)]
pub struct Charged {
    /// Who is charged.
    pub employee: EmployeeId,
    /// What, before any cap.
    pub amount: IncentiveAmount,
    /// How much of it a month takes at most, in minor units, points or half days.
    pub monthly_cap: Option<i64>,
    /// The duty, and the day on which it was missed.
    pub incident: Incident,
    /// Why.
    pub explanation: Explanation,
}

/// What follows from where a duty stands.
#[derive(Clone, PartialEq, Debug)]
pub enum Consequence {
    /// Nothing: it is not missed, its rule has no consequence, or nobody is charged.
    Nothing,
    /// Nothing yet: what would excuse it is undecided.
    Held,
    /// An entry is proposed, unless there is one.
    Enter(Box<Charged>),
    /// An entry that was made, if any, is cancelled or countered on this ground.
    TakeBack(UndoGround),
}

impl Duty {
    /// What follows from where it stands, by the version of its rule. `may_be_excused`: a leave, correction
    /// or explanation that would excuse it is undecided.
    pub fn consequence(
        &self,
        rule: &PolicyVersion<DutyRule>,
        may_be_excused: bool,
        now: Timestamp,
        settings: &DutySettings,
        time: WorkingTime<'_>,
    ) -> Consequence {
        let Some(follows) = &rule.content.consequence else { return Consequence::Nothing };
        let state = self.state(now);
        let amount = match state {
            DutyState::Missed | DutyState::MadeUp => Some(&follows.missed),
            DutyState::Late => follows.late.as_ref(),
            DutyState::Reported => return Consequence::Held,
            // It was missed before, perhaps, and was given more time since.
            DutyState::Scheduled | DutyState::Open | DutyState::Overdue => {
                return if self.retimings.is_empty() {
                    Consequence::Nothing
                } else {
                    Consequence::TakeBack(UndoGround::Extended)
                };
            }
            DutyState::OnTime => return Consequence::TakeBack(UndoGround::InTime),
            DutyState::Waived => return Consequence::TakeBack(UndoGround::Waived),
            DutyState::Excused => return Consequence::TakeBack(UndoGround::Excused),
            DutyState::Cancelled => return Consequence::TakeBack(UndoGround::Void),
        };
        let Some(amount) = amount else { return Consequence::TakeBack(UndoGround::InTime) };
        if may_be_excused {
            return Consequence::Held;
        }
        let charge = self.charge(settings, time);
        let (Some(charge), Some(on)) = (charge, self.incident_day(state, time)) else {
            return Consequence::Nothing;
        };
        let facts = json!({
            "occasion": self.occasion, "state": state.code(), "due": self.times.due,
            "grace_until": self.times.grace_until, "employee_id": charge.employee,
            "held_working_days": charge.working_days, "amount": amount,
        });
        Consequence::Enter(Box::new(Charged {
            employee: charge.employee,
            amount: amount.clone(),
            monthly_cap: follows.monthly_cap.map(MonthlyCap::measure),
            incident: Incident { kind: IncidentKind::Duty, id: self.id.uuid(), on },
            explanation: Explanation::new("penalty_entered", rule.cite("DUT-2d", None), facts),
        }))
    }

    /// The day on which it was missed or became late.
    fn incident_day(&self, state: DutyState, time: WorkingTime<'_>) -> Option<BusinessDate> {
        match state {
            DutyState::Late => self.times.due.map(|due| time.day_of(due)),
            _ => self.missed_at().map(|missed| time.day_of(missed)),
        }
    }
}
