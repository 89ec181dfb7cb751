//! What is final stays as it is. Somebody may ask for a revision, somebody else agrees, and what comes of it
//! is a new appraisal that names the one before. `[KPI-7]`

use super::{
    APPROVES_OWN, Appraisal, AppraisalState, FINAL, OWN_APPRAISAL, REOPENED, REOPENED_ALREADY,
    REOPENING_ASKED, REOPENING_REFUSED, refused,
};
use crate::{
    approval::check_reason,
    spine::{Actor, Change, Id, Refusal, Timestamp, User},
};
use serde::{Deserialize, Serialize};

/// Why there is a revision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reopening {
    /// The revision before, which is final.
    pub of: Id<Appraisal>,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: Id<User>,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided, and when.
    pub decided: Option<(Id<User>, Timestamp)>,
}

impl Appraisal {
    /// Whether a caller may ask to open it again; `later` is the state of the revision behind it, if there is
    /// one.
    ///
    /// # Errors
    /// `appraisal.own`, `appraisal.wrong_state`, `appraisal.reopened_already`.
    pub fn may_ask_to_reopen(&self, later: Option<AppraisalState>, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_APPRAISAL));
        }
        self.ensure(&[AppraisalState::Final])?;
        match later {
            None | Some(AppraisalState::ReopeningRefused) => Ok(()),
            Some(_) => Err(refused(REOPENED_ALREADY)),
        }
    }

    /// Asks for a revision: a new appraisal, while this one stays. `later` is the last revision there is,
    /// with its number, where it is another.
    ///
    /// # Errors
    /// As [`Self::may_ask_to_reopen`]; a reason that is missing or longer than 500 characters.
    pub fn ask_to_reopen(
        &self,
        id: Id<Self>,
        reason: String,
        later: Option<(AppraisalState, i32)>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        self.may_ask_to_reopen(later.map(|(state, _)| state), by)?;
        check_reason(&reason)?;
        let reopening = Reopening { of: self.id, reason, asked_by: by.user, asked_at: now, decided: None };
        let revision = Self {
            id,
            calibrations: Vec::new(),
            objection: None,
            state: AppraisalState::ReopeningAsked,
            revision: later.map_or(self.revision, |(_, revision)| revision) + 1,
            reopening: Some(reopening),
            version: 0,
            ..self.clone()
        };
        let facts = revision.facts();
        Ok(Change::created(revision, REOPENING_ASKED, facts))
    }

    /// Whether a caller may decide about opening it again.
    ///
    /// # Errors
    /// `appraisal.own`, `appraisal.approves_own_reopening`, `appraisal.wrong_state`.
    pub fn may_decide_reopening(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_APPRAISAL));
        }
        self.ensure(&[AppraisalState::ReopeningAsked])?;
        if self.reopening.as_ref().is_some_and(|reopening| reopening.asked_by == by.user) {
            return Err(refused(APPROVES_OWN));
        }
        Ok(())
    }

    /// Agrees to a revision, or refuses it.
    ///
    /// # Errors
    /// As [`Self::may_decide_reopening`].
    pub fn decide_reopening(self, agrees: bool, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_decide_reopening(by)?;
        let mut after = self.clone();
        if let Some(reopening) = &mut after.reopening {
            reopening.decided = Some((by.user, now));
        }
        let (state, kind) = match agrees {
            true => (AppraisalState::Reopened, REOPENED),
            false => (AppraisalState::ReopeningRefused, REOPENING_REFUSED),
        };
        after.state = state;
        Ok(self.moved(after, kind))
    }

    /// Ends a revision: its result stands from now on.
    ///
    /// # Errors
    /// `appraisal.own`, `appraisal.wrong_state`.
    pub fn conclude(self, by: &Actor) -> Result<Change<Self>, Refusal> {
        self.may_conclude(by)?;
        let after = Self { state: AppraisalState::Final, ..self.clone() };
        Ok(self.moved(after, FINAL))
    }

    /// Whether a caller may end a revision.
    ///
    /// # Errors
    /// As [`Self::conclude`].
    pub fn may_conclude(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_APPRAISAL));
        }
        self.ensure(&[AppraisalState::Reopened])
    }
}
