//! What may be done with a plan now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::SalesPlan;
use crate::{
    approval::{Document, Owner},
    spine::{Actor, Permission, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named action on a plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesPlanActionName)]
pub enum SalesPlanAction {
    /// Change what it says.
    Revise,
    /// Hand it to its approvers.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
}

crate::labels! { SalesPlanAction = "SalesPlanActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交审批", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
}

impl SalesPlan {
    /// Every action, with the refusal it would meet; none for who may not draw up plans. What submitting meets beyond the
    /// state its preview says.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(SalesPlanAction, Result<(), Refusal>)> {
        if !by.may(Permission::CompileSalesPlans) {
            return Vec::new();
        }
        SalesPlanAction::ALL
            .into_iter()
            .map(|action| {
                let allowed = match action {
                    SalesPlanAction::Revise => self.may_revise(by),
                    SalesPlanAction::Submit => self.may_submit(by),
                    SalesPlanAction::Withdraw => self.may_withdraw(by),
                    SalesPlanAction::Void => self.may_void(owner, by),
                };
                (action, allowed)
            })
            .collect()
    }
}
