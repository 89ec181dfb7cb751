//! What may be done with a version now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::approval::Owner;

/// A named action on a version of a regulation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegulationVersionActionName)]
pub enum RegulationVersionAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Put it in force from a day on.
    Publish,
    /// End it without a next one.
    Repeal,
}

crate::labels! { RegulationVersionAction = "RegulationVersionActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Publish = "publish", "发布", "Publish";
    Repeal = "repeal", "废止", "Repeal";
}

impl RegulationVersion {
    /// Every action that the caller's permissions allow at all, with the refusal it would meet.
    pub fn actions(
        &self,
        owner: Owner,
        by: &Actor,
        today: BusinessDate,
    ) -> Vec<(RegulationVersionAction, Result<(), Refusal>)> {
        let (drafts, publishes) =
            (by.may(Permission::DraftRegulations), by.may(Permission::PublishRegulations));
        let tried = |action| match action {
            RegulationVersionAction::Revise => (drafts, self.may_revise(by)),
            RegulationVersionAction::Submit => (drafts, self.may_submit(by)),
            RegulationVersionAction::Withdraw => (drafts, self.may_withdraw(by)),
            RegulationVersionAction::Void => (drafts, self.may_void(owner, by)),
            RegulationVersionAction::Publish => (publishes, self.may_publish(today)),
            RegulationVersionAction::Repeal => (publishes, self.may_repeal(today)),
        };
        RegulationVersionAction::ALL
            .into_iter()
            .map(|action| (action, tried(action)))
            .filter_map(|(action, (held, allowed))| held.then_some((action, allowed)))
            .collect()
    }
}
