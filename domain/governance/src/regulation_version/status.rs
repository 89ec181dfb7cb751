//! Where a version stands: on its way through approval as any document, and then in what became of it. `[REG-1a]`

use super::*;
use crate::approval::StandingState;

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegulationVersionStatus)]
pub enum RegulationVersionState {
    /// Being written.
    Draft,
    /// Waits for its approvers.
    InApproval,
    /// Sent back to be mended.
    Returned,
    /// Refused for good.
    Rejected,
    /// Taken back while it waited.
    Withdrawn,
    /// Agreed to, not published.
    Approved,
    /// Published: in force from its day on.
    Published,
    /// The next version is in force.
    Superseded,
    /// In force no longer.
    Repealed,
    /// Given up.
    Void,
}

crate::labels! { RegulationVersionState = "RegulationVersionStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Approved = "approved", "已批准待发布", "Approved";
    Published = "published", "已发布", "Published";
    Superseded = "superseded", "已被取代", "Superseded";
    Repealed = "repealed", "已废止", "Repealed";
    Void = "void", "已作废", "Void";
}

impl RegulationVersion {
    /// The name of its state as it is kept: one that is published may be superseded or repealed on a day, see
    /// [`Self::state_on`].
    pub fn state(&self) -> RegulationVersionState {
        match (&self.publication, self.petition.state()) {
            (Some(_), _) => RegulationVersionState::Published,
            (None, StandingState::Draft) => RegulationVersionState::Draft,
            (None, StandingState::InApproval) => RegulationVersionState::InApproval,
            (None, StandingState::Returned) => RegulationVersionState::Returned,
            (None, StandingState::Rejected) => RegulationVersionState::Rejected,
            (None, StandingState::Withdrawn) => RegulationVersionState::Withdrawn,
            (None, StandingState::Approved) => RegulationVersionState::Approved,
            // None is closed or revoked.
            (None, _) => RegulationVersionState::Void,
        }
    }

    /// The same on a day.
    pub fn state_on(&self, today: BusinessDate) -> RegulationVersionState {
        let Some(publication) = &self.publication else { return self.state() };
        let over = |from: Option<BusinessDate>| from.is_some_and(|from| from <= today);
        if over(publication.superseded_from) {
            RegulationVersionState::Superseded
        } else if over(publication.repealed.as_ref().map(|repeal| repeal.from)) {
            RegulationVersionState::Repealed
        } else {
            RegulationVersionState::Published
        }
    }
}
