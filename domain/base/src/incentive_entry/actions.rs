//! What may be done with an entry now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::{APPROVAL_REQUIRED, IncentiveEntry, IncentivePolicy, refused};
use crate::spine::{Actor, Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named action on an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IncentiveActionName)]
pub enum IncentiveAction {
    /// Tell the person.
    Notify,
    /// Accept it, or object.
    Answer,
    /// Hand it to approvers.
    Submit,
    /// Take it back from them.
    Withdraw,
    /// Let it count.
    Confirm,
    /// Take it back before it counts.
    Cancel,
    /// Take it back by a counter-entry.
    Reverse,
}

crate::labels! { IncentiveAction = "IncentiveActionName":
    Notify = "notify", "告知本人", "Notify";
    Answer = "answer", "答复", "Answer";
    Submit = "submit", "送审", "Submit for approval";
    Withdraw = "withdraw", "撤回审批", "Withdraw from approval";
    Confirm = "confirm", "确认", "Confirm";
    Cancel = "cancel", "取消", "Cancel";
    Reverse = "reverse", "冲销", "Reverse";
}

impl IncentiveEntry {
    /// Every action with the refusal it would meet. That an objection needs a ruling is seen when it is
    /// confirmed.
    pub fn actions(
        &self,
        policy: &IncentivePolicy,
        by: &Actor,
        now: Timestamp,
    ) -> impl Iterator<Item = (IncentiveAction, Result<(), Refusal>)> {
        IncentiveAction::ALL.into_iter().map(move |action| (action, self.may(action, policy, by, now)))
    }

    fn may(
        &self,
        action: IncentiveAction,
        policy: &IncentivePolicy,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match action {
            IncentiveAction::Notify => self.ensure_proposed(),
            IncentiveAction::Answer => self.to_answer(by, now).map(|_| ()),
            IncentiveAction::Submit => self.to_submit(policy, by, now).map(|_| ()),
            IncentiveAction::Withdraw => self.may_withdraw(by),
            IncentiveAction::Confirm => {
                self.ensure_independent(by)?;
                if policy.approved_kinds.contains(&self.incident.kind) {
                    return Err(refused(APPROVAL_REQUIRED));
                }
                self.to_confirm(now).map(|_| ())
            }
            IncentiveAction::Cancel => self.ensure_not_own(by).and_then(|()| self.ensure_cancellable()),
            IncentiveAction::Reverse => self.ensure_not_own(by).and_then(|()| self.ensure_reversible()),
        }
    }
}
