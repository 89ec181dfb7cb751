//! Deciding: approve, reject, return, and taking one's own decision back. `[APR-3, APR-6]`

use super::{
    ALREADY_DECIDED, Approval, Circumstances, CloseReason, Counting, DECIDED, DOCUMENT_CHANGED, Decision,
    Directory, EntryKind, NEXT_STEP_DECIDED, NOT_YOUR_TURN, NOTHING_TO_TAKE_BACK, OWN_DOCUMENT, Origin,
    Outcome, REASON_REQUIRED, REJECTED, RETURNED, ReturnTo, STEP_NOT_PASSED, SeatState, StepReason,
    StepState, TAKEN_BACK, Task, TaskState,
    content::digest_of,
    directory::own_people,
    opening::{Says, Transition, is_complete},
};
use crate::spine::{Change, Citation, EmployeeId, Refusal, Version};
use serde_json::json;

impl Approval {
    /// Agrees, for every open task the approver holds in the present step. `seen` is the version of the document
    /// the approver read.
    ///
    /// # Errors
    /// Not their turn, decided already (naming by whom), their own document, or the document changed since.
    pub fn approve(
        self,
        by: EmployeeId,
        seen: Version,
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let (mut transition, index) = self.decide(by, seen, Decision::Approved, note, world)?;
        transition.happen(DECIDED, json!({"by": by, "step": transition.after.steps()[index].planned.code}));
        if is_complete(&transition.steps()[index]) {
            let step = Some(transition.steps()[index].planned.code.clone());
            transition.close_step(index, StepReason::Decided, Some(by));
            transition.record(EntryKind::StepDecided, Says { step, ..Says::default() });
            transition.advance();
        } else {
            transition.fill_open(index);
        }
        Ok(transition.finish(DECIDED))
    }

    /// Refuses the document for good.
    ///
    /// # Errors
    /// As for [`Approval::approve`]; a reason is required.
    pub fn reject(
        self,
        by: EmployeeId,
        seen: Version,
        reason: String,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let reason = given(reason)?;
        let (mut transition, index) =
            self.decide(by, seen, Decision::Rejected, Some(reason.clone()), world)?;
        transition.close_step(index, StepReason::Rejected, Some(by));
        transition.happen(REJECTED, json!({"by": by}));
        transition.after.outcome = Outcome::Rejected { by, at: world.now, reason };
        Ok(transition.finish(REJECTED))
    }

    /// Sends the document back, to the requester or to a passed step. Closes all open tasks of the step; going
    /// to a step opens a new round there.
    ///
    /// # Errors
    /// As for [`Approval::approve`]; a reason is required, and the step must have been passed.
    pub fn send_back(
        self,
        by: EmployeeId,
        seen: Version,
        to: ReturnTo,
        reason: String,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let reason = given(reason)?;
        self.may_decide(by, world)?;
        let target = match &to {
            ReturnTo::Requester | ReturnTo::ToMend(_) => None,
            ReturnTo::Step(code) => Some(self.passed_step(code)?),
        };
        let mend = match &to {
            ReturnTo::ToMend(parts) => parts.clone(),
            _ => Vec::new(),
        };
        let (mut transition, index) =
            self.decide(by, seen, Decision::Returned, Some(reason.clone()), world)?;
        transition.close_step(index, StepReason::Returned, Some(by));
        let step = transition.steps()[index].key;
        transition.happen(
            RETURNED,
            json!({"by": by, "to_step": match &to {
                ReturnTo::Step(code) => Some(code),
                _ => None,
            }, "mend": mend}),
        );
        match target {
            None => transition.after.outcome = Outcome::Returned { by, at: world.now, reason, step, mend },
            Some(target) => {
                transition.continued_round(target);
                transition.advance();
            }
        }
        Ok(transition.finish(RETURNED))
    }

    /// The codes of the steps a return may go to.
    pub fn passed_steps(&self) -> Vec<&str> {
        let current = self.current_index().unwrap_or(0);
        let passed = self.steps()[..current].iter().filter(|step| {
            let reasons = [StepReason::Decided, StepReason::SkippedSamePerson, StepReason::CarriedOver];
            matches!(step.state, StepState::Closed { reason, .. } if reasons.contains(&reason))
        });
        passed.map(|step| step.planned.code.as_str()).collect()
    }

