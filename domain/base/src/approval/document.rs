//! The course of every document that somebody hands to approvers: written, submitted, agreed to or not, taken back,
//! given up. What is the same for all of them stands here, once; each says by [`Document`] what its events are called
//! and what they tell. `[APR-2, APR-3, APR-6, ACT-1]`
//!
//! Deliberately not here: what a document says, what policies demand of it before it is submitted, and what comes after
//! its approval, which its own context keeps beside the [`Petition`].

use super::{
    Approval, ContentPart, Outcome, Owner, Petition, Standing, StandingState, check_reason,
    petition::{NOT_EDITABLE, NOT_IN_APPROVAL, NOT_SUBMITTABLE, NOT_VOIDABLE, OTHER_APPROVAL},
};
use crate::spine::{
    Actor, Change, Citation, DepartmentId, EmployeeId, Entity, EventKind, Id, Permission, Refusal,
    RefusalCode, Timestamp,
};
use serde_json::{Map, Value, json};

/// Facts of an event, by name.
pub type Facts = Map<String, Value>;

/// Facts as an event tells them.
pub fn facts<const N: usize>(told: [(&str, Value); N]) -> Facts {
    told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The events of the course, each declared by its own context: who searches the source for `cash_advance.returned`
/// finds it there.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// It was handed to its approvers.
    pub submitted: &'static EventKind,
    /// It was taken back while it waited.
    pub withdrawn: &'static EventKind,
    /// An approver sent it back.
    pub returned: &'static EventKind,
    /// An approver refused it for good.
    pub rejected: &'static EventKind,
    /// The last approver agreed.
    pub approved: &'static EventKind,
    /// It was given up.
    pub voided: &'static EventKind,
    /// The rule that a refusal by its state cites, where one says so.
    pub rule: Option<&'static str>,
    /// Whose permission ends what somebody who has left cannot end any more, where that is anybody's.
    pub ends_for_leavers: Option<Permission>,
}

impl Course {
    /// The event of an outcome; none while a step waits.
    pub const fn settled(&self, outcome: &Outcome) -> Option<&'static EventKind> {
        match outcome {
            Outcome::Pending => None,
            Outcome::Approved { .. } => Some(self.approved),
            Outcome::Rejected { .. } => Some(self.rejected),
            Outcome::Returned { .. } => Some(self.returned),
            Outcome::Withdrawn { .. } => Some(self.withdrawn),
        }
    }
}

/// Something that somebody hands to approvers.
pub trait Document: Entity {
    /// The events of its course.
    const COURSE: Course;

    /// Who answers for it, and where it stands.
    fn petition(&self) -> &Petition;
    /// The same, for the course alone to move.
    fn petition_mut(&mut self) -> &mut Petition;
    /// The department it belongs to, by which its chain routes.
    fn department(&self) -> DepartmentId;

