//! What may be done with an order now, and if not why: front ends hold no copy of the rules. `[ACT-1]`

use super::*;
use crate::approval::Owner;
use serde::Deserialize;
use utoipa::ToSchema;

/// A named action on an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesOrderActionName)]
pub enum SalesOrderAction {
    /// Change what it says.
    Revise,
    /// Hand it to its reviewer.
    Submit,
    /// Take it back while it waits.
    Withdraw,
    /// Give it up.
    Void,
    /// Give it up after its approval, before anything was shipped.
    Cancel,
    /// Let what is not shipped of a line go.
    CutShort,
    /// Be done with it.
    Close,
    /// Put it on hold.
    Hold,
    /// Release it.
    Release,
}

crate::labels! { SalesOrderAction = "SalesOrderActionName":
    Revise = "revise", "修改", "Revise";
    Submit = "submit", "提交审核", "Submit";
    Withdraw = "withdraw", "撤回", "Withdraw";
    Void = "void", "作废", "Void";
    Cancel = "cancel", "取消", "Cancel";
    CutShort = "cut_short", "关闭未发货部分", "Cut short";
    Close = "close", "关闭", "Close";
    Hold = "hold", "暂停", "Hold";
    Release = "release", "解除暂停", "Release";
}

impl SalesOrder {
    /// Every action, with the refusal it would meet; none for who may not enter orders.
    pub fn actions(&self, owner: Owner, by: &Actor) -> Vec<(SalesOrderAction, Result<(), Refusal>)> {
        if !by.may(Permission::SubmitOrders) {
            return Vec::new();
        }
        let allowed = |action| match action {
            SalesOrderAction::Revise => self.may_revise(by),
            SalesOrderAction::Submit => self.may_submit(by),
            SalesOrderAction::Withdraw => self.may_withdraw(by),
            SalesOrderAction::Void => self.may_void(owner, by),
            SalesOrderAction::Cancel => self.may_cancel(by),
            SalesOrderAction::CutShort => self.may_supervise(by),
            SalesOrderAction::Close => self.may_close(by),
            SalesOrderAction::Hold => self.may_supervise(by).and_then(|()| self.expect_moving()),
            SalesOrderAction::Release => self.may_release(by),
        };
        SalesOrderAction::ALL.into_iter().map(|action| (action, allowed(action))).collect()
    }
}
