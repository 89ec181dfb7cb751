//! Submitting, submitting again, withdrawing, and the document moving on while in approval. `[APR-2, APR-6]`

use super::{
    Approval, Circumstances, ContentPart, DOCUMENT_MOVED, EntryKind, FELL_AWAY, NOT_PENDING, NOT_RETURNED,
    NOT_SUBMITTER, Outcome, Plan, RESUBMITTED, STARTED, SeatState, Step, StepReason, StepState, Subject,
    WITHDRAWN, content,
    opening::{Says, Transition},
    plan::routing,
};
use crate::spine::{Change, Citation, EmployeeId, Id, Refusal, Version};
use serde_json::json;

impl Approval {
    /// Submits a document: freezes its plan and opens the first step.
    ///
    /// # Errors
    /// A step that resolves to nobody, or a plan in which nobody decides. `[APR-4]`
    pub fn start(
        id: Id<Self>,
        subject: Subject,
        plan: Plan,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        if let Some(refusal) = plan.refusal() {
            return Err(refusal);
        }
        let by = subject.submitter;
        let approval = Self {
            id,
            subject,
            plan,
            rounds: Vec::new(),
            tasks: Vec::new(),
            history: Vec::new(),
            copies: Vec::new(),
            outcome: Outcome::Pending,
            last_reminder: None,
            version: 0,
        };
        let explanations: Vec<_> = approval.plan.explanations().cloned().collect();
        let mut transition = Transition::first(approval, world);
        transition.happen(STARTED, json!({"submitter": by}));
        transition.resolved_round(EntryKind::Submitted, by);
        Ok(transition.finish(STARTED).explained(explanations))
    }

    /// Submits a returned or withdrawn document again. It continues at the step that returned it where nothing that was
    /// seen has changed but what the return asked for, or the policy lets pass, nothing the chain routes by has, and the
    /// business date still falls under the same version of the chain; else `fresh`, resolved for the document as it is
    /// now, takes effect.
    ///
    /// # Errors
    /// Only what was returned or withdrawn, only by its submitter or creator; and whatever [`Approval::start`]
    /// refuses where the chain is resolved anew.
    pub fn resubmit(
        self,
        by: EmployeeId,
        subject: Subject,
        fresh: Plan,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_resubmit(by)?;
        let returned_at = match self.outcome {
            Outcome::Returned { step, .. } => self.steps().iter().position(|s| s.key == step),
            _ => None,
        };
        let unchanged = self.stands_for(&subject, &fresh);
        let mut transition = Transition::of(self, world);
        transition.after.subject = subject;
        transition.after.outcome = Outcome::Pending;
        transition.after.last_reminder = None;
        match returned_at.filter(|_| unchanged) {
            Some(index) => {
                transition.happen(RESUBMITTED, json!({"continued": true}));
                transition.continued_round(index);
                transition.record(EntryKind::ResubmittedContinued, Says { by: Some(by), ..Says::default() });
                transition.advance();
                Ok(transition.finish(RESUBMITTED))
            }
            None => {
                if let Some(refusal) = fresh.refusal() {
                    return Err(refusal);
                }
                let explanations: Vec<_> = fresh.explanations().cloned().collect();
                transition.after.plan = fresh;
                transition.happen(RESUBMITTED, json!({"continued": false}));
                transition.resolved_round(EntryKind::ResubmittedAnew, by);
                Ok(transition.finish(RESUBMITTED).explained(explanations))
            }
        }
    }

    /// Whether what was decided stands for the document as it is now.
    fn stands_for(&self, subject: &Subject, fresh: &Plan) -> bool {
        let asked = match &self.outcome {
            Outcome::Returned { mend, .. } => mend.as_slice(),
            _ => &[],
        };
        let is_let_pass = |part: &ContentPart| {
            !part.always_counts() && (asked.contains(part) || fresh.unseen_changes.contains(part))
        };
        let is_known = !self.subject.seen.is_empty();
        is_known
            && content::changed(&self.subject.seen, &subject.seen).iter().all(is_let_pass)
            && routing(&self.plan.routed_fields, subject) == self.plan.routing
            && fresh.policy == self.plan.policy
    }

    pub(super) fn may_resubmit(&self, by: EmployeeId) -> Result<(), Refusal> {
        if !matches!(self.outcome, Outcome::Returned { .. } | Outcome::Withdrawn { .. }) {
            let refusal =
                Refusal::new(NOT_RETURNED).with_labelled("state", self.outcome.name(), self.outcome.labels());
            return Err(refusal.citing(Citation::rule("APR-6")));
        }
        self.must_be_requester(by)
    }