    fn passed_step(&self, code: &str) -> Result<usize, Refusal> {
        let refused = || Refusal::new(STEP_NOT_PASSED).citing(Citation::rule("APR-3")).at("/to_step");
        if !self.passed_steps().contains(&code) {
            return Err(refused());
        }
        self.steps().iter().position(|step| step.planned.code == code).ok_or_else(refused)
    }

    /// Takes back one's own agreement while nobody has decided after it.
    ///
    /// # Errors
    /// Nothing to take back, the approval is over, or somebody decided after it.
    pub fn take_back(self, by: EmployeeId, world: Circumstances<'_>) -> Result<Change<Self>, Refusal> {
        let index = self.may_take_back(by, world.directory)?;
        let was_open = self.current_index() == Some(index);
        // An approver added before it goes first; the step itself waits, and with it the seat.
        let is_postponed = self.steps()[index].state == StepState::Waiting;
        let mut transition = Transition::of(self, world);
        let step = Some(transition.steps()[index].planned.code.clone());
        transition.record(EntryKind::DecisionTakenBack, Says { step, by: Some(by), ..Says::default() });
        transition.happen(TAKEN_BACK, json!({"by": by}));
        let (key, counting) = (transition.steps()[index].key, transition.steps()[index].planned.counting);
        if !is_postponed && (!was_open || counting == Counting::Sequential) {
            let added = |task: &Task| task.step == key && task.origin == Origin::Added;
            transition.close_tasks(CloseReason::TakenBack, |task| !added(task));
        }
        for seat in &mut transition.steps()[index].seats {
            if matches!(seat.state, SeatState::Approved { by: who, .. } if who == by) {
                seat.state = SeatState::Pending;
            }
        }
        if is_postponed {
            return Ok(transition.finish(TAKEN_BACK));
        }
        for later in transition.steps().iter_mut().skip(index + 1) {
            let reopened = match later.state {
                StepState::Open { .. } => true,
                StepState::Closed { reason, .. } => reason == StepReason::SkippedSamePerson,
                StepState::Waiting => false,
            };
            if reopened {
                later.state = StepState::Waiting;
                let spared =
                    later.seats.iter_mut().filter(|seat| matches!(seat.state, SeatState::SamePerson { .. }));
                spared.for_each(|seat| seat.state = SeatState::Pending);
            }
        }
        transition.open_step(index, false);
        Ok(transition.finish(TAKEN_BACK))
    }

    /// Whether a decision can be taken back, and the index of its step.
    pub(super) fn may_take_back(&self, by: EmployeeId, directory: &dyn Directory) -> Result<usize, Refusal> {
        self.must_be_pending()?;
        let nothing = || Refusal::new(NOTHING_TO_TAKE_BACK).citing(Citation::rule("APR-3"));
        let decider = |state: SeatState| match state {
            SeatState::Approved { by, .. } => Some(by),
            _ => None,
        };
        let this_round = self.steps().iter().enumerate().filter(|(_, step)| {
            !matches!(step.state, StepState::Closed { reason: StepReason::CarriedOver, .. })
        });
        let decided: Vec<(usize, usize, EmployeeId)> = this_round
            .flat_map(|(index, step)| {
                let seats = step.seats.iter().enumerate();
                seats.filter_map(move |(seat, state)| Some((index, seat, decider(state.state)?)))
            })
            .collect();
        let (index, seat, _) =
            decided.iter().rev().find(|(.., who)| *who == by).copied().ok_or_else(nothing)?;
        let sequential = self.steps()[index].planned.counting == Counting::Sequential;
        let after = |(other, place, _): &&(usize, usize, EmployeeId)| {
            *other > index || (sequential && *other == index && *place > seat)
        };
        match decided.iter().find(after) {
            None => Ok(index),
            Some((.., who)) => Err(Refusal::new(NEXT_STEP_DECIDED)
                .with("by", who.to_string())
                .with("by_name", directory.name(*who).unwrap_or_default())
                .citing(Citation::rule("APR-3"))),
        }
    }

