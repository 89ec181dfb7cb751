//! Where a vacancy stands: on its way through approval as any document, and then in what became of it. `[ORG-2b]`

use super::*;

/// The name of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VacancyStatus)]
pub enum VacancyState {
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
    /// Can be filled.
    Open,
    /// All places are taken.
    Filled,
    /// Nobody is needed any more.
    Cancelled,
    /// Not filled in time.
    Expired,
    /// Given up.
    Void,
}

crate::labels! { VacancyState = "VacancyStatus":
    Draft = "draft", "草稿", "Draft";
    InApproval = "in_approval", "审批中", "In approval";
    Returned = "returned", "已退回", "Returned";
    Rejected = "rejected", "已驳回", "Rejected";
    Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    Open = "open", "招聘中", "Open";
    Filled = "filled", "已满额", "Filled";
    Cancelled = "cancelled", "已取消", "Cancelled";
    Expired = "expired", "已过期", "Expired";
    Void = "void", "已作废", "Void";
}

impl Vacancy {
    /// The name of its state as it is kept: one whose last day has passed is expired on any day after it, see
    /// [`Self::state_on`], and is kept as such once a server has looked.
    pub fn state(&self) -> VacancyState {
        match (&self.opening, self.petition.state()) {
            (Some(Opening { ended: None, .. }), _) => VacancyState::Open,
            (Some(Opening { ended: Some(ended), .. }), _) => match ended.by {
                Ending::Filled => VacancyState::Filled,
                Ending::Cancelled => VacancyState::Cancelled,
                Ending::Expired => VacancyState::Expired,
            },
            (None, StandingState::Draft) => VacancyState::Draft,
            (None, StandingState::InApproval) => VacancyState::InApproval,
            (None, StandingState::Returned) => VacancyState::Returned,
            (None, StandingState::Rejected) => VacancyState::Rejected,
            (None, StandingState::Withdrawn) => VacancyState::Withdrawn,
            // An approved one has an opening, and none is closed or revoked.
            (None, _) => VacancyState::Void,
        }
    }

    /// The same on a day, whenever a server last looked.
    pub fn state_on(&self, today: BusinessDate) -> VacancyState {
        let over = self.opening.as_ref().is_some_and(|opening| opening.expires_on < today);
        match self.state() {
            VacancyState::Open if over => VacancyState::Expired,
            state => state,
        }
    }

    /// Since when it stands there and, where somebody had to say it, why.
    pub fn stands_since(&self) -> (Option<Timestamp>, Option<&str>) {
        match self.opening.as_ref().and_then(|opening| opening.ended.as_ref()) {
            Some(ended) => (Some(ended.at), ended.reason.as_deref()),
            None => self.petition.standing.told(),
        }
    }
}
