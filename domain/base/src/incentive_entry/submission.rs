//! An entry that only its approval confirms goes to approvers once the person was heard. `[INC-1, INC-2, INC-2a]`

use super::{
    APPROVAL_NOT_NEEDED, ENTRY_IN_APPROVAL, ENTRY_NOT_IN_APPROVAL, ENTRY_RETURNED, ENTRY_SUBMITTED,
    ENTRY_WITHDRAWN, IncentiveEntry, IncentivePolicy, NOT_PROPOSER, OBJECTION_UNANSWERED, OWN_ENTRY,
    UndoGround, Undone, refused,
};
use crate::{
    approval::{Approval, Outcome},
    spine::{Actor, Change, EventKind, Findings, Id, Refusal, Timestamp, User, wording},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How an entry was handed to approvers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Submission {
    /// The approval.
    pub approval: Id<Approval>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
    /// What was said to an objection, 1 to 500 characters.
    pub ruling: Option<String>,
    /// Whether it waits for them.
    pub is_open: bool,
}

impl IncentiveEntry {
    /// Whether it waits for approvers.
    pub fn is_in_approval(&self) -> bool {
        self.submission.as_ref().is_some_and(|submission| submission.is_open)
    }

    /// The approval of its earlier submission, which is taken up again.
    pub fn goes_on(&self) -> Option<Id<Approval>> {
        self.submission.as_ref().map(|submission| submission.approval)
    }

    /// Whether it could be handed to approvers now, with this ruling on an objection.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn check_submission(
        &self,
        ruling: Option<&str>,
        policy: &IncentivePolicy,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let objects = self.to_submit(policy, by, now)?;
        let mut findings = Findings::new();
        wording::check_optional(&mut findings, "/ruling", ruling, 500);
        if objects && ruling.is_none() {
            findings.add("/ruling", OBJECTION_UNANSWERED);
        }
        findings.into_result()
    }

    /// Hands it to approvers, with a ruling of 1 to 500 characters on an objection. A penalty only once the
    /// person has answered or the time for it is over.
    ///
    /// # Errors
    /// `incentive_entry.own`, `incentive_entry.not_proposer`, `incentive_entry.in_approval`,
    /// `incentive_entry.approval_not_needed`, `incentive_entry.not_notified`, `incentive_entry.answer_open`,
    /// `incentive_entry.objection_unanswered`.
    pub fn submit(
        self,
        approval: Id<Approval>,
        ruling: Option<String>,
        policy: &IncentivePolicy,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.check_submission(ruling.as_deref(), policy, by, now)?;
        let mut facts = self.facts();
        facts["approval_id"] = json!(approval);
        let submission = Some(Submission { approval, at: now, by: by.user, ruling, is_open: true });
        let after = Self { submission, ..self.clone() };
        Ok(Change::updated(self, after, ENTRY_SUBMITTED, facts))
    }

    /// What its approval came to: agreed to it is confirmed, refused it is cancelled, returned or withdrawn
    /// it may be handed in again. Nothing where it was taken back meanwhile.
    ///
    /// # Errors
    /// What confirming it is refused with.
    pub fn settle(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        policy: &IncentivePolicy,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, Refusal> {
        let waits = |submission: &Submission| submission.is_open && submission.approval == approval;
        let Some(submission) = self.submission.clone().filter(waits) else { return Ok(None) };
        if self.ensure_undecided().is_err() {
            return Ok(None);
        }
        let ruling = submission.ruling.clone();
        let before = self.clone();
        let closed = Self { submission: Some(Submission { is_open: false, ..submission }), ..self };
        let change = match outcome {
            Outcome::Pending => return Ok(None),
            Outcome::Approved { .. } => closed.confirm(Some(approval), ruling, policy, by, now)?,
            Outcome::Rejected { reason, .. } => closed.cancelled(Undone {
                at: now,
                ground: UndoGround::Decided,
                reason: Some(reason.clone()),
                by: Some(by.user),
            }),
            Outcome::Returned { .. } => return Ok(Some(before.let_go(closed, ENTRY_RETURNED))),
            Outcome::Withdrawn { .. } => return Ok(Some(before.let_go(closed, ENTRY_WITHDRAWN))),
        };
        Ok(Some(change))
    }

    /// Whether the caller may take it back from its approvers now.
    ///
    /// # Errors
    /// `incentive_entry.not_in_approval`, `incentive_entry.not_proposer`.
    pub fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        let submission = self.submission.as_ref().filter(|submission| submission.is_open);
        let submission = submission.ok_or_else(|| refused(ENTRY_NOT_IN_APPROVAL))?;
        if submission.by == by.user { Ok(()) } else { Err(refused(NOT_PROPOSER)) }
    }

    fn let_go(self, after: Self, kind: &'static EventKind) -> Change<Self> {
        let facts = self.facts();
        Change::updated(self, after, kind, facts)
    }

    pub(super) fn ensure_not_in_approval(&self) -> Result<(), Refusal> {
        if self.is_in_approval() { Err(refused(ENTRY_IN_APPROVAL)) } else { Ok(()) }
    }

    /// Whether the person objects, of an entry that may be handed in now.
    pub(super) fn to_submit(
        &self,
        policy: &IncentivePolicy,
        by: &Actor,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_ENTRY));
        }
        if self.proposed_by.is_some_and(|proposer| proposer != by.user) {
            return Err(refused(NOT_PROPOSER));
        }
        if !policy.approved_kinds.contains(&self.incident.kind) {
            return Err(refused(APPROVAL_NOT_NEEDED));
        }
        let objects = self.to_confirm(now)?;
        self.ensure_not_in_approval()?;
        Ok(objects)
    }
}