    /// Whether somebody may decide now.
    pub(super) fn may_decide(&self, by: EmployeeId, world: Circumstances<'_>) -> Result<(), Refusal> {
        if self.open_tasks_of(by).next().is_none() {
            return Err(self.why_no_task(by, world.directory));
        }
        if own_people(&self.subject, world.directory, world.today).contains(&by) {
            return Err(Refusal::new(OWN_DOCUMENT).citing(Citation::rule("APR-4")));
        }
        Ok(())
    }

    /// What to tell somebody who holds no open task.
    fn why_no_task(&self, by: EmployeeId, directory: &dyn Directory) -> Refusal {
        let round = self.round_number();
        let last = self.tasks.iter().rev().find(|task| task.round == round && task.assignee == by);
        let decider = last.and_then(|task| match task.state {
            TaskState::Decided { decision, at, .. } => Some((by, decision, at)),
            TaskState::Closed { why: CloseReason::NotNeeded { by: other }, .. } => {
                self.decision_of(other, task)
            }
            _ => None,
        });
        if let Some((who, decision, at)) = decider {
            return Refusal::new(ALREADY_DECIDED)
                .with("by", who.to_string())
                .with("by_name", directory.name(who).unwrap_or_default())
                .with_label("decision", decision)
                .with("at", at.to_string())
                .citing(Citation::rule("APR-6"));
        }
        let over = self.must_be_pending().err();
        over.unwrap_or_else(|| Refusal::new(NOT_YOUR_TURN).citing(Citation::rule("APR-3")))
    }

    fn decision_of(
        &self,
        who: EmployeeId,
        beside: &Task,
    ) -> Option<(EmployeeId, Decision, crate::spine::Timestamp)> {
        let same_step = |task: &&Task| task.round == beside.round && task.step == beside.step;
        self.tasks.iter().filter(same_step).find_map(|task| match task.state {
            TaskState::Decided { decision, at, .. } if task.assignee == who => Some((who, decision, at)),
            _ => None,
        })
    }

    /// Marks the approver's open tasks decided and answers the index of the present step.
    fn decide(
        self,
        by: EmployeeId,
        seen: Version,
        decision: Decision,
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<(Transition<'_>, usize), Refusal> {
        self.may_decide(by, world)?;
        let current = self.subject.version;
        if seen != current {
            let refusal = Refusal::new(DOCUMENT_CHANGED).with("current", current).with("seen", seen);
            return Err(refusal.citing(Citation::rule("APR-6")));
        }
        let index = self.current_index().ok_or_else(|| Refusal::new(NOT_YOUR_TURN))?;
        let mut transition = Transition::of(self, world);
        let (at, step) = (world.now, Some(transition.steps()[index].planned.code.clone()));
        let digest = digest_of(&transition.after.subject.seen);
        let mut from = None;
        for place in 0..transition.after.tasks.len() {
            let task = &mut transition.after.tasks[place];
            if task.assignee != by || task.state != TaskState::Open {
                continue;
            }
            let content_digest = Some(digest.clone());
            task.state = TaskState::Decided {
                decision,
                at,
                note: note.clone(),
                document_version: current,
                content_digest,
            };
            from = task.on_behalf_of.or(from);
            let seat = task.seat;
            if decision == Decision::Approved {
                transition.steps()[index].seats[seat].state = SeatState::Approved { by, at };
            }
        }
        let kind = match decision {
            Decision::Approved => EntryKind::Approved,
            Decision::Rejected => EntryKind::Rejected,
            Decision::Returned => EntryKind::Returned,
        };
        transition.act_for(from);
        transition.record(kind, Says { step, by: Some(by), from, note, ..Says::default() });
        Ok((transition, index))
    }
}

/// A reason that says something.
pub(super) fn given(reason: String) -> Result<String, Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::new(REASON_REQUIRED).citing(Citation::rule("APR-3")).at("/reason"));
    }
    Ok(reason)
}
