//! What this caller may do with a request now, and if not why. `[ACT-1]`

use super::*;
use crate::approval::Owner;

/// A named action on a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseRequestActionName)]
pub enum RequestAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Ask for a change of it after approval.
    Amend,
    /// Take it back after approval.
    Revoke,
    /// Let go of what is left.
    Close,
}

crate::labels! { RequestAction = "ExpenseRequestActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Amend = "amend", "变更", "Amend";
    Revoke = "revoke", "撤销", "Revoke";
    Close = "close", "关闭", "Close";
}

impl ExpenseRequest {
    /// Every action, with the refusal it would meet; none for who may not ask for anything. What only the body
    /// can break is not foreseen. `amendment` is the number of the amendment under way.
    pub fn actions(&self, by: &Actor, amendment: Option<&str>) -> Vec<(RequestAction, Result<(), Refusal>)> {
        if !by.may(Permission::SubmitExpenseRequests) {
            return Vec::new();
        }
        let unamended = || match amendment {
            Some(number) => Err(Refusal::new(AMENDMENT_OPEN).with("amendment", number)),
            None => Ok(()),
        };
        RequestAction::ALL
            .into_iter()
            .map(|action| {
                let allowed = match action {
                    RequestAction::Revise => self.may_revise(by),
                    RequestAction::Submit => self.may_submit(by),
                    RequestAction::Withdraw => self.may_withdraw(by),
                    RequestAction::Void => self.may_void(Owner::Here, by),
                    RequestAction::Amend => self.may_amend(by).and_then(|()| unamended()),
                    RequestAction::Revoke => self.may_revoke(by).and_then(|()| unamended()),
                    RequestAction::Close => self.may_close(by).and_then(|()| unamended()),
                };
                (action, allowed)
            })
            .collect()
    }

    /// Whether a caller may ask for a change of it now.
    pub fn may_amend(&self, by: &Actor) -> Result<(), Refusal> {
        self.petition.refuse_stranger(by)?;
        self.petition.expect_approved()
    }
}