    /// The submitter takes the document back while a step waits.
    ///
    /// # Errors
    /// Not while the approval is over, and only by submitter or creator.
    pub fn withdraw(
        self,
        by: EmployeeId,
        note: Option<String>,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_withdraw(by)?;
        let current = self.current_index();
        let mut transition = Transition::of(self, world);
        if let Some(index) = current {
            transition.close_step(index, StepReason::Withdrawn, Some(by));
        }
        transition.after.outcome = Outcome::Withdrawn { at: world.now };
        transition.record(EntryKind::Withdrawn, Says { by: Some(by), note, ..Says::default() });
        transition.happen(WITHDRAWN, json!({"by": by}));
        Ok(transition.finish(WITHDRAWN))
    }

    /// Nothing is left to decide: what the document asks for has come to nothing elsewhere. Nobody withdraws it, and nobody
    /// has to decide about it any more.
    ///
    /// # Errors
    /// Not while the approval is over.
    pub fn fall_away(self, world: Circumstances<'_>) -> Result<Change<Self>, Refusal> {
        self.must_be_pending()?;
        let current = self.current_index();
        let mut transition = Transition::of(self, world);
        if let Some(index) = current {
            transition.close_step(index, StepReason::Withdrawn, None);
        }
        transition.after.outcome = Outcome::Withdrawn { at: world.now };
        transition.record(EntryKind::FellAway, Says::default());
        transition.happen(FELL_AWAY, json!({}));
        Ok(transition.finish(FELL_AWAY))
    }

    pub(super) fn may_withdraw(&self, by: EmployeeId) -> Result<(), Refusal> {
        self.must_be_pending()?;
        self.must_be_requester(by)
    }

    /// The document changed while in approval, as when an approver cuts an amount. Decisions are taken on the
    /// new version from here on.
    ///
    /// # Errors
    /// Not while the approval is over.
    pub fn document_moved(
        self,
        by: Option<EmployeeId>,
        version: Version,
        world: Circumstances<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.must_be_pending()?;
        let mut transition = Transition::of(self, world);
        transition.after.subject.version = version;
        transition.record(EntryKind::DocumentChanged, Says { by, ..Says::default() });
        transition.happen(DOCUMENT_MOVED, json!({"document_version": version}));
        Ok(transition.finish(DOCUMENT_MOVED))
    }

    pub(super) fn must_be_pending(&self) -> Result<(), Refusal> {
        if self.outcome == Outcome::Pending {
            return Ok(());
        }
        let refusal =
            Refusal::new(NOT_PENDING).with_labelled("state", self.outcome.name(), self.outcome.labels());
        Err(refusal.citing(Citation::rule("APR-6")))
    }

    pub(super) fn must_be_requester(&self, by: EmployeeId) -> Result<(), Refusal> {
        if by == self.subject.submitter || by == self.subject.creator {
            return Ok(());
        }
        Err(Refusal::new(NOT_SUBMITTER).citing(Citation::rule("APR-3")))
    }

    pub(super) fn current_index(&self) -> Option<usize> {
        self.steps().iter().position(|step| matches!(step.state, StepState::Open { .. }))
    }
}

impl Transition<'_> {
    /// Begins a round from the plan and opens its first step.
    fn resolved_round(&mut self, kind: EntryKind, by: EmployeeId) {
        let steps = self.fresh_steps(&self.after.plan);
        self.begin_round(steps);
        self.record(kind, Says { by: Some(by), ..Says::default() });
        let skipped: Vec<String> =
            self.after.steps().iter().filter(|step| is_closed(step)).map(code).collect();
        for step in skipped {
            self.record(EntryKind::StepNotApplicable, Says { step: Some(step), ..Says::default() });
        }
        self.advance();
    }

    /// Begins a round in which everything before a step stands and the step is decided again.
    pub(super) fn continued_round(&mut self, index: usize) {
        let steps = self.after.steps().to_vec();
        let taken_up = |(at, step)| if at < index { carry_over(step) } else { reset(step) };
        self.begin_round(steps.into_iter().enumerate().map(taken_up).collect());
    }
}

const fn is_closed(step: &Step) -> bool {
    matches!(step.state, StepState::Closed { .. })
}

fn code(step: &Step) -> String {
    step.planned.code.clone()
}

/// A step as a later round takes it up again.
fn reset(mut step: Step) -> Step {
    let stays = StepReason::NotApplicable;
    if !matches!(step.state, StepState::Closed { reason, .. } if reason == stays || reason == StepReason::Removed)
    {
        step.state = StepState::Waiting;
    }
    for seat in step.seats.iter_mut().filter(|seat| seat.state != SeatState::Removed) {
        seat.state = SeatState::Pending;
    }
    step
}

/// A step as a later round leaves it: what an earlier round decided stands.
fn carry_over(mut step: Step) -> Step {
    if let StepState::Closed { at, reason: StepReason::Decided | StepReason::SkippedSamePerson } = step.state
    {
        step.state = StepState::Closed { at, reason: StepReason::CarriedOver };
    }
    step
}
