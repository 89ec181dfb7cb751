//! Somebody is exempt by decision, with the reason: where a review will never come, or a month was no month
//! like others.
//! `[KPI-7]`

use super::{Appraisal, AppraisalState, EXEMPTED, OWN_APPRAISAL, Unscorable, refused};
use crate::{
    approval::check_reason,
    spine::{Actor, Change, Id, Refusal, Timestamp, User},
};
use serde::{Deserialize, Serialize};

/// A decision that somebody is not scored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Exemption {
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// By whom.
    pub by: Id<User>,
    /// When.
    pub at: Timestamp,
}

impl Appraisal {
    /// Whether a caller may exempt the person.
    ///
    /// # Errors
    /// `appraisal.own`, `appraisal.wrong_state`.
    pub fn may_exempt(&self, by: &Actor) -> Result<(), Refusal> {
        if by.is(self.employee) {
            return Err(refused(OWN_APPRAISAL));
        }
        self.ensure(&[AppraisalState::Open, AppraisalState::Blocked])
    }

    /// Exempts the person.
    ///
    /// # Errors
    /// As [`Self::may_exempt`]; a reason that is missing or longer than 500 characters.
    pub fn exempt(self, reason: String, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_exempt(by)?;
        check_reason(&reason)?;
        let mut after = self.clone();
        after.exemption = Some(Exemption { reason, by: by.user, at: now });
        after.unscored = Some(Unscorable::Decided);
        after.state = AppraisalState::Exempt;
        Ok(self.moved(after, EXEMPTED))
    }
}
