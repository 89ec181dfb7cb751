//! What this caller may do with an approval now, and if not, why: the same guards as the deeds. `[ACT-1]`

use super::{Approval, Circumstances, NOT_ADDED_BY_YOU, NOT_PARTICIPANT, Outcome};
use crate::spine::{Citation, EmployeeId, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named action on an approval.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalActionName)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Agree.
    Approve,
    /// Refuse for good.
    Reject,
    /// Send back.
    Return,
    /// The submitter takes the document back.
    Withdraw,
    /// An approver takes a decision back.
    TakeBack,
    /// Hand one's task over.
    Transfer,
    /// Assign somebody's task.
    Reassign,
    /// Add an approver.
    AddApprover,
    /// Remove an approver one added.
    RemoveApprover,
    /// Urge the approvers.
    Remind,
    /// Say something.
    Comment,
    /// Copy the document to somebody.
    Copy,
    /// Submit again.
    Resubmit,
}

crate::labels! { Action = "ApprovalActionName":
    Approve = "approve", "同意", "Approve";
    Reject = "reject", "驳回", "Reject";
    Return = "return", "退回", "Return";
    Withdraw = "withdraw", "撤回", "Withdraw";
    TakeBack = "take_back", "收回决定", "Take back";
    Transfer = "transfer", "转审", "Transfer";
    Reassign = "reassign", "改派", "Reassign";
    AddApprover = "add_approver", "加签", "Add an approver";
    RemoveApprover = "remove_approver", "减签", "Remove an approver";
    Remind = "remind", "催办", "Remind";
    Comment = "comment", "评论", "Comment";
    Copy = "copy", "抄送", "Copy";
    Resubmit = "resubmit", "重新提交", "Submit again";
}

/// An action, and why it is not allowed if it is not.
#[derive(Clone, PartialEq, Debug)]
pub struct ActionState {
    /// Which.
    pub action: Action,
    /// Why not; absent: allowed.
    pub refusal: Option<Refusal>,
}

impl ActionState {
    /// Whether the action is allowed.
    pub const fn allowed(&self) -> bool {
        self.refusal.is_none()
    }
}

impl Approval {
    /// Every action, and whether a caller may take it now. A caller without an employee can at most oversee.
    pub fn actions(
        &self,
        by: Option<EmployeeId>,
        oversees: bool,
        world: Circumstances<'_>,
    ) -> Vec<ActionState> {
        let state = |action| ActionState { action, refusal: self.may(action, by, oversees, world).err() };
        Action::ALL.into_iter().map(state).collect()
    }

    /// Whether nobody else would be asked once this approver agrees now.
    pub fn is_last_asked(&self, by: EmployeeId, world: Circumstances<'_>) -> bool {
        let agreed = self.clone().approve(by, self.subject.version, None, world);
        agreed.is_ok_and(|change| matches!(change.after().outcome, Outcome::Approved { .. }))
    }

    /// Whether a caller may take an action now, as far as can be said before its particulars are known.
    ///
    /// # Errors
    /// The refusal that the action itself would meet.
    pub fn may(
        &self,
        action: Action,
        by: Option<EmployeeId>,
        oversees: bool,
        world: Circumstances<'_>,
    ) -> Result<(), Refusal> {
        match action {
            Action::Reassign => return self.may_reassign(by, oversees, world),
            Action::Comment => return self.may_comment(by, oversees),
            _ => {}
        }
        let by = by.ok_or_else(|| Refusal::new(NOT_PARTICIPANT).citing(Citation::rule("APR-3")))?;
        match action {
            Action::Approve | Action::Reject | Action::Return => self.may_decide(by, world),
            Action::Withdraw => self.may_withdraw(by),
            Action::TakeBack => self.may_take_back(by, world.directory).map(|_| ()),
            Action::Transfer | Action::AddApprover => self.may_hand_over(by, world),
            Action::RemoveApprover => {
                self.must_be_pending()?;
                let refused = || Refusal::new(NOT_ADDED_BY_YOU).citing(Citation::rule("APR-3"));
                self.added_by(by).next().map(|_| ()).ok_or_else(refused)
            }
            Action::Remind => self.may_remind(by, world.now),
            Action::Copy => self.may_copy(by),
            Action::Resubmit => self.may_resubmit(by),
            Action::Reassign | Action::Comment => Ok(()),
        }
    }
}