    /// Who gains by it, where that is not its submitter.
    fn beneficiary(&self) -> EmployeeId {
        self.petition().submitter
    }
    /// The code of where it stands, as clients read it; what comes after approval may call it otherwise.
    fn state_code(&self) -> &'static str {
        self.petition().state().code()
    }
    /// What people call it, Chinese and English.
    fn state_labels(&self) -> (&'static str, &'static str) {
        self.petition().state().labels()
    }
    /// What its events tell beside its number and its state.
    fn facts(&self) -> Facts {
        Facts::new()
    }
    /// What the event of its submission tells beside its number and its approval.
    ///
    /// # Errors
    /// Amounts beyond what can be added up.
    fn asked(&self) -> Result<Facts, Refusal> {
        Ok(Facts::new())
    }
    /// What it says, part by part: what its approvers see, and decide about. A kind that does not tell its parts apart is
    /// seen as a whole.
    fn said(&self) -> Vec<(ContentPart, Value)> {
        let mut whole = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(members) = &mut whole {
            ["standing", "approval", "version", "created_at"]
                .iter()
                .for_each(|name| drop(members.remove(*name)));
        }
        vec![(ContentPart::Whole, whole)]
    }
    /// The approval of its earlier submission, where that is taken up again: not where it was final.
    fn goes_on(&self) -> Option<Id<Approval>> {
        self.petition().goes_on()
    }
    /// Puts it where it stands from now on, and lets go of what belongs to another standing.
    fn stand(&mut self, standing: Standing) {
        self.petition_mut().standing = standing;
    }
    /// Refuses what is never changed, submitted or given up, wherever it stands.
    fn refuse_fixed(&self) -> Result<(), Refusal> {
        Ok(())
    }

    /// In whose name somebody acts who made or submits it; whoever else acts does so in their own office. `[AUD-1]`
    fn in_whose_name(&self, by: &Actor) -> Option<EmployeeId> {
        let petition = self.petition();
        by.in_whose_name(petition.submitter, self.beneficiary()).filter(|_| petition.is_own(by))
    }

    /// A refusal that names the state.
    fn wrong_state(&self, code: &'static RefusalCode) -> Refusal {
        let refusal = Refusal::new(code).with_labelled("state", self.state_code(), self.state_labels());
        match Self::COURSE.rule {
            Some(rule) => refusal.citing(Citation::rule(rule)),
            None => refusal,
        }
    }

    /// Whether a caller may rewrite it now.
    fn may_revise(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_fixed()?;
        self.petition().refuse_stranger(by)?;
        if self.petition().state().is_editable() { Ok(()) } else { Err(self.wrong_state(NOT_EDITABLE)) }
    }

    /// Whether a caller may submit it now, as far as its state goes.
    fn may_submit(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_fixed()?;
        self.petition().refuse_stranger(by)?;
        if self.petition().state().is_editable() { Ok(()) } else { Err(self.wrong_state(NOT_SUBMITTABLE)) }
    }

    /// Whether a caller may take it back now.
    fn may_withdraw(&self, by: &Actor) -> Result<(), Refusal> {
        self.petition().refuse_stranger(by)?;
        self.expect_in_approval()
    }

    /// Whether a caller may give it up now: who made or submits it and, where its submitter has left, whoever stands
    /// in for leavers.
    fn may_void(&self, owner: Owner, by: &Actor) -> Result<(), Refusal> {
        self.refuse_fixed()?;
        let in_office = |permission| owner.is_stood_in_for(by, permission, self.department());
        if !Self::COURSE.ends_for_leavers.is_some_and(in_office) {
            self.petition().refuse_stranger(by)?;
        }
        if self.petition().state().is_voidable() { Ok(()) } else { Err(self.wrong_state(NOT_VOIDABLE)) }
    }

    /// Refuses unless it waits for its approvers.
    fn expect_in_approval(&self) -> Result<(), Refusal> {
        if self.petition().state() == StandingState::InApproval {
            Ok(())
        } else {
            Err(self.wrong_state(NOT_IN_APPROVAL))
        }
    }

    /// Hands it to its approvers. What policies demand of it is checked in the same unit of work.
    ///
    /// # Errors
    /// Where it is not the caller's to submit, or not now.
    fn submit(self, approval: Id<Approval>, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        let facts = self.asked()?;
        self.handed_in(approval, facts, by, now)
    }

    /// The same, where what its event tells is known to the caller alone.
    fn handed_in(
        self,
        approval: Id<Approval>,
        mut facts: Facts,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_submit(by)?;
        facts.insert("number".to_owned(), json!(self.petition().number));
        facts.insert("approval_id".to_owned(), json!(approval));
        let (mut after, named) = (self.clone(), self.in_whose_name(by));
        after.stand(Standing::InApproval { at: now });
        after.petition_mut().approval = Some(approval);
        Ok(Change::updated(self, after, Self::COURSE.submitted, facts.into()).in_the_name_of(named))
    }

    /// What its approval came to. What follows from that its context does in the same unit of work.
    ///
    /// # Errors
    /// Where it does not wait for that approval, or the approval still waits itself.
    fn settle(
        self,
        approval: Id<Approval>,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_settled_by(approval)?;
        let (kind, standing) = match (Self::COURSE.settled(outcome), Standing::settled(outcome, now)) {
            (Some(kind), Some(standing)) => (kind, standing),
            _ => return Err(Refusal::new(OTHER_APPROVAL)),
        };
        Ok(self.moved(standing, kind))
    }

    /// Refuses an approval that it does not wait for.
    fn expect_settled_by(&self, approval: Id<Approval>) -> Result<(), Refusal> {
        self.expect_in_approval()?;
        if self.petition().approval == Some(approval) { Ok(()) } else { Err(Refusal::new(OTHER_APPROVAL)) }
    }

    /// Gives it up. Its number stays taken.
    ///
    /// # Errors
    /// Where it is not the caller's to give up, or not now; where no reason is given.
    fn void(self, reason: String, owner: Owner, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_void(owner, by)?;
        check_reason(&reason)?;
        let named = self.in_whose_name(by);
        Ok(self.moved(Standing::Void { at: now, reason }, Self::COURSE.voided).in_the_name_of(named))
    }

    /// It in another standing, with its event.
    fn moved(self, standing: Standing, kind: &'static EventKind) -> Change<Self> {
        let mut after = self.clone();
        after.stand(standing);
        let facts = after.all_facts();
        Change::updated(self, after, kind, facts.into())
    }

    /// Its number, its state, and what else its events tell.
    fn all_facts(&self) -> Facts {
        let mut facts = self.facts();
        facts.insert("number".to_owned(), json!(self.petition().number));
        facts.insert("state".to_owned(), json!(self.state_code()));
        facts
    }
}

#[cfg(test)]
mod tests;
