//! One person passes one step: who is spared the next for having decided the one before, and who is not asked in
//! somebody else's place for having a step of their own. `[APR-4]`
//!
//! Both look at whom the chain names. Who stands in for somebody decides in that person's name, never instead of the
//! step: else a step would vanish because the one who was to look at it anew is away.

use super::{Approval, Seat, SeatState, StepReason, StepState, directory::stand_ins, opening::Transition};
use crate::separation_policy::TWO_STEPS;
use crate::spine::{Citation, EmployeeId, Refusal};

/// Whom a seat of the step before asked, and who agreed for it.
#[derive(Clone, Copy)]
pub(super) struct Agreed {
    candidate: EmployeeId,
    by: EmployeeId,
}

impl Approval {
    /// Whether somebody decides another step of this round: agreed to it, or is asked for it by the chain.
    pub(super) fn decides_another_step(&self, who: EmployeeId, step: u32) -> bool {
        if !self.plan.one_step_each {
            return false;
        }
        let others = self.steps().iter().filter(|other| other.key != step);
        others.into_iter().any(|other| {
            let is_asked = match other.state {
                StepState::Closed { reason: StepReason::NotApplicable | StepReason::Removed, .. } => {
                    return false;
                }
                StepState::Closed { .. } => false,
                StepState::Waiting | StepState::Open { .. } => true,
            };
            other.seats.iter().any(|seat| match seat.state {
                SeatState::Pending => is_asked && seat.candidate == who,
                state => decider(state) == Some(who),
            })
        })
    }

    /// Refuses somebody who decides another step of this round: one person would pass two.
    pub(super) fn refuse_second_step(&self, who: EmployeeId) -> Result<(), Refusal> {
        let present = self.current_step().map_or(0, |step| step.key);
        if self.decides_another_step(who, present) {
            return Err(Refusal::new(TWO_STEPS).citing(Citation::rule("APR-4")).at("/employee_id"));
        }
        Ok(())
    }
}

impl Transition<'_> {
    /// What was agreed in the step before, if this step may be spared for that.
    pub(super) fn agreed_before(&mut self, index: usize) -> Vec<Agreed> {
        let once = self.after.plan.same_person_decides_once;
        let steps = self.steps();
        let step = &steps[index];
        if !once || step.planned.added_by_amount || step.planned.decided_anew || step.added.is_some() {
            return Vec::new();
        }
        for before in steps[..index].iter().rev() {
            match before.state {
                StepState::Closed { reason: StepReason::NotApplicable | StepReason::Removed, .. } => {}
                StepState::Closed { reason: StepReason::Decided | StepReason::SkippedSamePerson, .. } => {
                    let agreed =
                        |seat: &Seat| Some(Agreed { candidate: seat.candidate, by: decider(seat.state)? });
                    return before.seats.iter().filter_map(agreed).collect();
                }
                _ => break,
            }
        }
        Vec::new()
    }

    /// Who agreed already for the person a seat asks: that person, or who stands in for them and did so in their name.
    pub(super) fn agreed_for(&self, seat: &Seat, before: &[Agreed]) -> Option<EmployeeId> {
        if seat.added_by.is_some() {
            return None;
        }
        let (directory, today) = (self.world.directory, self.world.today);
        let in_their_name = |agreed: &Agreed| {
            agreed.candidate == seat.candidate
                && stand_ins(directory, seat.candidate, today).contains(&agreed.by)
        };
        let found = before.iter().find(|agreed| agreed.by == seat.candidate || in_their_name(agreed));
        found.map(|agreed| agreed.by)
    }
}

/// Who agreed for a seat.
pub(super) const fn decider(state: SeatState) -> Option<EmployeeId> {
    match state {
        SeatState::Approved { by, .. } | SeatState::SamePerson { by } => Some(by),
        SeatState::Pending | SeatState::Removed => None,
    }
}
